// Open items: documents and payments on account, of which a part is settled and a part is open, and what payments do to them.
import { centsOf, formatCents, scaleCents } from '../decimal.ts';
import { sum } from './document-lines.ts';
import { rateToBase, shareOfBase } from './exchange.ts';
import type { Json, JsonObject } from '../json.ts';
import { objectsAt, textAt } from '../json.ts';
import { Refusal } from '../problems.ts';
import type { Writing } from '../resource.ts';
import type { StoredRecord } from '../queries/records.ts';

export interface OpenItemKind {
  readonly path: string;
  /** The members that say what is open, what has been used of it, and when that was last. */
  readonly members: {
    readonly open: 'amountDue' | 'remainingCredit';
    readonly used: 'amountPaid' | 'amountUsed';
    readonly lastOn?: 'paidOn' | 'allocatedOn';
  };
  /** The status of an item nothing of which is used; absent where there are no statuses. */
  readonly openStatus?: 'submitted' | 'open';
  /** What the item put into the books, in base currency, that payments from outside can take out again. */
  readonly wholeBase: (record: StoredRecord, writing: Writing) => bigint;
}

/** One payment's share in an item, as the item lists it under `allocations`. */
export interface Allocation {
  readonly paymentId: string;
  readonly number: string;
  readonly reference?: string;
  readonly accountId?: string;
  readonly date: string;
  readonly amount: string;
  readonly exchangeRate?: string;
  readonly baseAmount: string;
}

export function openCents(kind: OpenItemKind, body: JsonObject): bigint {
  return centsOf(textAt(body, kind.members.open));
}

/** What a part of the open amount stands for in the books. */
export function baseOf(kind: OpenItemKind, record: StoredRecord, cents: bigint, writing: Writing): bigint {
  const { body } = record;
  const taken = sum(objectsAt(body, 'allocations').map((one) => centsOf(textAt(one, 'baseAmount'))));
  return shareOfBase({
    cents,
    open: openCents(kind, body),
    openBase: kind.wholeBase(record, writing) - taken,
    rate: rateToBase(writing, textAt(body, 'currency'), textAt(body, 'exchangeRate')),
  });
}

export function allocate(kind: OpenItemKind, record: StoredRecord, allocation: Allocation, writing: Writing): void {
  const allocations = [...objectsAt(record.body, 'allocations'), { ...allocation }];
  writing.amend(kind.path, record, amended(kind, record.body, allocations));
}

/** Takes every share of the payment out of the item again. */
export function giveBack(kind: OpenItemKind, record: StoredRecord, paymentId: string, writing: Writing): void {
  const allocations = objectsAt(record.body, 'allocations').filter((one) => one['paymentId'] !== paymentId);
  writing.amend(kind.path, record, amended(kind, record.body, allocations));
}

function amended(kind: OpenItemKind, body: JsonObject, allocations: JsonObject[]): JsonObject {
  const { open, used, lastOn } = kind.members;
  const whole = centsOf(textAt(body, open)) + centsOf(textAt(body, used));
  const payments = [...objectsAt(body, 'payments'), ...allocations];
  const usedCents = sum(payments.map((one) => centsOf(textAt(one, 'amount'))));
  const left = whole - usedCents;
  return {
    [used]: formatCents(usedCents),
    [open]: formatCents(left),
    allocations: allocations.length === 0 ? null : allocations,
    ...(kind.openStatus && { status: earnedStatus(kind.openStatus, usedCents, left) }),
    ...(lastOn && { [lastOn]: lastUse(lastOn, payments, left) ?? null }),
  };
}

export function earnedStatus<S extends string>(
  openStatus: S,
  used: bigint,
  left: bigint,
): S | 'partially-paid' | 'paid' {
  if (used === 0n) return openStatus;
  return left > 0n ? 'partially-paid' : 'paid';
}

/** A document is paid on the day its last payment fills it; a credit note is allocated from its first use on. */
export function lastUse(
  member: 'paidOn' | 'allocatedOn',
  payments: readonly { readonly [name: string]: Json }[],
  left: bigint,
): string | undefined {
  if (member === 'paidOn' && left > 0n) return undefined;
  return payments
    .map((one) => one['date'])
    .filter((one) => typeof one === 'string')
    .toSorted()
    .at(-1);
}

/** Whoever changes an item that is in use must first undo what uses it: the refusal names that. */
export function refuseUsed(kind: Pick<OpenItemKind, 'members'>, body: JsonObject, change: string): Refusal | undefined {
  if (centsOf(textAt(body, kind.members.used)) === 0n) return undefined;
  const own = objectsAt(body, 'payments').map((one) => ({ id: textAt(one, 'id') ?? '' }));
  const separate = objectsAt(body, 'allocations').map((one) => ({
    id: textAt(one, 'paymentId') ?? '',
    number: textAt(one, 'number') ?? '',
  }));
  const payments = [...own, ...separate];
  const names = [...own.map(({ id }) => id), ...separate.map(({ id, number }) => `${number} (${id})`)].slice(0, 10);
  const message = `what payments have settled or used cannot be ${change}d; these have: ${names.join(', ')}`;
  return new Refusal('document_paid', message, { details: { payments } });
}

/** What a payment on account put into the books, at its own rate. */
export function onAccountBase({ body }: StoredRecord, writing: Writing): bigint {
  const whole = centsOf(textAt(body, 'remainingCredit')) + centsOf(textAt(body, 'amountUsed'));
  return scaleCents(whole, rateToBase(writing, textAt(body, 'currency'), textAt(body, 'exchangeRate')));
}
