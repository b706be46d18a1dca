/**
 * Purchase orders. A line of Tryton's names no account: that follows from the item when the bill comes. Tryton is told not
 * to prepare the bill by itself, since bills are written as records of their own.
 */
import { choices } from '../../models/fields.ts';
import { refine, without, type PushModel } from '../../models/model.ts';
import { purchaseOrders as purchaseOrderModel } from '../../models/purchase-orders.ts';
import type { PlatformRecord, WriteRequest } from '../contract.ts';
import { derived, same, type Pair } from '../mapping.ts';
import { currencyBy } from './company-facts.ts';
import { documentLinePairs, lineLimits, noDiscount, noUnits, signedPair, wholeLines } from './document-lines.ts';
import { addressFor, filledLines, partyFacts, REFERENCE_MAX, unknownParty } from './document-writing.ts';
import { currencyPair } from './invoices.ts';
import { lineMark } from './line-marks.ts';
import { datePair, idPair, partsPair } from './pairs.ts';
import { refusal } from './refusal.ts';
import type { Preparing, Refusal, Step, TrytonResource } from './resource.ts';
import type { RpcAnswer } from './rpc.ts';
import type { CallOptions, TrytonSession } from './session.ts';
import { listOf, type Members } from './values.ts';

const PURCHASE = 'purchase.purchase';
const { status: _status, shipTo: _shipTo, lineItems: exampleLines, ...example } = purchaseOrderModel.example;
const linesOfExample = listOf(exampleLines).map(({ accountRef: _accountRef, ...line }) => line);

const { 'lineItems.accountRef': _account, 'lineItems.accountRef.id': _accountId, ...limits } = lineLimits;

/** Where goods go is an address of the company in Tryton, and there for stock alone. */
const noPlace = [
  'shipTo',
  'paymentDueDate',
  'expectedDeliveryDate',
  'currencyRate',
  'lineItems.trackingCategoryRefs',
  ...noUnits,
] as const;

const model: PushModel = refine(
  {
    ...without(purchaseOrderModel, ...noPlace),
    description: `${purchaseOrderModel.description} One that is confirmed cannot be changed any more.`,
  },
  {
    ...limits,
    'lineItems.accountRef': { readOnly: true, description: 'Tryton takes it from the item when the bill comes.' },
    'lineItems.discountAmount': noDiscount(),
    'lineItems.discountPercentage': noDiscount(),
    purchaseOrderNumber: {
      maxLength: REFERENCE_MAX,
      description:
        "The sender's number. Kept as the reference in Tryton, which has a number of its own sequence besides.",
    },
    supplierRef: { required: true },
    issueDate: { required: true },
    currency: { description: "The company's own if absent." },
    subTotal: { readOnly: true },
    totalTaxAmount: { readOnly: true },
    totalAmount: { readOnly: true },
    totalDiscount: noDiscount(),
    status: {
      options: choices('Draft', 'Open'),
      description: 'As the connection is set up if absent: Open, or Draft where documents are left for a person.',
    },
  },
  { ...example, lineItems: linesOfExample },
);

const linePairs: readonly Pair[] = documentLinePairs(false).filter(({ ours }) => !ours.startsWith('accountRef'));

export const purchaseOrders: TrytonResource = {
  dataType: 'purchaseOrders',
  theirs: PURCHASE,
  model,
  pairs: [
    same('purchaseOrderNumber', 'reference'),
    idPair('supplierRef.id', 'party'),
    derived(same('supplierRef.supplierName', 'party.rec_name')),
    datePair('issueDate', 'purchase_date'),
    datePair('deliveryDate', 'delivery_date'),
    currencyPair,
    same('note', 'comment'),
    partsPair('lineItems', 'lines', linePairs),
    signedPair('subTotal', 'untaxed_amount', false),
    signedPair('totalTaxAmount', 'tax_amount', false),
    signedPair('totalAmount', 'total_amount', false),
  ],
  reads: [
    'state',
    'invoice_state',
    'shipment_state',
    'reference',
    'party.rec_name',
    'purchase_date',
    'delivery_date',
    'currency.code',
    'comment',
    'untaxed_amount',
    'tax_amount',
    'total_amount',
    'lines.type',
    'lines.description',
    'lines.unit_price',
    'lines.quantity',
    'lines.amount',
    'lines.product.rec_name',
    'lines.taxes',
  ],
  parts: ['lines'],
  scope: ({ link }) => [['company', '=', link.company]],
  mark: lineMark,
  fills: ['company', 'invoice_address', 'currency', 'invoice_method', 'lines.type'],
  refuse,
  prepare,
  first: (values, _request, { session }) => addressFor(session, values),
  writeCall,
  asWritten: { state: 'draft' },
  next,
  complete,
};

