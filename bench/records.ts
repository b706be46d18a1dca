/**
 * `node bench/records.ts`: whether lists of a company with a million invoices answer in time, by change, status and
 * customer, with their exact totals; beside a bare route that does no more than one statement. Rows are written by the
 * database itself; what is measured goes over HTTP, until the whole answer has arrived. What a client then makes of it is not
 * measured, but where the next request needs it.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { withOwnServer, type OwnServer } from './own-server.ts';
import { startRival } from './programs.ts';
import { measureSpread, shownSpread, type Spread } from './spread.ts';

const SIZES = [1_000, 1_000_000] as const;
const ROWS_A_STATEMENT = 50_000;
const CUSTOMERS = 1_000;
const REQUESTS = 1_000;
const WALK_PAGES = 100;
const P99_MS_MAX = 20;
const BARE = 'a bare route';
const apiKey = 'bench_records';
const company = { id: randomUUID(), connectionId: randomUUID() };
const BEGAN = '2026-01-01T00:00:00Z';

async function run({ server, client, databaseUrl }: OwnServer): Promise<void> {
  const bare = await startRival('bare-page.ts', { databaseUrl, sandboxUrl: '', sandboxToken: '' });
  try {
    await measureBeside(bare.url, server.url, client);
  } finally {
    await bare.stop();
  }
}

async function measureBeside(bareUrl: string, serverUrl: string, client: pg.Client): Promise<void> {
  await makeCompany(client);
  const figures: Record<string, Spread>[] = [];
  let rows = 0;
  for (const size of SIZES) {
    const began = performance.now();
    for (; rows < size; rows += Math.min(ROWS_A_STATEMENT, size - rows)) {
      await addRecords(client, rows, Math.min(rows + ROWS_A_STATEMENT, size));
    }
    await client.query('VACUUM ANALYZE records');
    await client.query('VACUUM ANALYZE record_counts');
    console.log(`${size} records, ${((performance.now() - began) / 1_000).toFixed(1)} s to load`);
    figures.push({ ...(await measureBare(bareUrl, size)), ...(await measureAll(serverUrl, size)) });
  }
  print(figures);
}

async function makeCompany(client: pg.Client): Promise<void> {
  await client.query(`INSERT INTO companies (id, name, created_at) VALUES ($1, 'Bench', now())`, [company.id]);
  await client.query(
    `INSERT INTO connections (id, company_id, platform_key, status, link_sealed, link_token, created_at, linked_at)
     VALUES ($1, $2, 'mqjo', 'Linked', '\\x00', $3, now(), now())`,
    [company.connectionId, company.id, randomUUID()],
  );
  await client.query(
    `INSERT INTO record_sets (connection_id, data_type, company_id, first_synced_at) VALUES ($1, 'invoices', $2, now())`,
    [company.connectionId, company.id],
  );
}

/** Of a hundred: one void, ten drafts, thirty submitted, the rest paid; each customer has as many. */
async function addRecords(client: pg.Client, from: number, to: number): Promise<void> {
  await client.query(
    `INSERT INTO records (company_id, connection_id, data_type, record_id, content, status, first_ref, model_key,
       modified_at, bucket, seen_at)
     SELECT $1, $2, 'invoices', 'inv_' || n, jsonb_build_object('id', 'inv_' || n, 'status', state, 'totalAmount', n % 977,
         'invoiceNumber', 'A-' || n, 'issueDate', '2026-03-02T00:00:00', 'dueDate', '2026-04-02T00:00:00',
         'customerRef', jsonb_build_object('id', 'cus_' || n % ${CUSTOMERS}), 'sourceModifiedDate', '2026-03-02T00:00:00Z',
         'lineItems', jsonb_build_array(jsonb_build_object('description', repeat('x', 200), 'unitAmount', n % 977)),
         'note', repeat('y', 200)),
       lower(state), 'cus_' || n % ${CUSTOMERS}, 'm', at, n / 1000, at
     FROM generate_series($3::int, $4::int - 1) n
     CROSS JOIN LATERAL (
       SELECT timestamptz '${BEGAN}' + n * interval '1 second' AS at,
         CASE WHEN n % 100 = 0 THEN 'Void' WHEN n % 100 <= 10 THEN 'Draft' WHEN n % 100 <= 40 THEN 'Submitted'
           ELSE 'Paid' END AS state) made`,
    [company.id, company.connectionId, from, to],
  );
  await client.query(
    `INSERT INTO record_feeds (company_id, modified_at, handed_out) VALUES ($1, timestamptz '${BEGAN}' + $2 * interval '1 second', $2)
     ON CONFLICT (company_id) DO UPDATE SET modified_at = excluded.modified_at, handed_out = excluded.handed_out`,
    [company.id, to],
  );
}

