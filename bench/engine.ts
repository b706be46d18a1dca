/**
 * `node bench/engine.ts`: what a long queue costs the engine, whether anybody waits for somebody else's, and how soon a
 * push is sent when nothing else is to be done. README.md says how each is measured.
 */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Database } from '../server/src/db/pool.ts';
import { claimPushes } from '../server/src/push/moves.ts';
import { getPush } from '../server/src/push/queries.ts';
import { startDatabases, type Databases } from './databases.ts';
import { layGround } from './ground.ts';
import { callsInFlight, makeConnections, queue, startMemoryEngine } from './memory-platform.ts';

const long = 1_000_000;
const lanes = 100;
const claims = 60;
const quickest = 5;
const idlePushes = 300;
/** Before those: what is done for the first time in a process takes longer. */
const warmUpPushes = 100;
const pushesAway = 20;

interface Row {
  readonly what: string;
  readonly figure: string;
  readonly isMet: boolean;
}

async function run(): Promise<void> {
  const databases = await startDatabases();
  try {
    const { db, url } = await databases.make('long');
    const connections = await makeConnections(db, lanes);
    await queue(db, connections, long / lanes);
    await db.execute('', 'ANALYZE pushes');
    tell(await claimCost(databases, db, connections));
    tell(await memoryAt(url));
    (await fairness(databases)).forEach(tell);
    tell(await saysAway(databases));
  } finally {
    await databases.stop();
  }
  (await startLatency()).forEach(tell);
}

function tell({ what, figure, isMet }: Row): void {
  console.log(`${isMet ? 'met   ' : 'MISSED'}  ${what.padEnd(72)} ${figure}`);
  if (!isMet) process.exitCode = 1;
}

/** The same claim, of a full batch, in turns; each is rolled back, so that the queues stay as they are. */
async function claimCost(databases: Databases, longDb: Database, longLanes: readonly string[]): Promise<Row> {
  const { db: shortDb } = await databases.make('short');
  const shortLanes = await makeConnections(shortDb, lanes);
  await queue(shortDb, shortLanes, 1_000 / lanes);
  await shortDb.execute('', 'ANALYZE pushes');
  const queues = [
    { db: shortDb, lanes: shortLanes, tookMs: [] as number[] },
    { db: longDb, lanes: longLanes, tookMs: [] as number[] },
  ];
  for (let round = 0; round < claims; round++) {
    for (const each of queues) each.tookMs.push(await claimAndUndo(each.db, each.lanes.slice(0, 32)));
  }
  // The first few plan and warm up. Of the rest the quickest tenth: what other work on the machine adds is left out.
  const [short = 0, deep = 0] = queues.map(({ tookMs }) => tookMs.slice(10).toSorted((a, b) => a - b)[quickest] ?? 0);
  const ratio = deep / short;
  const figure = `${ratio.toFixed(2)} (${deep.toFixed(1)} : ${short.toFixed(1)} ms)`;
  return { what: 'claim with 1,000,000 queued : with 1,000 (bar 1.3)', figure, isMet: ratio <= 1.3 };
}

