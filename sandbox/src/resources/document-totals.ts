// The totals of a document with lines, in cents of its own currency.
import type { Line } from './document-lines.ts';
import { sum } from './document-lines.ts';
import { decimal as exact, centsOf, formatCents, percentOf } from '../decimal.ts';
import { report } from '../fields.ts';
import type { Writing } from '../resource.ts';

export interface Totals {
  readonly subTotal: bigint;
  readonly lineDiscount: bigint;
  readonly documentDiscount: bigint;
  readonly tax: bigint;
  readonly total: bigint;
  readonly withheld: bigint;
  readonly paid: bigint;
  readonly due: bigint;
}

interface Totalled {
  readonly additionalTaxAmount?: string;
  readonly additionalTaxPercentage?: string;
  readonly withholding?: readonly { readonly amount?: string }[];
  readonly payments?: readonly { readonly amount?: string }[];
}

export function totalsOf(input: Totalled, lines: readonly Line[]): Totals {
  const documentDiscount = sum(lines.map((line) => line.discountShare));
  const subTotal = sum(lines.map((line) => line.subTotal)) - documentDiscount;
  const additionalTax =
    input.additionalTaxAmount !== undefined
      ? centsOf(input.additionalTaxAmount)
      : percentOf(subTotal, exact(input.additionalTaxPercentage ?? '0'));
  const tax = sum(lines.map((line) => line.tax)) + additionalTax;
  const total = subTotal + tax;
  const withheld = sum((input.withholding ?? []).map((one) => centsOf(one.amount)));
  const paid = sum((input.payments ?? []).map((one) => centsOf(one.amount)));
  return {
    subTotal,
    lineDiscount: sum(lines.map((line) => line.lineDiscount)),
    documentDiscount,
    tax,
    total,
    withheld,
    paid,
    due: total - withheld - paid,
  };
}

export function totalMembers(totals: Totals) {
  return {
    subTotal: formatCents(totals.subTotal),
    discountTotal: formatCents(totals.lineDiscount + totals.documentDiscount),
    documentDiscount: formatCents(totals.documentDiscount),
    taxTotal: formatCents(totals.tax),
    total: formatCents(totals.total),
  };
}

export function refuseNegative(totals: Totals, writing: Writing): void {
  if (totals.total < 0n) report(writing, 'lines', 'negative_total', 'the document as a whole may not be negative');
}

/** A total that is sent with the lines must be theirs. */
export function refuseOtherTotal(given: string | undefined, total: bigint, writing: Writing): void {
  if (given === undefined || centsOf(given) === total) return;
  report(writing, 'total', 'unbalanced', `must be the sum of the lines, ${formatCents(total)}`);
}
