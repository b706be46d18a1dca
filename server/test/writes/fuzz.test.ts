/**
 * 50,000 random and mutated requests against the whole server in this process, its engine, its database and a sandbox:
 * whatever they ask for, they get an answer, and each push that is taken comes to an end.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLink, markDeauthorized } from '../../src/companies/link.ts';
import { makeConnectors } from '../../src/connectors/registry.ts';
import { systemClock as clock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { readDataTypes } from '../../src/models/data-types.ts';
import { loadFile } from '../../src/push/queries.ts';
import { makeSettle } from '../../src/push/settle.ts';
import { startEngine, type Engine } from '../../src/push/worker.ts';
import { findConfig } from '../../src/supplemental/config.ts';
import { fullBodies } from '../conformance/full-bodies.ts';
import { AUTHORIZATION, makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';
import { readWhole } from '../support/records.ts';
import { randomRequest, type FuzzRequest, type Seeds } from './fuzz-requests.ts';
import { randomFrom } from './fuzz-values.ts';
import type { OptionNode } from './offered-bodies.ts';

/** Another number tries other requests; the same number the same ones. */
const SEED = 20_261_120;
const REQUESTS = 50_000;
const AT_ONCE = 16;
/** A socket costs more than a call, and what it adds is tried by a few as well as by all. */
const OVER_HTTP_EVERY = 20;

let api: TestApi;
let engine: Engine;
beforeAll(async () => {
  api = await startApi();
  engine = startTestEngine();
});
afterAll(async () => {
  await engine.stop();
  await api.stop();
});

function startTestEngine(): Engine {
  const { db, companies, platform } = api;
  const connectors = makeConnectors({ sandboxUrl: () => platform.url, sandboxToken: 'sandbox-token' });
  return startEngine({
    db,
    clock,
    log: makeLog('error', clock),
    connectors: connectors.listConnectors(),
    connectorFor: connectors.connectorFor,
    openLink: (push) => openLink(companies.sealer, push.connectionId, push.linkSealed),
    settle: makeSettle({ db, clock, publicUrl: companies.publicUrl, onEvents: () => undefined }),
    supplementalConfig: (platformKey, dataType) => findConfig(db, { platformKey, dataType }),
    loadFile: (pushId) => loadFile(db, pushId),
    onUnlinked: async (connectionId, reason) => void (await markDeauthorized(companies, connectionId, reason)),
    random: () => 0.5,
  });
}

interface Page {
  readonly totalResults: number;
  readonly results: readonly { readonly id: string }[];
}

/** A linked company, whose own records the requests refer to. */
async function makeSeeds(): Promise<Seeds> {
  const { companyId, connectionId, prefix } = await makeLinkedConnection(api);
  const { reads = {} } = api.companies.connectorFor('mqjo') ?? {};
  await readWhole(api, { companyId, connectionId }, ...readDataTypes.filter((each) => reads[each] !== undefined));
  const ids = async (dataType: string) =>
    (await api.call<Page>('GET', `${prefix}/data/${dataType}?pageSize=5`)).body.results.map(({ id }) => id);
  const first = async (dataType: string) => (await ids(dataType))[0] ?? '';
  const offered = async (member: string) => {
    const { body } = await api.call<OptionNode>('GET', `${prefix}/options/invoices`);
    const id = body.properties?.['lineItems']?.properties?.[member]?.properties?.['id'];
    return id?.options?.at(-1)?.value ?? '';
  };
  const [bank = '', otherBank = ''] = await ids('bankAccounts');
  const records = {
    account: (await ids('accounts')).at(-1) ?? '',
    bank,
    otherBank,
    customer: await first('customers'),
    supplier: await first('suppliers'),
    item: await first('items'),
    taxRate: await offered('taxRateRef'),
    trackingCategory: await offered('trackingCategoryRefs'),
    journal: await first('journals'),
    invoice: await first('invoices'),
    bill: await first('bills'),
  };
  const types = ['bankAccounts', 'bills', 'customers', 'directCosts', 'invoices', 'journalEntries', 'suppliers'];
  const recordIds = (await Promise.all(types.map(ids))).flat();
  const transactions = [{ id: 'T-1', amount: 5, date: '2026-03-02T09:15:00Z', balance: 5, transactionType: 'Credit' }];
  return {
    companyId,
    connectionId,
    recordIds,
    bodyOf: (dataType) => (dataType === 'bankTransactions' ? { transactions } : fullBodies[dataType](records)),
  };
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

async function askInProcess({ method, url, body, headers }: FuzzRequest): Promise<Answered> {
  const { statusCode, payload } = await api.app.inject({
    method,
    url,
    headers: { authorization: AUTHORIZATION, ...headers },
    ...(body !== undefined && { payload: body }),
  });
  return { status: statusCode, text: payload };
}

async function askOverHttp({ method, url, body, headers }: FuzzRequest): Promise<Answered> {
  const { status, text } = await api.call(method, url, {
    ...(headers !== undefined && { headers }),
    ...(body !== undefined && { text: body }),
  });
  return { status, text };
}

/** What is wrong with the answer, if anything is. Keys of pushes that were taken are gathered. */
function faultOf({ status, text }: Answered, method: string, taken: Set<string>): string | undefined {
  if (status >= 500) return `${status}: ${text.slice(0, 300)}`;
  const parsed = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (status >= 400) {
    const isOurs = parsed['statusCode'] === status && typeof parsed['error'] === 'string';
    return isOurs ? undefined : `${status} without an error body: ${text.slice(0, 300)}`;
  }
  if (method !== 'GET' && typeof parsed['pushOperationKey'] === 'string') taken.add(parsed['pushOperationKey']);
  return undefined;
}

test(
  `${REQUESTS} requests of seed ${SEED} get no 5xx, and each push that is taken comes to an end`,
  { timeout: 600_000 },
  async () => {
    const seeds = await makeSeeds();
    const random = randomFrom(SEED);
    const taken = new Set<string>();
    const faults: unknown[] = [];
    let sent = 0;
    const sendOneAfterAnother = async () => {
      while (sent < REQUESTS) {
        sent += 1;
        const [number, request] = [sent, randomRequest(seeds, random)];
        const ask = number % OVER_HTTP_EVERY === 0 ? askOverHttp : askInProcess;
        const fault = await ask(request)
          .then((answer) => faultOf(answer, request.method, taken))
          .catch((error: unknown) => String(error));
        if (fault !== undefined && faults.length < 20) faults.push({ number, fault, request });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendOneAfterAnother));
    expect(faults).toEqual([]);
    expect(taken.size).toBeGreaterThan(REQUESTS / 10);

    const pushes = async (query: string) =>
      (await api.call<Page>('GET', `/companies/${seeds.companyId}/push?pageSize=1${query}`)).body.totalResults;
    await expect.poll(() => pushes('&query=status=Pending'), { timeout: 300_000 }).toBe(0);
    expect(await pushes('')).toBe(taken.size);
    // Enough of them were right for the way to the platform to be tried too.
    expect(await pushes('&query=status=Success')).toBeGreaterThan(REQUESTS / 100);
    expect(engine.health()).toMatchObject({ ready: true });
    expect((await api.call('GET', '/health')).status).toBe(200);
    expect(api.logged.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  },
);
