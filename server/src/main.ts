/**
 * Starts and stops a Ledgerpost process. Everything is wired here by hand, in the order in which it starts; it stops in
 * the reverse order. This file is the map of the system.
 */
import { ensureApiKey } from './api/api-key-store.ts';
import { makeConnectorIO } from './api/platform-session.ts';
import { makeApi } from './api/server.ts';
import type { CompaniesContext } from './companies/context.ts';
import { makeLinkOpener, markDeauthorized } from './companies/link.ts';
import { readConfig, type Config } from './config.ts';
import { makeConnectors } from './connectors/registry.ts';
import { createDatabase } from './db/pool.ts';
import { StartupError } from './db/startup-error.ts';
import { holdDataDir } from './launch/data-dir.ts';
import { migrateReachable, reachDatabase } from './launch/database.ts';
import { announce } from './launch/announce.ts';
import { crossProcessHints } from './launch/cross-process-hints.ts';
import { readOrMakeKeys } from './launch/keys.ts';
import { listenOn } from './launch/listen-on.ts';
import { metricSources } from './launch/metric-sources.ts';
import { checkSecretKey, sealerFrom } from './launch/secret-check.ts';
import { startSandbox } from './launch/sandbox-process.ts';
import { stopOnSignals } from './launch/stop-on-signals.ts';
import { systemClock } from './lib/clock.ts';
import { makeLog, type Log } from './lib/log.ts';
import { linkPageRoutes } from './portal/link-page.ts';
import { hasDuePush } from './push/due.ts';
import { makePushEndings } from './push/endings.ts';
import { loadFile } from './push/queries.ts';
import { makeRequestPush } from './push/request.ts';
import { makeSettle } from './push/settle.ts';
import { startPushRetention } from './push/retention.ts';
import { lookSoon } from './push/second-looks.ts';
import { startEngine, type Engine } from './push/worker.ts';
import { makeCallGates } from './rates/gate.ts';
import { findConfig } from './supplemental/config.ts';
import { startRecordRetention } from './records/retention.ts';
import { startStaleRefresh } from './sync/refresh-stale.ts';
import { noteLinked } from './sync/request.ts';
import { makeWritesFirst, startSync, type Sync } from './sync/worker.ts';
import { makeArrivals } from './webhooks/arrivals.ts';
import { startEventRetention } from './webhooks/retention.ts';
import { startWebhooks, type Webhooks } from './webhooks/worker.ts';

const clock = systemClock;

const parsed = readConfig();
if (parsed.ok) {
  const log = makeLog(parsed.config.logLevel, clock);
  const stops: Stop[] = [];
  const stopAll = () => stopInReverse(stops, log);
  stopOnSignals(stopAll, log);
  start(parsed.config, log, stops).catch(async (error: unknown) => {
    await stopAll();
    process.stderr.write(`${startFailure(error)}\n`);
    process.exit(1);
  });
} else {
  process.stderr.write(`${parsed.problems.join('\n')}\n`);
  process.exitCode = 1;
}

type Stop = () => Promise<void>;

