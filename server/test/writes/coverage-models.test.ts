/** Models stand on their own: what they ask for is enough, and nothing that they ask for can be left out. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { WritableDataType } from '../../src/models/data-types.ts';
import { useServer } from '../clients/official-clients.ts';
import { pushToEnd, recordIdOf, type WirePush } from '../support/pushes.ts';
import { makeLinkedCompany, type LinkedCompany } from '../support/server.ts';
import { bodiesLackingOne, bodiesWithEachChoice, smallestBody, type OptionNode } from './offered-bodies.ts';
import { promised } from './promised-writes.ts';
import { create, idsInBooks, type Body } from './referable-records.ts';

const rig = useServer();
let company: LinkedCompany;
let bankAccountId: string;
beforeAll(async () => {
  company = await makeLinkedCompany(rig().server);
  bankAccountId = await create(place(), 'bankAccounts', { accountName: 'For statements' });
});
const place = () => ({ server: rig().server, company });

const pathOf = (dataType: WritableDataType) =>
  dataType === 'bankTransactions' ? `bankAccounts/${bankAccountId}/bankTransactions` : dataType;

async function options<T>(dataType: WritableDataType, query = ''): Promise<T> {
  const path = `/companies/${company.companyId}/connections/${company.connectionId}/options/${pathOf(dataType)}${query}`;
  const answer = await rig().server.call<T>('GET', path);
  expect(answer.status).toBe(200);
  return answer.body;
}

async function schemaOf(dataType: WritableDataType): Promise<ValidateFunction> {
  const { modelVersion, ...schema } = await options<Record<string, unknown>>(dataType, '?format=json-schema');
  expect(modelVersion).toEqual(expect.stringMatching(/./));
  return new Ajv2020({ allowUnionTypes: true, allErrors: true }).compile(schema);
}

const push = (dataType: WritableDataType, body: Body): Promise<WirePush> =>
  pushToEnd(rig().server, company, { method: 'POST', path: pathOf(dataType), body });

describe.each(promised.map(({ dataType }) => dataType))('the model of %s', (dataType) => {
  test('asks for no more than is enough, whichever of its choices is taken', async () => {
    const [root, accepts] = [await options<OptionNode>(dataType), await schemaOf(dataType)];
    // No account can be offered for both sides of a transfer, so its choices cannot be taken one by one.
    const choices = dataType === 'transfers' ? [] : bodiesWithEachChoice(root);
    const bodies = [smallestBody(root), ...choices];
    for (const body of bodies) expect(accepts(body), JSON.stringify([body, accepts.errors])).toBe(true);
    (await Promise.all(bodies.map((body) => push(dataType, body)))).forEach(recordIdOf);
  });

  test('asks for nothing that can be left out: each member is missed by its name alone', async () => {
    const [root, accepts] = [await options<OptionNode>(dataType), await schemaOf(dataType)];
    const before = await idsInBooks(place(), dataType);
    const lacking = bodiesLackingOne(smallestBody(root));
    expect(lacking.length).toBeGreaterThan(0);
    const ended = await Promise.all(lacking.map(({ body }) => push(dataType, body)));
    for (const [index, { itemId, body }] of lacking.entries()) {
      expect(ended[index], itemId).toMatchObject({ status: 'Failed', statusCode: 400, attempts: 0 });
      expect(ended[index]?.validation.errors.map((error) => error.itemId)).toEqual([itemId]);
      expect(ended[index]?.validation.errors[0]?.message).toContain('must be provided');
      expect(accepts(body), itemId).toBe(false);
    }
    expect(await idsInBooks(place(), dataType)).toEqual(before);
  });

  test('names all that is missing in one answer', async () => {
    const [root, accepts] = [await options<OptionNode>(dataType), await schemaOf(dataType)];
    const required = Object.keys(smallestBody(root)).map((name) => name.charAt(0).toUpperCase() + name.slice(1));
    const failed = await push(dataType, {});
    expect(failed).toMatchObject({ status: 'Failed', statusCode: 400, attempts: 0 });
    expect(new Set(failed.validation.errors.map(({ itemId }) => itemId))).toEqual(new Set(required));
    expect(failed.validation.errors).toHaveLength(required.length);
    expect(accepts({})).toBe(false);
  });

  test('is told apart from another by its ETag, and not sent again to who has it', async () => {
    const { server } = rig();
    const path = `/companies/${company.companyId}/connections/${company.connectionId}/options/${pathOf(dataType)}`;
    const etag = (await server.call('GET', path)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^".+"$/);
    const headers = {
      authorization: `Basic ${Buffer.from(server.apiKey).toString('base64')}`,
      'if-none-match': etag,
    };
    expect((await fetch(`${server.url}${path}`, { headers })).status).toBe(304);
  });
});