async function claimAndUndo(db: Database, connectionIds: readonly string[]): Promise<number> {
  const undo = new Error('undone on purpose');
  let tookMs = 0;
  await db
    .transaction(async (tx) => {
      const began = performance.now();
      const claimed = await claimPushes(
        { ...db, ...tx },
        { connectionIds, callsInFlight: new Map([['bench', callsInFlight]]), pushesMax: 128, leaseMs: 6_000 },
      );
      tookMs = performance.now() - began;
      if (claimed.length !== 128) throw new Error(`${claimed.length} were claimed`);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return tookMs;
}

/** An engine of its own process works on the long queue. */
async function memoryAt(databaseUrl: string): Promise<Row> {
  const child = fork(path.join(import.meta.dirname, 'engine-process.ts'), [databaseUrl], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=16'],
  });
  await new Promise((resolve) => setTimeout(resolve, 30_000));
  const peakMb = Math.round(
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1_024,
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  const what = 'peak memory of an engine, half a minute at 1,000,000 queued (300)';
  return { what, figure: `${peakMb} MB`, isMet: peakMb <= 300 };
}

async function fairness(databases: Databases): Promise<Row[]> {
  const { db } = await databases.make('fair');
  const [busy = ''] = await makeConnections(db, 1);
  await queue(db, [busy], 100_000);
  const sentAtMs = new Map<string, number>();
  const engine = startMemoryEngine(db, (id) => sentAtMs.set(id, performance.now()));
  await until(() => sentAtMs.size > 500);
  const [quiet = ''] = await makeConnections(db, 1);
  const queuedMs = performance.now();
  await queue(db, [quiet], 1);
  engine.wake(quiet);
  const [only] = await db.query<{ id: string }>('', 'SELECT id FROM pushes WHERE connection_id = $1', [quiet]);
  await until(() => sentAtMs.has(only?.id ?? ''));
  const waitedMs = (sentAtMs.get(only?.id ?? '') ?? 0) - queuedMs;
  const many = await makeConnections(db, 10_000);
  const manyMs = performance.now();
  await queue(db, many, 3);
  // Of the counts that lanes keep: to look for them among all pushes takes longer than the pushes.
  const done = async () => {
    const [others] = await db.query<{ done: number }>(
      '',
      'SELECT sum(succeeded)::int AS done FROM lanes WHERE connection_id = ANY ($1::uuid[])',
      [many],
    );
    return others?.done ?? 0;
  };
  while ((await done()) < many.length * 3) await new Promise((resolve) => setTimeout(resolve, 250));
  const manySeconds = (performance.now() - manyMs) / 1_000;
  const [ofBusy] = await db.query<{ left: number }>(
    '',
    `SELECT count(*)::int AS left FROM pushes WHERE connection_id = $1 AND completed_at IS NULL`,
    [busy],
  );
  await engine.stop();
  return [
    {
      what: 'one push beside 100,000 of another connection is sent after',
      figure: `${waitedMs.toFixed(0)} ms`,
      isMet: waitedMs < 1_000,
    },
    {
      what: '10,000 connections with 3 pushes each, beside those, are done after',
      figure: `${manySeconds.toFixed(1)} s, with ${ofBusy?.left} of the busy one left`,
      isMet: (ofBusy?.left ?? 0) > 0,
    },
  ];
}

/** From the moment that pushes are queued for a platform that is away, until each of them says what it waits for. */
async function saysAway(databases: Databases): Promise<Row> {
  const { db } = await databases.make('away');
  const [connection = ''] = await makeConnections(db, 1);
  const engine = startMemoryEngine(db, () => undefined, { isAway: true });
  const queuedMs = performance.now();
  await queue(db, [connection], pushesAway);
  engine.wake(connection);
  const pushes = await db.query<{ companyId: string; pushId: string }>(
    '',
    'SELECT company_id AS "companyId", id AS "pushId" FROM pushes',
  );
  const reasons = async () => {
    const seen = await Promise.all(pushes.map((push) => getPush(db, push)));
    return seen.map((push) => push?.waitingOn?.reason);
  };
  while (!(await reasons()).every((reason) => reason === 'platform-offline')) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const seconds = (performance.now() - queuedMs) / 1_000;
  await engine.stop();
  const what = `${pushesAway} pushes say that the platform is away after (3 s)`;
  return { what, figure: `${seconds.toFixed(2)} s`, isMet: seconds <= 3 };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** A whole server at rest, and one request at a time: from the moment of acceptance to the call to the platform. */
async function startLatency(): Promise<Row[]> {
  const ground = await layGround(1);
  try {
    const gateway = await ground.startOurs('idle', 'done');
    const [target] = gateway.targets;
    if (target === undefined) throw new Error('there is nothing to push to');
    for (let n = 0; n < warmUpPushes + idlePushes; n++) {
      const answer = await fetch(target.url, { method: 'POST', headers: target.headers, body: target.body });
      if (!answer.ok) throw new Error(`answered ${answer.status}`);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    const tookMs = await gateway.startedAfterMs(warmUpPushes);
    const at = (share: number) => tookMs[Math.floor(tookMs.length * share)] ?? Infinity;
    return [
      {
        what: 'accepted until its call begins, at rest, p50 (10 ms)',
        figure: `${at(0.5).toFixed(1)} ms`,
        isMet: at(0.5) <= 10,
      },
      {
        what: 'accepted until its call begins, at rest, p99 (50 ms)',
        figure: `${at(0.99).toFixed(1)} ms`,
        isMet: at(0.99) <= 50,
      },
    ];
  } finally {
    await ground.stop();
  }
}

await run();
