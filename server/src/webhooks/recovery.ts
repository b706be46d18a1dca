/**
 * Getting back what a consumer missed: one message sent again, all that failed since a time, and events for which it
 * never had a message. The last two are walks that go on by themselves, a batch at a time, and only while few messages
 * wait: a consumer that has just come back is not overrun, and the walk survives the process that began it.
 */
import type { Database } from '../db/pool.ts';
import { PublicError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { uuidv7 } from '../lib/ids.ts';
import { getConsumer, type ConsumersContext } from './change-consumer.ts';
import { lockConsumersAgainstDeletion } from './consumer-queries.ts';
import { messagesFor } from './dispatch.ts';
import { insertMessages, walkToldEvents } from './dispatch-queries.ts';
import {
  areRecoveriesOpen,
  countDue,
  findRecovery,
  insertRecovery,
  reopenFailed,
  resendMessage,
  selectRecoveries,
  storeProgress,
  takeRecoveries,
  type Recovery,
  type RecoveryKind,
} from './recovery-queries.ts';

const DAY_MS = 86_400_000;
const REPLAY_DAYS_MAX = 14;
/** Clocks differ, and a caller may have counted its two weeks a moment ago. */
const REPLAY_GRACE_MS = 3_600_000;
const BATCH_MAX = 100;
const DUE_MAX = 200;
const RECOVERIES_A_RUN_MAX = 20;

/** One more attempt at once, whatever became of the others; the schedule goes on untouched. */
export async function resend(context: ConsumersContext, consumerId: string, messageId: string): Promise<void> {
  requireEnabled(await getConsumer(context, consumerId));
  const found = await resendMessage(context.db, { consumerId, messageId, now: context.clock.now() });
  if (found === 'absent') throw new PublicError('message_not_found', messageId);
  if (found === 'under way') throw new PublicError('conflict', 'An attempt of this message is under way');
  context.eventsStored();
}

/** `since` left out: as far back as messages are kept. */
export async function recoverFailed(
  context: ConsumersContext,
  consumerId: string,
  since: Date | undefined,
): Promise<Recovery> {
  return begin(context, consumerId, 'recover', since ?? new Date(0));
}

/** `since` left out: as far back as it may go. */
export async function replayMissed(
  context: ConsumersContext,
  consumerId: string,
  since: Date | undefined,
): Promise<Recovery> {
  const earliestMs = context.clock.now().getTime() - REPLAY_DAYS_MAX * DAY_MS;
  if (since !== undefined && since.getTime() < earliestMs - REPLAY_GRACE_MS) {
    throw new PublicError('malformed_request', `since: must lie within the last ${REPLAY_DAYS_MAX} days`);
  }
  return begin(context, consumerId, 'replay', since ?? new Date(earliestMs));
}

async function begin(
  context: ConsumersContext,
  consumerId: string,
  kind: RecoveryKind,
  since: Date,
): Promise<Recovery> {
  requireEnabled(await getConsumer(context, consumerId));
  const now = context.clock.now();
  const recovery: Recovery = {
    id: uuidv7(now.getTime()),
    consumerId,
    kind,
    since,
    until: now,
    afterAt: since,
    afterId: undefined,
    messages: 0,
    createdAt: now,
    completedAt: undefined,
  };
  await insertRecovery(context.db, recovery);
  context.eventsStored();
  return recovery;
}

function requireEnabled(consumer: { readonly id: string; readonly disabled: boolean }): void {
  if (consumer.disabled)
    throw new PublicError('conflict', `Webhook consumer ${consumer.id} is disabled; enable it first`);
}

export async function listRecoveries(context: ConsumersContext, consumerId: string): Promise<Recovery[]> {
  await getConsumer(context, consumerId);
  return selectRecoveries(context.db, consumerId);
}

export async function getRecovery(context: ConsumersContext, consumerId: string, id: string): Promise<Recovery> {
  await getConsumer(context, consumerId);
  const recovery = await findRecovery(context.db, consumerId, id);
  if (recovery === undefined) throw new PublicError('recovery_not_found', id);
  return recovery;
}

/** One batch of each recovery that is under way. Answers how many messages are to be sent. */
export async function advanceRecoveries(db: Database, clock: Clock): Promise<number> {
  if (!(await areRecoveriesOpen(db))) return 0;
  return db.transaction(async (tx) => {
    const recoveries = await takeRecoveries(tx, RECOVERIES_A_RUN_MAX);
    if (recoveries.length === 0) return 0;
    const now = clock.now();
    const consumers = await lockConsumersAgainstDeletion(tx);
    let messages = 0;
    for (const recovery of recoveries) {
      const consumer = consumers.find(({ id }) => id === recovery.consumerId);
      if (consumer === undefined) {
        await storeProgress(tx, { ...recovery, completedAt: now });
        continue;
      }
      // What it waits for are its own messages, or somebody who enables it.
      if (consumer.disabled || (await countDue(tx, { consumerId: consumer.id, now, countMax: DUE_MAX })) >= DUE_MAX)
        continue;
      const step = recovery.kind === 'recover' ? await recoverBatch(recovery) : await replayBatch(recovery, consumer);
      messages += step.messages - recovery.messages;
      await storeProgress(tx, step);
    }
    return messages;

    async function recoverBatch(recovery: Recovery): Promise<Recovery> {
      const reopened = await reopenFailed(tx, recovery, { now, messagesMax: BATCH_MAX });
      return {
        ...recovery,
        afterId: reopened.at(-1) ?? recovery.afterId,
        messages: recovery.messages + reopened.length,
        completedAt: reopened.length < BATCH_MAX ? now : undefined,
      };
    }

    async function replayBatch(recovery: Recovery, consumer: (typeof consumers)[number]): Promise<Recovery> {
      const events = await walkToldEvents(tx, { ...recovery, eventsMax: BATCH_MAX });
      const missed = events.filter((event) => !event.isTest).flatMap((event) => messagesFor(event, [consumer], now));
      const inserted = missed.length === 0 ? 0 : await insertMessages(tx, missed, now);
      const last = events.at(-1);
      return {
        ...recovery,
        afterAt: last?.generatedAt ?? recovery.afterAt,
        afterId: last?.id ?? recovery.afterId,
        messages: recovery.messages + inserted,
        completedAt: events.length < BATCH_MAX ? now : undefined,
      };
    }
  });
}
