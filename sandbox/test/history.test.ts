import { expect, test } from 'vitest';
import { objectsAt, textAt } from '../src/json.ts';
import type { JsonObject } from '../src/json.ts';
import {
  bill,
  cash,
  creditNote,
  invoice,
  line,
  openDesk,
  payment,
  supplierCreditNote,
  supplierPayment,
} from './support/money.ts';
import type { AllocationTuple, Desk } from './support/money.ts';
import { randomFrom, startForTest } from './support/sandbox.ts';
import type { Reply } from './support/sandbox.ts';

const stepsCount = 400;

/** What a random history has made and not deleted: the paths of its records, oldest first. */
interface History {
  readonly desk: Desk;
  readonly pick: (below: number) => number;
  readonly paysWithin: boolean;
  /** What the accounts stood at. */
  readonly start: JsonObject;
  readonly alive: string[];
  readonly otherBankId: string;
  /** How often each kind of write was answered with each status. */
  readonly seen: Map<string, number>;
}

const documents = ['invoices', 'bills', 'credit-notes', 'supplier-credit-notes'];

/** With payments written inside documents: these can be neither edited nor deleted afterwards. */
test('over a random history of every kind of record the trial balance is zero after every write', async () => {
  const seed = process.pid;
  const history = await liveThrough(seed, true);
  expect(notMet(history), `seed ${seed}`).toEqual([]);
});

test('whatever a random history has moved, deleting its records newest first moves it all back', async () => {
  const seed = process.pid + 1;
  const history = await liveThrough(seed, false);
  const { desk, alive } = history;
  for (const target of alive.toReversed()) {
    const reply = await desk.delete(target);
    expect(reply.status, `seed ${seed}: ${target} ${JSON.stringify(reply.body)}`).toBe(204);
    expect(await desk.get('trial-balance')).toMatchObject({ isBalanced: true });
  }
  expect(await accountsOf(desk), `seed ${seed}`).toEqual(history.start);
});

async function liveThrough(seed: number, paysWithin: boolean): Promise<History> {
  const desk = await openDesk(await startForTest());
  const otherBankId = await desk.make('bank-accounts', { name: 'Euro account', currency: 'EUR' });
  const start = await accountsOf(desk);
  const history: History = { desk, pick: randomFrom(seed), paysWithin, start, alive: [], otherBankId, seen: new Map() };
  for (let step = 0; step < stepsCount; step++) {
    const [name, reply] = await takeStep(history);
    const key = `${name} ${reply.status}`;
    history.seen.set(key, (history.seen.get(key) ?? 0) + 1);
    const at = `seed ${seed}, step ${step}: ${key} ${JSON.stringify(reply.body)}`;
    expect(reply.status, at).toBeLessThan(500);
    expect(await desk.get('trial-balance'), at).toMatchObject({ difference: '0.00', isBalanced: true });
  }
  for (const path of documents)
    for (const one of objectsAt(await desk.get(`${path}?pageSize=1000`), 'items')) expectTrueToItself(one, seed);
  return history;
}

async function accountsOf(desk: Desk): Promise<JsonObject> {
  const rows = objectsAt(await desk.get('trial-balance'), 'accounts');
  const moved = rows.filter((row) => row['debit'] !== row['credit']);
  return Object.fromEntries(
    moved.map((row) => [textAt(row, 'accountId') ?? '', `${textAt(row, 'debit')} ${textAt(row, 'credit')}`]),
  );
}

async function takeStep(history: History): Promise<[string, Reply]> {
  const { desk, pick, alive } = history;
  const kind = pick(12);
  const target = alive[pick(alive.length || 1)];
  if (target !== undefined && kind === 0) return [`delete ${pathOf(target)}`, await remove(history, target)];
  if (target !== undefined && kind < 3 && !target.includes('payments'))
    return [`update ${pathOf(target)}`, await desk.put(target, changeOf(target, history))];
  const [path, body] = kind < 7 ? await newPayment(history) : newRecord(history);
  const isDry = pick(10) === 0;
  const reply = await desk.post(path, body, isDry ? { 'validate-only': 'true' } : {});
  if (reply.status === 201 && !path.includes('transactions')) alive.push(`${path}/${textAt(reply.body, 'id')}`);
  return [`${isDry ? 'validate' : 'create'} ${path.includes('transactions') ? 'transactions' : path}`, reply];
}

