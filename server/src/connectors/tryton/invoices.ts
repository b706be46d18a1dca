/**
 * Invoices, bills and their credit notes: one model of Tryton's. A credit note is an invoice of which all quantities are
 * below zero. Written in two transactions: made as a draft with the mark in it, and posted.
 */
import { billCreditNotes as billCreditNoteModel } from '../../models/bill-credit-notes.ts';
import { bills as billModel } from '../../models/bills.ts';
import { creditNotes as creditNoteModel } from '../../models/credit-notes.ts';
import { choices } from '../../models/fields.ts';
import { invoices as invoiceModel } from '../../models/invoices.ts';
import { describedWith, refine, without, type PushModel, type Refinements } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import type { WriteRequest } from '../contract.ts';
import { derived, same, type Codec, type Pair } from '../mapping.ts';
import { currencyBy, journalOf } from './company-facts.ts';
import { documentLinePairs, lineLimits, lineReads, noDiscount, noUnits, signedPair } from './document-lines.ts';
import { allocationReads, wholeDocument } from './document-reading.ts';
import { addressFor, filledLines, partyFacts, REFERENCE_MAX, unknownParty } from './document-writing.ts';
import { lineMark } from './line-marks.ts';
import { datePair, idPair, partsPair } from './pairs.ts';
import { refusal } from './refusal.ts';
import type { Preparing, Refusal, Removal, Step, TrytonResource } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { categoriesOfLine, hasTracking, refuseCategories, trackingPairs, trackingReads } from './tracking.ts';
import type { Members } from './values.ts';

const INVOICE = 'account.invoice';

export interface DocumentKind {
  readonly side: 'out' | 'in';
  readonly isCredit: boolean;
  /** What the wire calls a document that counts, and is not paid yet. */
  readonly open: 'Submitted' | 'Open';
}

/** Tryton's sequence gives the number; what the sender calls the document by is its reference. */
function document(whole: PushModel, kind: DocumentKind, own: readonly Pair[], limits: Refinements): TrytonResource {
  // Tryton converts by its own rates.
  const { side, isCredit, open } = kind;
  const stem = side === 'out' ? ['lineItems.tracking.recordRef'] : [];
  const base = without(
    whole,
    'currencyRate',
    'lineItems.tracking.customerRef',
    'lineItems.tracking.projectRef',
    ...stem,
  );
  const contact = side === 'out' ? 'customerRef' : 'supplierRef';
  const { status: _, ...example } = base.example;
  const model = refine(
    describedWith(base, 'Only a draft can be changed.'),
    { ...lineLimits, ...sharedLimits(kind), [contact]: { required: true }, ...limits },
    example,
  );
  return {
    dataType: base.dataType,
    theirs: INVOICE,
    model,
    pairs: [
      ...own,
      idPair(`${contact}.id`, 'party'),
      derived(same(side === 'out' ? 'customerRef.companyName' : 'supplierRef.supplierName', 'party.rec_name')),
      datePair('issueDate', 'invoice_date'),
      currencyPair,
      same('note', 'comment'),
      partsPair('lineItems', 'lines', [...documentLinePairs(isCredit), ...trackingPairs]),
      signedPair('subTotal', 'untaxed_amount', isCredit),
      signedPair(base.dataType === 'bills' ? 'taxAmount' : 'totalTaxAmount', 'tax_amount', isCredit),
      signedPair('totalAmount', 'total_amount', isCredit),
    ],
    reads: [...documentReads, ...lineReads, ...allocationReads],
    moreReads: async (session) => ((await hasTracking(session)) ? trackingReads : []),
    parts: ['lines'],
    scope: (session) => scopeOf(session, kind),
    mark: lineMark,
    fills: ['company', 'type', 'invoice_address', 'journal', 'account', 'currency', 'lines.currency', 'lines.type'],
    refuse: (request, session) => refuse(model, kind, request, session),
    prepare: (values, request, at) => prepare(values, request, at, kind),
    first: (values, _request, { session }) => addressFor(session, values),
    complete: (record, theirs, session) => wholeDocument(record, theirs, session, { ...kind, open }),
    next: (record, request, session) => next(record, request, session),
    asWritten: { state: 'draft' },
    impliedWhenNew: ['amount_to_pay'],
    offer: async (live, session) =>
      (await hasTracking(session)) ? live : without(live, 'lineItems.tracking', 'lineItems.trackingCategoryRefs'),
    removals: (record, session) => removals(record, session),
    isRemoved: ({ state }) => state === 'cancelled',
  };
}