interface ListAnswer {
  readonly totalResults: number;
  readonly results: readonly object[];
  readonly watermark: string;
  readonly _links: { readonly next?: { readonly href: string } };
}

function questionsFor(size: number): readonly (readonly [string, string, number])[] {
  const momentAt = (n: number) => new Date(Date.parse(BEGAN) + n * 1_000).toISOString();
  const middle = Math.floor(size / 2) + 123;
  const late = size - 50;
  const ask = (query: string) => `query=${encodeURIComponent(query)}`;
  return [
    ['all', '', size],
    ['newest changes first', 'orderBy=-modifiedDate', size],
    ['changed in the last minute', `modifiedAfter=${momentAt(late)}`, size - late - 1],
    ['changed in the later half', `modifiedAfter=${momentAt(middle)}`, size - middle - 1],
    ['modifiedDate>= in the later half', ask(`modifiedDate>=${momentAt(middle)}`), size - middle],
    ['status=paid', ask('status=paid'), (size / 100) * 59],
    ['status=void', ask('status=void'), size / 100],
    ['status!=paid, not deleted', ask('status!=paid && metadata.isDeleted!=true'), (size / 100) * 41],
    ['status=draft, changed lately', `${ask('status=Draft')}&modifiedAfter=${momentAt(size - 10_000)}`, NaN],
    ['of a customer', ask('customerRef.id=cus_7'), size / CUSTOMERS],
    ['paid ones of a customer', ask('customerRef.id=cus_77 && status=paid'), NaN],
  ];
}

/** What the same machine, HTTP and PostgreSQL take for as much text, with no product between. */
async function measureBare(url: string, size: number): Promise<Record<string, Spread>> {
  const ask = async (query: string) => {
    const answer = await fetch(`${url}/?connectionId=${company.connectionId}${query}`);
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
  };
  return {
    [`${BARE}, one record`]: await measureSpread(REQUESTS, (turn) => ask(`&recordId=${recordAt(turn, size)}`)),
    [`${BARE}, hundred records`]: await measureSpread(REQUESTS, () => ask('')),
  };
}

/** Another one each time, all over the table. */
const recordAt = (turn: number, size: number) => `inv_${(turn * 7_919) % size}`;

async function measureAll(url: string, size: number): Promise<Record<string, Spread>> {
  const of = `/companies/${company.id}`;
  const ask = async (target: string) => {
    const answer = await fetch(url + target, {
      headers: { authorization: `Basic ${Buffer.from(apiKey).toString('base64')}` },
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${target}: ${answer.status} ${text}`);
    return text;
  };
  const get = async (target: string) => JSON.parse(await ask(target)) as ListAnswer;
  const spreads: Record<string, Spread> = {
    'one record': await measureSpread(REQUESTS, (turn) => ask(`${of}/data/invoices/${recordAt(turn, size)}`)),
  };
  for (const [name, query, total] of questionsFor(size)) {
    const { totalResults } = await get(`${of}/data/invoices?${query}`);
    if (!Number.isNaN(total) && totalResults !== total) throw new Error(`${name}: ${totalResults}, not ${total}`);
    spreads[`first page, ${name}`] = await measureSpread(REQUESTS, () => ask(`${of}/data/invoices?${query}`));
  }
  let next: string | undefined;
  spreads['walk by links'] = await measureSpread(WALK_PAGES, async () => {
    next = (await get(next ?? `${of}/data/invoices?pageSize=5`))._links.next?.href;
  });
  spreads['walk by numbers'] = await measureSpread(WALK_PAGES, (turn) =>
    get(`${of}/data/invoices?pageSize=5&page=${turn + 1}`),
  );
  let watermark = '';
  spreads['changes, 100 a time'] = await measureSpread(WALK_PAGES, async () => {
    const after = watermark === '' ? '' : `&after=${watermark}`;
    ({ watermark } = await get(`${of}/changes?dataTypes=invoices,bills${after}`));
  });
  return spreads;
}

function print([small = {}, large = {}]: readonly Record<string, Spread>[]): void {
  console.log(`\n${''.padEnd(45)} p50 / p99 ms at ${SIZES[0]}   at ${SIZES[1]}`);
  for (const [name, { p50, p99 }] of Object.entries(large)) {
    const few = small[name] ?? { p50: NaN, p99: NaN };
    console.log(
      `${p99 <= P99_MS_MAX ? 'met   ' : 'MISSED'} ${name.padEnd(45)} ${shownSpread(few)} ${shownSpread({ p50, p99 })}`,
    );
  }
}

await withOwnServer({ name: 'records', roles: 'api', apiKey }, run);
