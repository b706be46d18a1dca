/**
 * Direct costs and direct incomes: one entry that books what was bought or sold, its tax, and the money. Whom it was with
 * is kept by way of the account of what is owed: the amount is owed and settled in the same entry, as where a bill is paid
 * on the spot.
 */
import { compare, sum } from '../../lib/decimal.ts';
import { directCosts as directCostModel } from '../../models/direct-costs.ts';
import { directIncomes as directIncomeModel } from '../../models/direct-incomes.ts';
import { refine, without, type PushModel, type Refinements } from '../../models/model.ts';
import type { WriteRequest } from '../contract.ts';
import { moneyAccounts } from './company-facts.ts';
import { wholeDirect } from './direct-reading.ts';
import type { DirectKind } from './direct-lines.ts';
import { directValues, refuseDirect } from './direct-writing.ts';
import { lineLimits } from './document-lines.ts';
import { markedText } from './marks.ts';
import {
  isParty,
  moveAsWritten,
  moveMark,
  moveReads,
  moveRemovals,
  MOVE,
  netOf,
  nothing,
  postStep,
  standing,
  undoMove,
} from './moves.ts';
import { offerAccounts, offerMoney } from './offers.ts';
import { datePair } from './pairs.ts';
import type { Step, TrytonResource } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { listOf, type Members } from './values.ts';

/** Tryton keeps items in documents alone, and one text with an entry. */
const noPlace = [
  'lineItems.itemRef',
  'lineItems.trackingCategoryRefs',
  'paymentAllocations.payment.note',
  'paymentAllocations.payment.reference',
  'paymentAllocations.payment.currencyRate',
  'paymentAllocations.allocation.currencyRate',
] as const;

const limits: Refinements = {
  ...lineLimits,
  contactRef: { required: true },
  issueDate: { required: true },
  currency: { description: "The company's own if absent." },
  currencyRate: { description: "By Tryton's own rates if absent." },
  subTotal: { readOnly: true },
  taxAmount: { readOnly: true },
  totalAmount: { readOnly: true },
  paymentAllocations: { required: true, itemsMin: 1, itemsMax: 1 },
  'paymentAllocations.payment.id': { readOnly: true },
  'paymentAllocations.payment.accountRef': { required: true },
  'paymentAllocations.payment.accountRef.id': { required: true },
  'paymentAllocations.payment.totalAmount': { readOnly: true },
  'paymentAllocations.allocation.totalAmount': {
    decimalPlacesMax: 2,
    description: 'Total of the lines with tax; worked out if absent, and refused if it is another.',
  },
};

function direct(base: PushModel, kind: DirectKind): TrytonResource {
  const model = refine(
    {
      ...without(base, ...noPlace, ...(kind.money === 'credit' ? ['lineItems.tracking'] : [])),
      description: `${base.description} Only a draft can be changed.`,
    },
    limits,
  );
  return {
    dataType: base.dataType,
    theirs: MOVE,
    model,
    pairs: [markedText('note', 'description'), datePair('issueDate', 'date')],
    reads: moveReads,
    parts: ['lines'],
    scope: (session) => scopeOf(session, kind),
    mark: moveMark,
    fills: ['company', 'period', 'journal'],
    refuse: (request, session) => refuseDirect(model, request, session),
    prepare: (values, request, at) => directValues(kind, values, request, at),
    asWritten: moveAsWritten,
    next: (record, request, session) => next(record, request, session),
    undo: undoMove,
    async offer(live, session) {
      const offered = await offerMoney(live, session, 'paymentAllocations.payment.accountRef.id');
      const sort = kind.money === 'credit' ? 'expense' : 'revenue';
      return offerAccounts(offered, sort, 'lineItems.accountRef.id', session);
    },
    removals: moveRemovals,
    complete: (record, theirs, session) => wholeDirect(kind, record, theirs, session),
  };
}

async function scopeOf(session: TrytonSession, { money: side }: DirectKind) {
  const money = await moneyAccounts(session);
  const on = (isSide: string) => [
    ['account', 'in', money],
    [isSide, '>', 0],
  ];
  const owed = (isSide: string) => [
    ['OR', ['account.type.receivable', '=', true], ['account.type.payable', '=', true]],
    [isSide, '>', 0],
  ];
  return [
    ...(await standing(session)),
    ['lines', 'where', on(side)],
    ['lines', 'not where', on(side === 'debit' ? 'credit' : 'debit')],
    ['lines', 'where', [['account', 'not in', money]]],
    [
      'OR',
      [
        ['journal.type', 'in', ['cash', 'statement']],
        ['lines', 'not where', owed('debit')],
        ['lines', 'not where', owed('credit')],
      ],
      [
        ['journal.type', '=', 'statement'],
        ['lines', 'where', owed('debit')],
        ['lines', 'where', owed('credit')],
      ],
    ],
  ];
}

/** Posted as documents are, and then the two lines of what is owed are nothing together. */
function next(record: Members, _: WriteRequest, session: TrytonSession): Step | undefined {
  if (session.link.posting !== 'post') return undefined;
  const post = postStep(record, session);
  if (post !== undefined) return post;
  const open = listOf(record['lines']).filter((line) => isParty(line) !== undefined && line['reconciliation'] === null);
  if (open.length < 2 || compare(sum(open.map(netOf)), nothing) !== 0) return undefined;
  const lines = [['add', open.map(({ id }) => id)]];
  const values = { company: session.link.company, date: record['date'], lines };
  return {
    name: 'reconcile',
    run: (options) => session.call('account.move.reconciliation', 'create', [[values]], options),
    isLast: true,
  };
}

export const directCosts = direct(directCostModel, { money: 'credit' });
export const directIncomes = direct(directIncomeModel, { money: 'debit' });
