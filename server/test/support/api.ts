/** The HTTP API on a database of its own, listening on a free port, with a real sandbox behind it and no engine. */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { ensureApiKey } from '../../src/api/api-key-store.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { makeConnectorIO } from '../../src/api/platform-session.ts';
import { makeApi } from '../../src/api/server.ts';
import { ROLES } from '../../src/config.ts';
import { makeConnectors } from '../../src/connectors/registry.ts';
import { makeLog } from '../../src/lib/log.ts';
import { makeSealer } from '../../src/lib/seal.ts';
import { linkPageRoutes } from '../../src/portal/link-page.ts';
import { makePushEndings } from '../../src/push/endings.ts';
import { makeRequestPush } from '../../src/push/request.ts';
import { makeSettle } from '../../src/push/settle.ts';
import { makeCallGates } from '../../src/rates/gate.ts';
import { makeArrivals } from '../../src/webhooks/arrivals.ts';
import { createTestDatabase } from './database.ts';
import { systemClock as clock } from '../../src/lib/clock.ts';
import { SANDBOX_TOKEN, startTestSandbox } from './sandbox.ts';

export const API_KEY = 'test-key';
export const AUTHORIZATION = `Basic ${Buffer.from(API_KEY).toString('base64')}`;

export interface ApiAnswer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty where the answer has none; what a test expects there and is missing fails it. */
  readonly body: Body;
}

export interface ApiCall {
  readonly body?: unknown;
  /** Sent as it stands. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export async function startApi(
  overrides: Partial<ApiDeps> = {},
  { eventsStored = () => undefined }: { readonly eventsStored?: () => void } = {},
) {
  const { database: db, drop } = await createTestDatabase();
  const logged: string[] = [];
  const log = makeLog('info', clock, (line) => logged.push(line) > 0);
  const sandbox = await startTestSandbox();
  const sealer = makeSealer(randomBytes(32).toString('hex'));
  const platform = { url: sandbox.url };
  const connectors = makeConnectors({ sandboxUrl: () => platform.url, sandboxToken: SANDBOX_TOKEN });
  const connectorIO = makeConnectorIO(clock);
  let url = '';
  const companies = {
    db,
    clock,
    sealer,
    connectorFor: connectors.connectorFor,
    publicUrl: () => url,
    eventsStored,
  };
  const endings = makePushEndings({ db, log });
  const arrivals = makeArrivals({ db, log });
  const app = makeApi({
    db,
    clock,
    log,
    config: { statuses: 'codat', strict: false, roles: new Set(ROLES), dailyQuota: 10_000_000 },
    companies,
    consumers: {
      db,
      clock,
      sealer,
      allowPrivateWebhooks: true,
      webhookHttpsOnly: false,
      webhookConsumersMax: 50,
      publicUrl: () => url,
      eventsStored,
    },
    arrivals,
    connectors,
    connectorIO,
    gateFor: makeCallGates(db).gateFor,
    pages: [(pages) => linkPageRoutes(pages, { companies, connectorIO, log })],
    settle: makeSettle({ db, clock, publicUrl: () => url, onEvents: () => undefined }),
    endings,
    requestPush: makeRequestPush({ db, clock, onAccepted: () => undefined }),
    health: () => ({ ready: true, roles: {} }),
    metricSources: [],
    ...overrides,
  });
  await ensureApiKey(db, clock, API_KEY);
  await app.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;

  const call = async <Body = Record<string, unknown>>(
    method: string,
    target: string,
    { body, text, headers = {} }: ApiCall = {},
  ): Promise<ApiAnswer<Body>> => {
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const all = {
      authorization: AUTHORIZATION,
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const given = Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined);
    const answer = await fetch(url + target, {
      method,
      headers: given,
      redirect: 'manual',
      ...(sent === undefined ? {} : { body: sent }),
    });
    const answered = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true && answered !== '';
    return {
      status: answer.status,
      headers: answer.headers,
      text: answered,
      body: JSON.parse(isJson ? answered : '{}') as Body,
    };
  };

  return {
    url,
    db,
    app,
    call,
    companies,
    logged,
    /** Where the connector finds the sandbox; to be pointed elsewhere by a test that wants it gone. */
    platform,
    stop: async () => {
      await endings.stop();
      await arrivals.stop();
      await app.close();
      await sandbox.close();
      await drop();
    },
  };
}

export type TestApi = Awaited<ReturnType<typeof startApi>>;

/** A company with one connection; `prefix` is the path of that connection. */
export async function makeConnection({ call }: Pick<TestApi, 'call'>, name = 'Acme Ltd') {
  const company = await call('POST', '/companies', { body: { name } });
  const companyId = String(company.body['id']);
  const connection = await call('POST', `/companies/${companyId}/connections`, { body: { platformKey: 'mqjo' } });
  const connectionId = String(connection.body['id']);
  return {
    companyId,
    connectionId,
    linkUrl: String(connection.body['linkUrl']),
    prefix: `/companies/${companyId}/connections/${connectionId}`,
  };
}

export async function makeLinkedConnection(api: Pick<TestApi, 'call'>, name?: string) {
  const connection = await makeConnection(api, name);
  const linked = await api.call('PUT', `${connection.prefix}/authorization`, { body: {} });
  if (linked.status !== 200) throw new Error(`Linking failed: ${linked.text}`);
  return connection;
}
