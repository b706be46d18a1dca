/**
 * `node bench/lists.ts`: whether lists of a company with a million pushes answer as fast as with a thousand. Rows are
 * written by the database itself; what is measured goes over HTTP, until the whole
 * answer has arrived. What a client then makes of it is not measured, but where the next request needs it.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { withOwnServer, type OwnServer } from './own-server.ts';
import { measureSpread, shownSpread, type Spread } from './spread.ts';

const SIZES = [1_000, 1_000_000] as const;
const REQUESTS = 400;
const WALK_PAGES = 200;
const P99_MS_MAX = 20;
const RATIO_MAX = 2;
const apiKey = 'bench_lists';
const company = { id: randomUUID(), connectionId: randomUUID() };

const PAGES = [
  ['all', ''],
  ['-requestedOnUtc', 'orderBy=-requestedOnUtc'],
  ['oldest first', 'orderBy=requestedOnUtc'],
  ['Success', 'query=status%3DSuccess'],
  ['Failed', 'query=status%3DFailed'],
  // As many rows on the page of both sizes: of a thousand, ten are such.
  ['TimedOut', 'query=status%3DTimedOut&pageSize=10'],
  ['Pending', 'query=status%3DPending&pageSize=10'],
] as const;

async function run({ server, client }: OwnServer): Promise<void> {
  await makeCompany(client);
  const figures: Record<string, Spread>[] = [];
  let rows = 0;
  for (const size of SIZES) {
    const began = performance.now();
    await addPushes(client, rows, size);
    rows = size;
    console.log(`${size} pushes, ${((performance.now() - began) / 1_000).toFixed(1)} s to load`);
    figures.push(await measureAll(server.url, size));
  }
  print(figures);
}

async function makeCompany(client: pg.Client): Promise<void> {
  await client.query(`INSERT INTO companies (id, name, created_at) VALUES ($1, 'Bench', now())`, [company.id]);
  await client.query(
    `INSERT INTO connections (id, company_id, platform_key, status, link_sealed, link_token, created_at)
     VALUES ($1, $2, 'mqjo', 'Linked', '\\x00', $3, now())`,
    [company.connectionId, company.id, randomUUID()],
  );
  await client.query('INSERT INTO lanes (connection_id, company_id) VALUES ($1, $2)', [
    company.connectionId,
    company.id,
  ]);
}

/** Of a hundred: one still queued, one timed out, one unknown, seven failed, the rest in the books. */
async function addPushes(client: pg.Client, from: number, to: number): Promise<void> {
  await client.query(
    `INSERT INTO pushes (id, company_id, connection_id, data_type, kind, body, allow_sync, force_update, correlation_id,
       requested_at, not_before, state, completed_at, status_code, error_message, changes, record, sent_at)
     SELECT made.id, $1, $2, 'invoices', 'create', $5::text, true, false, md5(n::text), at, at, state,
       CASE WHEN state <> 'queued' THEN at + interval '1 second' END,
       CASE state WHEN 'failed' THEN 400 WHEN 'succeeded' THEN 200 END,
       CASE WHEN state IN ('failed', 'unknown') THEN 'An error occurred in a downstream service.' END,
       CASE WHEN state = 'succeeded'
         THEN json_build_array(json_build_object('type', 'Created', 'recordRef',
           json_build_object('id', 'inv_' || n, 'dataType', 'invoices'))) END,
       CASE WHEN state = 'succeeded' THEN $5::text::json END,
       CASE WHEN state IN ('succeeded', 'unknown') THEN at END
     FROM generate_series($3::int, $4::int - 1) n
     CROSS JOIN LATERAL (
       SELECT gen_random_uuid() AS id, timestamptz '2026-01-01' + n * interval '1 second' AS at,
         CASE n % 100 WHEN 0 THEN 'queued' WHEN 1 THEN 'timed_out' WHEN 2 THEN 'unknown'
           ELSE CASE WHEN n % 100 < 10 THEN 'failed' ELSE 'succeeded' END END AS state) made`,
    [company.id, company.connectionId, from, to, JSON.stringify({ note: 'x'.repeat(400) })],
  );
  await client.query(
    `UPDATE lanes SET (succeeded, failed, timed_out, unknown) = (
       SELECT count(*) FILTER (WHERE state = 'succeeded'), count(*) FILTER (WHERE state = 'failed'),
         count(*) FILTER (WHERE state = 'timed_out'), count(*) FILTER (WHERE state = 'unknown')
       FROM pushes WHERE company_id = $1) WHERE company_id = $1`,
    [company.id],
  );
  await client.query(
    `INSERT INTO push_totals (company_id, accepted) VALUES ($1, $2)
     ON CONFLICT (company_id) DO UPDATE SET accepted = excluded.accepted`,
    [company.id, to],
  );
  await client.query('VACUUM ANALYZE pushes');
}

