/** Several servers on one database and one sandbox, which outlives each of them; between, where wanted, a bad network. */
import { createTestDatabase, type TestDatabase } from './database.ts';
import { startPlatformProxy, type PlatformProxy } from './platform-proxy.ts';
import { removeDataDir, startServer, type ServerProcess } from './server.ts';
import { startTestSandbox } from './sandbox.ts';

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
  const sandbox = await startTestSandbox();
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
      await sandbox.close();
      await database.drop();
    },
  };
}