function pathOf(target: string): string {
  return target.slice(0, target.indexOf('/'));
}

async function remove({ desk, alive }: History, target: string): Promise<Reply> {
  const reply = await desk.delete(target);
  if (reply.status === 204) alive.splice(alive.indexOf(target), 1);
  return reply;
}

function changeOf(target: string, { pick, desk, otherBankId }: History): JsonObject {
  if (target.startsWith('transfers'))
    return pick(3) === 0
      ? { status: 'void' }
      : {
          from: { accountId: otherBankId, amount: `${1 + pick(50)}` },
          to: { accountId: desk.known.bankId, amount: '7' },
        };
  if (target.startsWith('purchase-orders')) return { status: ['open', 'closed', 'void'][pick(3)] ?? 'open' };
  if (target.startsWith('expenses') || target.startsWith('receipts')) return { discountPercentage: String(pick(100)) };
  const open = target.startsWith('bills') ? 'open' : 'submitted';
  return { status: pick(6) === 0 ? 'void' : open, discountPercentage: `${pick(60)}.${pick(99)}` };
}

const currencies: readonly JsonObject[] = [{}, {}, { currency: 'EUR' }, { currency: 'USD' }];

function foreign(pick: History['pick']): JsonObject {
  const currency = currencies[pick(currencies.length)] ?? {};
  return currency['currency'] === undefined ? {} : { ...currency, exchangeRate: `${pick(2)}.${1 + pick(99_999)}` };
}

function lines(accountId: string, { pick, desk }: History): JsonObject[] {
  return Array.from({ length: 1 + pick(3) }, () => ({
    accountId,
    quantity: `${pick(9)}.${pick(100)}`,
    unitAmount: `${1 + pick(90)}.${pick(1000)}`,
    ...(pick(2) === 0 && { taxRateId: desk.known.taxRateId }),
  }));
}

function newRecord(history: History): [string, JsonObject] {
  const { desk, pick, otherBankId, paysWithin } = history;
  const { known } = desk;
  const sold = { ...foreign(pick), lines: lines(known.salesId, history) };
  const bought = { ...foreign(pick), lines: lines(known.costsId, history) };
  const paid = paysWithin &&
    pick(4) === 0 && {
      payments: [{ accountId: known.bankId, date: '2026-05-11', amount: `${1 + pick(30)}.5`, exchangeRate: '1.1' }],
    };
  const draft = pick(8) === 0 && { status: 'draft' };
  const made: [string, JsonObject][] = [
    ['invoices', invoice(known, { ...sold, ...paid, ...draft })],
    ['bills', bill(known, { ...bought, ...paid, ...draft })],
    ['credit-notes', creditNote(known, { ...sold, ...paid, ...draft })],
    ['supplier-credit-notes', supplierCreditNote(known, { ...bought, ...paid, ...draft })],
    ['expenses', cash(known, known.costsId, bought)],
    ['receipts', cash(known, known.salesId, sold)],
    ['purchase-orders', { supplierId: known.supplierId, ...bought }],
    [
      'transfers',
      {
        date: '2026-05-12',
        from: { accountId: otherBankId, amount: `${1 + pick(99)}.25` },
        to: { accountId: known.bankId, amount: `${1 + pick(99)}.75` },
      },
    ],
    ['journal-entries', journalEntry(known.bankId, known.salesId, pick)],
    [`bank-accounts/${otherBankId}/transactions`, { transactions: [{ date: '2026-05-13', amount: `${pick(9)}` }] }],
  ];
  return made[pick(made.length)] ?? ['customers', {}];
}

function journalEntry(a: string, b: string, pick: History['pick']): JsonObject {
  const amount = `${1 + pick(99)}.5`;
  return {
    lines: [
      { accountId: a, amount },
      { accountId: b, amount: `-${amount}` },
    ],
  };
}

