// What the lines of a payment claim of each open item, all of a payment's shares in one item taken together, and whether they may.
import { openCents } from './open-items.ts';
import type { OpenItemKind } from './open-items.ts';
import type { PaymentLine } from './payment.ts';
import { centsOf, formatCents } from '../decimal.ts';
import { report } from '../fields.ts';
import { textAt } from '../json.ts';
import type { Writing } from '../resource.ts';
import type { StoredRecord } from '../queries/records.ts';

export interface Claim {
  readonly kind: OpenItemKind;
  readonly record: StoredRecord;
  readonly cents: bigint;
  /** 1 for what is paid, -1 for a credit that helps to pay it. */
  readonly sign: 1n | -1n;
}

interface Claiming {
  readonly items: ReadonlyMap<string, OpenItemKind>;
  readonly party: { readonly member: string; readonly id: string | undefined };
  /** Absent: that of the first item. */
  readonly currency: string | undefined;
  readonly writing: Writing;
}

type AllocationInput = NonNullable<PaymentLine['allocations']>[number];

export function gatherClaims(lines: readonly PaymentLine[], claiming: Claiming): Claim[] {
  const claims = new Map<string, Claim>();
  for (const [index, line] of lines.entries()) {
    for (const [place, allocation] of (line.allocations ?? []).entries())
      claim(claims, allocation, `lines[${index}].allocations[${place}]`, claiming);
    checkSum(line, `lines[${index}]`, claiming.writing);
  }
  return [...claims.values()];
}

function claim(claims: Map<string, Claim>, allocation: AllocationInput, at: string, claiming: Claiming): void {
  const { recordId } = allocation;
  const { writing } = claiming;
  if (allocation.type === undefined || allocation.amount === undefined) return;
  const kind = claiming.items.get(allocation.type);
  if (kind === undefined) {
    if (recordId !== undefined) report(writing, `${at}.recordId`, 'not_allowed', 'names nothing on account');
    return;
  }
  if (recordId === undefined) {
    report(writing, `${at}.recordId`, 'required', 'is required unless the amount is on account');
    return;
  }
  const record = writing.find(kind.path, recordId);
  if (record === undefined) {
    report(writing, `${at}.recordId`, 'unknown_reference', `names no record in ${kind.path}`);
    return;
  }
  const earlier = claims.get(recordId)?.cents ?? 0n;
  const cents = earlier + centsOf(allocation.amount);
  checkItem(record, `${at}.recordId`, [...claims.values()][0]?.record, claiming);
  checkOpen(kind, record, cents, `${at}.amount`, writing);
  claims.set(recordId, { kind, record, cents, sign: signOf(allocation) });
}

function signOf(allocation: AllocationInput): 1n | -1n {
  return allocation.type === 'credit-note' || allocation.type === 'payment' ? -1n : 1n;
}

function checkItem(record: StoredRecord, at: string, first: StoredRecord | undefined, claiming: Claiming): void {
  const { party, writing } = claiming;
  const { body } = record;
  const currency = claiming.currency ?? textAt(first?.body, 'currency') ?? textAt(body, 'currency');
  const status = textAt(body, 'status');
  if (party.id !== undefined && textAt(body, party.member) !== party.id)
    report(writing, at, 'wrong_party', `names a record of another ${party.member.replace('Id', '')}`);
  if (textAt(body, 'currency') !== currency)
    report(writing, at, 'wrong_currency', `names a record in ${textAt(body, 'currency')}, and this is ${currency}`);
  if (status === 'draft' || status === 'void') report(writing, at, 'wrong_status', `names a record that is ${status}`);
}

function checkOpen(kind: OpenItemKind, record: StoredRecord, cents: bigint, at: string, writing: Writing): void {
  const open = openCents(kind, record.body);
  if (cents <= open) return;
  const isOwed = kind.members.open === 'amountDue';
  report(
    writing,
    at,
    isOwed ? 'exceeds_amount_due' : 'exceeds_remaining_credit',
    `is more than the ${formatCents(open)} that ${isOwed ? 'is due' : 'remains of the credit'}`,
  );
}

function checkSum(line: PaymentLine, at: string, writing: Writing): void {
  const allocations = line.allocations ?? [];
  // A missing or malformed amount is a problem of its own; a sum over the rest would only confuse.
  if (line.amount === undefined || allocations.length === 0) return;
  if (allocations.some((one) => one.amount === undefined || one.type === undefined)) return;
  const total = allocations.reduce((all, one) => all + signOf(one) * centsOf(one.amount), 0n);
  if (total !== centsOf(line.amount))
    report(writing, `${at}.amount`, 'unbalanced', `must be the sum of its allocations, ${formatCents(total)}`);
}
