/** Payments of the sandbox, from customers and to suppliers. */
import { billPayments as billPaymentModel } from '../../models/bill-payments.ts';
import { choices } from '../../models/fields.ts';
import { refine, type Refinements } from '../../models/model.ts';
import { payments as paymentModel } from '../../models/payments.ts';
import { isMembers } from '../../models/validate.ts';
import { amount, date, list, same, word, type Pair } from '../mapping.ts';
import { withLines } from './documents.ts';
import { commonPairs, withNumberLimits, type SandboxResource } from './resource.ts';

type Members = Readonly<Record<string, unknown>>;
type LinkTypes = Readonly<Record<string, string>>;

const receivableTypes: LinkTypes = {
  Invoice: 'invoice',
  CreditNote: 'credit-note',
  Payment: 'payment',
  PaymentOnAccount: 'on-account',
};

const payableTypes: LinkTypes = {
  Bill: 'bill',
  CreditNote: 'credit-note',
  BillPayment: 'payment',
  PaymentOnAccount: 'on-account',
};

/** Links that use up credit. Their amounts are above zero on our side, those of all others below. */
const creditTypes = new Set(['CreditNote', 'Payment', 'BillPayment']);

function sharedPairs(types: LinkTypes): readonly Pair[] {
  return [
    ...commonPairs,
    same('accountRef.id', 'accountId'),
    same('paymentMethodRef.id', 'method.id'),
    same('paymentMethodRef.name', 'method.name'),
    amount('totalAmount', 'total'),
    same('currency'),
    amount('currencyRate', 'exchangeRate'),
    date('date'),
    same('note'),
    same('reference'),
    list('lines', 'lines', [
      amount('amount'),
      date('allocatedOnDate', 'allocatedOn'),
      list('links', 'allocations', [word('type', 'type', types), same('id', 'recordId'), amount('amount')]),
    ]),
  ];
}

function sharedLimits(types: LinkTypes): Refinements {
  return {
    accountRef: { required: true, unlessZero: 'totalAmount' },
    'accountRef.id': { required: true },
    'paymentMethodRef.id': { maxLength: 255 },
    'paymentMethodRef.name': { maxLength: 150 },
    totalAmount: { required: true, minimum: 0, decimalPlacesMax: 2 },
    currencyRate: { minimum: 1e-9 },
    date: { required: true },
    note: { maxLength: 4_000 },
    reference: { maxLength: 255 },
    lines: { required: true, itemsMin: 1 },
    'lines.amount': { required: true, minimum: 0, decimalPlacesMax: 2 },
    'lines.links.type': { required: true, options: choices(...Object.keys(types)) },
    'lines.links.id': { description: 'Id of the record that is linked to; not with PaymentOnAccount.' },
    'lines.links.amount': { required: true, decimalPlacesMax: 2 },
    'lines.links.currencyRate': { readOnly: true },
  };
}

/** The sandbox has all amounts of links above zero and tells by their type which way they count. */
function turned(members: Members): Record<string, unknown> {
  return withLines({ ...members }, 'lines', (line) =>
    withLines({ ...line }, 'links', (link) => ({ ...link, ...turnedAmount(link) })),
  );
}

function turnedAmount(link: Members): Members {
  const value = link['amount'];
  if (typeof value !== 'number' || value === 0 || creditTypes.has(String(link['type']))) return {};
  return { amount: -value };
}

/** Only what the sandbox itself adds: a line that settles nothing has no links there, and an empty list here. */
function withLinks(members: Members): Record<string, unknown> {
  return withLines({ ...members }, 'lines', (line) => (isMembers(line) ? { links: [], ...line } : line));
}

export const payments: SandboxResource = {
  path: 'payments',
  naturalNumber: 'reference',
  model: withNumberLimits(refine(paymentModel, { ...sharedLimits(receivableTypes), customerRef: { required: true } })),
  pairs: [...sharedPairs(receivableTypes), same('customerRef.id', 'customerId')],
  prepare: turned,
  complete: (record) => withLinks(turned(record)),
};

export const billPayments: SandboxResource = {
  path: 'supplier-payments',
  naturalNumber: 'reference',
  model: withNumberLimits(refine(billPaymentModel, { ...sharedLimits(payableTypes), supplierRef: { required: true } })),
  pairs: [...sharedPairs(payableTypes), same('supplierRef.id', 'supplierId')],
  prepare: turned,
  complete: (record) => withLinks(turned(record)),
};
