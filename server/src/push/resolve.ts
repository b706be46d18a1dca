/** A person's decision on a push whose outcome nobody could tell: with a reason, kept in its timeline, told as its end. */
import type { Change, Connector, WriteKind } from '../connectors/contract.ts';
import type { Database } from '../db/pool.ts';
import { keptWrites } from './kept.ts';
import { HELD_COLUMNS, TAKEN_COLUMNS, TAKEN_JOINS, takenPush, type TakenPush, type TakenRow } from './moves.ts';
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

export interface ResolveDeps {
  readonly db: Database;
  readonly settle: Settle;
  readonly connectorFor: (platformKey: string) => Connector | undefined;
}

export type Resolution =
  | { readonly kind: 'resolved' }
  /** There is no such push, or its outcome is known, by now or all along. */
  | { readonly kind: 'not-unknown' }
  | { readonly kind: 'record-wanted' }
  | { readonly kind: 'other-record'; readonly recordId: string };

export async function resolvePush(
  { db, settle, connectorFor }: ResolveDeps,
  place: { readonly companyId: string; readonly pushId: string },
  decision: Decision,
): Promise<Resolution> {
  const push = await findUnknown(db, place);
  if (push === undefined) return { kind: 'not-unknown' };
  const connector = connectorFor(push.platformKey);
  const known = push.recordId ?? push.parentId;
  if (decision.isWritten) {
    const { recordId = known } = decision;
    if (recordId === undefined) return { kind: 'record-wanted' };
    if (known !== undefined && recordId !== known) return { kind: 'other-record', recordId: known };
    return settleDecision(settle, { push, connector }, decidedWritten([changeOf(push, recordId)], saidBy(decision)));
  }
  return settleDecision(
    settle,
    { push, connector },
    decidedAbsent(push.correlationId, decision.reason, saidBy(decision)),
  );
}

async function settleDecision(
  settle: Settle,
  { push, connector }: { readonly push: TakenPush; readonly connector: Connector | undefined },
  verdict: ReturnType<typeof decidedAbsent>,
): Promise<Resolution> {
  const kept = connector && keptWrites({ push, connector }, 'resolve', verdict);
  const isMoved = await settle({ push, step: 'resolve', verdict, call: undefined, kept, isRoutine: false });
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

function changeOf({ kind, dataType }: TakenPush, recordId: string): Change {
  return { type: CHANGE_TYPES[kind], recordRef: { id: recordId, dataType } };
}

async function findUnknown(
  db: Database,
  { companyId, pushId }: { readonly companyId: string; readonly pushId: string },
): Promise<TakenPush | undefined> {
  const [row] = await db.query<TakenRow>(
    'push_find_unknown',
    // A decision needs no link: nothing is asked of the platform.
    `SELECT ${HELD_COLUMNS}, p.platform_key, p.link_sealed, ${TAKEN_COLUMNS}
     FROM (
       SELECT p.*, c.platform_key, coalesce(c.link_sealed, '') AS link_sealed
       FROM pushes p JOIN connections c ON c.id = p.connection_id
       WHERE p.id = $1 AND p.company_id = $2 AND p.state = 'unknown'
     ) p ${TAKEN_JOINS}`,
    [pushId, companyId],
  );
  return row && takenPush(row);
}
