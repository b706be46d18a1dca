/**
 * `npm run bench:sync-tryton`: the question of `bench/sync.ts` asked of a real Tryton: an incremental reading through the
 * server beside the same calls made by our connector alone, with nothing stored. They take turns within one run.
 */
import { GATEWAY } from '../scripts/tryton/company.ts';
import { TrytonClient } from '../scripts/tryton/client.ts';
import { makeTrytonConnector } from '../server/src/connectors/tryton/connector.ts';
import { systemClock } from '../server/src/lib/clock.ts';
import { makeRecordedFetch } from '../server/src/lib/recorded-fetch.ts';
import { median } from './measure.ts';
import { withOwnServer, type OwnServer } from './own-server.ts';
import { caller, linkBooks, readOnce, untilFirstRead } from './readings.ts';
import { withTryton } from './with-tryton.ts';

const PARTIES = Number(process.argv[2] ?? '5000');
const CHANGED = 1_000;
const A_CALL = 500;
const PAGE_SIZE = 500;
const IDS_A_PAGE = 5_000;
const ROUNDS = 5;
const RATIO_MAX = 2;
const CALL_MS_MAX = 30_000;
const database = 'acme';
const apiKey = 'bench_sync_tryton';

async function run(trytonUrl: string): Promise<void> {
  await withOwnServer({ name: 'sync-tryton', roles: 'api,sync', apiKey }, (own) => measure(own, trytonUrl));
}

async function measure({ server, client }: OwnServer, trytonUrl: string): Promise<void> {
  const tryton = await new TrytonClient(trytonUrl, database).login(GATEWAY.user, GATEWAY.password);
  const ids: number[] = [];
  for (let made = 0; made < PARTIES; made += A_CALL) {
    const parties = Array.from({ length: A_CALL }, (_, n) => ({ name: `Party ${made + n}` }));
    ids.push(...((await tryton.call('model.party.party.create', [parties])) as number[]));
  }
  const link = { url: trytonUrl, database, ...GATEWAY };
  const ours = caller(server.url, `Basic ${btoa(apiKey)}`);
  const company = await linkBooks(ours, 'tryt', async () => link);
  await untilFirstRead(ours, company);
  console.log(`${PARTIES} parties made and read`);

  const reading: number[] = [];
  const answering: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const changedAfter = systemClock.now();
    // The same ones each time: what the last round changed would be met again.
    for (let from = 0; from < CHANGED; from += A_CALL) {
      const some = ids.slice(from, Math.min(from + A_CALL, CHANGED));
      await tryton.call('model.party.party.write', [some, { name: `Changed ${round}` }]);
    }
    const through = () => readOnce(ours, company, { client, dataType: 'customers' });
    const alone = () => callsAlone(link, changedAfter);
    if (round % 2 === 0) answering.push(await alone());
    reading.push(await through());
    if (round % 2 === 1) answering.push(await alone());
    console.log(`  round ${round + 1}  ${reading.at(-1)?.toFixed(0)} ms, alone ${answering.at(-1)?.toFixed(0)} ms`);
  }
  // Round by round: a machine that others use too has better and worse minutes.
  const ratio = median(reading.map((ms, round) => ms / (answering[round] ?? Number.NaN)));
  console.log(
    `Tryton answers in ${median(answering).toFixed(0)} ms, an incremental reading of ${PARTIES} parties with ${CHANGED} changed takes ${median(reading).toFixed(0)} ms`,
  );
  console.log(`ratio ${ratio.toFixed(2)} (at most ${RATIO_MAX}) ${ratio <= RATIO_MAX ? 'ok' : 'MISSED'}`);
}

const connector = makeTrytonConnector();

/** What has changed, and the ids of all that there is, by which a reading knows what is gone. */
async function callsAlone(link: Readonly<Record<string, string>>, changedAfter: Date): Promise<number> {
  const { ask } = makeRecordedFetch({ timeoutMs: CALL_MS_MAX, secrets: [], clock: systemClock });
  const session = connector.open(link, { fetch: ask, ask, now: () => systemClock.now() });
  const { customers } = connector.reads;
  if (customers?.ids === undefined) throw new Error('customers of Tryton are read by page and by id');
  const began = performance.now();
  let after: string | undefined;
  do {
    const outcome = await customers.page(session, { pageSize: PAGE_SIZE, changedAfter, ...(after && { after }) });
    if (outcome.kind !== 'read') throw new Error(`Tryton answered ${outcome.kind}`);
    after = outcome.value.next;
  } while (after !== undefined);
  do {
    const outcome = await customers.ids(session, { pageSize: IDS_A_PAGE, ...(after && { after }) });
    if (outcome.kind !== 'read') throw new Error(`Tryton answered ${outcome.kind}`);
    after = outcome.value.next;
  } while (after !== undefined);
  return performance.now() - began;
}

await withTryton(database, run);
