/** dryRun: what would happen, and nothing happens. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { control, recordsIn, resetControl } from '../support/books.ts';
import { listPushes } from '../support/pushes.ts';
import { endServer, startLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';

let server: ServerProcess;
let company: LinkedCompany;
beforeAll(async () => {
  ({ server, company } = await startLinkedCompany());
});
afterEach(() => resetControl(server.sandboxUrl));
afterAll(() => endServer(server));

interface Foreseen {
  readonly dryRun: boolean;
  readonly wouldSucceed: boolean | null;
  readonly statusCode?: number;
  readonly errorMessage?: string;
  readonly validation: { readonly errors: { readonly itemId?: string }[] };
  readonly platformRequest?: { readonly method: string; readonly path: string; readonly body?: unknown };
  readonly data?: Readonly<Record<string, unknown>>;
}

async function foresee(method: string, path: string, body?: unknown): Promise<Foreseen> {
  const answer = await server.call<Foreseen>(method, `${company.push}/${path}?dryRun=true`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  expect(answer.body.dryRun).toBe(true);
  expect(await listPushes(server, company)).toEqual([]);
  return answer.body;
}

async function bookIds(resource: string): Promise<string[]> {
  return (await recordsIn(server.sandboxUrl, company, resource)).map((record) => record.id);
}

async function invoice(change: Readonly<Record<string, unknown>> = {}) {
  const [customerId] = await bookIds('customers');
  const accounts = await recordsIn(server.sandboxUrl, company, 'accounts');
  const sales = accounts.find((account) => account.code === '4000') ?? accounts.at(-1);
  return {
    customerRef: { id: customerId },
    issueDate: '2026-11-01T00:00:00',
    dueDate: '2026-12-01T00:00:00',
    status: 'Submitted',
    lineItems: [{ description: 'Oak table', unitAmount: 99.95, quantity: 3, accountRef: { id: sales?.id } }],
    ...change,
  };
}

test('a sound write shows the platform’s request and the totals that it would compute, and writes nothing', async () => {
  const before = await bookIds('invoices');
  const foreseen = await foresee('POST', 'invoices', await invoice());
  expect(foreseen).toMatchObject({ wouldSucceed: true, statusCode: 200, validation: { errors: [] } });
  expect(foreseen.platformRequest).toMatchObject({ method: 'POST' });
  expect(foreseen.data).toMatchObject({ subTotal: 299.85 });
  expect(JSON.stringify(foreseen)).not.toContain('sandbox-token');
  expect(await bookIds('invoices')).toEqual(before);
});

test('what the model refuses is told without asking the platform', async () => {
  const foreseen = await foresee('POST', 'accounts', { nominalCode: '350045006500' });
  expect(foreseen).toMatchObject({ wouldSucceed: false, statusCode: 400 });
  expect(foreseen.validation.errors.map((error) => error.itemId)).toContain('NominalCode');
  expect(foreseen.platformRequest).toBeUndefined();
});

test('what only the platform can know is told too: a reference that is not there, a number that is taken', async () => {
  const unknown = await foresee('POST', 'invoices', await invoice({ customerRef: { id: 'cus_nobody' } }));
  expect(unknown).toMatchObject({ wouldSucceed: false });
  expect(unknown.validation.errors.map((error) => error.itemId)).toEqual(['CustomerRef.Id']);
  const [taken] = (await recordsIn(server.sandboxUrl, company, 'invoices')).map((record) => record.number);
  const duplicate = await foresee('POST', 'invoices', await invoice({ invoiceNumber: taken }));
  expect(duplicate.validation.errors.map((error) => error.itemId)).toEqual(['InvoiceNumber']);
});

test('a delete is foreseen and the record stays', async () => {
  const before = await bookIds('invoices');
  const answers = await Promise.all(before.map((id) => foresee('DELETE', `invoices/${id}`)));
  expect(new Set(answers.map((answer) => answer.wouldSucceed))).toEqual(new Set([true, false]));
  expect(await bookIds('invoices')).toEqual(before);
});

test('a platform that is away is not guessed about', async () => {
  const body = await invoice();
  await control(server.sandboxUrl, { offline: 'cut' });
  expect(await foresee('POST', 'invoices', body)).toMatchObject({ wouldSucceed: null });
});