const documentReads = [
  'state',
  'number',
  'reference',
  'party.rec_name',
  'invoice_date',
  'currency.code',
  'comment',
  'untaxed_amount',
  'tax_amount',
  'total_amount',
  'amount_to_pay',
  'payment_term',
  'payment_term_date',
  'taxes',
  'lines_to_pay.maturity_date',
];

const codeOf: Codec = {
  toTheirs: (value) => value,
  toOurs: (value) => (isMembers(value) ? value['code'] : undefined),
};
export const currencyPair: Pair = { ours: 'currency', theirs: 'currency', codec: codeOf };

function sharedLimits({ isCredit, open }: DocumentKind): Refinements {
  return {
    issueDate: { required: true },
    currency: { description: "The company's own if absent." },
    subTotal: { readOnly: true },
    totalAmount: { readOnly: true },
    paymentAllocations: { readOnly: true, description: 'Payments are written as records of their own.' },
    'lineItems.tracking.isBilledTo': { options: choices('NotApplicable') },
    'lineItems.tracking.isRebilledTo': { options: choices('NotApplicable') },
    withholdingTax: { itemsMax: 0, description: 'Tryton keeps none.' },
    status: {
      options: choices('Draft', open),
      description: `As the connection is set up if absent: ${open}, or Draft where documents are left for a person to post.`,
    },
    ...(isCredit
      ? {
          'lineItems.quantity': { ...lineLimits['lineItems.quantity'], minimum: 0 },
          remainingCredit: { readOnly: true },
          totalDiscount: noDiscount(),
          allocatedOnDate: { readOnly: true },
        }
      : { amountDue: { readOnly: true } }),
  };
}

function scopeOf({ link }: TrytonSession, { side, isCredit }: DocumentKind) {
  const sign = (operator: '<' | '>') => [['quantity', operator, 0]];
  return [
    ['company', '=', link.company],
    ['type', '=', side],
    ...(isCredit
      ? [
          ['lines', 'where', sign('<')],
          ['lines', 'not where', sign('>')],
        ]
      : [['OR', ['lines', 'where', sign('>')], ['lines', 'not where', sign('<')]]]),
  ];
}

async function refuse(
  model: PushModel,
  { side, isCredit }: DocumentKind,
  { body = {} }: WriteRequest,
  session: TrytonSession,
): Promise<Refusal | undefined> {
  const unknown = await unknownParty(session, model, side === 'out' ? 'customerRef' : 'supplierRef', body);
  if (unknown !== undefined) return unknown;
  if ((await currencyBy(session, body['currency'])) === undefined) {
    return refusal(model, 'Currency', `is unknown: Tryton has no currency ${String(body['currency'])}.`);
  }
  const lines = Array.isArray(body['lineItems']) ? body['lineItems'].filter(isMembers) : [];
  for (const [index, line] of lines.entries()) {
    const categories = categoriesOfLine(line, `LineItems[${index}]`);
    const wrong = await refuseCategories(model, categories, session);
    if (wrong !== undefined) return wrong;
  }
  if (lines.length === 0 || lines.some(({ quantity }) => typeof quantity === 'number' && quantity > 0))
    return undefined;
  const otherwise = isCredit ? '' : ' What is given back is a credit note.';
  return refusal(model, 'LineItems', `must have at least one line with a quantity above zero.${otherwise}`);
}