async function refuse({ body = {} }: WriteRequest, session: TrytonSession): Promise<Refusal | undefined> {
  if ((await currencyBy(session, body['currency'])) === undefined)
    return refusal(model, 'Currency', `is unknown: Tryton has no currency ${String(body['currency'])}.`);
  return unknownParty(session, model, 'supplierRef', body);
}

async function prepare(
  values: Members,
  { body = {} }: WriteRequest,
  { session, present }: Preparing,
): Promise<Members> {
  const { account: _, payment_term: term, ...facts } = await partyFacts(session, values['party'], 'in');
  const lines = await filledLines(values['lines'], session, undefined, present);
  const shared = { ...values, ...facts, ...(lines === undefined ? {} : { lines }) };
  const currency = await currencyBy(session, body['currency']);
  if (present !== undefined)
    return { ...shared, ...(body['currency'] === undefined ? {} : { currency: currency?.id }) };
  return {
    ...shared,
    company: session.link.company,
    currency: currency?.id,
    payment_term: term ?? null,
    invoice_method: 'manual',
  };
}

/** An order that is not confirmed yet is made a draft again first; it goes on from there by `next`. */
async function writeCall(
  { id, state }: Members,
  values: Members,
  session: TrytonSession,
  options: CallOptions,
): Promise<RpcAnswer> {
  if (state === 'quotation' || state === 'confirmed') {
    const drafted = await session.call(PURCHASE, 'draft', [[id]]);
    if (drafted.kind !== 'result') return drafted;
  } else if (state !== 'draft') {
    const message = `The order is ${String(state)}, and cannot be changed any more.`;
    return { kind: 'user-error', message, description: '', domain: null };
  }
  // The timestamp of the record has moved with its state.
  const { context: _, ...rest } = options;
  return session.call(PURCHASE, 'write', [[id], values], state === 'draft' ? options : rest);
}

/** Confirmed, it is processed by Tryton itself. */
function next({ id, state }: Members, { body = {} }: WriteRequest, session: TrytonSession): Step | undefined {
  if (session.link.posting !== 'post' || body['status'] === 'Draft') return undefined;
  const press = (name: string): Step => ({
    name,
    run: (options) => session.call(PURCHASE, name, [[id]], options),
  });
  if (state === 'draft') return press('quote');
  if (state === 'quotation') return press('confirm');
  return state === 'confirmed' ? { ...press('process'), isLast: true } : undefined;
}

const states: Readonly<Record<string, string>> = {
  draft: 'Draft',
  quotation: 'Draft',
  confirmed: 'Open',
  processing: 'Open',
  done: 'Closed',
  cancelled: 'Void',
};

async function complete(
  record: Record<string, unknown>,
  theirs: Members,
  session: TrytonSession,
): Promise<PlatformRecord> {
  const currency = await currencyBy(session, record['currency']);
  const digits = currency?.digits ?? 2;
  const { state, invoice_state: invoiced, shipment_state: shipped } = theirs;
  // With no bill and no delivery to wait for, Tryton has done at once all that it does by itself.
  const isOpen = state === 'done' && invoiced === 'none' && shipped === 'none';
  return {
    ...record,
    lineItems: await wholeLines(record['lineItems'], theirs, session, { isCredit: false, digits }),
    status: isOpen ? 'Open' : (states[String(state)] ?? 'Unknown'),
  };
}