interface ListAnswer {
  readonly totalResults: number;
  readonly results: readonly { readonly pushOperationKey: string }[];
  readonly _links: { readonly next?: { readonly href: string } };
}

async function measureAll(url: string, size: number): Promise<Record<string, Spread>> {
  const list = `/companies/${company.id}/push`;
  const ask = async (target: string) => {
    const answer = await fetch(url + target, {
      headers: { authorization: `Basic ${Buffer.from(apiKey).toString('base64')}` },
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${target}: ${answer.status} ${text}`);
    return text;
  };
  const get = async (target: string) => JSON.parse(await ask(target)) as ListAnswer;
  const first = await get(list);
  if (first.totalResults !== size) throw new Error(`totalResults is ${first.totalResults}, not ${size}`);
  const key = first.results[0]?.pushOperationKey ?? '';
  const spreads: Record<string, Spread> = { 'one push': await measureSpread(REQUESTS, () => ask(`${list}/${key}`)) };
  for (const [name, query] of PAGES) {
    spreads[`first page, ${name}`] = await measureSpread(REQUESTS, () => ask(`${list}?${query}`));
  }
  const pages = size / 5;
  spreads['walk by number'] = await measureSpread(WALK_PAGES, (turn) => get(`${list}?pageSize=5&page=${turn + 1}`));
  let next: string | undefined = `${list}?pageSize=5`;
  spreads['walk by links'] = await measureSpread(WALK_PAGES, async () => {
    next = (await get(next ?? list))._links.next?.href;
  });
  // Not part of the bar: what a jump into the depth costs, and a walk that goes on from there.
  const deep = Math.floor(pages * 0.9) - WALK_PAGES;
  if (deep > WALK_PAGES) {
    const began = performance.now();
    await get(`${list}?pageSize=5&page=${deep}`);
    console.log(`  a jump to page ${deep} of 5 pushes each: ${(performance.now() - began).toFixed(0)} ms`);
    const walked = await measureSpread(WALK_PAGES, (turn) => get(`${list}?pageSize=5&page=${deep + 1 + turn}`));
    console.log(`  a walk on from there, p50 / p99 ms: ${walked.p50.toFixed(1)} / ${walked.p99.toFixed(1)}`);
  }
  return spreads;
}

function print([small = {}, large = {}]: readonly Record<string, Spread>[]): void {
  console.log(`\n${''.padEnd(30)} p50 / p99 ms at ${SIZES[0]}   at ${SIZES[1]}   p50 ratio   p99 ratio`);
  for (const [name, { p50, p99 }] of Object.entries(large)) {
    const few = small[name] ?? { p50: NaN, p99: NaN };
    const [ratio50, ratio99] = [p50 / few.p50, p99 / few.p99];
    const isMet = p99 <= P99_MS_MAX && ratio50 <= RATIO_MAX && ratio99 <= RATIO_MAX;
    console.log(
      `${isMet ? 'met   ' : 'MISSED'} ${name.padEnd(30)} ${shownSpread(few)} ${shownSpread({ p50, p99 })}   ${ratio50.toFixed(2)}   ${ratio99.toFixed(2)}`,
    );
  }
}

await withOwnServer({ name: 'lists', roles: 'api', apiKey }, run);
