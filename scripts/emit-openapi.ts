/**
 * Writes openapi.json, the HTTP contract, from the schemas of the routes, all of which must be ones that can be turned into
 * code. With --check it writes nothing and fails when the committed file is not what would be written.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RouteOptions } from 'fastify';
import { compileAtOnce } from '../server/src/api/late-compilation.ts';
import { makeApi } from '../server/src/api/server.ts';
import { parseConfig } from '../server/src/config.ts';
import { makeConnectors } from '../server/src/connectors/registry.ts';
import type { Database } from '../server/src/db/pool.ts';
import { systemClock } from '../server/src/lib/clock.ts';
import { makeLog } from '../server/src/lib/log.ts';
import { makeSealer } from '../server/src/lib/seal.ts';

const file = path.resolve(import.meta.dirname, '../openapi.json');
const emitted = await renderOpenApi();
if (!process.argv.includes('--check')) {
  await writeFile(file, emitted);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== emitted) {
  process.stderr.write('openapi.json is out of date: run `node scripts/emit-openapi.ts` and commit what it writes\n');
  process.exitCode = 1;
}

/** The server is only put together, never started: nothing here is ever called. */
async function renderOpenApi(): Promise<string> {
  const unused = () => Promise.reject(new Error('There is no database here'));
  const db: Database = { query: unused, execute: unused, transaction: unused, close: unused };
  const clock = systemClock;
  const log = makeLog('warn', clock);
  const parsed = parseConfig({}, import.meta.dirname);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const sealer = makeSealer('-'.repeat(32));
  const connectors = makeConnectors({ sandboxUrl: () => '', sandboxToken: '' });
  const { connectorFor } = connectors;
  const app = makeApi({
    db,
    clock,
    log,
    config: parsed.config,
    companies: { db, clock, sealer, connectorFor, publicUrl: () => '', eventsStored: () => undefined },
    consumers: {
      db,
      clock,
      sealer,
      allowPrivateWebhooks: true,
      webhookHttpsOnly: false,
      webhookConsumersMax: 50,
      publicUrl: () => '',
      eventsStored: () => undefined,
    },
    arrivals: { after: () => Promise.resolve(), look: () => undefined, stop: () => Promise.resolve() },
    connectors,
    connectorIO: () => ({ fetch, now: () => clock.now() }),
    gateFor: () => undefined,
    pages: [],
    requestPush: unused,
    settle: unused,
    endings: { until: unused, look: () => undefined, stop: unused },
    health: () => ({ ready: true, roles: {} }),
    metricSources: [],
  });
  const routes: RouteOptions[] = [];
  // The routes stand in plugins, which have not been run yet.
  app.addHook('onRoute', (route) => void routes.push(route));
  await app.ready();
  compileAtOnce(routes, app.getSchemas());
  const document = app.swagger();
  await app.close();
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
