/** A person's decision on a push whose outcome nobody could tell: with a reason, kept in its timeline, told as its end. */
import type { Change, WriteKind } from '../connectors/contract.ts';
import type { Database } from '../db/pool.ts';
import { HELD_COLUMNS, heldPush, type HeldPush, type HeldRow } from './moves.ts';
import type { Settle } from './settle.ts';
import { decidedAbsent, decidedWritten } from './verdict.ts';

export interface Decision {
  /** Whether the platform has the write. */
  readonly isWritten: boolean;
  readonly reason: string;
  /** The platform's id of what was written; needed where the push does not name it itself. */
  readonly recordId: string | undefined;
  /** Who decided, for the timeline. */
  readonly decidedBy: string;
}

export type Resolution =
  | { readonly kind: 'resolved' }
  /** There is no such push, or its outcome is known, by now or all along. */
  | { readonly kind: 'not-unknown' }
  | { readonly kind: 'record-wanted' }
  | { readonly kind: 'other-record'; readonly recordId: string };

export async function resolvePush(
  { db, settle }: { readonly db: Database; readonly settle: Settle },
  place: { readonly companyId: string; readonly pushId: string },
  decision: Decision,
): Promise<Resolution> {
  const found = await findUnknown(db, place);
  if (found === undefined) return { kind: 'not-unknown' };
  const { push } = found;
  const known = push.recordId ?? found.parentId;
  if (decision.isWritten) {
    const { recordId = known } = decision;
    if (recordId === undefined) return { kind: 'record-wanted' };
    if (known !== undefined && recordId !== known) return { kind: 'other-record', recordId: known };
    return settleDecision(settle, push, decidedWritten([changeOf(push, recordId)], saidBy(decision)));
  }
  return settleDecision(settle, push, decidedAbsent(push.correlationId, decision.reason, saidBy(decision)));
}

async function settleDecision(
  settle: Settle,
  push: HeldPush,
  verdict: ReturnType<typeof decidedAbsent>,
): Promise<Resolution> {
  const isMoved = await settle({ push, step: 'resolve', verdict, call: undefined, isRoutine: false });
  return { kind: isMoved ? 'resolved' : 'not-unknown' };
}

function saidBy({ decidedBy, reason }: Decision): string {
  return `${decidedBy} decided: ${reason}`;
}

const CHANGE_TYPES = {
  create: 'Created',
  update: 'Modified',
  delete: 'Deleted',
  attach: 'AttachmentUploaded',
} as const satisfies Record<WriteKind, Change['type']>;

function changeOf({ kind, dataType }: HeldPush, recordId: string): Change {
  return { type: CHANGE_TYPES[kind], recordRef: { id: recordId, dataType } };
}

async function findUnknown(
  db: Database,
  { companyId, pushId }: { readonly companyId: string; readonly pushId: string },
): Promise<{ readonly push: HeldPush; readonly parentId: string | undefined } | undefined> {
  const [row] = await db.query<HeldRow & { readonly parent_id: string | null }>(
    'push_find_unknown',
    `SELECT ${HELD_COLUMNS}, p.parent_id FROM pushes p JOIN companies co ON co.id = p.company_id
     WHERE p.id = $1 AND p.company_id = $2 AND p.state = 'unknown'`,
    [pushId, companyId],
  );
  return row && { push: heldPush(row), parentId: row.parent_id ?? undefined };
}
