/**
 * The two requests of the public guide on writing data, sent as its newer clients send them, and the model that it shows:
 * every member that the guide names is where it says.
 */
import { beforeAll, expect, test } from 'vitest';
import { makeLinkedCompany, type LinkedCompany } from '../support/server.ts';
import { untilEnded, useServer } from './official-clients.ts';

const rig = useServer();

let company: LinkedCompany;
beforeAll(async () => {
  company = await makeLinkedCompany(rig().server);
});

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/;
const matching = (pattern: RegExp) => expect.stringMatching(pattern) as string;

interface Operation extends Record<string, unknown> {
  readonly companyId: string;
  readonly pushOperationKey: string;
}

/** Asks for the account and gives the first answer and the last. */
async function createAccount(nominalCode: string, name: string) {
  const { server } = rig();
  const body = { nominalCode, name, fullyQualifiedCategory: 'Asset.Current' };
  const asked = await server.call<Operation>('POST', `${company.push}/accounts`, body);
  expect(asked.status).toBe(200);
  expect(asked.headers.get('content-type')).toMatch(/^application\/json/);
  await untilEnded(rig(), asked.body);
  const path = `/companies/${company.companyId}/push/${asked.body.pushOperationKey}`;
  return { asked: asked.body, ended: (await server.call<Operation>('GET', path)).body };
}

const common = () => ({
  dataType: 'chartOfAccounts',
  companyId: company.companyId,
  dataConnectionKey: company.connectionId,
  pushOperationKey: matching(UUID),
  requestedOnUtc: matching(UTC),
});

test('an account that fits the model ends as the guide shows', async () => {
  const { asked, ended } = await createAccount('4200123456', 'Codat Assets Account');
  expect(asked).toMatchObject({
    ...common(),
    status: 'Pending',
    statusCode: 202,
    changes: [],
    validation: { errors: [], warnings: [] },
  });
  expect(asked).not.toHaveProperty('completedOnUtc');
  expect(ended).toMatchObject({
    ...common(),
    pushOperationKey: asked.pushOperationKey,
    requestedOnUtc: asked['requestedOnUtc'],
    completedOnUtc: matching(UTC),
    status: 'Success',
    statusCode: 200,
    errorMessage: null,
    validation: { errors: [], warnings: [] },
    changes: [{ type: 'Created', recordRef: { id: matching(/./), dataType: 'chartOfAccounts' } }],
    data: {
      nominalCode: '4200123456',
      name: 'Codat Assets Account',
      fullyQualifiedCategory: 'Asset.Current',
      type: 'Asset',
    },
  });
});

test('a nominal code of too many characters ends as the guide shows, word for word', async () => {
  const { ended } = await createAccount('350045006500', 'Excessive Length Account');
  expect(ended).toMatchObject({
    ...common(),
    completedOnUtc: matching(UTC),
    status: 'Failed',
    statusCode: 400,
    errorMessage: matching(
      /^An error occurred in a downstream service\. Correlation ID: [0-9a-f]{32}\. Message: Push failed for Account: see validation for more information$/,
    ),
    changes: [],
  });
  expect(ended['validation']).toEqual({
    errors: [
      {
        itemId: 'NominalCode',
        message: 'Failed to push to Account as NominalCode must not be longer than 10 characters long.',
        validatorName: 'Account',
      },
    ],
    warnings: [],
  });
  expect(ended).not.toHaveProperty('data');
});

test('the model requires the three properties that the guide lists, with its wording of the rules', async () => {
  const path = `/companies/${company.companyId}/connections/${company.connectionId}/options/chartOfAccounts`;
  const { status, body } = await rig().server.call('GET', path);
  const maxLength = { field: 'NominalCode', details: 'Max length of 10 characters.' };
  expect(status).toBe(200);
  expect(body).toMatchObject({
    type: 'Object',
    displayName: 'Nominal Account',
    description: matching(/./),
    required: true,
    properties: {
      nominalCode: {
        type: 'String',
        required: true,
        validation: { warnings: expect.arrayContaining([maxLength]) as unknown, information: [] },
      },
      name: { type: 'String', required: true },
      fullyQualifiedCategory: {
        type: 'String',
        required: true,
        options: expect.arrayContaining([
          expect.objectContaining({
            value: 'Asset.Current',
            type: 'String',
            displayName: 'Current Asset',
            required: false,
          }),
        ]) as unknown,
      },
    },
  });
});
