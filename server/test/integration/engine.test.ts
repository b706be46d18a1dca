/** The write engine on a real database: what each answer of a platform comes to, and who may work on what, when. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimPushes, permitSends, rescuePushes } from '../../src/push/moves.ts';
import { listAttempts } from '../../src/push/queries.ts';
import { hasEnded } from '../../src/push/state.ts';
import { accountBody, makeCompany, makeTestEngine } from '../support/engine.ts';

let engine: Awaited<ReturnType<typeof makeTestEngine>>;
beforeEach(async () => {
  engine = await makeTestEngine();
});
afterEach(() => engine.close());

async function outcomes(push: { companyId: string; id: string }) {
  const attempts = await listAttempts(engine.db, { companyId: push.companyId, pushId: push.id });
  return attempts.map((attempt) => `${attempt.step} ${attempt.outcome} → ${attempt.movedTo ?? 'not ours'}`);
}

async function eventsOf(pushId: string) {
  return engine.db.query<{ event_type: string; payload: { status: string } }>(
    '',
    `SELECT event_type, payload FROM events WHERE payload ->> 'id' = $1 ORDER BY id`,
    [pushId],
  );
}

test('a push that the platform takes ends as succeeded, once, with one event', async () => {
  engine.start();
  const push = await engine.until(await engine.request(), 'succeeded');
  expect(push.changes).toMatchObject([{ type: 'Created', recordRef: { dataType: 'chartOfAccounts' } }]);
  expect(push.statusCode).toBe(200);
  expect(push.attempts).toBe(1);
  expect(engine.platform.books).toEqual([push.id]);
  expect(await eventsOf(push.id)).toMatchObject([
    { event_type: 'chartOfAccounts.write.successful', payload: { status: 'Success' } },
  ]);
});

test('a body that the model refuses fails without any call to the platform', async () => {
  engine.start();
  const push = await engine.until(await engine.request({ bodyText: '{"nominalCode": 7}' }), 'failed');
  expect(push.statusCode).toBe(400);
  expect(push.errors.map((error) => error.itemId)).toContain('NominalCode');
  expect(engine.platform.requests).toEqual([]);
});

test('an answer lost after the platform wrote is found, and the record is not written again', async () => {
  engine.platform.answer = (_request, write) => {
    write();
    return { kind: 'unknown', reason: 'the connection broke' };
  };
  engine.start();
  const push = await engine.until(await engine.request(), 'succeeded');
  expect(engine.platform.books).toEqual([push.id]);
  expect(await outcomes(push)).toEqual(['send unknown → in_doubt', 'find found → succeeded']);
});

test('an answer lost before the platform wrote is sent again after a look proved it absent', async () => {
  engine.platform.answer = (_request, write) =>
    engine.platform.requests.length === 1 ? { kind: 'unknown', reason: 'the connection broke' } : write();
  engine.start();
  const push = await engine.until(await engine.request(), 'succeeded');
  expect(engine.platform.books).toEqual([push.id]);
  expect(await outcomes(push)).toEqual(['send unknown → in_doubt', 'find absent → queued', 'send written → succeeded']);
});

test.each(['unknown', 'not-sent'] as const)('only the first send is told to be the first: %s', async (kind) => {
  engine.platform.answer = (_request, write) => {
    if (engine.platform.requests.length > 1) return write();
    return { kind, waitingFor: 'platform-offline', reason: 'the connection broke' };
  };
  engine.start();
  await engine.until(await engine.request(), 'succeeded');
  expect(engine.platform.requests.map(({ isFirstSend }) => isFirstSend)).toEqual([true, undefined]);
});

test('a platform that can tell nothing makes the push unknown, with the evidence, and it is never sent twice', async () => {
  engine.platform.find = undefined;
  engine.platform.answer = () => ({ kind: 'unknown', reason: 'the connection broke' });
  engine.start();
  const push = await engine.until(await engine.request(), 'unknown');
  expect(push.errorMessage).toMatch(/^Outcome unknown.*the platform has no search/);
  expect(engine.platform.requests).toHaveLength(1);
});

test('while the platform is away a push says so, and it is written soon after the platform is back', async () => {
  let isAway = true;
  engine.platform.answer = (_request, write) =>
    isAway ? { kind: 'not-sent', waitingFor: 'platform-offline', reason: 'connection refused' } : write();
  engine.start();
  const push = await engine.request();
  await expect.poll(async () => (await engine.get(push)).waitingOn?.reason).toBe('platform-offline');
  expect((await engine.get(push)).waitingOn?.notBefore).toBeInstanceOf(Date);
  isAway = false;
  await engine.until(push, 'succeeded');
  expect(engine.platform.books).toEqual([push.id]);
});

test('a refusal by the platform ends the push as failed with what the platform said', async () => {
  engine.platform.answer = () => ({
    kind: 'rejected',
    statusCode: 400,
    message: 'The code is taken\u0000',
    errors: [{ itemId: 'NominalCode', message: 'is taken \ud800', validatorName: 'Account' }],
  });
  engine.start();
  const push = await engine.until(await engine.request(), 'failed');
  expect(push.errors).toMatchObject([{ itemId: 'NominalCode' }]);
  expect(await eventsOf(push.id)).toMatchObject([{ event_type: 'chartOfAccounts.write.unsuccessful' }]);
});

test('texts that the database cannot hold harm neither their own push nor those beside it', async () => {
  engine.start();
  const odd = JSON.stringify({ ...accountBody, name: 'NUL \u0000 and half a pair \ud800' });
  const pushes = await Promise.all([engine.request(), engine.request({ bodyText: odd }), engine.request()]);
  await expect
    .poll(async () => Promise.all(pushes.map(async (push) => hasEnded((await engine.get(push)).state))))
    .toEqual([true, true, true]);
  const withNul = engine.request({ kind: 'update', recordId: 'a\u0000b' });
  const beside = engine.request();
  await expect(withNul).rejects.toThrow();
  await engine.until(await beside, 'succeeded');
});

test('a push whose deadline passes in the queue times out and is never sent', async () => {
  const push = await engine.request({ timeoutMinutes: 1 });
  await engine.db.execute('', `UPDATE pushes SET deadline_at = now() - interval '1 second' WHERE id = $1`, [push.id]);
  engine.start();
  const ended = await engine.until(push, 'timed_out');
  expect(ended.statusCode).toBe(408);
  expect(engine.platform.requests).toEqual([]);
  expect(await eventsOf(push.id)).toMatchObject([{ payload: { status: 'TimedOut' } }]);
});

test('a push in doubt that is proved absent after its deadline times out and is not sent again', async () => {
  engine.platform.answer = async (request) => {
    await engine.db.execute('', `UPDATE pushes SET deadline_at = now() WHERE id = $1`, [request.pushOperationKey]);
    return { kind: 'unknown', reason: 'the connection broke' };
  };
  engine.start();
  const push = await engine.until(await engine.request({ timeoutMinutes: 1 }), 'timed_out');
  expect(engine.platform.requests).toHaveLength(1);
  expect(engine.platform.books).toEqual([]);
  expect(push.attempts).toBe(1);
});

test('a lease lost before the send puts the push back, one lost after it puts it in doubt', async () => {
  const unsent = await engine.request();
  const sent = await engine.request();
  await engine.db.execute(
    '',
    `UPDATE pushes SET state = 'sending', lease_token = gen_random_uuid(), lease_until = now() - interval '1 s',
       sent_at = CASE WHEN id = $1 THEN now() END`,
    [sent.id],
  );
  await engine.db.execute('', `UPDATE lanes SET in_flight = 2`, []);
  engine.platform.books.push(sent.id);
  engine.start();
  await engine.until(unsent, 'succeeded');
  await engine.until(sent, 'succeeded');
  expect(engine.platform.requests).toMatchObject([{ pushOperationKey: unsent.id, isFirstSend: true }]);
  expect(await outcomes(unsent)).toEqual(['rescue lease-lost → queued', 'send written → succeeded']);
  expect(await outcomes(sent)).toEqual(['rescue lease-lost → in_doubt', 'find found → succeeded']);
  expect(engine.platform.books.toSorted()).toEqual([unsent.id, sent.id].toSorted());
  expect(await engine.db.query('', 'SELECT in_flight FROM lanes')).toEqual([{ in_flight: 0 }]);
});

test('of two leases of one push, which a process holds after a claim was answered late, only the later one permits a send', async () => {
  const push = await engine.request();
  const connectionIds = [engine.company.connectionId];
  const callsInFlight = new Map([['test', 6]]);
  const claimed = async () => {
    const [claim] = await claimPushes(engine.db, { connectionIds, callsInFlight, pushesMax: 1, leaseMs: 60_000 });
    if (claim?.id !== push.id) throw new Error('The push was not claimed');
    return claim;
  };
  const early = await claimed();
  await engine.db.execute('', 'UPDATE pushes SET lease_until = now() WHERE id = $1', [push.id]);
  await rescuePushes(engine.db, 100, 0);
  const late = await claimed();
  const kinds = async (...held: (typeof early)[]) => (await permitSends(engine.db, held)).map(({ kind }) => kind);
  expect(await kinds(early, late)).toEqual(['lease-lost', 'granted']);
  expect(await kinds(late, early)).toEqual(['granted', 'lease-lost']);
});

test('what a frozen process sent is not believed absent while its call may still be carried out', async () => {
  await engine.close();
  engine = await makeTestEngine({ callTimeoutMs: 3_600_000 });
  const push = await engine.request();
  await engine.db.execute(
    '',
    `UPDATE pushes SET state = 'sending', lease_token = gen_random_uuid(), lease_until = now() - interval '1 s',
       sent_at = now() - interval '1 s' WHERE id = $1`,
    [push.id],
  );
  await engine.db.execute('', `UPDATE lanes SET in_flight = 1`, []);
  engine.start();
  await expect.poll(() => outcomes(push)).toContain('find absent → in_doubt');
  // The call of the frozen process arrives after all, within the hour that a call may take here; then comes the next look.
  engine.platform.books.push(push.id);
  await engine.db.execute('', `UPDATE pushes SET not_before = now() WHERE state = 'in_doubt'`);
  await engine.until(push, 'succeeded');
  expect(engine.platform.books).toEqual([push.id]);
});

test('a worker that lost its lease while sending cannot overwrite what its successor found', async () => {
  const release = Promise.withResolvers<void>();
  engine.platform.answer = async (request, write) => {
    const written = write();
    await engine.db.execute('', `UPDATE pushes SET lease_until = now() - interval '1 s' WHERE id = $1`, [
      request.pushOperationKey,
    ]);
    await release.promise;
    return written.kind === 'written' ? { ...written, changes: [] } : written;
  };
  engine.start();
  const push = await engine.until(await engine.request(), 'succeeded');
  release.resolve();
  await expect.poll(() => outcomes(push)).toContain('send written → not ours');
  expect((await engine.get(push)).changes).toHaveLength(1);
  expect(await eventsOf(push.id)).toHaveLength(1);
  expect(engine.platform.books).toEqual([push.id]);
});

test('a connection never has more calls under way than its platform allows, whatever number of engines', async () => {
  engine.platform.answer = async (_request, write) => {
    await new Promise((resolve) => setImmediate(resolve));
    return write();
  };
  const pushes = await Promise.all(Array.from({ length: 60 }, () => engine.request()));
  engine.start();
  engine.start();
  await Promise.all(pushes.map((push) => engine.until(push, 'succeeded')));
  expect(engine.platform.callsInFlightMax).toBeLessThanOrEqual(4);
  expect(new Set(engine.platform.books).size).toBe(60);
  expect(engine.platform.books).toHaveLength(60);
});

test('updates of one record never overlap and keep their order', async () => {
  const pushes = [];
  for (let i = 0; i < 10; i++) pushes.push(await engine.request({ kind: 'update', recordId: 'acc_7' }));
  engine.start();
  engine.start();
  await Promise.all(pushes.map((push) => engine.until(push, 'succeeded')));
  expect(engine.platform.callsInFlightMax).toBe(1);
  expect(engine.platform.books).toEqual(pushes.map((push) => push.id));
});

test('a connection with many pushes waiting does not hold up another', async () => {
  const other = await makeCompany(engine.db);
  await Promise.all(Array.from({ length: 300 }, () => engine.request()));
  const late = await engine.request({ companyId: other.id, connectionId: other.connectionId });
  engine.start({ pushesAtOnceMax: 8 });
  await engine.until(late, 'succeeded');
  expect(engine.platform.books.indexOf(late.id)).toBeLessThan(40);
});

test('one push that the platform keeps turning away does not hold up the rest of its connection', async () => {
  const stuck = await engine.request();
  const others = await Promise.all(Array.from({ length: 20 }, () => engine.request()));
  engine.platform.answer = (request, write) =>
    request.pushOperationKey === stuck.id
      ? { kind: 'not-sent', waitingFor: 'rate-limit', reason: '429', retryAfterMs: 60_000 }
      : write();
  engine.start();
  await Promise.all(others.map((push) => engine.until(push, 'succeeded')));
  expect((await engine.get(stuck)).state).toBe('queued');
});

test('pushes left by an earlier process are found without anybody telling', async () => {
  const push = await engine.request();
  engine.start();
  await engine.until(push, 'succeeded');
});

test('an engine is ready while it looks for work, however long the database takes', async () => {
  const running = engine.start();
  await expect.poll(() => running.health().ready).toBe(true);
  await engine.db.transaction(async (tx) => {
    await tx.execute('', 'LOCK TABLE pushes IN ACCESS EXCLUSIVE MODE', []);
    const waiting = () =>
      engine.db.query(
        '',
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
           AND query LIKE 'WITH RECURSIVE lane%'`,
      );
    await expect.poll(async () => (await waiting()).length).toBeGreaterThan(0);
    expect(running.health()).toEqual({ ready: true });
  });
});

test('stopping waits for the send that is under way and takes up nothing more', async () => {
  const arrived = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  engine.platform.answer = async (_request, write) => {
    arrived.resolve();
    await release.promise;
    return write();
  };
  const running = engine.start();
  const push = await engine.request();
  await arrived.promise;
  const stopped = running.stop();
  release.resolve();
  await stopped;
  const next = await engine.request();
  expect((await engine.get(push)).state).toBe('succeeded');
  running.wake(engine.company.connectionId);
  expect(engine.platform.books).toEqual([push.id]);
  expect((await engine.get(next)).state).toBe('queued');
});

describe('a push is refused before it is stored', () => {
  test('when its company, its connection or its link is missing', async () => {
    const unknown = randomUUID();
    await expect(engine.request({ companyId: unknown })).rejects.toThrow(`company_not_found ${unknown}`);
    await expect(engine.request({ connectionId: unknown })).rejects.toThrow(`connection_not_found ${unknown}`);
    await engine.db.execute('', `UPDATE connections SET status = 'Unlinked'`, []);
    await expect(engine.request()).rejects.toThrow('connection_not_linked');
    expect(await engine.db.query('', 'SELECT id FROM pushes')).toEqual([]);
  });
});

describe('requests that share an idempotency key', () => {
  const key = (fingerprint: string) => ({ id: Buffer.from('key'), fingerprint: Buffer.from(fingerprint) });

  test('make one push, however many arrive at once, and all of them hear of it', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => engine.request({ idempotency: key('same') })));
    const again = await engine.request({ idempotency: key('same') });
    expect(new Set([...answers, again].map((push) => JSON.stringify(push))).size).toBe(1);
    expect(await engine.db.query('', 'SELECT id FROM pushes')).toEqual([{ id: again.id }]);
  });

  test('are refused when they ask for something else', async () => {
    await engine.request({ idempotency: key('one') });
    await expect(engine.request({ idempotency: key('other') })).rejects.toThrow('idempotency_key_reused');
  });

  test('leave the key free when the first was refused', async () => {
    await engine.db.execute('', `UPDATE connections SET status = 'Unlinked'`, []);
    await expect(engine.request({ idempotency: key('one') })).rejects.toThrow('connection_not_linked');
    await engine.db.execute('', `UPDATE connections SET status = 'Linked'`, []);
    expect((await engine.request({ idempotency: key('other') })).state).toBe('queued');
  });
});

test('the database itself refuses to change a push that has ended', async () => {
  engine.start();
  const push = await engine.until(await engine.request(), 'succeeded');
  await expect(engine.db.execute('', `UPDATE pushes SET error_message = 'x' WHERE id = $1`, [push.id])).rejects.toThrow(
    /never changes/,
  );
});

test('a push in doubt is looked up although its connection was unlinked meanwhile, and a queued one waits', async () => {
  engine.platform.answer = async (_request, write) => {
    write();
    await engine.db.execute('', `UPDATE connections SET status = 'Unlinked'`, []);
    return { kind: 'unknown', reason: 'the connection broke' };
  };
  const doubtful = await engine.request({ kind: 'update', recordId: 'a', forceUpdate: true });
  const waiting = await engine.request({ kind: 'update', recordId: 'a', forceUpdate: true });
  engine.start();
  await engine.until(doubtful, 'succeeded');
  expect((await engine.get(waiting)).waitingOn).toMatchObject({ reason: 'connection-not-linked' });
  await engine.db.execute('', `UPDATE connections SET status = 'Linked'`, []);
  engine.platform.answer = (_request, write) => write();
  await engine.until(waiting, 'succeeded');
});

test('a push of a connection that was deleted while it waited fails and says why', async () => {
  const push = await engine.request();
  await engine.db.execute('', `UPDATE connections SET status = 'Unlinked', deleted_at = now() - interval '9 days'`, []);
  engine.start();
  expect((await engine.until(push, 'failed')).errorMessage).toMatch(/connection was deleted/);
});

test('a write that was to be repeated when its deadline came is unknown, and never said not to be in the books', async () => {
  engine.platform.repeat = 'platform-deduplicates';
  let sends = 0;
  engine.platform.answer = (_request, write) => {
    sends += 1;
    if (sends > 1) return { kind: 'not-sent', waitingFor: 'platform-offline', reason: 'away', retryAfterMs: 60_000 };
    write();
    return { kind: 'unknown', reason: 'the answer was lost' };
  };
  const push = await engine.request({ timeoutMinutes: 1 });
  engine.start();
  await expect.poll(async () => (await engine.get(push)).waitingOn?.reason).toBe('platform-offline');
  await engine.db.execute('', `UPDATE pushes SET deadline_at = now() WHERE id = $1`, [push.id]);
  const ended = await engine.until(push, 'unknown');
  expect(ended.errorMessage).toMatch(/^Outcome unknown\..* The deadline has passed/);
  expect(engine.platform.books).toEqual([push.id]);
});

test('a push of unknown outcome is found when the platform can be searched again, and told as a success', async () => {
  engine.platform.find = () => ({ kind: 'cannot-tell', evidence: 'the search is switched off' });
  engine.platform.answer = (_request, write) => {
    write();
    return { kind: 'unknown', reason: 'the answer was lost' };
  };
  engine.start();
  const push = await engine.until(await engine.request(), 'unknown');
  const looks: string[] = [];
  engine.platform.find = (request) => {
    looks.push(request.pushOperationKey);
    return looks.length === 1
      ? { kind: 'absent', evidence: 'nothing' }
      : { kind: 'found', changes: [created], evidence: 'there it is' };
  };
  const created = { type: 'Created', recordRef: { id: 'acc_1', dataType: 'chartOfAccounts' } } as const;
  const due = () => engine.db.execute('', 'UPDATE pushes SET not_before = now() WHERE id = $1', [push.id]);
  await due();
  await expect.poll(() => looks.length).toBe(1);
  // That nothing is found settles nothing, and the next look waits for its time.
  expect((await engine.get(push)).state).toBe('unknown');
  await due();
  expect(await engine.until(push, 'succeeded')).toMatchObject({ changes: [created], statusCode: 200 });
  expect(looks).toHaveLength(2);
  expect(engine.platform.requests).toHaveLength(1);
  const told = (await eventsOf(push.id)).map((event) => event.event_type);
  expect(told).toEqual(['chartOfAccounts.write.unsuccessful', 'chartOfAccounts.write.successful']);
});

test('a push that stayed unknown for seven days is not looked for any more', async () => {
  engine.platform.find = () => ({ kind: 'cannot-tell', evidence: 'the search is switched off' });
  engine.platform.answer = () => ({ kind: 'unknown', reason: 'the answer was lost' });
  engine.start();
  const push = await engine.until(await engine.request(), 'unknown');
  await engine.db.execute(
    '',
    `UPDATE pushes SET not_before = now(), completed_at = now() - interval '7 days' WHERE id = $1`,
    [push.id],
  );
  const isOver = async () =>
    engine.db.query('', `SELECT id FROM pushes WHERE id = $1 AND not_before = 'infinity'`, [push.id]);
  await expect.poll(isOver).toHaveLength(1);
  expect(await engine.get(push)).toMatchObject({ state: 'unknown', statusCode: 504 });
});
