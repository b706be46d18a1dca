/** The official client of the expenses product, version 3.1: accounts and its two calls for push operations. */
import { beforeAll, expect, test } from 'vitest';
import { AccountStatus, AccountType, DataType } from '@codat/sync-for-expenses/dist/sdk/models/shared/index.js';
import { untilRead } from '../support/reading.ts';
import { makeLinkedCompany, type LinkedCompany } from '../support/server.ts';
import { present, untilEnded, useServer, writtenId } from './official-clients.ts';

const rig = useServer();

let company: LinkedCompany;
beforeAll(async () => {
  company = await makeLinkedCompany(rig().server);
});

const account = (nominalCode: string) => ({
  nominalCode,
  name: 'Travel',
  fullyQualifiedCategory: 'Expense.Overhead',
  type: AccountType.Expense,
  status: AccountStatus.Active,
  isBankAccount: false,
});

async function create(nominalCode: string) {
  const answer = await rig().expenses.accounts.create({
    ...company,
    account: account(nominalCode),
    timeoutInMinutes: 3,
    allowSyncOnPushComplete: false,
  });
  expect(answer.statusCode).toBe(200);
  return present(answer.createAccountResponse);
}

test('the model is read', async () => {
  const answer = await rig().expenses.accounts.getCreateModel({ ...company });
  const model = present(answer.pushOption);
  expect(model).toMatchObject({ type: 'Object', displayName: 'Nominal Account', required: true });
  expect(model.properties?.['fullyQualifiedCategory']?.options).toContainEqual(
    expect.objectContaining({ value: 'Asset.Current', required: false }),
  );
});

test('an account is created, and its operation read by key', async () => {
  const asked = await create('EXP-1');
  expect(asked).toMatchObject({ status: 'Pending', statusCode: 202, dataType: 'chartOfAccounts', timeoutInMinutes: 3 });
  const id = writtenId(await untilEnded(rig(), asked));
  const { companyId } = company;
  const { pushOperationKey } = asked;
  const answer = await rig().expenses.pushOperations.get({ companyId, pushOperationKey });
  const operation = present(answer.pushOperation);
  expect(operation).toMatchObject({
    pushOperationKey,
    companyId,
    dataConnectionKey: company.connectionId,
    status: 'Success',
    statusCode: 200,
    changes: [{ type: 'Created', recordRef: { id, dataType: 'chartOfAccounts' } }],
    validation: { errors: [], warnings: [] },
  });
  expect(Date.parse(present(operation.completedOnUtc))).toBeGreaterThanOrEqual(Date.parse(operation.requestedOnUtc));
});

test('the body under the name that newer clients use ends as a Failed push that names what is missing', async () => {
  const misnamed = { ...company, accountPrototype: account('EXP-0') };
  const answer = await rig().expenses.accounts.create(misnamed);
  const operation = await untilEnded(rig(), present(answer.createAccountResponse));
  expect(operation).toMatchObject({ status: 'Failed', statusCode: 400 });
  const missing = operation.validation?.errors?.map(({ itemId }) => itemId);
  expect(missing).toEqual(['NominalCode', 'Name', 'FullyQualifiedCategory']);
});

test('operations are listed newest first, filtered by status and data type', async () => {
  const { expenses, server } = rig();
  company = await makeLinkedCompany(server);
  const { companyId } = company;
  for (const code of ['EXP-2', 'far-too-long-a-code', 'EXP-3']) await untilEnded(rig(), await create(code));

  const all = present((await expenses.pushOperations.list({ companyId, orderBy: '-requestedOnUtc' })).pushOperations);
  expect(all).toMatchObject({ totalResults: 3, pageNumber: 1, pageSize: 100 });
  expect(all.results?.map(({ status }) => status)).toEqual(['Success', 'Failed', 'Success']);

  const query = 'status=failed&&dataType=chartOfAccounts';
  const failed = present((await expenses.pushOperations.list({ companyId, query })).pushOperations);
  expect(failed.results).toEqual([all.results?.[1]]);
  const none = await expenses.pushOperations.list({ companyId, query: 'status=Failed&&dataType=invoices' });
  expect(present(none.pushOperations).results).toEqual([]);
});

test('a query that cannot be read and a key that nobody has are typed errors', async () => {
  const { pushOperations } = rig().expenses;
  const { companyId } = company;
  const malformed = await pushOperations.list({ companyId, query: 'status' });
  expect(malformed.statusCode).toBe(400);
  expect(present(malformed.errorMessage).error).toBe(
    'Error parsing query - Malformed query. At character 7: an operator (!= >= <= = > < ~) is expected, and the query ends.',
  );
  const missing = await pushOperations.get({ companyId, pushOperationKey: companyId });
  expect(missing.statusCode).toBe(404);
  expect(present(missing.errorMessage)).toMatchObject({ statusCode: 404, service: 'PublicApi' });
});

test(
  'its client, which names the type of forms where it sends nothing, has data read',
  { timeout: 60_000 },
  async () => {
    const { manageData } = rig().expenses;
    const { companyId } = company;
    const { server } = rig();
    await untilRead(server, company);
    expect((await manageData.refreshAllDataTypes({ companyId })).statusCode).toBe(204);
    await untilRead(server, company);
    const answer = await manageData.refreshDataType({ companyId, dataType: DataType.Invoices });
    expect(present(answer.pullOperation)).toMatchObject({ companyId, dataType: 'invoices' });
  },
);
