/** The schedule under an injected clock: failing for days, being disabled and enabled, coming back, and being throttled. */
import { describe, expect, it } from 'vitest';
import { updateConsumerFields } from '../../src/webhooks/change-consumer.ts';
import { recoverFailed } from '../../src/webhooks/recovery.ts';
import { answer, type Answering } from '../support/webhook-consumer.ts';
import { until } from '../support/webhook-api.ts';
import { attemptsIn, messagesIn, RETRY_SECONDS, useWebhookRig } from '../support/webhook-rig.ts';

const rig = useWebhookRig();
const DAY_SECONDS = 86_400;

/** Answers what `statusCode` says at the moment. */
function changing(first: number) {
  const consumer = { statusCode: first };
  const answering: Answering = (request, response) => answer(consumer.statusCode)(request, response);
  return { consumer, answering };
}

const isDisabled = async (id: string) => {
  const rows = await rig
    .db()
    .query<{ disabled: boolean }>('', 'SELECT disabled FROM webhook_consumers WHERE id = $1', [id]);
  return rows[0]?.disabled;
};

describe('a consumer that only fails', () => {
  it('is disabled after five days, which the others and a metric are told of', async () => {
    const failing = await rig.consumer(answer(500), { eventTypes: ['invoices.*'] });
    const other = await rig.consumer(answer(204), { eventTypes: ['webhook.*'] });
    await rig.tell(1);
    const webhooks = rig.start();
    await until(async () => expect(await messagesIn(rig.db())).toMatchObject([{ state: 'waiting', attempts: 1 }]));
    rig.clock().move(5 * DAY_SECONDS - 60);
    webhooks.wake();
    await until(async () => expect(await messagesIn(rig.db())).toMatchObject([{ attempts: 2 }]));
    expect(await isDisabled(failing.id)).toBe(false);
    rig.clock().move(400);
    webhooks.wake();
    await until(() => expect(other.server.received).toHaveLength(1));
    expect(JSON.parse(other.server.received[0]?.body ?? '')).toMatchObject({
      eventType: 'webhook.consumer.disabled',
      payload: { webhookId: failing.id },
    });
    expect(other.server.received[0]?.body).not.toContain(failing.server.url);
    expect(await isDisabled(failing.id)).toBe(true);
    expect(webhooks.counts()).toMatchObject({ disabledConsumers: 1 });
  });

  it('is not, when one attempt has succeeded meanwhile', async () => {
    const { consumer, answering } = changing(500);
    const { id } = await rig.consumer(answering);
    await rig.tell(1);
    const webhooks = rig.start();
    await until(() => expect(webhooks.counts().failedAttempts).toBe(1));
    rig.clock().move(4 * DAY_SECONDS);
    consumer.statusCode = 204;
    webhooks.wake();
    await until(() => expect(webhooks.counts().delivered).toBe(1));
    consumer.statusCode = 500;
    await rig.tell(1);
    webhooks.wake();
    await until(() => expect(webhooks.counts().failedAttempts).toBe(2));
    rig.clock().move(2 * DAY_SECONDS);
    webhooks.wake();
    await until(() => expect(webhooks.counts().failedAttempts).toBe(3));
    expect(await isDisabled(id)).toBe(false);
  });
});

