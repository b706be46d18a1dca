/**
 * Bank transactions: a batch is one statement of Tryton's, and each transaction an origin in it, which people then match
 * with the books. The statement bears the mark; our records are its origins.
 */
import { compare, subtract, sum, toNumber } from '../../lib/decimal.ts';
import { bankTransactions as bankTransactionModel } from '../../models/bank-transactions.ts';
import { refine, without } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import type { FindOutcome, PlatformRecord, Read, Write, WriteOutcome, WriteRequest } from '../contract.ts';
import { midnightOf, same, type Pair } from '../mapping.ts';
import { markText } from './marks.ts';
import { decimalIn, encoded, given, nothing, oneLine } from './moves.ts';
import { datePair, decimalPair } from './pairs.ts';
import { trytonRead } from './reads.ts';
import { refusal } from './refusal.ts';
import { readsOf, toRecord, type Refusal, type TrytonReading, type TrytonResource } from './resource.ts';
import { NoResult, type TrytonSession } from './session.ts';
import { dayOf, encodeDate, encodeId, listOf, type Members } from './values.ts';
import { trytonWrite } from './writes.ts';

const ORIGIN = 'account.statement.origin';
const AMOUNT_MAX = 999_999_999_999;
const NUMBER_MAX = 255;

const model = refine(
  // A line of a statement has one text.
  without(bankTransactionModel, 'transactions.counterparty', 'transactions.reference'),
  {
    transactions: { required: true, itemsMin: 1 },
    'transactions.id': { required: true, maxLength: NUMBER_MAX, unique: true },
    'transactions.amount': { required: true, decimalPlacesMax: 2, minimum: -AMOUNT_MAX, maximum: AMOUNT_MAX },
    'transactions.date': { required: true, description: 'Tryton keeps the day.' },
    'transactions.balance': { decimalPlacesMax: 2, description: 'Kept as the balances of the whole statement.' },
    'transactions.transactionType': { description: 'Told by the sign of the amount; Tryton keeps no other.' },
  },
  {
    transactions: [
      { id: 'HB-1', amount: 522.5, date: '2026-03-02T00:00:00', description: 'Harbour Lane Bakery', balance: 2_522.5 },
      { id: 'HB-2', amount: -79, date: '2026-03-03T00:00:00', description: 'Millstone Flour', balance: 2_443.5 },
    ],
  },
);

const linePairs: readonly Pair[] = [
  same('id', 'number'),
  decimalPair('amount', 'amount'),
  datePair('date', 'date'),
  same('description'),
];

const statement: TrytonResource = {
  dataType: 'bankTransactions',
  theirs: 'account.statement',
  model,
  pairs: [
    {
      ours: 'transactions',
      theirs: 'origins',
      codec: { toTheirs: () => undefined, toOurs: () => undefined, inner: linePairs },
    },
  ],
  reads: ['name', 'journal.account', 'start_balance', ...origins()],
  scope: ({ link }) => [['company', '=', link.company]],
  mark: {
    reads: [],
    domain: (key) => [['name', 'ilike', `%${markText(key)}`]],
    put: (values, key) => ({ ...values, name: `${String(values['name'])} ${markText(key)}` }),
  },
  fills: ['company', 'journal', 'name', 'date'],
  refuse,
  prepare,
  complete: (_, theirs) => batchOf(theirs),
};

function origins(): readonly string[] {
  return ['number', 'amount', 'date', 'description'].map((field) => `origins.${field}`);
}

function transactionsIn(body: Members | undefined): readonly Members[] {
  const list = body?.['transactions'];
  return Array.isArray(list) ? list.filter(isMembers) : [];
}

async function journalFor(session: TrytonSession, parentId: string | undefined) {
  const account = encodeId(parentId);
  if (account === undefined) return undefined;
  const domain = [
    ['account', '=', account],
    ['company', '=', session.link.company],
  ];
  const [journal] = await session.find('account.statement.journal', domain, [], { limit: 1 });
  return journal;
}

async function refuse({ body, parentId }: WriteRequest, session: TrytonSession): Promise<Refusal | undefined> {
  const accountId = body?.['accountId'];
  if (typeof accountId === 'string' && accountId !== parentId)
    return refusal(model, 'AccountId', `must be ${String(parentId)}, which the path names.`);
  if ((await journalFor(session, parentId)) === undefined)
    return refusal(
      model,
      'AccountId',
      `names no bank account: Tryton has no journal of statements for ${String(parentId)}.`,
    );
  const transactions = transactionsIn(body);
  const numbers = transactions.map(({ id }) => String(id));
  const domain = [
    ['number', 'in', numbers],
    ['statement.journal.account', '=', encodeId(parentId)],
  ];
  const taken = new Set((await session.find(ORIGIN, domain, ['number'])).map(({ number }) => number));
  const index = numbers.findIndex((number, at) => taken.has(number) || numbers.indexOf(number) < at);
  return index < 0 ? undefined : refusal(model, `Transactions[${index}].Id`, 'is in use by another transaction.');
}

