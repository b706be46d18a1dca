// The transactions under a bank account: batches in, and the list of what came in.
import type { Answer } from './answer.ts';
import { bodyOf, existing, refuseMethod, refusePath, write, writeRequest } from './desk.ts';
import type { BooksRequest, Desk } from './desk.ts';
import { listBody, transactionSelection } from './list-query.ts';
import { Refusal } from '../problems.ts';
import { writeRecords } from '../records.ts';
import type { Books } from '../resource.ts';
import { bankAccounts } from '../resources/bank-accounts.ts';
import { bankTransactions, createBankTransactions } from '../resources/bank-transactions.ts';

export function handleTransactions(desk: Desk, request: BooksRequest, books: Books): Answer | Promise<Answer> {
  const { id = '', partId } = request;
  if (request.resource !== bankAccounts.path) refusePath();
  if (partId === undefined && request.method === 'POST') return createBatch(desk, request, books, id);
  if (request.method !== 'GET') refuseMethod(partId === undefined ? ['GET', 'POST'] : ['GET']);
  existing(desk, books, bankAccounts.path, id);
  if (partId === undefined) return listAnswer(desk, request, books, id);
  const record = existing(desk, books, bankTransactions.path, partId);
  if (record.body['bankAccountId'] !== id)
    throw new Refusal('record_not_found', `"${partId}" is a transaction of another account`);
  return { status: 200, body: JSON.stringify(record.body), headers: { etag: `"${record.version}"` } };
}

function createBatch(desk: Desk, request: BooksRequest, books: Books, id: string): Promise<Answer> {
  const input = bodyOf(request);
  return write(desk, request, () => {
    const account = existing(desk, books, bankAccounts.path, id);
    const created = writeRecords(desk.store, writeRequest(desk, request, books), (writing) =>
      createBankTransactions(account, input, writing),
    );
    return { status: 201, body: JSON.stringify({ items: created.map((one) => one.body) }) };
  });
}

function listAnswer(desk: Desk, request: BooksRequest, books: Books, id: string): Answer {
  const selection = transactionSelection(request.query, books.no, id);
  const { where, values, pageSize, offset } = selection;
  const bodies = desk.store.listRecords(where, values, pageSize, offset);
  return { status: 200, body: listBody(bodies, selection, desk.store.countWhere(where, values)) };
}
