/**
 * `npm run bench:tryton`: bills created and posted in a real Tryton, through Ledgerpost and by a bare client that does
 * nothing else. Both write the same bills to the same books, in turns within one run; the median of the rounds' ratios counts.
 * Tryton itself is the limit of both: some five documents a second.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { date, decimal, TrytonClient } from '../scripts/tryton/client.ts';
import { GATEWAY } from '../scripts/tryton/company.ts';
import { systemClock } from '../server/src/lib/clock.ts';
import { median } from './measure.ts';
import { startServer } from './programs.ts';
import { withTryton } from './with-tryton.ts';

const bar = 0.9;
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, bills: { type: 'string', default: '40' } },
});
const rounds = Number(values.rounds);
const billsPerRound = Number(values.bills);
const warmUpBills = Math.ceil(billsPerRound / 4);
/** Seldom, so that asking weighs nothing: when the last bill was done is told by its push. */
const checkMs = 500;
const endedMsMax = 300_000;
const database = 'acme';

interface Way {
  readonly name: string;
  /** So many bills a second. */
  readonly write: (count: number) => Promise<number>;
}

async function run(trytonUrl: string): Promise<void> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const bare = await new TrytonClient(trytonUrl, database).login(GATEWAY.user, GATEWAY.password);
    const ids = await idsIn(bare);
    const ways = [await throughLedgerpost(trytonUrl, ids, stops), directly(bare, ids)];
    await compare(ways);
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

async function compare([ours, theirs]: readonly Way[]): Promise<void> {
  if (ours === undefined || theirs === undefined) throw new Error('Two ways are compared');
  for (const way of [ours, theirs]) await way.write(warmUpBills);
  const rates = new Map<string, number[]>([
    [ours.name, []],
    [theirs.name, []],
  ]);
  for (let round = 0; round < rounds; round += 1) {
    for (const way of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) {
      const rate = await way.write(billsPerRound);
      rates.get(way.name)?.push(Number(rate.toFixed(3)));
      console.log(`  round ${round + 1}  ${way.name.padEnd(12)} ${rate.toFixed(2).padStart(6)} bills/s`);
    }
  }
  const [mine = [], direct = []] = [rates.get(ours.name), rates.get(theirs.name)];
  // Round by round: a machine that others use too has better and worse minutes.
  const ratio = Number(median(mine.map((rate, round) => rate / (direct[round] ?? rate))).toFixed(3));
  console.log(
    `\n${ratio >= bar ? 'met   ' : 'MISSED'}  ${ours.name} : ${theirs.name}  ${ratio.toFixed(2)}  (bar ${bar})`,
  );
  save({ ratio, bar, billsPerRound, rates: Object.fromEntries(rates) });
}

interface Ids {
  readonly party: number;
  readonly address: number;
  readonly expense: number;
  readonly payable: number;
  readonly journal: number;
  readonly currency: number;
  readonly tax: number;
}

async function idsIn(client: TrytonClient): Promise<Ids> {
  const party = await client.create('party.party', {
    name: 'Mill & Flour Co',
    addresses: [['create', [{ street: '1 Mill Lane', city: 'York' }]]],
  });
  return {
    party,
    address: await client.firstId('party.address', [['party', '=', party]]),
    expense: await client.firstId('account.account', [['code', '=', '5100']]),
    payable: await client.firstId('account.account', [['type.payable', '=', true]]),
    journal: await client.firstId('account.journal', [['type', '=', 'expense']]),
    currency: await client.firstId('currency.currency', [['code', '=', 'GBP']]),
    tax: await client.firstId('account.tax', [
      ['type', '=', 'percentage'],
      ['rate', '>', 0],
    ]),
  };
}

const today = () => systemClock.now().toISOString().slice(0, 10);

/**
 * Made, posted, and asked for state and number, with nothing looked up or kept. The third call is part of the work: Tryton
 * answers null to a `post` that it carried out and to one that it ignored, so a client without it knows of no bill whether
 * it counts, nor by which number. It costs a fiftieth of the other two.
 */
