/** Bank transactions of the sandbox: batches written below one bank account, lines read one by one. */
import { bankTransactions as bankTransactionModel } from '../../models/bank-transactions.ts';
import { modelName, refine } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import type { Read, WriteRequest } from '../contract.ts';
import { amount, date, derived, list, same, toOurs, word, type Pair } from '../mapping.ts';
import type { SandboxSession } from './http.ts';
import { sandboxRead } from './reads.ts';
import {
  commonPairs,
  toRecord,
  withNumberLimits,
  type Refusal,
  type SandboxResource,
  type SandboxSource,
} from './resource.ts';

type Members = Readonly<Record<string, unknown>>;

const types = {
  Unknown: 'unknown',
  Credit: 'credit',
  Debit: 'debit',
  Int: 'interest',
  Div: 'dividend',
  Fee: 'fee',
  SerChg: 'service-charge',
  Dep: 'deposit',
  Atm: 'atm',
  Pos: 'point-of-sale',
  Xfer: 'transfer',
  Check: 'check',
  Payment: 'payment',
  Cash: 'cash',
  DirectDep: 'direct-deposit',
  DirectDebit: 'direct-debit',
  RepeatPmt: 'standing-order',
  Other: 'other',
};

const sharedPairs: readonly Pair[] = [
  amount('amount'),
  same('description'),
  amount('balance'),
  word('transactionType', 'type', types),
  derived(same('reconciled', 'isReconciled')),
];

const writtenPairs: readonly Pair[] = [
  list('transactions', 'transactions', [
    same('id', 'externalId'),
    date('date'),
    ...sharedPairs,
    same('counterparty'),
    same('reference'),
  ]),
];

const below = { parent: 'bank-accounts', path: 'transactions' } as const;

const written: SandboxResource = {
  path: 'bank-transactions',
  below,
  model: withNumberLimits(
    refine(bankTransactionModel, {
      transactions: { required: true, itemsMin: 1 },
      'transactions.id': { required: true, maxLength: 255, unique: true },
      'transactions.amount': { required: true, decimalPlacesMax: 2 },
      'transactions.date': { required: true },
      'transactions.description': { maxLength: 4_000 },
      'transactions.balance': { decimalPlacesMax: 2 },
      'transactions.counterparty': { maxLength: 255 },
      'transactions.reference': { maxLength: 255 },
    }),
  ),
  pairs: writtenPairs,
  refuse: refuseOtherAccount,
  prepare: withoutContradictions,
  answered(json, { parentId }) {
    const items: unknown = json['items'];
    if (!Array.isArray(items)) return undefined;
    return { accountId: parentId, ...toOurs(writtenPairs, { transactions: items }) };
  },
  recordsIn: ({ items }) => (Array.isArray(items) ? items.filter(isMembers).map((item) => toRecord(read, item)) : []),
};

/** The path names the account; a body may repeat it, and may not name another one. */
function refuseOtherAccount({ parentId, body }: WriteRequest): Refusal | undefined {
  const accountId = body?.['accountId'];
  if (accountId === undefined || accountId === null || accountId === parentId) return undefined;
  const name = modelName(bankTransactionModel);
  const message = `Failed to push to ${name} as AccountId must be ${String(parentId)}, which the path names.`;
  return { statusCode: 400, message, errors: [{ itemId: 'AccountId', message, validatorName: name }] };
}

/** The sandbox refuses a credit below zero and a debit above. With us that is a warning, so the type is left open. */
function withoutContradictions(body: Members): Members {
  const { transactions } = body;
  if (!Array.isArray(transactions)) return body;
  const settled = transactions.map((one: unknown) =>
    isMembers(one) && contradicts(one) ? { ...one, transactionType: 'Unknown' } : one,
  );
  return { ...body, transactions: settled };
}

function contradicts({ transactionType, amount: value }: Members): boolean {
  return (
    typeof value === 'number' &&
    ((transactionType === 'Credit' && value < 0) || (transactionType === 'Debit' && value > 0))
  );
}

/** A line as it is read: the id is the sandbox's own, since those of banks are unique in one account only. */
const read: SandboxSource = {
  path: written.path,
  below,
  pairs: [
    ...commonPairs.filter(({ ours }) => ours === 'id' || ours === 'sourceModifiedDate'),
    same('accountId', 'bankAccountId'),
    date('clearedOnDate', 'date'),
    ...sharedPairs,
  ],
};

export const bankTransactions = written;
export const bankTransactionsRead: Read<SandboxSession> = { ...sandboxRead(read), below: 'bankAccounts' };
