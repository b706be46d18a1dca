/**
 * Writes to Tryton of several steps, ended between any two of them: what was begun is found half done, the same push goes
 * on from there, and it is in the books once.
 */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { TrytonClient, Values } from '../../../scripts/tryton/client.ts';
import type { ConnectorIO, Link, WriteOutcome, WriteRequest } from '../../src/connectors/contract.ts';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { WritableDataType } from '../../src/models/data-types.ts';
import { describeTryton, makeCompany, type TestCompany } from './fixture.ts';
import { balances, inBooks, linkBy, unbalanced } from './linked-company.ts';

const today = `${systemClock.now().toISOString().slice(0, 10)}T00:00:00`;
const connector = makeTrytonConnector();

/** The process dies with the call: it never leaves, or its answer is never read. */
type Death = 'before' | 'after';

describeTryton('between two steps of a write', () => {
  let company: TestCompany;
  let books: TrytonClient;
  let link: Link;
  let ids: Readonly<Record<'customer' | 'supplier' | 'revenue' | 'expense' | 'bank', string>>;

  beforeAll(async () => {
    company = await makeCompany();
    books = await company.books();
    link = await linkBy(connector, company);
    const account = (code: string) => books.firstId('account.account', [['code', '=', code]]);
    const own = {
      customer: await books.create('party.party', { name: 'Corner Shop' }),
      supplier: await books.create('party.party', { name: 'Mill & Flour Co' }),
      revenue: await account('4100'),
      expense: await account('5100'),
      bank: await account('1200'),
    };
    ids = Object.fromEntries(Object.entries(own).map(([name, id]) => [name, String(id)])) as typeof ids;
  });

  /** Everything after the death of the process is lost, too. */
  function io(method?: string, death?: Death): ConnectorIO {
    let isDead = false;
    const mortal: typeof globalThis.fetch = async (input, init) => {
      if (isDead) throw new Error('The process is dead');
      const body = typeof init?.body === 'string' ? init.body : '';
      const isLast = method !== undefined && body.includes(`"method":"${method}"`);
      isDead = isLast;
      if (isLast && death === 'before') throw new Error('The process died');
      const answer = await globalThis.fetch(input, init);
      if (isLast) throw new Error('The process died');
      return answer;
    };
    return { fetch: mortal, now: systemClock.now };
  }

  const send = (dataType: WritableDataType, request: WriteRequest, over = io()) =>
    connector.writes[dataType]?.create?.send(connector.open(link, over), request);
  const find = (dataType: WritableDataType, request: WriteRequest) =>
    connector.writes[dataType]?.create?.find?.(connector.open(link, io()), request);
  const idOf = (outcome: WriteOutcome | undefined) =>
    outcome?.kind === 'written' ? (outcome.changes[0]?.recordRef.id ?? '') : JSON.stringify(outcome);

  const line = (account: string, unitAmount: number) => ({ quantity: 1, unitAmount, accountRef: { id: account } });
  const invoice = (): Values => ({
    customerRef: { id: ids.customer },
    issueDate: today,
    lineItems: [line(ids.revenue, 100)],
  });
  const bill = (): Values => ({
    supplierRef: { id: ids.supplier },
    issueDate: today,
    lineItems: [line(ids.expense, 50)],
  });
  const payment = async (): Promise<Values> => {
    const request = { pushOperationKey: randomUUID(), body: invoice() };
    const links = [{ type: 'Invoice', id: idOf(await send('invoices', request)), amount: -100 }];
    const paid = { customerRef: { id: ids.customer }, accountRef: { id: ids.bank }, date: today };
    return { ...paid, totalAmount: 100, lines: [{ amount: 100, links }] };
  };
  const cost = (): Values => ({
    contactRef: { id: ids.supplier, dataType: 'suppliers' },
    issueDate: today,
    lineItems: [line(ids.expense, 50)],
    paymentAllocations: [{ payment: { accountRef: { id: ids.bank } }, allocation: { totalAmount: 50 } }],
  });

  const count = async (dataType: WritableDataType) => {
    const read = await connector.reads[dataType]?.page(connector.open(link, io()), { pageSize: 200 });
    return read?.kind === 'read' ? read.value.records.length : undefined;
  };

  const steps: readonly (readonly [WritableDataType, () => Values | Promise<Values>, string])[] = [
    ['invoices', invoice, 'model.account.invoice.post'],
    ['bills', bill, 'model.account.invoice.post'],
    ['payments', payment, 'model.account.move.post'],
    ['payments', payment, 'model.account.invoice.write'],
    ['payments', payment, 'model.account.move.reconciliation.create'],
    ['directCosts', cost, 'model.account.move.post'],
    ['directCosts', cost, 'model.account.move.reconciliation.create'],
  ];
  const deaths = ['before', 'after'] as const;
  const cases = steps.flatMap(([dataType, body, method]) => deaths.map((death) => ({ dataType, body, method, death })));

  test.each(cases)('$dataType: death $death $method leaves one write that is gone on with', async (each) => {
    const { dataType, method, death } = each;
    const request = { pushOperationKey: randomUUID(), body: await each.body() };
    const before = await count(dataType);
    expect(await send(dataType, request, io(method, death))).toMatchObject({ kind: 'unknown' });
    const isLast = method.endsWith('reconciliation.create') || method.endsWith('invoice.post');
    expect(await find(dataType, request)).toMatchObject({ kind: isLast && death === 'after' ? 'found' : 'half-done' });
    const outcome = await send(dataType, request);
    expect(outcome).toMatchObject({ kind: 'written' });
    expect(await count(dataType)).toBe((before ?? 0) + 1);
    const model = /^(?:invoices|bills)$/.test(dataType) ? 'account.invoice' : 'account.move';
    expect(await inBooks(books, model, idOf(outcome), ['state'])).toMatchObject({ state: 'posted' });
  });

  test('and what came of them all adds up', async () => {
    expect(await unbalanced(company)).toBe(0);
    // Two invoices and six that are paid, two bills, four costs.
    expect(await balances(company)).toEqual({ '1100': 200, '4100': -800, '1200': 400, '5100': 300, '2100': -100 });
  });
});