function directly(client: TrytonClient, ids: Ids): Way {
  const bill = (reference: string) => ({
    type: 'in',
    company: client.context['company'],
    party: ids.party,
    invoice_address: ids.address,
    currency: ids.currency,
    journal: ids.journal,
    account: ids.payable,
    invoice_date: date(today()),
    reference,
    lines: [
      [
        'create',
        [
          {
            type: 'line',
            quantity: 4,
            account: ids.expense,
            unit_price: decimal('12.5'),
            description: 'Strong white flour',
            taxes: [['add', [ids.tax]]],
          },
        ],
      ],
    ],
  });
  return {
    name: 'bare client',
    write: async (count) => {
      const start = performance.now();
      for (let index = 0; index < count; index += 1) {
        const id = await client.create('account.invoice', bill(randomBytes(6).toString('hex')));
        await client.press('account.invoice', 'post', id);
        const { state, number } = await client.read('account.invoice', id, ['state', 'number']);
        if (state !== 'posted' || typeof number !== 'string') throw new Error(`Bill ${id} was not posted`);
      }
      return (count * 1_000) / (performance.now() - start);
    },
  };
}

async function throughLedgerpost(trytonUrl: string, ids: Ids, stops: (() => Promise<void>)[]): Promise<Way> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledgerpost-bench-tryton-'));
  stops.push(async () => rmSync(dir, { recursive: true, force: true }));
  const apiKey = `bench_${randomBytes(16).toString('hex')}`;
  const settings = { LEDGERPOST_DATA_DIR: dir, LEDGERPOST_API_KEY: apiKey, LEDGERPOST_SANDBOX_PORT: '0' };
  const server = await startServer({ ...settings, LEDGERPOST_ROLES: 'api,engine' });
  stops.push(server.stop);
  const call = async <Body>(method: string, requestPath: string, body?: object): Promise<Body> => {
    const headers = {
      authorization: `Basic ${Buffer.from(apiKey).toString('base64')}`,
      'content-type': 'application/json',
    };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(server.url + requestPath, { method, headers, ...content });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${requestPath} answered ${answer.status}: ${text}`);
    return JSON.parse(text) as Body;
  };
  const company = await call<{ id: string }>('POST', '/companies', { name: 'Bench' });
  const connections = `/companies/${company.id}/connections`;
  const connection = await call<{ id: string }>('POST', connections, { platformKey: 'tryt' });
  const place = `${connections}/${connection.id}`;
  await call('PUT', `${place}/authorization`, { url: trytonUrl, database, ...GATEWAY });
  const line = { unitAmount: 12.5, quantity: 4, description: 'Strong white flour' };
  const refs = { accountRef: { id: String(ids.expense) }, taxRateRef: { id: String(ids.tax) } };
  const bill = (reference: string) => ({
    reference,
    supplierRef: { id: String(ids.party) },
    issueDate: `${today()}T00:00:00`,
    status: 'Open',
    lineItems: [{ ...line, ...refs }],
  });
  interface Pushes {
    readonly totalResults: number;
    readonly results: readonly { readonly status: string; readonly completedOnUtc: string }[];
  }
  const pushes = (query: string) => call<Pushes>('GET', `/companies/${company.id}/push?${query}`);
  let asked = 0;
  return {
    name: 'ledgerpost',
    write: async (count) => {
      asked += count;
      const start = performance.now();
      const began = systemClock.now().getTime();
      const requests = Array.from({ length: count }, () => bill(randomBytes(6).toString('hex')));
      await Promise.all(requests.map((body) => call('POST', `${place}/push/bills`, body)));
      for (;;) {
        const { totalResults } = await pushes('query=status%3DSuccess&pageSize=1');
        if (totalResults >= asked) {
          const { results } = await pushes(`query=status%3DSuccess&pageSize=${count}`);
          const ended = Math.max(...results.map(({ completedOnUtc }) => Date.parse(completedOnUtc)));
          return (count * 1_000) / (ended - began);
        }
        if (performance.now() - start > endedMsMax) throw new Error(`${totalResults} of ${asked} bills were written`);
        await new Promise((resolve) => setTimeout(resolve, checkMs));
      }
    },
  };
}

function save(result: object): void {
  const began = systemClock.now();
  const machine = { cpus: os.cpus().length, model: os.cpus()[0]?.model, node: process.version };
  const resultsDir = path.join(import.meta.dirname, 'results');
  const file = path.join(resultsDir, `tryton-${began.toISOString().slice(0, 16).replace(':', '-')}.json`);
  mkdirSync(resultsDir, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ date: began.toISOString(), machine, ...result }, null, 2)}\n`);
  console.log(`written to ${path.relative(process.cwd(), file)}`);
}

await withTryton(database, run);
