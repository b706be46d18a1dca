/** The lines of invoices, bills, credit notes and purchase orders, which Tryton has alike. */
import { multiply, parseDecimal, round, sum, toNumber } from '../../lib/decimal.ts';
import { isMembers } from '../../models/validate.ts';
import type { Refinements } from '../../models/model.ts';
import { derived, same, type Codec, type Pair } from '../mapping.ts';
import { taxes, type Tax } from './company-facts.ts';
import { decimalPair, idPair } from './pairs.ts';
import type { TrytonSession } from './session.ts';
import { decimalOf, encodeId, idOf, listOf, numberOf, type Members } from './values.ts';

/** Tryton keeps quantities as floats, which hold this much exactly. */
const QUANTITY_MAX = 999_999_999;
const AMOUNT_MAX = 999_999_999_999;

/** Money without a binary fraction: what Tryton would round, or has no place for, is refused beforehand. */
export const lineLimits: Refinements = {
  lineItems: { required: true, itemsMin: 1, itemsMax: 1_000 },
  'lineItems.unitAmount': { required: true, decimalPlacesMax: 4, minimum: -AMOUNT_MAX, maximum: AMOUNT_MAX },
  'lineItems.quantity': { required: true, decimalPlacesMax: 6, minimum: -QUANTITY_MAX, maximum: QUANTITY_MAX },
  'lineItems.discountAmount': { ...noDiscount() },
  'lineItems.discountPercentage': { ...noDiscount() },
  'lineItems.subTotal': { readOnly: true },
  'lineItems.taxAmount': { description: 'Worked out by Tryton from the tax rate; a warning tells of a difference.' },
  'lineItems.totalAmount': { readOnly: true },
  'lineItems.accountRef': { required: true },
  'lineItems.accountRef.id': { required: true },
  'lineItems.taxRateRef': { description: 'Without one the line bears no tax.' },
};

export const noUnits = ['lineItems.lineNumber', 'lineItems.unitOfMeasurement'] as const;

export function noDiscount() {
  const description = 'Tryton has no discounts: the price is to be given as it is after them.';
  return { minimum: 0, maximum: 0, description } as const;
}

const negated: Codec = {
  toTheirs: (value) => (typeof value === 'number' && value !== 0 ? -value : value),
  toOurs(value) {
    const number = numberOf(value);
    return number === undefined || number === 0 ? number : -number;
  },
};

const plain: Codec = { toTheirs: (value) => value, toOurs: numberOf };

/** Of credit notes Tryton has all numbers below zero that are above zero with us. */
export const signedPair = (ours: string, theirs: string, isCredit: boolean): Pair =>
  derived({ ours, theirs, codec: isCredit ? negated : plain });

const firstTax: Codec = {
  toTheirs: (value) => (typeof value === 'string' && value !== '' ? [['add', [encodeId(value)]]] : []),
  toOurs(value) {
    const [first] = Array.isArray(value) ? (value as readonly unknown[]) : [];
    const id = idOf(first);
    return id === undefined ? undefined : String(id);
  },
};

export function documentLinePairs(isCredit: boolean): readonly Pair[] {
  return [
    same('description'),
    decimalPair('unitAmount', 'unit_price'),
    { ours: 'quantity', theirs: 'quantity', codec: isCredit ? negated : plain },
    signedPair('subTotal', 'amount', isCredit),
    idPair('accountRef.id', 'account'),
    derived(same('accountRef.name', 'account.rec_name')),
    idPair('itemRef.id', 'product'),
    derived(same('itemRef.name', 'product.rec_name')),
    { ours: 'taxRateRef.id', theirs: 'taxes', codec: firstTax },
  ];
}

export const lineReads = [
  'lines.type',
  'lines.description',
  'lines.unit_price',
  'lines.quantity',
  'lines.amount',
  'lines.account.rec_name',
  'lines.product.rec_name',
  'lines.taxes',
];

/** What Tryton wants of a new line beside what the body says. */
export async function unitsOf(session: TrytonSession, lines: readonly Members[]): Promise<ReadonlyMap<number, number>> {
  const products = [...new Set(lines.flatMap(({ product }) => idOf(product) ?? []))];
  if (products.length === 0) return new Map();
  const domain = [
    ['id', 'in', products],
    ['active', 'in', [true, false]],
  ];
  const found = await session.find('product.product', domain, ['default_uom']);
  return new Map(found.flatMap((each) => entryOf(Number(each['id']), idOf(each['default_uom']))));
}

function entryOf(id: number, unit: number | undefined): readonly (readonly [number, number])[] {
  return unit === undefined ? [] : [[id, unit]];
}

/** Lines that bear an amount, with what follows from their taxes. Titles and comments are left out. */
export async function wholeLines(
  lineItems: unknown,
  theirs: Members,
  session: TrytonSession,
  { isCredit, digits }: { readonly isCredit: boolean; readonly digits: number },
): Promise<readonly Members[]> {
  const ours: readonly unknown[] = Array.isArray(lineItems) ? lineItems : [];
  const lines = listOf(theirs['lines']);
  const all = lines.some((line) => taxIds(line).length > 0) ? await taxes(session) : new Map<number, Tax>();
  return lines.flatMap((line, index) => {
    const own = ours[index];
    if (line['type'] !== 'line' || !isMembers(own)) return [];
    const borne = taxIds(line).map((id) => all.get(id));
    return [{ ...own, ...taxed(line, borne, isCredit ? -1 : 1, digits), ...rated(own, borne) }];
  });
}

function taxIds(line: Members): readonly number[] {
  const ids: unknown = line['taxes'];
  return Array.isArray(ids) ? ids.flatMap((id) => idOf(id) ?? []) : [];
}

/** As far as each tax is a part of the price; what Tryton works out otherwise shows in the document's total alone. */
function taxed(line: Members, borne: readonly (Tax | undefined)[], sign: 1 | -1, digits: number): Members {
  const net = parseDecimal(decimalOf(line['amount']) ?? '');
  if (net === undefined) return {};
  const parts = borne.map((tax) => (tax?.rate === undefined ? undefined : round(multiply(net, tax.rate), digits)));
  const known = parts.flatMap((part) => part ?? []);
  if (known.length < parts.length) return {};
  const tax = sum(known);
  return { taxAmount: zeroFree(sign * toNumber(tax)), totalAmount: zeroFree(sign * toNumber(sum([net, tax]))) };
}

function zeroFree(value: number): number {
  return value === 0 ? 0 : value;
}

function rated(own: Members, [first]: readonly (Tax | undefined)[]): Members {
  if (first === undefined || !isMembers(own['taxRateRef'])) return {};
  const { rate } = first;
  const percent = rate === undefined ? {} : { effectiveTaxRate: toNumber(multiply(rate, { units: 100n, scale: 0 })) };
  return { taxRateRef: { ...own['taxRateRef'], name: first.name, ...percent } };
}
