/**
 * What every runtime must be able to do with the client, as one program that ends with a line for each thing. It is run
 * against a real server by package.test.ts, with the installed package in place of the sources; its argument is the address of
 * a server that never answers.
 */
import { fileStore } from '../src/file-store.ts';
import { createClient, hasEnded, LedgerpostError, syncState, type Customer } from '../src/main.ts';

const client = createClient();
const { id: companyId } = await client.companies.create({ name: 'Any runtime' });
const { id: connectionId } = await client.connections.create({ companyId, platformKey: 'mqjo' });
const books = { companyId, connectionId };
await client.connections.authorize(books);

const customer = (customerName: string) => ({ customerName, status: 'Active' as const });
const refusal = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no refusal',
    (error: unknown) => error,
  );
const typeOf = (error: unknown) => (error instanceof LedgerpostError ? error.type : String(error));

// Written, and waited for at the server: were it asked again and again, the wait would be over before the next time.
const asked = await client.customers.create({ ...books, customer: customer('One') });
const first = await client.pushOperations.pollUntilDone(asked, { pollIntervalMs: 3_600_000 });
console.log('create, pollUntilDone:', hasEnded(first), first.status);
const second = await client.customers.createAndWait({ ...books, customer: customer('Two') });
console.log('createAndWait:', second.status);
const refused = await client.accounts.createAndWait({
  ...books,
  account: { nominalCode: '350045006500', name: 'Too long', fullyQualifiedCategory: 'Asset.Current' },
});
console.log('a refused write:', refused.status, refused.validation.errors[0]?.itemId);

let streamed = 0;
for await (const push of client.pushOperations.stream({ companyId, pageSize: 1 })) if (hasEnded(push)) streamed++;
console.log('stream:', streamed);

// The second run has nothing to read: what the first one stored is taken from the file.
const store = fileStore(`./state-of-${companyId}.json`);
const copy = new Map<string, Customer>();
const upsert = (record: Customer) => void copy.set(record.id ?? '', record);
const { by } = await syncState({ source: client.customers, companyId, store, upsert });
const names = [...copy.values()].map(({ customerName }) => customerName);
console.log('syncState:', by, names.includes('One'), names.includes('Two'));

const changed = new Set<string>();
const feed = client.changes.stream({ companyId, dataTypes: ['customers'] });
for await (const { dataType, record } of feed) changed.add(`${dataType} ${record.customerName}`);
console.log('changes:', changed.has('customers One'), typeof feed.watermark);

const account = { nominalCode: '5010', name: 'Flour', fullyQualifiedCategory: 'Expense.Overhead' };
const supplier = await client.suppliers.createAndWait({
  ...books,
  supplier: { supplierName: 'Mill & Sons', status: 'Active' },
});
const cost = await client.accounts.createAndWait({ ...books, account });
if (supplier.status !== 'Success' || cost.status !== 'Success') throw new Error('The books took neither');
const bill = await client.bills.createAndWait({
  ...books,
  bill: {
    reference: 'MS-1',
    supplierRef: { id: supplier.changes[0].recordRef.id },
    issueDate: '2026-03-02',
    dueDate: '2026-04-01',
    currency: 'GBP',
    status: 'Open',
    subTotal: 15,
    taxAmount: 0,
    totalAmount: 15,
    lineItems: [{ unitAmount: 15, quantity: 1, taxAmount: 0, accountRef: { id: cost.changes[0].recordRef.id } }],
  },
});
if (bill.status !== 'Success') throw new Error(JSON.stringify(bill));
const place = { ...books, billId: bill.changes[0].recordRef.id };
const file = { name: 'é "quoted".txt', content: new Blob(['hello']), contentType: 'text/plain' };
const attached = await client.bills.attachAndWait({ ...place, file });
const [found] = await client.bills.listAttachments(place);
const bytes = await client.bills.downloadAttachment({ ...place, attachmentId: found?.id ?? '' });
console.log('a file, there and back:', attached.status, found?.name, new TextDecoder().decode(bytes));

// What goes wrong, and who says so.
const nobody = '00000000-0000-4000-8000-000000000000';
console.log('not_found:', typeOf(await refusal(client.companies.get({ companyId: nobody }))));
console.log('bad_request:', typeOf(await refusal(client.companies.list({ query: 'name=&&' }))));
const withoutKey = createClient({ apiKey: 'wrong' });
console.log('unauthorized:', typeOf(await refusal(withoutKey.companies.list())));
const nowhere = createClient({ baseUrl: 'http://127.0.0.1:1', maxRetries: 0 });
console.log('network_error:', typeOf(await refusal(nowhere.companies.list())));

// A server that takes every request and answers none.
const silent = createClient({ baseUrl: process.argv[2], maxRetries: 0 });
console.log('timeout:', typeOf(await refusal(silent.companies.list({ timeoutMs: 100 }))));
const leaving = new Error('the user left');
const ending = new AbortController();
setTimeout(() => ending.abort(leaving), 100);
console.log('abort:', (await refusal(silent.companies.list({ signal: ending.signal }))) === leaving);
const already = refusal(client.companies.list({ signal: AbortSignal.abort(leaving) }));
console.log('abort beforehand:', (await already) === leaving);
const late = await refusal(silent.companies.list({ signal: AbortSignal.timeout(100) }));
console.log('AbortSignal.timeout:', late instanceof Error && late.name);
const waited = silent.pushOperations.pollUntilDone(asked, { timeoutMs: 200, signal: AbortSignal.timeout(300) });
console.log('abort of a wait:', (await refusal(waited)) instanceof Error);