/** With everything that any way of checking a statement asks for: its balances, its total, the number of its lines. */
async function prepare(_: Members, { body, parentId }: WriteRequest, { session }: { readonly session: TrytonSession }) {
  const journal = await journalFor(session, parentId);
  const transactions = transactionsIn(body);
  const total = sum(transactions.map(({ amount }) => given(amount)));
  const [first] = transactions;
  const start =
    typeof first?.['balance'] === 'number' ? subtract(given(first['balance']), given(first['amount'])) : nothing;
  const created = transactions.map(({ id, date, amount, description }) => ({
    number: String(id),
    date: encodeDate(String(date)),
    amount: encoded(given(amount)),
    ...(typeof description === 'string' ? { description: oneLine(description) } : {}),
  }));
  return {
    name: 'Bank feed',
    company: session.link.company,
    journal: journal?.['id'],
    date: created.at(-1)?.date,
    start_balance: encoded(start),
    end_balance: encoded(sum([start, total])),
    total_amount: encoded(total),
    number_of_lines: transactions.length,
    origins: [['create', created]],
  };
}

/** The batch as it was sent, from what stands in Tryton. */
function batchOf(theirs: Members): PlatformRecord {
  const lines = listOf(theirs['origins']).toSorted((a, b) => Number(a['id']) - Number(b['id']));
  let balance = decimalIn(theirs['start_balance']);
  const journal = theirs['journal'];
  const account: unknown = isMembers(journal) ? journal['account'] : undefined;
  const transactions = lines.map(({ number, amount, date, description }) => {
    const exact = decimalIn(amount);
    balance = sum([balance, exact]);
    return {
      id: number,
      amount: toNumber(exact),
      date: midnightOf(String(dayOf(date))),
      ...(typeof description === 'string' && description !== '' ? { description } : {}),
      balance: toNumber(balance),
      transactionType: typeOf(exact.units),
    };
  });
  return { id: String(theirs['id']), accountId: String(account), transactions };
}

function typeOf(units: bigint): string {
  return units < 0n ? 'Debit' : 'Credit';
}

const origin: TrytonReading = {
  dataType: 'bankTransactions',
  theirs: ORIGIN,
  pairs: [datePair('clearedOnDate', 'date'), decimalPair('amount', 'amount')],
  reads: ['date', 'amount', 'description', 'pending_amount', 'statement.journal.account'],
  scope: ({ link }, parentId) => [
    ['statement.company', '=', link.company],
    ...(parentId === undefined ? [] : [['statement.journal.account', '=', encodeId(parentId) ?? 0]]),
  ],
  below: 'bankAccounts',
  complete(whole, theirs) {
    const { sourceVersion: _, ...record } = whole;
    const { description, pending_amount: pending, amount } = theirs;
    const exact = decimalIn(amount);
    return {
      ...record,
      ...(typeof description === 'string' && description !== '' ? { description } : {}),
      reconciled: exact.units !== 0n && compare(decimalIn(pending), nothing) === 0,
      transactionType: typeOf(exact.units),
    };
  },
};

export const bankTransactionsRead: Read<TrytonSession> = trytonRead(origin);

const batch = trytonWrite(statement, 'create');

/** A batch is known by its bank account, and stands for the records of its transactions. */
export const bankTransactionsCreate: Write<TrytonSession> = {
  ...batch,
  async send(session, request) {
    const outcome = await batch.send(session, request);
    return outcome.kind === 'written' ? asBatch(session, request, outcome) : outcome;
  },
  async find(session, request) {
    const outcome = (await batch.find?.(session, request)) ?? { kind: 'cannot-tell', evidence: 'Nothing was asked.' };
    return outcome.kind === 'found' || outcome.kind === 'half-done' ? foundBatch(request, outcome) : outcome;
  },
};

type Written = Extract<WriteOutcome, { kind: 'written' }>;

async function asBatch(session: TrytonSession, request: WriteRequest, written: Written): Promise<WriteOutcome> {
  const { changes, record, ...others } = written;
  const shown = { ...others, changes: ofAccount(request, changes), ...withoutId(record) };
  try {
    const domain = [['statement', '=', encodeId(changes[0]?.recordRef.id)]];
    const below: PlatformRecord[] = [];
    for (const theirs of await session.find(ORIGIN, domain, await readsOf(origin, session))) {
      below.push(await toRecord(origin, theirs, session));
    }
    return { ...shown, below };
  } catch (error) {
    if (error instanceof NoResult) return shown;
    throw error;
  }
}

function foundBatch(request: WriteRequest, found: Extract<FindOutcome, { kind: 'found' | 'half-done' }>): FindOutcome {
  const { record, changes, ...others } = found;
  return { ...others, changes: ofAccount(request, changes), ...withoutId(record) };
}

function ofAccount({ parentId = '' }: WriteRequest, changes: Written['changes']): Written['changes'] {
  return changes.map((change) => ({ ...change, recordRef: { ...change.recordRef, id: parentId } }));
}

function withoutId(record: Written['record']): Pick<Written, 'record'> {
  if (record === undefined) return {};
  const { id: _, ...rest } = record;
  return { record: rest };
}
