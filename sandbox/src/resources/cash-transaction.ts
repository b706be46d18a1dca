// What expenses and receipts have in common: lines with tax that are paid at once, straight on a bank account.
import { contactCurrency, currencyMembers } from './document.ts';
import { completeLines, lineFields, withoutComputedTax } from './document-lines.ts';
import { documentPostings } from './document-postings.ts';
import { refuseNegative, refuseOtherTotal, totalMembers, totalsOf } from './document-totals.ts';
import { trackedRecords } from './journal-entries.ts';
import { currency, date, decimal, group, list, percentage, readOnly, reference, required, text } from '../fields.ts';
import type { Checked } from '../fields.ts';
import type { JsonObject } from '../json.ts';
import { defineResource } from '../resource.ts';
import type { Entry, Resource, Writing } from '../resource.ts';

/** What tells an expense from a receipt. */
export interface CashKind {
  readonly path: string;
  readonly prefix: string;
  readonly numberPrefix: string;
  readonly itemSide: 'sale' | 'purchase';
  /** 1 when the bank account is debited, -1 when it is credited. */
  readonly side: 1n | -1n;
}

const contacts = ['customers', 'suppliers'] as const;

const fields = {
  number: text(255),
  reference: text(255),
  note: text(4000),
  accountId: required(reference('accounts', 'bank-accounts')),
  contactId: required(reference(...contacts)),
  issueDate: required(date()),
  currency: currency(),
  exchangeRate: decimal({ above: '0' }),
  discountPercentage: percentage,
  lines: required(
    list(group({ ...lineFields, trackedRecords, invoiceTo: group({ id: text(255), type: text(50) }) }), 1000, 1),
  ),
  paymentReference: text(255),
  paymentNote: text(4000),
  paidOn: date(),
  total: decimal(),
  subTotal: readOnly(),
  discountTotal: readOnly(),
  documentDiscount: readOnly(),
  taxTotal: readOnly(),
};

type CashInput = Checked<typeof fields>;

export function defineCashTransaction(kind: CashKind): Resource {
  return defineResource({
    path: kind.path,
    prefix: kind.prefix,
    isDocument: true,
    takesAttachments: true,
    fields,
    complete: (input, writing) => completeCash(kind, input, writing),
    asInput: withoutTotal,
  });
}

function completeCash(kind: CashKind, input: CashInput, writing: Writing): Entry {
  const lines = completeLines(input.lines ?? [], kind.itemSide, input.discountPercentage, writing);
  const totals = totalsOf({}, lines);
  refuseNegative(totals, writing);
  refuseOtherTotal(input.total, totals.total, writing);
  const number =
    input.number === undefined || input.number === '' ? writing.nextNumber(kind.path, kind.numberPrefix) : input.number;
  const code = input.currency ?? contactCurrency(input.contactId, contacts, writing);
  const posted = {
    against: input.accountId ?? '',
    side: kind.side,
    issueDate: input.issueDate ?? '',
    currency: code,
    exchangeRate: input.exchangeRate,
    payments: [],
  };
  return {
    members: {
      ...input,
      number,
      ...currencyMembers(code, input.exchangeRate, writing),
      lines: lines.map((line) => line.members),
      ...totalMembers(totals),
    },
    number: { field: 'number', value: number },
    reference: input.reference,
    postings: documentPostings(posted, lines, totals, writing),
  };
}

/** What is computed is computed anew when the record is edited. */
function withoutTotal(body: JsonObject): JsonObject {
  const { total: _, ...rest } = withoutComputedTax(body);
  return rest;
}
