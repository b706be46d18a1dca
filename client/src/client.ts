/** createClient: every part of the API under one object. */
import { makeChanges } from './changes.ts';
import {
  makeApiKeys,
  makeCompanies,
  makeConnections,
  makeCorsSettings,
  makeIntegrations,
  makeSupplementalData,
} from './companies.ts';
import { makeCalls } from './calls.ts';
import { settingsFrom, type ClientOptions, type Settings } from './config.ts';
import { makeConsumers } from './consumers.ts';
import {
  makeDataTypeClient,
  makeReadClient,
  pathWord,
  type DataTypeClient,
  type ReadClient,
  type ReadOnlyDataType,
} from './data-types.ts';
import { makeEvents } from './events.ts';
import { readOnlyTypes, writableTypes, type TypeNames } from './generated/data-types.ts';
import type { WritableDataType } from './push.ts';
import { makePushOperations } from './push-operations.ts';
import { makeCompanyInfo, makeRefreshData, makeSyncSettings } from './sync.ts';
import { makeSend, type Send } from './transport.ts';

/** The data types by the words of their paths (`accounts`) and by their names (`chartOfAccounts`). */
export type DataTypeClients = {
  readonly [D in WritableDataType as D | TypeNames[D]['path']]: DataTypeClient<D>;
} & {
  readonly [D in ReadOnlyDataType]: ReadClient<D>;
} & {
  /** As official clients call `bankTransactions`. */
  readonly bankAccountTransactions: DataTypeClient<'bankTransactions'>;
};

export type Client = DataTypeClients & ReturnType<typeof makeResources>;

/**
 * A client of one server. Everything it is not told is taken from the environment: `LEDGERPOST_SERVER_URL`,
 * `LEDGERPOST_API_KEY`. It holds no connection; make as many as you like.
 *
 * Every call takes one object. Everything is retried where that is safe, which is everywhere: reads change nothing, and
 * every write carries an `Idempotency-Key` that all of its tries share. It rejects with `LedgerpostError`, or with the
 * reason of a signal that you fire.
 *
 * ```ts
 * import { createClient } from '@ledgerpost/client';
 *
 * const client = createClient({ timeoutMs: 10_000 });
 * const { results } = await client.integrations.list();
 * console.log(results.map(({ key }) => key).includes('mqjo'));
 * // prints: true
 * ```
 */
export function createClient(options: ClientOptions = {}): Client {
  const settings = settingsFrom(options);
  const send = makeSend(settings);
  const resources = makeResources(settings, send);
  const { pollUntilDone } = resources.pushOperations;
  const clients: Record<string, unknown> = {};
  for (const dataType of writableTypes) {
    clients[dataType] = clients[pathWord(dataType)] = makeDataTypeClient(send, dataType, pollUntilDone);
  }
  for (const dataType of readOnlyTypes) {
    clients[dataType] = makeReadClient(send, dataType);
  }
  clients['bankAccountTransactions'] = clients['bankTransactions'];
  return { ...(clients as DataTypeClients), ...resources };
}

/**
 * The client that the environment describes, for calls that need no other: `const { accounts } = ledgerpost`. Importing it
 * does nothing; the environment is read at the first call.
 */
export const ledgerpost: Client = /* @__PURE__ */ createClient();

function makeResources(settings: Settings, send: Send) {
  const calls = makeCalls(send);
  return {
    pushOperations: makePushOperations(settings, send),
    companies: makeCompanies(calls),
    connections: makeConnections(calls),
    integrations: makeIntegrations(calls),
    supplementalData: makeSupplementalData(calls),
    syncSettings: makeSyncSettings(calls),
    refreshData: makeRefreshData(calls),
    companyInfo: makeCompanyInfo(calls),
    changes: makeChanges(send),
    /** Consumers of events; `verify` and `signTestEvent` as well. */
    webhooks: makeConsumers(calls),
    events: makeEvents(settings, calls),
    apiKeys: makeApiKeys(calls),
    /** Which sites' pages may call the server from a browser. */
    corsSettings: makeCorsSettings(calls),
  };
}
