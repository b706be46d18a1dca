// Bank transactions: what the bank says happened on an account, written in batches in the order it happened.
import { centsOf, formatCents } from '../decimal.ts';
import {
  checkFields,
  choice,
  date,
  decimal,
  flag,
  freeObject,
  group,
  list,
  readOnly,
  reference,
  report,
  required,
  text,
} from '../fields.ts';
import type { Checked } from '../fields.ts';
import { textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { refuseProblems } from '../problems.ts';
import { defineResource } from '../resource.ts';
import type { Writing } from '../resource.ts';
import type { StoredRecord } from '../queries/records.ts';

const types = [
  'unknown',
  'credit',
  'debit',
  'interest',
  'dividend',
  'fee',
  'service-charge',
  'deposit',
  'atm',
  'point-of-sale',
  'transfer',
  'check',
  'payment',
  'cash',
  'direct-deposit',
  'direct-debit',
  'standing-order',
  'other',
] as const;

const fields = {
  externalId: text(255),
  date: required(date()),
  amount: required(decimal({ places: 2 })),
  balance: decimal({ places: 2 }),
  type: choice(...types),
  description: text(4000),
  counterparty: text(255),
  reference: text(255),
  isReconciled: flag(),
};

/** One of them as a record; the rules of a batch stand below. */
export const bankTransactions = defineResource({
  path: 'bank-transactions',
  prefix: 'btx',
  isEditable: false,
  fields: { ...fields, bankAccountId: required(reference('bank-accounts')) },
  complete(input) {
    const { bankAccountId = '', externalId } = input;
    return {
      members: { ...input, type: input.type ?? 'unknown', isReconciled: input.isReconciled ?? false },
      number: externalId ? { field: 'externalId', value: `${bankAccountId}/${externalId}` } : undefined,
      reference: bankAccountId,
    };
  },
});

const batchMax = 1000;
const batchFields = {
  transactions: required(
    list(group({ ...fields, customFields: freeObject(20_000), bankAccountId: readOnly() }), batchMax, 1),
  ),
};

type Transaction = NonNullable<Checked<typeof batchFields>['transactions']>[number];

export function createBankTransactions(account: StoredRecord, input: JsonObject, writing: Writing): StoredRecord[] {
  const { transactions = [] } = checkFields(batchFields, input, '', writing);
  if (account.body['status'] === 'archived')
    report(writing, 'bankAccountId', 'archived_reference', 'the bank account is archived');
  refuseProblems(writing.problems);
  const bankAccountId = textAt(account.body, 'id') ?? '';
  const latest = writing.latest('bank-transactions', bankAccountId)?.body;
  let date = textAt(latest, 'date')?.slice(0, 10) ?? '';
  let balance = centsOf(textAt(latest, 'balance') ?? textAt(account.body, 'openingBalance'));
  const created: StoredRecord[] = [];
  for (const [index, one] of transactions.entries()) {
    const at = `transactions[${index}]`;
    checkDate(one, date, at, writing);
    checkSign(one, at, writing);
    balance = runningBalance(one, balance, index === 0, at, writing);
    date = (one.date ?? '').slice(0, 10);
    const record = createAt(at, { ...one, bankAccountId, balance: formatCents(balance) }, writing);
    if (record !== undefined) created.push(record);
  }
  return created;
}

function checkDate(one: Transaction, after: string, at: string, writing: Writing): void {
  const day = (one.date ?? '').slice(0, 10);
  if (day < after)
    report(writing, `${at}.date`, 'not_chronological', `lies before ${after}, the date of the transaction before it`);
  if (day > writing.now.slice(0, 10)) report(writing, `${at}.date`, 'in_future', 'lies in the future');
}

function checkSign({ type, amount }: Transaction, at: string, writing: Writing): void {
  const cents = centsOf(amount);
  if (type === 'credit' && cents < 0n) report(writing, `${at}.amount`, 'wrong_sign', 'a credit is not negative');
  if (type === 'debit' && cents > 0n) report(writing, `${at}.amount`, 'wrong_sign', 'a debit is not positive');
}

/** A statement may begin with a balance of its own: what came before may never have reached these books. */
function runningBalance(one: Transaction, before: bigint, isFirst: boolean, at: string, writing: Writing): bigint {
  const expected = before + centsOf(one.amount);
  if (one.balance === undefined) return expected;
  const given = centsOf(one.balance);
  if (!isFirst && given !== expected)
    report(
      writing,
      `${at}.balance`,
      'unbalanced',
      `must be ${formatCents(expected)}, the balance before plus the amount`,
    );
  return given;
}

/** The record's own problems, such as a duplicate, get the place in the batch before their names. */
function createAt(at: string, input: JsonObject, writing: Writing): StoredRecord | undefined {
  const known = writing.problems.length;
  const record = writing.create(bankTransactions, input);
  const own = writing.problems.splice(known);
  writing.problems.push(...own.map((problem) => ({ ...problem, field: `${at}.${problem.field}` })));
  return record;
}
