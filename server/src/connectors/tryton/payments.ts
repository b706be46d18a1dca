/**
 * Payments from customers and to suppliers: an entry with a line on the account of the money and, for each document that is
 * settled, a line on the account of what is owed. Written in steps: made, posted, set against the documents, and reconciled
 * with those that are paid in full by then. Posted in any case: a draft would settle nothing.
 */
import { billPayments as billPaymentModel } from '../../models/bill-payments.ts';
import { choices } from '../../models/fields.ts';
import { refine, without, type PushModel, type Refinements } from '../../models/model.ts';
import { payments as paymentModel } from '../../models/payments.ts';
import type { WriteRequest } from '../contract.ts';
import type { Pair } from '../mapping.ts';
import { markedText } from './marks.ts';
import { moveAsWritten, moveMark, moveReads, moveRemovals, MOVE, standing, undoMove } from './moves.ts';
import { offerMoney, offerOpenDocuments } from './offers.ts';
import { datePair } from './pairs.ts';
import { wholePayment } from './payment-reading.ts';
import { nextOfPayment } from './payment-steps.ts';
import { paymentValues, refusePayment } from './payment-writing.ts';
import type { TrytonResource } from './resource.ts';
import type { TrytonSession } from './session.ts';

const AMOUNT_MAX = 999_999_999_999;

export interface PaymentKind {
  /** Whether what the company is owed is settled, or what it owes. */
  readonly owed: 'receivable' | 'payable';
  readonly contact: 'customerRef' | 'supplierRef';
  /** What the wire calls the document that is paid. */
  readonly document: 'Invoice' | 'Bill';
}

const limits: Refinements = {
  accountRef: { required: true, unlessZero: 'totalAmount' },
  'accountRef.id': { required: true },
  totalAmount: { required: true, minimum: 0, maximum: AMOUNT_MAX, decimalPlacesMax: 2 },
  currency: { description: "The company's own if absent. It must be that of the documents." },
  currencyRate: { description: "By Tryton's own rates if absent." },
  date: { required: true },
  lines: { required: true, itemsMin: 1, itemsMax: 200 },
  'lines.amount': { required: true, minimum: 0, maximum: AMOUNT_MAX, decimalPlacesMax: 2 },
  'lines.allocatedOnDate': { readOnly: true },
  'lines.links.id': { description: 'Id of the document; not with PaymentOnAccount.' },
  'lines.links.amount': { required: true, decimalPlacesMax: 2, minimum: -AMOUNT_MAX, maximum: AMOUNT_MAX },
};

function payment(base: PushModel, kind: PaymentKind): TrytonResource {
  const { contact, document, owed } = kind;
  const model = refine(
    {
      // An entry does not say how the money moved.
      ...without(base, 'paymentMethodRef', 'lines.links.currencyRate'),
      description: `${base.description} It is posted in any case, since a draft would settle nothing. It cannot be changed.`,
    },
    {
      ...limits,
      [contact]: { required: true },
      'lines.links.type': { required: true, options: choices(document, 'CreditNote', 'PaymentOnAccount') },
    },
  );
  const pairs: readonly Pair[] = [datePair('date', 'date'), markedText('note', 'description')];
  return {
    dataType: base.dataType,
    theirs: MOVE,
    model,
    pairs,
    reads: moveReads,
    parts: ['lines'],
    scope: (session) => scopeOf(session, owed),
    mark: moveMark,
    fills: ['company', 'period', 'journal'],
    refuse: (request: WriteRequest, session) => refusePayment(model, kind, request, session),
    prepare: (_, request, { session }) => paymentValues(kind, request, session),
    asWritten: moveAsWritten,
    next: (record, request, session) => nextOfPayment(kind, record, request, session),
    undo: undoMove,
    offer: async (live, session) => offerOpenDocuments(await offerMoney(live, session, 'accountRef.id'), kind, session),
    removals: moveRemovals,
    complete: (record, theirs, session) => wholePayment(kind, record, theirs, session),
  };
}

/** An entry of money, with a line of what is owed. In a journal of statements, both sides of it are a purchase on the spot. */
async function scopeOf(session: TrytonSession, owed: PaymentKind['owed']) {
  const other = owed === 'payable' ? [['lines', 'not where', [['account.type.receivable', '=', true]]]] : [];
  const own = (side: 'debit' | 'credit') => [
    [`account.type.${owed}`, '=', true],
    [side, '>', 0],
  ];
  return [
    ...(await standing(session)),
    ['lines', 'where', [[`account.type.${owed}`, '=', true]]],
    ...other,
    [
      'OR',
      ['journal.type', '=', 'cash'],
      [
        ['journal.type', '=', 'statement'],
        ['OR', ['lines', 'not where', own('debit')], ['lines', 'not where', own('credit')]],
      ],
    ],
  ];
}

export const payments = payment(paymentModel, { owed: 'receivable', contact: 'customerRef', document: 'Invoice' });
export const billPayments = payment(billPaymentModel, { owed: 'payable', contact: 'supplierRef', document: 'Bill' });
