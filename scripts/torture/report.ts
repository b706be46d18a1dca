/** The count after the long run: every push against the platform's books, the stored events and what the consumer got. */
import type { Kills } from './chaos.ts';
import { SANDBOX_TOKEN, type Ground } from './ground.ts';
import { RESOURCES, type AcceptedPush, type LinkedBooks } from './writes.ts';

export interface Counts {
  /** `succeeded 1998`, … */
  readonly states: readonly string[];
  readonly steps: readonly string[];
  readonly kills: Kills;
  readonly records: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly stuck: readonly string[];
  readonly eventsMissing: readonly string[];
  readonly eventsDoubled: readonly string[];
  readonly notDelivered: readonly string[];
  readonly toldTwice: readonly string[];
}

const DELIVERED_MS_MAX = 60_000;
const PAGE_SIZE = 1_000;

export async function countAll(
  ground: Ground,
  run: {
    readonly accepted: readonly AcceptedPush[];
    readonly linked: readonly LinkedBooks[];
    readonly kills: Kills;
    readonly told: ReadonlyMap<string, ReadonlySet<string>>;
  },
): Promise<Counts> {
  await untilDelivered(run.accepted, run.told);
  await fetch(`${ground.sandbox.url}/control/faults`, { method: 'DELETE' });
  const inBooks = await namesInBooks(ground, run.linked);
  const rows = await ground.db.query<{ id: string; state: string; events: number }>(
    '',
    `SELECT p.id, p.state, coalesce(told.events, 0) AS events FROM pushes p LEFT JOIN (
       SELECT payload ->> 'id' AS push_id, count(*)::int AS events FROM events
       WHERE event_type LIKE '%.write.%' GROUP BY 1
     ) told ON told.push_id = p.id::text`,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const idsWhere = (isSo: (push: AcceptedPush) => boolean) => run.accepted.filter(isSo).map(({ id }) => id);
  const stateOf = ({ id }: AcceptedPush) => byId.get(id)?.state ?? 'gone';
  const recordsOf = (push: AcceptedPush) => inBooks.get(placeOf(push.connectionId, push.resource, push.name)) ?? 0;
  return {
    states: await counted(
      ground,
      `SELECT state AS what, count(*)::int AS count FROM pushes GROUP BY 1 ORDER BY 2 DESC`,
    ),
    steps: await counted(
      ground,
      `SELECT step || ' ' || outcome AS what, count(*)::int AS count FROM push_attempts GROUP BY 1 ORDER BY 2 DESC`,
    ),
    kills: run.kills,
    records: [...inBooks.values()].reduce((sum, records) => sum + records, 0),
    // Every body is right and no push has a deadline, so anything but a record and a success is a loss.
    lost: idsWhere((push) => recordsOf(push) === 0 || stateOf(push) !== 'succeeded'),
    doubled: idsWhere((push) => recordsOf(push) > 1),
    stuck: idsWhere((push) => ['queued', 'sending', 'in_doubt', 'gone'].includes(stateOf(push))),
    eventsMissing: idsWhere(({ id }) => byId.get(id)?.events === 0),
    eventsDoubled: idsWhere(({ id }) => (byId.get(id)?.events ?? 0) > 1),
    notDelivered: idsWhere(({ id }) => !run.told.has(id)),
    toldTwice: idsWhere(({ id }) => (run.told.get(id)?.size ?? 0) > 1),
  };
}

export function isClean(counts: Counts): boolean {
  return problemsOf(counts).every(([, ids]) => ids.length === 0);
}

function problemsOf(counts: Counts): readonly (readonly [string, readonly string[]])[] {
  return [
    ['lost', counts.lost],
    ['doubled', counts.doubled],
    ['stuck', counts.stuck],
    ['without an event', counts.eventsMissing],
    ['with two events', counts.eventsDoubled],
    ['not delivered to the consumer', counts.notDelivered],
    ['told by two messages', counts.toldTwice],
  ];
}

export function describeReport(
  report: Counts & {
    readonly pushes: number;
    readonly companies: number;
    readonly servers: number;
    readonly seed: number;
    readonly seconds: number;
  },
): string {
  const lines = [
    ['pushes', `${report.pushes} over ${report.companies} companies, ${report.servers} servers, seed ${report.seed}`],
    ['took', `${report.seconds.toFixed(0)} s`],
    ['ended', report.states.join(', ')],
    [
      'blows',
      Object.entries(report.kills)
        .map(([blow, times]) => `${blow} ${times}`)
        .join(', '),
    ],
    ['steps', report.steps.join(', ')],
    ['records', `${report.records} in the books`],
    ...problemsOf(report).map(([what, ids]) => [
      what,
      `${ids.length}${ids.length > 0 ? `: ${ids.slice(0, 5).join(' ')}` : ''}`,
    ]),
  ];
  return lines.map(([name = '', text = '']) => `${name.padEnd(30)} ${text}`).join('\n');
}

async function untilDelivered(accepted: readonly AcceptedPush[], told: ReadonlyMap<string, unknown>): Promise<void> {
  const startedMs = performance.now();
  while (accepted.some(({ id }) => !told.has(id)) && performance.now() - startedMs < DELIVERED_MS_MAX) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function placeOf(connectionId: string, resource: string, name: string): string {
  return `${connectionId} ${resource} ${name}`;
}

/** How many records of each name there are; those that came with the books have other names. */
async function namesInBooks(ground: Ground, linked: readonly LinkedBooks[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const { connectionId } of linked) {
    for (const resource of RESOURCES) {
      for (const { name } of await listAll(`${ground.sandbox.url}/books/${connectionId}/${resource}`)) {
        const place = placeOf(connectionId, resource, name);
        if (name.startsWith('T-')) found.set(place, (found.get(place) ?? 0) + 1);
      }
    }
  }
  return found;
}

async function listAll(address: string): Promise<{ readonly name: string }[]> {
  const all: { readonly name: string }[] = [];
  for (let page = 1; ; page++) {
    const answer = await fetch(`${address}?page=${page}&pageSize=${PAGE_SIZE}`, {
      headers: { authorization: `Bearer ${SANDBOX_TOKEN}` },
    });
    if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}: ${await answer.text()}`);
    const { items } = (await answer.json()) as { items: { name: string }[] };
    all.push(...items);
    if (items.length < PAGE_SIZE) return all;
  }
}

async function counted({ db }: Ground, statement: string): Promise<string[]> {
  const rows = await db.query<{ what: string; count: number }>('', statement);
  return rows.map(({ what, count }) => `${what} ${count}`);
}
