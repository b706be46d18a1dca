/** Several servers on one database and one sandbox, which outlives each of them; between, where wanted, a bad network. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox } from '../../src/launch/sandbox-process.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { startPlatformProxy, type PlatformProxy } from './platform-proxy.ts';
import { inheritedEnvironment } from './processes.ts';
import { removeDataDir, startServer, type ServerProcess } from './server.ts';

export interface SeveralServers {
  readonly database: TestDatabase;
  readonly proxy: PlatformProxy;
  /** The sandbox's own address, past the proxy. */
  readonly sandboxUrl: string;
  readonly start: (env?: Readonly<Record<string, string>>) => Promise<ServerProcess>;
  readonly close: () => Promise<void>;
}

export async function prepareServers(options: { readonly databaseUrl?: string } = {}): Promise<SeveralServers> {
  const database = await createTestDatabase();
  const dir = await mkdtemp(path.join(tmpdir(), 'ledgerpost-sandbox-'));
  const log = makeLog('error', systemClock);
  const sandbox = await startSandbox({
    port: 0,
    dir,
    token: 'sandbox-token',
    environment: inheritedEnvironment(),
    log,
  });
  const proxy = await startPlatformProxy(() => sandbox.url);
  const started: ServerProcess[] = [];
  return {
    database,
    proxy,
    sandboxUrl: sandbox.url,
    start: async (env = {}) => {
      const server = await startServer({
        env: {
          LEDGERPOST_DATABASE_URL: options.databaseUrl ?? database.url,
          LEDGERPOST_SECRET_KEY: 'the same text for all of the servers',
          LEDGERPOST_SANDBOX_URL: proxy.url,
          ...env,
        },
      });
      started.push(server);
      return server;
    },
    close: async () => {
      for (const server of started) {
        server.child.kill('SIGCONT');
        await server.stop();
        await removeDataDir(server.dataDir);
      }
      await proxy.close();
      await sandbox.stop();
      await rm(dir, { recursive: true, force: true });
      await database.drop();
    },
  };
}
