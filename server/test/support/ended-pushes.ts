/** Brings pushes to an end through the engine's own statement, without an engine or a platform. */
import { systemClock } from '../../src/lib/clock.ts';
import type { Database } from '../../src/db/pool.ts';
import { settlePushes } from '../../src/push/settle-pushes.ts';
import type { Verdict } from '../../src/push/verdict.ts';

interface PushRef {
  readonly id: string;
  readonly companyId: string;
  readonly connectionId: string;
}

/** How a queued push may end here, and with what. */
export type Ending = Pick<Verdict, 'move'> & Partial<Verdict>;

export async function endPush(db: Database, push: PushRef, ending: Ending): Promise<void> {
  const now = systemClock.now();
  const held = {
    ...push,
    dataType: 'customers',
    kind: 'create',
    recordId: undefined,
    state: 'queued',
    leaseToken: undefined,
    correlationId: 'c0ffee',
    requestedAt: now,
    mayBeWritten: false,
    company: { id: push.companyId, name: '', description: undefined, tags: {} },
    takenAt: now,
    takenAtMs: 0,
  } as const;
  const verdict: Verdict = { ends: true, outcome: 'ended by a test', lane: 'untouched', ...ending };
  const [moved] = await settlePushes(db, [
    { push: held, verdict, completedAt: now, attempt: undefined, event: undefined, kept: undefined },
  ]);
  if (moved !== true) throw new Error(`push ${push.id} is not queued`);
}
