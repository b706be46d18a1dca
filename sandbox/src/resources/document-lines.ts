// The lines of documents: what is taken from items, discounts, tax, and the totals of a line.
import { decimal as exact, centsOf, formatCents, multiply, percentOf, toCents } from '../decimal.ts';
import {
  choice,
  decimal,
  flag,
  freeObject,
  group,
  list,
  percentage,
  readOnly,
  reference,
  report,
  text,
} from '../fields.ts';
import type { Checked } from '../fields.ts';
import { objectAt, objectsAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Writing } from '../resource.ts';

const billing = choice('not-applicable', 'customer', 'project', 'unknown');

export const lineFields = {
  description: text(4000),
  quantity: decimal(),
  unitAmount: decimal(),
  unit: text(50),
  discountAmount: decimal(),
  discountPercentage: percentage,
  accountId: reference('accounts', 'bank-accounts'),
  taxRateId: reference('tax-rates'),
  taxAmount: decimal(),
  itemId: reference('items'),
  trackingCategoryIds: list(reference('tracking-categories'), 2),
  tracking: group({
    customerId: reference('customers'),
    projectId: text(255),
    billedTo: billing,
    rebilledTo: billing,
    recordId: text(255),
    recordType: text(50),
  }),
  lineNumber: text(50),
  isDirect: flag(),
  purchaseOrderLine: group({ id: text(255), type: text(50), lineNumber: text(50) }),
  customFields: freeObject(20_000),
  subTotal: readOnly(),
  total: readOnly(),
  taxOverridden: readOnly(),
};

export type LineInput = Checked<typeof lineFields>;

/** A line with everything computed; amounts in cents of the document's currency. */
export interface Line {
  readonly members: object;
  readonly accountId: string | undefined;
  /** After the line's own discount. */
  readonly subTotal: bigint;
  /** What the line gives up of the document's discount. */
  readonly discountShare: bigint;
  readonly lineDiscount: bigint;
  readonly tax: bigint;
}

type Priced = Omit<Line, 'members' | 'tax' | 'discountShare'> & { readonly input: LineInput };

export function completeLines(
  inputs: readonly LineInput[],
  itemSide: 'sale' | 'purchase',
  discountPercentage: string | undefined,
  writing: Writing,
): Line[] {
  const priced = inputs.map((input, index) => price(fromItem(input, itemSide, `lines[${index}]`, writing)));
  const shares = discountShares(priced, discountPercentage);
  return priced.map((line, index) => tax(line, shares[index] ?? 0n, writing));
}

/** Fills what the line leaves open from its item, and says what is then still missing. */
function fromItem(input: LineInput, side: 'sale' | 'purchase', at: string, writing: Writing): LineInput {
  const item = input.itemId === undefined ? undefined : writing.find('items', input.itemId);
  const defaults = objectAt(item?.body, side);
  if (item !== undefined && defaults === undefined)
    report(
      writing,
      `${at}.itemId`,
      'not_allowed',
      side === 'sale' ? 'names an item that is not sold' : 'names an item that is not purchased',
    );
  const description = input.description ?? textAt(defaults, 'description');
  const unitAmount = input.unitAmount ?? textAt(defaults, 'unitPrice');
  const accountId = input.accountId ?? textAt(defaults, 'accountId');
  const taxRateId = input.taxRateId ?? textAt(defaults, 'taxRateId');
  if (unitAmount === undefined) missing(writing, at, 'unitAmount', 'is required unless the item has a price');
  if (accountId === undefined) missing(writing, at, 'accountId', 'is required unless the item has one');
  refuseSameParent(input.trackingCategoryIds ?? [], `${at}.trackingCategoryIds`, writing);
  return {
    ...input,
    quantity: input.quantity ?? '1',
    ...(description !== undefined && { description }),
    ...(unitAmount !== undefined && { unitAmount }),
    ...(accountId !== undefined && { accountId }),
    ...(taxRateId !== undefined && { taxRateId }),
  };
}

/** A member that was sent but is wrong has its problem already. */
export function missing(writing: Writing, at: string, member: string, message: string): void {
  const field = at === '' ? member : `${at}.${member}`;
  if (!writing.problems.some((problem) => problem.field === field)) report(writing, field, 'required', message);
}

export function refuseSameParent(ids: readonly string[], field: string, writing: Writing): void {
  const parents = ids.map((id) => textAt(writing.find('tracking-categories', id)?.body, 'parentId') ?? id);
  if (new Set(parents).size < parents.length)
    report(writing, field, 'same_parent', 'takes one category of each parent at most');
}

function price(input: LineInput): Priced {
  const gross = toCents(multiply(exact(input.quantity ?? '1'), exact(input.unitAmount ?? '0')));
  const lineDiscount =
    input.discountAmount !== undefined
      ? centsOf(input.discountAmount)
      : percentOf(gross, exact(input.discountPercentage ?? '0'));
  return { input, accountId: input.accountId, subTotal: gross - lineDiscount, lineDiscount };
}

/** The document's discount is rounded once, as a whole; the last line takes what rounding leaves over. */
function discountShares(lines: readonly Priced[], discountPercentage: string | undefined): bigint[] {
  if (discountPercentage === undefined) return lines.map(() => 0n);
  const percent = exact(discountPercentage);
  const shares = lines.map((line) => percentOf(line.subTotal, percent));
  const whole = percentOf(sum(lines.map((line) => line.subTotal)), percent);
  const last = shares.length - 1;
  if (last >= 0) shares[last] = (shares[last] ?? 0n) + whole - sum(shares);
  return shares;
}

function tax(line: Priced, discountShare: bigint, writing: Writing): Line {
  const { input, ...amounts } = line;
  const taxOverridden = input.taxAmount !== undefined;
  const cents = taxOverridden
    ? centsOf(input.taxAmount)
    : percentOf(line.subTotal - discountShare, exact(rateOf(input.taxRateId, writing)));
  const members = {
    ...input,
    ...(input.discountAmount !== undefined && { discountAmount: formatCents(line.lineDiscount) }),
    taxAmount: formatCents(cents),
    taxOverridden,
    subTotal: formatCents(line.subTotal),
    total: formatCents(line.subTotal + cents),
  };
  return { ...amounts, members, discountShare, tax: cents };
}

function rateOf(taxRateId: string | undefined, writing: Writing): string {
  const rate = taxRateId === undefined ? undefined : writing.find('tax-rates', taxRateId);
  return textAt(rate?.body, 'rate') ?? '0';
}

/** Tax that was computed is computed anew when the record is edited; tax that was given stays. */
export function withoutComputedTax(body: JsonObject): JsonObject {
  const lines = objectsAt(body, 'lines').map((line) => {
    const { taxAmount, ...rest } = line;
    return line['taxOverridden'] === true && taxAmount !== undefined ? { ...rest, taxAmount } : rest;
  });
  return { ...body, lines };
}

export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