/** `create` runs nothing that a form would fill in: all that is required has to be said. */
async function prepare(
  values: Members,
  { body = {} }: WriteRequest,
  { session, present }: Preparing,
  { side }: DocumentKind,
): Promise<Members> {
  const facts = await partyFacts(session, values['party'], side);
  const currency = await currencyBy(session, body['currency']);
  const lines = await filledLines(values['lines'], session, currency?.id, present);
  const shared: Members = { ...values, ...facts, ...(lines === undefined ? {} : { lines }) };
  const due = typeof values['payment_term_date'] === 'object' ? { payment_term: null } : {};
  if (present !== undefined) {
    const { payment_term: _, ...rest } = shared;
    return { ...rest, ...(body['currency'] === undefined ? {} : { currency: currency?.id }), ...due };
  }
  return {
    ...shared,
    type: side,
    company: session.link.company,
    currency: currency?.id,
    journal: await journalOf(session, side === 'out' ? 'revenue' : 'expense'),
    ...due,
  };
}

/** A draft's tax stands when it is saved a second time; then it is posted, unless it is to stay a draft. */
function isToBePosted({ body = {} }: WriteRequest, { link }: TrytonSession): boolean {
  return link.posting === 'post' && body['status'] !== 'Draft';
}

function next(record: Members, request: WriteRequest, session: TrytonSession): Step | undefined {
  const isDraft = record['state'] === 'draft' || record['state'] === 'validated';
  if (!isDraft) return undefined;
  const press = (name: string, method: string, ...params: readonly unknown[]): Step => ({
    name,
    run: (options) => session.call(INVOICE, method, [[record['id']], ...params], options),
  });
  if (isToBePosted(request, session)) return { ...press('post', 'post'), isLast: true };
  const lines = record['lines'];
  const isTaxed = Array.isArray(lines) && lines.some((line: Members) => isFilled(line['taxes']));
  return isTaxed && !isFilled(record['taxes']) ? press('work out the taxes of', 'write', {}) : undefined;
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

function removals({ id, state, number }: Members, session: TrytonSession): readonly Removal[] {
  const removal = (name: string, method: string): Removal => ({
    name,
    run: (options) => session.call(INVOICE, method, [[id]], options),
  });
  const isPlainDraft = state === 'draft' && typeof number !== 'string';
  return isPlainDraft ? [removal('delete', 'delete'), removal('cancel', 'cancel')] : [removal('cancel', 'cancel')];
}

const receivable = {
  additionalTaxAmount: { minimum: 0, maximum: 0, description: 'Tryton works taxes out by its own rates.' },
  additionalTaxPercentage: { minimum: 0, maximum: 0 },
  discountPercentage: noDiscount(),
  totalTaxAmount: { readOnly: true },
} as const;

const numbered = (by: string) => ({
  maxLength: REFERENCE_MAX,
  description: `${by} Kept as the reference of the document in Tryton, which has a number of its own sequence besides.`,
});

export const invoices = document(
  without(invoiceModel, 'salesOrderRefs', 'lineItems.isDirectIncome'),
  { side: 'out', isCredit: false, open: 'Submitted' },
  [same('invoiceNumber', 'reference'), datePair('dueDate', 'payment_term_date')],
  { invoiceNumber: numbered("The sender's number."), totalDiscount: noDiscount(), ...receivable },
);

export const creditNotes = document(
  without(creditNoteModel, 'lineItems.isDirectIncome'),
  { side: 'out', isCredit: true, open: 'Submitted' },
  [same('creditNoteNumber', 'reference')],
  { creditNoteNumber: numbered("The sender's number."), ...receivable },
);

export const bills = document(
  without(billModel, 'purchaseOrderRefs', 'lineItems.purchaseOrderLineRef', 'lineItems.isDirectCost', ...noUnits),
  { side: 'in', isCredit: false, open: 'Open' },
  [same('reference'), datePair('dueDate', 'payment_term_date')],
  { reference: numbered("The supplier's number."), taxAmount: { readOnly: true } },
);

export const billCreditNotes = document(
  without(billCreditNoteModel, 'createdFromRefs', 'lineItems.createdFromLineRef', 'lineItems.unitOfMeasurement'),
  { side: 'in', isCredit: true, open: 'Submitted' },
  [same('billCreditNoteNumber', 'reference')],
  {
    billCreditNoteNumber: numbered("The supplier's number."),
    totalTaxAmount: { readOnly: true },
    discountPercentage: noDiscount(),
  },
);
