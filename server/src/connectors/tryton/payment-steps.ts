/**
 * What remains to be done of a payment once its entry stands. Each step is told from the books as they are, so that a send
 * after a crash goes on where the last one ended, and none is taken twice.
 */
import { compare, sum } from '../../lib/decimal.ts';
import type { WriteRequest } from '../contract.ts';
import { decimalIn, isParty, netOf, nothing, negative, postStep } from './moves.ts';
import { isOfDocument, settlementsIn } from './payment-writing.ts';
import type { PaymentKind } from './payments.ts';
import type { Step } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { encodeId, idOf, idsIn, listOf, type Members } from './values.ts';
import { documentAmount } from './moves.ts';

export async function nextOfPayment(
  kind: PaymentKind,
  record: Members,
  { body = {} }: WriteRequest,
  session: TrytonSession,
): Promise<Step | undefined> {
  const post = postStep(record, session);
  if (post !== undefined) return post;
  const links = linksOf(kind, record, body);
  const open = links.filter(({ isSet }) => !isSet);
  if (open.length > 0) return setAgainst(open, session);
  const settled = [...new Set(links.map(({ document }) => document))];
  return settled.length === 0 ? undefined : reconcile(settled, record, session);
}

interface Link {
  readonly document: number;
  readonly line: unknown;
  readonly isSet: boolean;
}

/** Which line goes to which document: lines of the same amount are alike, and those that are set already come first. */
function linksOf({ owed }: PaymentKind, record: Members, body: Members): readonly Link[] {
  const lines = listOf(record['lines'])
    .filter((line) => isParty(line) === owed)
    .toSorted((a, b) => Number(a['id']) - Number(b['id']));
  const taken = new Set<unknown>();
  const take = (fits: (line: Members) => boolean) => {
    const line = lines.find((each) => !taken.has(each['id']) && fits(each));
    if (line !== undefined) taken.add(line['id']);
    return line;
  };
  const wanted = settlementsIn(body)
    .filter(isOfDocument)
    .map(({ id, amount }) => ({
      document: encodeId(id) ?? 0,
      amount: owed === 'receivable' ? amount : negative(amount),
    }));
  const isOf = (line: Members, document: number | undefined) => idOf(line['invoice_payment']) === document;
  const placed = wanted.map((each) => ({
    ...each,
    line: take((line) => isOf(line, each.document) && compare(documentAmount(line), each.amount) === 0),
  }));
  return placed.flatMap(({ document, amount, line }): readonly Link[] => {
    if (line !== undefined) return [{ document, line: line['id'], isSet: true }];
    const free = take((each) => isOf(each, undefined) && compare(documentAmount(each), amount) === 0);
    return free === undefined ? [] : [{ document, line: free['id'], isSet: false }];
  });
}

/** All of them in one transaction. */
function setAgainst(links: readonly Link[], session: TrytonSession): Step {
  const documents = [...new Set(links.map(({ document }) => document))];
  const writes = documents.flatMap((document) => {
    const lines = links.filter((each) => each.document === document).map(({ line }) => line);
    return [[document], { payment_lines: [['add', lines]] }];
  });
  return {
    name: 'set against its documents',
    run: (options) => session.call('account.invoice', 'write', writes, options),
  };
}

/** The first of the documents that is paid in full now, and does not know it. */
async function reconcile(
  settled: readonly number[],
  record: Members,
  session: TrytonSession,
): Promise<Step | undefined> {
  const fields = ['state', 'amount_to_pay', 'lines_to_pay', 'payment_lines'];
  const documents = await session.find('account.invoice', [['id', 'in', settled]], fields);
  for (const { id, state, amount_to_pay: due, ...lists } of documents) {
    if (state !== 'posted' || compare(decimalIn(due), nothing) !== 0) continue;
    const ids = [...idsIn(lists['lines_to_pay']), ...idsIn(lists['payment_lines'])];
    const domain = [
      ['id', 'in', ids],
      ['reconciliation', '=', null],
    ];
    const lines = await session.find('account.move.line', domain, ['debit', 'credit']);
    // At another rate of exchange they differ in the currency of the books; nothing is due all the same.
    if (lines.length === 0 || compare(sum(lines.map(netOf)), nothing) !== 0) continue;
    const values = {
      company: session.link.company,
      date: record['date'],
      lines: [['add', lines.map((line) => line['id'])]],
    };
    return {
      name: `reconcile with document ${String(id)}`,
      run: (options) => session.call('account.move.reconciliation', 'create', [[values]], options),
    };
  }
  return undefined;
}
