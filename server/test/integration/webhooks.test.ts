/** What a consumer can rely on: signed deliveries, the retry schedule, filters, and nobody held up by somebody else. */
import { Webhook } from 'svix';
import { describe, expect, it, vi } from 'vitest';
import { PublicError } from '../../src/errors.ts';
import { createConsumer, deleteConsumer, listConsumers } from '../../src/webhooks/change-consumer.ts';
import { getSecret } from '../../src/webhooks/secret.ts';
import { answer, neverAnswer } from '../support/webhook-consumer.ts';
import { attemptsIn, messagesIn, RETRY_SECONDS, useWebhookRig } from '../support/webhook-rig.ts';

const rig = useWebhookRig();
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 50_000, interval: 10 });

async function untilMessage(state: string, attempts: number): Promise<void> {
  await until(async () => expect(await messagesIn(rig.db())).toMatchObject([{ state, attempts }]));
}

describe('a delivery', () => {
  it('is one POST of the envelope that the svix library accepts, and is stored with its answer', async () => {
    const { secret, server } = await rig.consumer(answer(200, 'thanks'));
    await rig.tell(1);
    rig.start();
    await untilMessage('delivered', 1);

    expect(server.received).toHaveLength(1);
    const [delivery] = server.received;
    expect(delivery?.path).toBe('/hook');
    expect(delivery?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(delivery?.headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(delivery?.headers['user-agent']).toMatch(/^Ledgerpost-Webhooks\//);
    const envelope = new Webhook(secret).verify(delivery?.body ?? '', delivery?.headers ?? {});
    expect(envelope).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      eventType: 'invoices.write.successful',
      generatedDate: rig.clock().now().toISOString(),
      payload: { type: 'Create', status: 'Success', record: { id: 'inv-1' } },
    });
    expect(await attemptsIn(rig.db())).toMatchObject([
      { number: 1, status_code: 200, response_body: 'thanks', error: null },
    ]);
  });

  it('that fails is repeated under one id by the whole schedule, counted from each failure, and then given up', async () => {
    const { server } = await rig.consumer(answer(500, 'no'));
    await rig.tell(1);
    const webhooks = rig.start();
    for (const [index, pauseSeconds] of RETRY_SECONDS.entries()) {
      await untilMessage('waiting', index + 1);
      rig.clock().move(pauseSeconds);
      webhooks.wake();
    }
    await untilMessage('exhausted', 8);

    const attempts = await attemptsIn(rig.db());
    const pauses = attempts.slice(1).map((each, index) => {
      const before = attempts[index]?.started_at.getTime() ?? 0;
      return (each.started_at.getTime() - before) / 1000;
    });
    expect(pauses).toEqual(RETRY_SECONDS);
    expect(attempts.every((each) => each.status_code === 500 && each.response_body === 'no')).toBe(true);
    expect(new Set(server.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
    expect(webhooks.counts()).toMatchObject({ delivered: 0, failedAttempts: 8, exhausted: 1 });
  });

  it('follows no redirect: an answer of 3xx is a failure', async () => {
    const elsewhere = await rig.consumer(answer(200), { eventTypes: ['bills.write.successful'] });
    const redirecting = await rig.consumer((_, response) => {
      response.writeHead(302, { location: elsewhere.server.url }).end();
    });
    await rig.tell(1);
    rig.start();
    await untilMessage('waiting', 1);
    expect(redirecting.server.received).toHaveLength(1);
    expect(elsewhere.server.received).toHaveLength(0);
  });

  it('keeps at most 10 kB of an answer and cancels the rest, which never ends', async () => {
    await rig.consumer((_, response) => {
      response.writeHead(200);
      const flow = setInterval(() => response.write('x'.repeat(4096)), 1);
      response.on('close', () => clearInterval(flow));
    });
    await rig.tell(1);
    rig.start();
    await untilMessage('delivered', 1);
    expect((await attemptsIn(rig.db()))[0]?.response_body).toBe('x'.repeat(10_000));
  });

  it('whose answer breaks off after the status line is a failure', async () => {
    await rig.consumer((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    await rig.tell(1);
    rig.start();
    await untilMessage('waiting', 1);
    expect(await attemptsIn(rig.db())).toMatchObject([
      { status_code: 200, error: expect.stringContaining('cut off') as string },
    ]);
  });

  it('is not failed by a kept connection that the consumer has closed meanwhile', async () => {
    const { server } = await rig.consumer((_, response) => {
      response.writeHead(204).end();
      // Without telling: the next request on this connection finds it dead.
      response.on('finish', () => setImmediate(() => response.socket?.resetAndDestroy()));
    });
    const webhooks = rig.start();
    for (const count of [1, 2, 3]) {
      await rig.tell(1);
      webhooks.wake();
      await until(() => expect(webhooks.counts().delivered).toBe(count));
    }
    expect(server.received).toHaveLength(3);
    expect(webhooks.counts().failedAttempts).toBe(0);
  });
});

describe('who is told', () => {
  it('consumers of the type and of the company tag, and no disabled one; an event nobody wants is done with', async () => {
    const all = await rig.consumer();
    const uk = await rig.consumer(undefined, { companyTags: ['region:uk', 'region:ie'] });
    const us = await rig.consumer(undefined, { companyTags: ['region:us'] });
    const bills = await rig.consumer(undefined, { eventTypes: ['bills.write.successful'] });
    const disabled = await rig.consumer(undefined, { disabled: true });
    await rig.tell(1, { region: 'uk', team: 'x' });
    const webhooks = rig.start();
    await until(() => expect(webhooks.counts().delivered).toBe(2));
    const counts = [all, uk, us, bills, disabled].map(({ server }) => server.received.length);
    expect(counts).toEqual([1, 1, 0, 0, 0]);
  });

  it('nobody, when there is no consumer: the event is stored all the same and is not looked at again', async () => {
    await rig.tell(3);
    rig.start();
    await until(async () => {
      const events = await rig.db().query<{ dispatched_at: Date | null }>('', 'SELECT dispatched_at FROM events');
      expect(events).toHaveLength(3);
      expect(events.every((event) => event.dispatched_at !== null)).toBe(true);
    });
    expect(await messagesIn(rig.db())).toEqual([]);
  });

  it('a deleted consumer no more: its retries are dropped', async () => {
    const { id, server } = await rig.consumer(answer(500));
    await rig.tell(2);
    const webhooks = rig.start();
    await until(async () => {
      expect((await messagesIn(rig.db())).map(({ state, attempts }) => [state, attempts])).toEqual([
        ['waiting', 1],
        ['waiting', 1],
      ]);
    });
    await deleteConsumer(rig.context(), id);
    rig.clock().move(5);
    webhooks.wake();
    await until(async () => {
      expect((await messagesIn(rig.db())).map(({ state }) => state)).toEqual(['dropped', 'dropped']);
    });
    expect(server.received).toHaveLength(2);
    expect(await listConsumers(rig.context())).toEqual([]);
    await expect(getSecret(rig.context(), id)).rejects.toThrow(id);
    await expect(deleteConsumer(rig.context(), id)).rejects.toThrow(id);
  });
});

describe('side by side', () => {
  it('a consumer that never answers holds up nobody else, and gets at most ten requests at once', async () => {
    const stuck = await rig.consumer(neverAnswer);
    const quick = await rig.consumer();
    await rig.tell(200);
    const webhooks = rig.start();
    await until(() => expect(webhooks.counts().delivered).toBe(200));
    expect(new Set(quick.server.received.map(({ headers }) => headers['webhook-id'])).size).toBe(200);
    expect(stuck.server.openMax()).toBe(10);
    expect(quick.server.openMax()).toBeLessThanOrEqual(10);
  });

  it('two processes on one database deliver every message, and none of them twice', async () => {
    // One process has at most ten requests open: nobody is answered until the other one is at work as well.
    const bothAtWork = Promise.withResolvers<void>();
    let arrived = 0;
    const { server } = await rig.consumer((_, response) => {
      arrived += 1;
      if (arrived > 10) bothAtWork.resolve();
      void bothAtWork.promise.then(() => response.writeHead(204).end());
    });
    await rig.tell(400);
    const workers = [rig.start(), rig.start()];
    await until(() => expect(workers.reduce((sum, worker) => sum + worker.counts().delivered, 0)).toBe(400));
    expect(server.received).toHaveLength(400);
    expect(new Set(server.received.map(({ headers }) => headers['webhook-id'])).size).toBe(400);
    expect(workers.every((worker) => worker.counts().delivered > 0)).toBe(true);
  });
});

describe('registering', () => {
  it('stops at fifty consumers, also when several register at once', async () => {
    const register = () => createConsumer(rig.context(), { url: 'https://example.com/', eventTypes: ['*'] });
    const results = await Promise.allSettled(Array.from({ length: 55 }, register));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(5);
    for (const { reason } of refused) {
      expect(reason).toBeInstanceOf(PublicError);
      expect(reason).toMatchObject({ code: 'conflict' });
    }
    expect(await listConsumers(rig.context())).toHaveLength(50);
  });

  it('gives a secret of its own to each, and stores none of them in the clear', async () => {
    const [first, second] = [await rig.consumer(), await rig.consumer()];
    expect(first.secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    expect(first.secret).not.toBe(second.secret);
    expect(await getSecret(rig.context(), first.id)).toBe(first.secret);
    const rows = await rig
      .db()
      .query<{ whole: string }>('', 'SELECT row_to_json(c)::text AS whole FROM webhook_consumers c');
    const hex = Buffer.from(first.secret.slice('whsec_'.length)).toString('hex');
    expect(rows.some(({ whole }) => whole.includes(first.secret) || whole.includes(hex))).toBe(false);
  });
});
