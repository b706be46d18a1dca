/**
 * `npm run soak -- --days 7 --day-seconds 60`: a week of load in minutes. A "day" lasts as long as it is told, pushes come
 * evenly over it, retention keeps two such days and runs all the time, and so does PostgreSQL's own vacuum. After each day
 * the size of what is stored is printed: once retention has begun to remove, nothing may go on growing.
 */
import { parseArgs } from 'node:util';
import type { Database } from '../server/src/db/pool.ts';
import { systemClock } from '../server/src/lib/clock.ts';
import { removeOldPushes } from '../server/src/push/retention.ts';
import { makeRequestPush } from '../server/src/push/request.ts';
import { removeOldEvents } from '../server/src/webhooks/retention.ts';
import { rollUpIntakes } from '../server/src/push/counts.ts';
import { startDatabases } from './databases.ts';
import { accountBody, makeConnections, startMemoryEngine } from './memory-platform.ts';

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '7' },
    'day-seconds': { type: 'string', default: '60' },
    'pushes-per-day': { type: 'string', default: '10000' },
  },
});
const days = Number(values.days);
const dayMs = Number(values['day-seconds']) * 1_000;
const pushesPerDay = Number(values['pushes-per-day']);
const keptDays = 2;
const connections = 50;
/** By how much the last day may be larger than the one on which retention had caught up: the noise of a vacuum's timing. */
const growthMax = 1.25;

const tables = ['pushes', 'push_attempts', 'events', 'idempotency_keys', 'push_intakes', 'lanes', 'records'] as const;
type Sizes = Readonly<Record<(typeof tables)[number], number>>;

const databases = await startDatabases();
try {
  const { db } = await databases.make('soak');
  // Time runs faster here, so what runs by the minute must too.
  await db.execute('', `ALTER SYSTEM SET autovacuum_naptime = '2s'`);
  await db.execute('', `ALTER SYSTEM SET autovacuum_vacuum_cost_delay = 0`);
  await db.execute('', 'SELECT pg_reload_conf()');
  process.exitCode = (await soak(db)) ? 0 : 1;
} finally {
  await databases.stop();
}

async function soak(db: Database): Promise<boolean> {
  const targets = await db.query<{ id: string; company_id: string }>(
    '',
    'SELECT id, company_id FROM connections WHERE id = ANY ($1::uuid[])',
    [await makeConnections(db, connections)],
  );
  const engine = startMemoryEngine(db, () => undefined);
  const requestPush = makeRequestPush({ db, clock: systemClock, onAccepted: (ids) => ids.forEach(engine.wake) });
  const removing = removeUntilTold(db);
  const perDay: Sizes[] = [];
  let accepted = 0;
  for (let day = 1; day <= days; day++) {
    const endsMs = performance.now() + dayMs;
    while (performance.now() < endsMs) {
      const due = Math.floor(pushesPerDay * (day - Math.max(0, endsMs - performance.now()) / dayMs)) - accepted;
      const batch = Array.from({ length: Math.min(Math.max(due, 0), 64) }, () => targets[accepted++ % targets.length]);
      await Promise.all(batch.map(async (target) => target && request(target)));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    perDay.push(await sizes(db));
    console.log(`day ${day}  ${accepted} accepted  ${describe(perDay.at(-1))}`);
  }
  await engine.stop();
  await removing.stop();
  return isBounded(perDay);

  function request({ id, company_id: companyId }: { readonly id: string; readonly company_id: string }) {
    return requestPush({
      companyId,
      connectionId: id,
      dataType: 'chartOfAccounts',
      kind: 'create',
      bodyText: JSON.stringify(accountBody),
      allowSync: true,
      forceUpdate: false,
      correlationId: 'c0ffee',
    });
  }
}

/** As the servers do it, of what is two "days" old. */
function removeUntilTold(db: Database): { readonly stop: () => Promise<void> } {
  let isStopping = false;
  let position = 0;
  const kept = (keptDays * dayMs) / 86_400_000;
  const removing = (async () => {
    while (!isStopping) {
      // There is no consumer and no dispatcher here; what was told has a place in the feed.
      position += await db.execute(
        '',
        `UPDATE events e SET position = placed.position
         FROM (SELECT id, $1::bigint + row_number() OVER (ORDER BY generated_at, id) AS position FROM events
               WHERE position IS NULL) placed
         WHERE e.id = placed.id`,
        [position],
      );
      await removeOldPushes(db, kept, 500);
      await removeOldEvents(db, kept, 500);
      await rollUpIntakes(db, 5_000);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  })();
  return {
    stop: async () => {
      isStopping = true;
      await removing;
    },
  };
}

async function sizes(db: Database): Promise<Sizes> {
  const rows = await db.query<{ name: string; bytes: number }>(
    '',
    `SELECT name, pg_total_relation_size(name::regclass)::float8 AS bytes FROM unnest($1::text[]) AS t (name)`,
    [tables],
  );
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, bytes / 1_048_576])) as Sizes;
}

function describe(of: Sizes | undefined): string {
  return tables.map((table) => `${table} ${of?.[table].toFixed(1)}`).join('  ');
}

/** Records are what the books hold: they stay, and grow with the books. */
function isBounded(perDay: readonly Sizes[]): boolean {
  const [caughtUp, last] = [perDay[keptDays + 1], perDay.at(-1)];
  if (caughtUp === undefined || last === undefined || last === caughtUp) return true;
  const growing = tables.filter((table) => table !== 'records' && last[table] > caughtUp[table] * growthMax + 1);
  console.log(growing.length === 0 ? 'nothing goes on growing' : `GROWING: ${growing.join(', ')}`);
  return growing.length === 0;
}