describe('a consumer that was disabled', () => {
  it('gets nothing meanwhile, and afterwards what is left of the schedule', async () => {
    const { consumer, answering } = changing(500);
    const { id, server } = await rig.consumer(answering);
    const quick = await rig.consumer(answer(204), { eventTypes: ['webhook.*', 'invoices.*'] });
    await rig.tell(1);
    const webhooks = rig.start();
    for (const [index, pause] of [5, 300].entries()) {
      await until(() => expect(webhooks.counts().failedAttempts).toBe(index + 1));
      rig.clock().move(pause);
      webhooks.wake();
    }
    await until(() => expect(webhooks.counts().failedAttempts).toBe(3));
    await updateConsumerFields(rig.context(), id, { disabled: true });
    rig.clock().move(3 * 3_600);
    await rig.tell(1);
    webhooks.wake();
    // The other one's message comes through, so the schedule was looked at; the disabled one got nothing.
    await until(() => expect(quick.server.received).toHaveLength(2));
    expect(server.received).toHaveLength(3);

    consumer.statusCode = 204;
    await updateConsumerFields(rig.context(), id, { disabled: false });
    webhooks.wake();
    const ofConsumer = async () => (await messagesIn(rig.db())).filter((each) => each.consumer_id === id);
    await until(async () => {
      const [message] = await ofConsumer();
      expect(message?.next_attempt_at.getTime()).toBeGreaterThan(rig.clock().now().getTime());
    });
    expect(await ofConsumer()).toMatchObject([{ state: 'waiting', attempts: 3 }]);
    expect(server.received).toHaveLength(3);
    rig.clock().move(5 * 3_600);
    webhooks.wake();
    await until(async () => expect(await ofConsumer()).toMatchObject([{ state: 'delivered', attempts: 4 }]));
  });
});

describe('a consumer that asks for more time', () => {
  it('is tried again no sooner', async () => {
    await rig.consumer((_, response) => response.writeHead(503, { 'retry-after': '90' }).end());
    await rig.tell(1);
    rig.start();
    await until(async () => expect(await messagesIn(rig.db())).toMatchObject([{ state: 'waiting', attempts: 1 }]));
    const [message] = await messagesIn(rig.db());
    expect(message?.next_attempt_at).toEqual(new Date(rig.clock().now().getTime() + 90_000));
  });
});

describe('what failed for good', () => {
  it('is recovered from a time on, with the whole schedule before it again', async () => {
    const { consumer, answering } = changing(500);
    const { id, server } = await rig.consumer(answering);
    const webhooks = rig.start();
    const exhaust = async (count: number, before: number) => {
      await rig.tell(count);
      webhooks.wake();
      for (const [index, pause] of RETRY_SECONDS.entries()) {
        await until(() => expect(webhooks.counts().failedAttempts).toBe(before + count * (index + 1)));
        rig.clock().move(pause);
        webhooks.wake();
      }
      await until(() => expect(webhooks.counts().failedAttempts).toBe(before + count * 8));
    };
    await exhaust(1, 0);
    rig.clock().move(60);
    const since = rig.clock().now();
    await exhaust(2, 8);
    expect(webhooks.counts().exhausted).toBe(3);

    await recoverFailed(rig.context(), id, since);
    await until(() => expect(webhooks.counts().failedAttempts).toBe(26));
    consumer.statusCode = 204;
    rig.clock().move(5);
    webhooks.wake();
    await until(() => expect(webhooks.counts().delivered).toBe(2));
    const states = (await messagesIn(rig.db())).map(({ state, attempts }) => `${state} ${attempts}`);
    expect(states.toSorted()).toEqual(['delivered 10', 'delivered 10', 'exhausted 8']);
    expect(new Set(server.received.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
    expect((await attemptsIn(rig.db())).every((each) => each.status_code !== null)).toBe(true);
  });
});

describe('a consumer with a rate limit', () => {
  it('gets so many messages a second from all processes together, while others get all of theirs', async () => {
    const limited = await rig.consumer(answer(204), { rateLimit: 3 });
    const free = await rig.consumer(answer(204));
    await rig.tell(12);
    const workers = [rig.start(), rig.start()];
    const wake = () => workers.forEach((worker) => worker.wake());
    // The clock stands still: in the second that has begun there is room for three.
    for (const [second, expected] of [3, 6, 9].entries()) {
      await until(() => expect(limited.server.received).toHaveLength(expected));
      await rig.tell(1);
      wake();
      await until(() => expect(free.server.received).toHaveLength(12 + second + 1));
      expect(limited.server.received).toHaveLength(expected);
      rig.clock().move(1);
      wake();
    }
  });
});
