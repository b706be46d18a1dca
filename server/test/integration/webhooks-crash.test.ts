/** What becomes of deliveries when a process dies, stops or hangs in the middle of them. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import type { DatabaseConnection } from '../../src/db/connection.ts';
import { answer, neverAnswer, type Answering } from '../support/webhook-consumer.ts';
import { attemptsIn, messagesIn, SECRET_KEY, standingClock, useWebhookRig } from '../support/webhook-rig.ts';

const rig = useWebhookRig();
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 50_000, interval: 10 });

/** The webhooks role in a process of its own, so that it can be killed for good. */
function startOtherProcess(connection: DatabaseConnection) {
  const program = `
    const from = (file) => import(${JSON.stringify(path.join(import.meta.dirname, '../../src/'))} + file);
    const { createDatabase } = await from('db/pool.ts');
    const { systemClock } = await from('lib/clock.ts');
    const { makeLog } = await from('lib/log.ts');
    const { makeSealer } = await from('lib/seal.ts');
    const { startWebhooks } = await from('webhooks/worker.ts');
    const log = makeLog('error', systemClock);
    const db = createDatabase({ connection: ${JSON.stringify(connection)}, connectionsMax: 4, log });
    const sealer = makeSealer(${JSON.stringify(SECRET_KEY)});
    startWebhooks({
      db, clock: systemClock, sealer, log, allowPrivateWebhooks: true, webhookHttpsOnly: false,
      webhookRetrySeconds: [5, 300], random: Math.random,
    });`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The first request hangs; the later ones are answered. */
function hangOnce(): Answering {
  let isFirst = true;
  return (request, response) => {
    if (!isFirst) return answer(204)(request, response);
    isFirst = false;
    return neverAnswer(request, response);
  };
}

describe('a delivery under way', () => {
  it('when its process is killed is repeated within 30 s under the same id, and uses nothing of the schedule', async () => {
    const { server } = await rig.consumer(hangOnce());
    await rig.tell(1);
    const child = startOtherProcess(rig.testDatabase().connection);
    try {
      await until(() => expect(server.received).toHaveLength(1));
    } finally {
      child.kill('SIGKILL');
    }
    expect(await messagesIn(rig.db())).toMatchObject([{ state: 'delivering', attempts: 0 }]);

    const later = standingClock();
    later.move(29);
    const webhooks = rig.start(later);
    await until(() => expect(webhooks.counts().delivered).toBe(1));
    expect(server.received).toHaveLength(2);
    expect(server.received[1]?.headers['webhook-id']).toBe(server.received[0]?.headers['webhook-id']);
    expect(await attemptsIn(rig.db())).toMatchObject([{ number: 1, status_code: 204 }]);
  });

  it('is repeated within 30 s also to a consumer that never answers and has a long backlog', async () => {
    const { server } = await rig.consumer(neverAnswer);
    await rig.tell(200);
    const child = startOtherProcess(rig.testDatabase().connection);
    try {
      await until(() => expect(server.received).toHaveLength(10));
    } finally {
      child.kill('SIGKILL');
    }
    const ids = (from: number, to: number) =>
      server.received.slice(from, to).map(({ headers }) => headers['webhook-id']);
    const lost = ids(0, 10);

    const later = standingClock();
    later.move(29);
    rig.start(later);
    // Ten of the backlog take the ordinary places and keep them; the ten that were lost do not wait for those.
    await until(() => expect(server.received).toHaveLength(30));
    expect(new Set(ids(10, 30).filter((id) => lost.includes(id)))).toEqual(new Set(lost));
  });

  it('belongs to nobody else as long as its lease holds', async () => {
    const { server } = await rig.consumer(hangOnce());
    await rig.tell(1);
    rig.start();
    await until(() => expect(server.received).toHaveLength(1));
    const other = rig.start(systemClock);
    await rig.tell(1);
    other.wake();
    // The second message comes through, so the other process has looked; it left the first alone.
    await until(() => expect(server.received).toHaveLength(2));
    expect(server.received[1]?.headers['webhook-id']).not.toBe(server.received[0]?.headers['webhook-id']);
  });

  it('when its process stops is finished first, and what had not begun is given back untouched', async () => {
    const gate = Promise.withResolvers<void>();
    const { server } = await rig.consumer((_, response) => void gate.promise.then(() => response.writeHead(204).end()));
    await rig.tell(30);
    const webhooks = rig.start();
    await until(() => expect(server.received).toHaveLength(10));
    const stopped = webhooks.stop();
    await until(async () => {
      const states = (await messagesIn(rig.db())).map(({ state }) => state);
      expect(states.filter((state) => state === 'waiting')).toHaveLength(20);
    });
    gate.resolve();
    await stopped;
    const messages = await messagesIn(rig.db());
    expect(messages.filter(({ state }) => state === 'delivered')).toHaveLength(10);
    expect(messages.filter(({ state, attempts }) => state === 'waiting' && attempts === 0)).toHaveLength(20);
    expect(server.received).toHaveLength(10);
  });
});
