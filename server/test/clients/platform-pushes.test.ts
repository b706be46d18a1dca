/** The official platform client over options and push operations. Its schemas are strict: what it reads is well formed. */
import { ErrorMessage } from '@codat/platform/sdk/models/errors/index.js';
import { SchemaDataType, type PushOption } from '@codat/platform/sdk/models/shared/index.js';
import { expect, test } from 'vitest';
import { control, recordsIn, resetControl } from '../support/books.ts';
import { pushAccount } from '../support/pushes.ts';
import { makeLinkedCompany } from '../support/server.ts';
import { untilEnded, useServer } from './official-clients.ts';

// Models and pushes of a dozen companies: nothing is read of their books.
const rig = useServer({ LEDGERPOST_ROLES: 'api,engine' });

/** Every type that the sandbox takes writes of, and the fields without which it refuses a body. */
const requiredFields: Partial<Record<SchemaDataType, readonly string[]>> = {
  [SchemaDataType.ChartOfAccounts]: ['nominalCode', 'name', 'fullyQualifiedCategory'],
  [SchemaDataType.Customers]: ['customerName'],
  [SchemaDataType.Suppliers]: ['supplierName'],
  [SchemaDataType.Items]: ['name', 'type', 'isBillItem', 'isInvoiceItem'],
  [SchemaDataType.Invoices]: ['customerRef', 'issueDate', 'dueDate', 'lineItems'],
  [SchemaDataType.Bills]: ['supplierRef', 'issueDate', 'dueDate', 'lineItems'],
  [SchemaDataType.JournalEntries]: ['postedOn', 'journalLines'],
};

const requiredIn = ({ properties }: PushOption) =>
  Object.entries(properties ?? {})
    .filter(([, property]) => property.required)
    .map(([name]) => name);

test.each(Object.entries(requiredFields))(
  'the model of %s is read whole and names its required fields',
  async (dataType, fields) => {
    const company = await makeLinkedCompany(rig().server);
    const model = await rig().platform.pushData.getModelOptions({ ...company, dataType: dataType as SchemaDataType });
    expect(model).toMatchObject({ type: 'Object', required: true });
    expect(requiredIn(model).toSorted()).toEqual([...fields].toSorted());
  },
);

test('the account model offers categories under all five heads and says how long a code may be', async () => {
  const company = await makeLinkedCompany(rig().server);
  const dataType = SchemaDataType.ChartOfAccounts;
  const { properties } = await rig().platform.pushData.getModelOptions({ ...company, dataType });
  const categories = properties?.['fullyQualifiedCategory']?.options?.map(({ value }) => value ?? '') ?? [];
  expect(new Set(categories.map((each) => each.split('.')[0]))).toEqual(
    new Set(['Asset', 'Liability', 'Equity', 'Income', 'Expense']),
  );
  expect(categories).toContain('Asset.Current');
  expect(properties?.['nominalCode']?.validation?.warnings).toContainEqual(
    expect.objectContaining({ field: 'NominalCode', details: expect.stringContaining('10 characters') as string }),
  );
});

test('a data type that the platform does not write is a typed 404', async () => {
  const company = await makeLinkedCompany(rig().server);
  const asked = rig().platform.pushData.getModelOptions({ ...company, dataType: SchemaDataType.TaxRates });
  const error: unknown = await asked.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ErrorMessage);
  expect(error).toMatchObject({ statusCode: 404, error: expect.stringContaining("'taxRates'") as string });
});

test('operations are read at Pending, Success, Failed and TimedOut, singly and as a list', async () => {
  const { server, platform, db } = rig();
  const company = await makeLinkedCompany(server);
  const { companyId } = company;

  const written = await pushAccount(server, company, 'LP-1');
  const refused = await pushAccount(server, company, '420042004200');
  const success = await untilEnded(rig(), { companyId, ...written });
  const failed = await untilEnded(rig(), { companyId, ...refused });
  expect(success).toMatchObject({
    status: 'Success',
    statusCode: 200,
    dataType: 'chartOfAccounts',
    changes: [{ type: 'Created', recordRef: { dataType: 'chartOfAccounts' } }],
  });
  expect(failed).toMatchObject({ status: 'Failed', statusCode: 400 });
  expect(failed.validation?.errors?.[0]).toMatchObject({ itemId: 'NominalCode', validatorName: 'Account' });

  await control(server.sandboxUrl, { offline: '503' });
  const timed = await server.call<{ pushOperationKey: string }>('POST', `${company.push}/accounts?timeoutInMinutes=1`, {
    nominalCode: 'LP-2',
    name: 'Late',
    fullyQualifiedCategory: 'Asset.Current',
  });
  const waiting = await pushAccount(server, company, 'LP-3');
  const { pushOperationKey } = timed.body;
  const pending = await platform.pushData.getOperation({ companyId, pushOperationKey });
  expect(pending).toMatchObject({ status: 'Pending', statusCode: 202, timeoutInMinutes: 1, changes: [] });
  expect(pending.completedOnUtc).toBeUndefined();

  // The shortest timeout is a minute; only its end is brought nearer.
  await db.query('', 'UPDATE pushes SET deadline_at = now() WHERE id = $1', [pushOperationKey]);
  const late = await untilEnded(rig(), { companyId, pushOperationKey });
  expect(late).toMatchObject({ status: 'TimedOut', statusCode: 408, errorMessage: expect.any(String) as string });
  expect(late.completedOnUtc).toBeDefined();

  const all = await platform.pushData.listOperations({ companyId, orderBy: 'requestedOnUtc' });
  expect(all).toMatchObject({ pageNumber: 1, pageSize: 100, totalResults: 4 });
  expect(all.results?.map(({ status }) => status)).toEqual(['Success', 'Failed', 'TimedOut', 'Pending']);
  expect(all.results?.slice(0, 3)).toEqual([success, failed, late]);

  const query = 'status=Failed&&dataType=chartOfAccounts';
  expect((await platform.pushData.listOperations({ companyId, query })).results).toEqual([failed]);

  await resetControl(server.sandboxUrl);
  expect(await untilEnded(rig(), { companyId, ...waiting })).toMatchObject({ status: 'Success' });
  const codes = (await recordsIn(server.sandboxUrl, company, 'accounts')).map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(['LP-1', 'LP-3']));
  expect(codes).not.toContain('LP-2');
});

test('operations of another company, and a query that cannot be read, are typed errors', async () => {
  const { server, platform } = rig();
  const company = await makeLinkedCompany(server);
  const other = await makeLinkedCompany(server);
  const { pushOperationKey } = await pushAccount(server, company, 'LP-4');
  const strange = platform.pushData.getOperation({ companyId: other.companyId, pushOperationKey });
  expect(await strange.catch((reason: unknown) => reason)).toBeInstanceOf(ErrorMessage);
  const malformed = platform.pushData.listOperations({ companyId: company.companyId, query: 'colour=red' });
  expect(await malformed.catch((reason: unknown) => reason)).toMatchObject({
    statusCode: 400,
    error: 'Error parsing query - Could not resolve property colour on PushOperation',
  });
});
