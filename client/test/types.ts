/** What the types promise. Nothing here runs: the type checker reads it, here and in a project that has the package only. */
import {
  createClient,
  hasEnded,
  ledgerpost,
  LedgerpostError,
  modifiedDates,
  queryFor,
  syncState,
  webhooks,
  type Account,
  type Bill,
  type EndedPush,
  type Invoice,
  type Push,
} from '../src/main.ts';

const client = createClient({ baseUrl: 'http://127.0.0.1:4100', apiKey: async () => 'key' });
const place = { companyId: 'c', connectionId: 'n' };
const account: Account = { nominalCode: '1', name: 'A', fullyQualifiedCategory: 'Asset.Current' };

export async function writes(): Promise<void> {
  const push = await client.accounts.create({ ...place, account, timeoutInMinutes: 5, idempotencyKey: 'k' });
  if (push.status === 'Success') {
    push.changes[0].recordRef.id satisfies string;
    push.changes[0].recordRef.dataType satisfies 'chartOfAccounts';
    push.data?.nominalCode satisfies string | null | undefined;
  }
  if (push.status === 'Failed') {
    push.errorMessage satisfies string;
    // @ts-expect-error -- what failed may have changed nothing
    push.changes[0].recordRef.id satisfies string;
  }
  // Before anything is known of it.
  push.changes.map(({ recordRef }) => recordRef.id) satisfies string[];
  push.errorMessage satisfies string | null | undefined;
  push.completedOnUtc satisfies string | null | undefined;
  push.data?.nominalCode satisfies string | null | undefined;
  push.waitingOn?.reason satisfies string | undefined;
  // @ts-expect-error -- only what has succeeded is known to have changed a record
  push.changes[0].recordRef.id satisfies string;
  const [first] = push.changes;
  first?.recordRef.id satisfies string | undefined;
  if (!hasEnded(push)) push.status satisfies 'Pending' | 'Processing';

  const ended = await client.bills.createAndWait({
    ...place,
    bill: {},
    onUpdate: (seen: Push<'bills'>) => void seen,
  });
  // @ts-expect-error -- what has ended is not pending
  ended.status satisfies 'Pending';
  ended satisfies EndedPush<'bills'>;
  const again: EndedPush<'bills'> = await client.pushOperations.pollUntilDone(
    await client.bills.create({ ...place, bill: {} }),
  );
  again.validation.errors.length satisfies number;

  await client.chartOfAccounts.create({ ...place, accountPrototype: account });
  // @ts-expect-error -- the record stands under its own name
  await client.accounts.create({ ...place, bill: account });
  // @ts-expect-error -- the id of a reference is required
  await client.bills.create({ ...place, bill: { supplierRef: {} } });
  // @ts-expect-error -- a word of a closed list
  await client.accounts.create({ ...place, account: { ...account, status: 'Open' } });
  // @ts-expect-error -- a connection is needed to write
  await client.accounts.create({ companyId: 'c', account });
  // @ts-expect-error -- bank transactions lie below an account
  await client.bankTransactions.create({ ...place, bankTransaction: {} });
  await client.invoices.update({ ...place, invoiceId: '1', invoice: {}, forceUpdate: true });
  await client.invoices.delete({ ...place, id: '1' });
  // @ts-expect-error -- tax rates can only be read
  await client.taxRates.create({ ...place, taxRate: {} });
  (await client.taxRates.get({ companyId: 'c', taxRateId: '1' })).effectiveTaxRate satisfies number | null | undefined;
  (await client.bills.model(place)).properties satisfies object | null | undefined;
  (await ledgerpost.bills.model({ ...place, format: 'json-schema' })) satisfies Readonly<Record<string, unknown>>;
}

export async function reads(): Promise<void> {
  const query = queryFor<Invoice>();
  query.gt('amountDue', 0);
  query.eq('customerRef.id', '1');
  query.gte('issueDate', new Date(0));
  query.eq('metadata.isDeleted', true);
  // @ts-expect-error -- misspelt
  query.gt('amuntDue', 0);
  // @ts-expect-error -- a number is no text
  query.eq('amountDue', 'much');
  // @ts-expect-error -- members of a list cannot be searched
  query.eq('lineItems.unitAmount', 1);
  // @ts-expect-error -- a word of a closed list
  query.eq('status', 'Unpaid');
  // @ts-expect-error -- only a text contains another
  query.contains('amountDue', '1');

  const page = await client.invoices.list({
    companyId: 'c',
    query: (q) => q.and(q.eq('status', 'Paid'), q.gt('totalAmount', 100)),
    modifiedAfter: new Date(0),
  });
  page.results[0]?.invoiceNumber satisfies string | null | undefined;
  // @ts-expect-error -- properties are checked where the query is built
  await client.invoices.list({ companyId: 'c', query: (q) => q.eq('nothing', 1) });
  for await (const invoice of client.invoices.stream({ companyId: 'c' }))
    invoice.amountDue satisfies number | null | undefined;
  // A record of any type, as it is stored in one table of all.
  for await (const { dataType, record } of client.changes.stream({ companyId: 'c' })) {
    [dataType, record.id, record.modifiedDate] satisfies string[];
    record.sourceModifiedDate satisfies string | null | undefined;
    record.metadata?.isDeleted satisfies boolean | null | undefined;
    if (dataType === 'invoices') record.amountDue satisfies number | null | undefined;
    // @ts-expect-error -- only some types have it
    record.amountDue satisfies unknown;
  }
  for await (const { record } of client.bills.changes({ companyId: 'c' })) record satisfies Bill;
  (await client.bills.get({ companyId: 'c', billId: '1' })).id satisfies string;
  page.results.map(({ id }) => id) satisfies string[];
  for await (const change of client.changes.stream({ companyId: 'c', dataTypes: ['bills', 'invoices'] })) {
    if (change.dataType === 'bills') change.record satisfies Bill;
    // @ts-expect-error -- only what was asked for comes
    change.dataType satisfies 'customers';
  }
  await syncState({
    source: client.bills,
    companyId: 'c',
    store: { get: () => undefined, set: () => undefined },
    upsert: (bill: Bill) => void bill,
  });
  modifiedDates.addToParams({ page: 1 }, null).page satisfies number;
  // @ts-expect-error -- a number is no moment
  modifiedDates.toParam(5);
}

export async function events(): Promise<void> {
  const event = await webhooks.verify(['a', 'b'], { 'webhook-id': 'x' }, new Uint8Array());
  switch (event.eventType) {
    case 'bills.write.successful':
      event.payload.record.id satisfies string;
      event.payload.status satisfies 'Success';
      break;
    case 'invoices.write.unsuccessful':
      event.payload.status satisfies 'Failed' | 'TimedOut';
      // @ts-expect-error -- there may be none
      event.payload.record.id satisfies string;
      break;
    case 'connection.connected':
      event.payload.connection.status satisfies string;
      break;
    // @ts-expect-error -- there is no such event
    case 'bills.written':
      break;
    default:
  }
  try {
    await client.companies.get({ companyId: 'c', signal: new AbortController().signal });
  } catch (error) {
    if (error instanceof LedgerpostError && error.type === 'rate_limited')
      error.retryAfter satisfies number | undefined;
    // @ts-expect-error -- there is no such type
    if (error instanceof LedgerpostError && error.type === 'ratelimited') throw error;
  }
}