async function start(config: Config, log: Log, stops: Stop[]): Promise<void> {
  const startedMs = performance.now();
  const dataDir = await holdDataDir(config.dataDir);
  stops.push(dataDir.release);
  const keys = await readOrMakeKeys(config);
  const sealer = sealerFrom(keys.secretKey);

  const [connection, sandboxUrl] = await Promise.all([
    reachDatabase(config, log, stops),
    reachSandbox(config, log, stops),
  ]);
  await migrateReachable(config, connection, log);
  const db = createDatabase({ connection, connectionsMax: config.databaseConnectionsMax, log });
  stops.push(db.close);
  await checkSecretKey(db, sealer);
  await ensureApiKey(db, clock, keys.apiKey);

  let engine: Engine | undefined;
  let webhooks: Webhooks | undefined;
  let sync: Sync | undefined;
  let publicUrl = config.publicUrl ?? '';
  const connectors = makeConnectors({ sandboxUrl: () => sandboxUrl, sandboxToken: config.sandboxToken });
  const hints = crossProcessHints({ db, connection, log });
  const endings = makePushEndings({ db, log });
  const arrivals = makeArrivals({ db, log });
  const eventsStored = () => (webhooks === undefined ? hints.tell('events') : webhooks.wake());
  const datasetsRequested = () => (sync === undefined ? hints.tell('datasets') : sync.wake());
  const companies: CompaniesContext = {
    db,
    clock,
    sealer,
    connectorFor: connectors.connectorFor,
    publicUrl: () => publicUrl,
    eventsStored,
    onLinked: noteLinked,
    linked: datasetsRequested,
  };

  const onEnded = () => {
    eventsStored();
    endings.look();
  };
  const settle = makeSettle({ db, clock, publicUrl: companies.publicUrl, onEvents: onEnded });

  if (config.roles.has('webhooks')) {
    webhooks = startWebhooks({ ...config, db, clock, sealer, log, random: Math.random, onPlaced: arrivals.look });
    const retention = startEventRetention({ ...config, db, log });
    stops.push(retention.stop, webhooks.stop, hints.hear('events', webhooks.wake));
  }
  if (config.roles.has('engine')) {
    engine = startEngine({
      db,
      log,
      clock,
      connectors: connectors.listConnectors(),
      connectorFor: connectors.connectorFor,
      openLink: makeLinkOpener(sealer),
      settle,
      supplementalConfig: (platformKey, dataType) => findConfig(db, { platformKey, dataType }),
      loadFile: (pushId) => loadFile(db, pushId),
      onUnlinked: async (connectionId, reason) => void (await markDeauthorized(companies, connectionId, reason)),
      random: Math.random,
    });
    const retention = startPushRetention({ ...config, db, log });
    stops.push(retention.stop, engine.stop, hints.hear('pushes', engine.wake));
  }

  const connectorIO = makeConnectorIO(clock);
  const { gateFor } = makeCallGates(db);
  const api = makeApi({
    db,
    clock,
    log,
    config,
    companies,
    consumers: { ...config, db, clock, sealer, publicUrl: companies.publicUrl, eventsStored },
    arrivals,
    connectors,
    connectorIO,
    gateFor,
    pages: config.roles.has('portal') ? [(app) => linkPageRoutes(app, { companies, connectorIO, log })] : [],
    settle,
    endings,
    datasetsRequested,
    requestPush: makeRequestPush({
      db,
      clock,
      onAccepted: (ids) => ids.forEach((id) => (engine === undefined ? hints.tell('pushes', id) : engine.wake(id))),
    }),
    health: () => health(config, { engine, webhooks, sync }),
    metricSources: metricSources(db, webhooks, () => sync),
  });
  const address = await listenOn(api, config);
  // Those who wait for a push are answered first, or closing would wait for them.
  stops.push(() => api.close(), endings.stop, arrivals.stop);
  publicUrl ||= address;
  // Only now: a reading that ends tells of it with addresses of ours.
  if (config.roles.has('sync')) {
    sync = startSync({
      companies,
      clock,
      log,
      gateFor,
      writesFirst: makeWritesFirst((connectionId) => hasDuePush(db, connectionId)),
      onUnlinked: async (connectionId, reason) => void (await markDeauthorized(companies, connectionId, reason)),
      onRead: async (read) => void (await lookSoon(db, read)),
      retentionDays: config.retentionDays,
    });
    const staleRefresh = startStaleRefresh({ db, companies, gateFor, log });
    const recordRetention = startRecordRetention({ db, log });
    stops.push(recordRetention.stop, staleRefresh.stop, sync.stop, hints.hear('datasets', sync.wake));
  }
  announce({ config, address, sandboxUrl, keys, tookMs: performance.now() - startedMs });
}

/** Only a process that writes to books needs a sandbox of its own; others read through the one at its usual address. */
async function reachSandbox(config: Config, log: Log, stops: Stop[]): Promise<string> {
  if (config.sandboxUrl !== undefined) return config.sandboxUrl;
  if (!config.roles.has('engine')) return `http://127.0.0.1:${config.sandboxPort}`;
  const { sandboxPort: port, sandboxDir: dir, sandboxToken: token, sandboxEnvironment: environment } = config;
  const sandbox = await startSandbox({ port, dir, token, environment, log });
  stops.push(sandbox.stop);
  return sandbox.url;
}

interface Running {
  readonly engine: Engine | undefined;
  readonly webhooks: Webhooks | undefined;
  readonly sync: Sync | undefined;
}

function health(config: Config, { engine, webhooks, sync }: Running) {
  const roles = Object.fromEntries(
    [...config.roles].map((role) => {
      if (role === 'engine' && engine !== undefined) return [role, engine.health()];
      if (role === 'webhooks' && webhooks !== undefined) return [role, webhooks.health()];
      if (role === 'sync') return [role, sync?.health() ?? { ready: false, reason: 'not started yet' }];
      return [role, { ready: true }];
    }),
  );
  return { ready: Object.values(roles).every((role) => role.ready), roles };
}

async function stopInReverse(stops: Stop[], log: Log): Promise<void> {
  for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
    await stop().catch((error: unknown) => log.error('A part did not stop cleanly', { error: String(error) }));
  }
}

function startFailure(error: unknown): string {
  if (error instanceof StartupError) return error.message;
  return `Ledgerpost could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
