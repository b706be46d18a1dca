// The movements on bank accounts and cards, whatever made them: read from the ledger, and never written themselves.
import type { Answer } from './answer.ts';
import { refuseMethod } from './desk.ts';
import type { BooksRequest, Desk } from './desk.ts';
import { listBody, movementSelection } from './list-query.ts';
import { formatCents } from '../decimal.ts';
import { textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { Refusal } from '../problems.ts';
import type { Movement, MovementPlace } from '../queries/account-transactions.ts';
import { seqOfId, recordId } from '../resource.ts';
import type { Books } from '../resource.ts';
import { resourceByPath } from '../resources.ts';
import { bankAccounts } from '../resources/bank-accounts.ts';

export const accountTransactionsPath = 'account-transactions';

export function handleAccountTransactions(desk: Desk, request: BooksRequest, books: Books): Answer {
  if (request.method !== 'GET') refuseMethod(['GET']);
  const accounts = bankAccountsOf(desk, books);
  if (request.id !== undefined) return singleAnswer(desk, books, accounts, request.id);
  const { updatedSince, after, isGone, ...page } = movementSelection(request.query, placeOf);
  const resources = [...resourceByPath.keys()];
  const filter = { books: books.no, accounts: [...accounts.keys()], resources, updatedSince, after };
  if (isGone) {
    const gone = desk.store
      .listGone(filter, page.pageSize, page.offset)
      .map((each) => JSON.stringify({ id: idOf(each), deletedAt: each.at }));
    return { status: 200, body: listBody(gone, page, desk.store.countGone(filter)) };
  }
  const items = desk.store
    .listMovements(filter, page.pageSize, page.offset)
    .map((movement) => JSON.stringify(shown(books, accounts, movement)));
  return { status: 200, body: listBody(items, page, desk.store.countMovements(filter)) };
}

function singleAnswer(desk: Desk, books: Books, accounts: BankAccounts, id: string): Answer {
  const place = placeOf(id);
  const movement = place && accounts.has(place.account) ? desk.store.movement(books.no, place) : undefined;
  if (movement === undefined)
    throw new Refusal('record_not_found', `there is no "${id.slice(0, 100)}" in ${accountTransactionsPath}`);
  const headers = { etag: `"${movement.version}"` };
  return { status: 200, body: JSON.stringify(shown(books, accounts, movement)), headers };
}

/** By the number of the ledger account that each stands for. */
type BankAccounts = ReadonlyMap<number, JsonObject>;

function bankAccountsOf(desk: Desk, books: Books): BankAccounts {
  const count = desk.store.countRecords(books.no, bankAccounts.path);
  const bodies = desk.store.listRecords('books = ? AND resource = ?', [books.no, bankAccounts.path], count, 0);
  return new Map(
    bodies.map((body) => {
      const account: JsonObject = JSON.parse(body);
      return [seqOfId(textAt(account, 'accountId') ?? '') ?? 0, account];
    }),
  );
}

function shown(books: Books, accounts: BankAccounts, movement: Movement): object {
  const { record, account, date, cents, resource, version, updatedAt, body } = movement;
  return {
    id: idOf({ record, account, date }),
    bankAccountId: accounts.get(account)?.['id'],
    date,
    amount: formatCents(cents),
    currency: books.company['baseCurrency'],
    status: body['status'] === 'reconciled' ? 'reconciled' : 'unreconciled',
    note: noteOf(resource, body),
    sourceRecord: { id: body['id'], type: resource, number: body['number'] },
    createdAt: body['createdAt'],
    updatedAt,
    version,
  };
}

function noteOf(resource: string, body: JsonObject): string | undefined {
  if (resource === 'accounts') return 'Opening balance';
  return textAt(body, 'note') ?? textAt(body, 'description') ?? textAt(body, 'reference');
}

const idForm = /^atx_([0-9a-z]{9})([0-9a-z]{9})(\d{4})(\d\d)(\d\d)$/;

/** What moved, where and when: nothing else is needed to find it again. */
function idOf({ record, account, date }: MovementPlace): string {
  return `${recordId('atx', record)}${recordId('', account).slice(1)}${date.replaceAll('-', '')}`;
}

function placeOf(id: string): MovementPlace | undefined {
  const [, record = '', account = '', ...day] = idForm.exec(id) ?? [];
  if (record === '') return undefined;
  return { record: Number.parseInt(record, 36), account: Number.parseInt(account, 36), date: day.join('-') };
}