/** A payment of what is open, all of it or a part, now and then of too much, and with a credit where there is one. */
async function newPayment(history: History): Promise<[string, JsonObject]> {
  const { desk, pick } = history;
  const { known } = desk;
  const isCustomer = pick(2) === 0;
  const currency = currencies[pick(currencies.length)]?.['currency'] ?? 'GBP';
  const own = isCustomer ? known.customerId : known.supplierId;
  const itemsOf = async (path: string, member: string) =>
    objectsAt(await desk.get(`${path}?pageSize=1000`), 'items').filter(
      (one) =>
        [one['customerId'], one['supplierId']].includes(own) &&
        one['currency'] === currency &&
        one['status'] !== 'draft' &&
        one['status'] !== 'void' &&
        cents(one[member]) > 0,
    );
  const payments = isCustomer ? 'payments' : 'supplier-payments';
  const owed = await itemsOf(isCustomer ? 'invoices' : 'bills', 'amountDue');
  const credits = [
    ...(await itemsOf(isCustomer ? 'credit-notes' : 'supplier-credit-notes', 'remainingCredit')).map(
      (one) => ['credit-note', one] as const,
    ),
    ...(await itemsOf(payments, 'remainingCredit')).map((one) => ['payment', one] as const),
  ];
  const target = owed[pick(owed.length || 1)];
  const rate = currency !== 'GBP' && pick(2) === 0 && { exchangeRate: `0.${1 + pick(9999)}` };
  const change = { currency, ...rate };
  const bodyOf = isCustomer ? payment : supplierPayment;
  if (target === undefined) return [payments, bodyOf(known, [{ amount: `${1 + pick(80)}.01` }], change)];
  const due = cents(target['amountDue']);
  const part = pick(3) === 0 ? due : pick(15) === 0 ? due + 1 : 1 + pick(due);
  const settled: AllocationTuple[] = [[isCustomer ? 'invoice' : 'bill', textAt(target, 'id') ?? '', amount(part)]];
  const credit = credits[pick(credits.length || 1)];
  const used = credit === undefined || pick(2) === 0 ? 0 : Math.min(part, cents(credit[1]['remainingCredit']));
  if (credit !== undefined && used > 0) settled.push([credit[0], textAt(credit[1], 'id') ?? '', amount(used)]);
  return [payments, bodyOf(known, [line(amount(part - used), ...settled)], change)];
}

function cents(value: unknown): number {
  return typeof value === 'string' ? Math.round(Number(value) * 100) : 0;
}

function amount(value: number): string {
  return (value / 100).toFixed(2);
}

/** Kinds of outcome that a history should have met and did not. */
function notMet({ seen }: History): string[] {
  const created = [...documents, 'payments', 'supplier-payments', 'expenses', 'receipts', 'transfers'];
  const wanted = [...created, 'purchase-orders', 'journal-entries', 'transactions'].map((one) => `create ${one} 201`);
  const outcomes = [
    'delete .* 204',
    'delete .* 409',
    'update .* 200',
    'update .* 409',
    'create .* 422',
    'validate .* 200',
  ];
  return [...wanted, ...outcomes].filter((one) => ![...seen.keys()].some((met) => new RegExp(`^${one}$`).test(met)));
}

/** What is open is what there was less what was used, the list of uses adds up, and the status says so. */
function expectTrueToItself(document: JsonObject, seed: number): void {
  const used = 'amountDue' in document ? 'amountPaid' : 'amountUsed';
  const open = 'amountDue' in document ? 'amountDue' : 'remainingCredit';
  const uses = [...objectsAt(document, 'payments'), ...objectsAt(document, 'allocations')];
  const at = `seed ${seed}: ${JSON.stringify(document)}`;
  expect(cents(document[used]), at).toBe(uses.reduce((sum, one) => sum + cents(one['amount']), 0));
  expect(cents(document[open]) + cents(document[used]), at).toBe(cents(document['total']));
  if (document['status'] === 'paid') expect(cents(document[open]), at).toBe(0);
  if (document['status'] === 'partially-paid') expect(cents(document[open]), at).toBeGreaterThan(0);
  if (['submitted', 'open', 'draft', 'void'].includes(textAt(document, 'status') ?? ''))
    expect(cents(document[used]), at).toBe(0);
}
