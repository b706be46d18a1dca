/**
 * A server of a test file's own and the official clients pointed at it, otherwise as they come. They do not retry:
 * a test must see the first answer.
 */
import { CodatAccounting } from '@codat/accounting';
import { CodatPlatform } from '@codat/platform';
import { CodatSyncExpenses } from '@codat/sync-for-expenses';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import type { Database } from '../../src/db/pool.ts';
import { resetControl } from '../support/books.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { authorization, removeDataDir, startServer, type ServerProcess } from '../support/server.ts';

export interface Rig {
  readonly server: ServerProcess;
  /** Past the server, for what cannot be waited for, such as a deadline. */
  readonly db: Database;
  readonly platform: CodatPlatform;
  readonly accounting: CodatAccounting;
  readonly expenses: CodatSyncExpenses;
}

/** Call at the top of a test file: one server for all of its tests, with the sandbox's faults off before each. */
export function useServer(env: Readonly<Record<string, string>> = {}): () => Rig {
  let testDatabase: TestDatabase | undefined;
  let rig: Rig | undefined;
  const running = () => {
    if (rig === undefined) throw new Error('The server has not started');
    return rig;
  };
  beforeAll(async () => {
    testDatabase = await createTestDatabase({ connectionsMax: 2 });
    const server = await startServer({ env: { ...env, LEDGERPOST_DATABASE_URL: testDatabase.url } });
    rig = { server, db: testDatabase.database, ...clientsOf(server) };
  });
  afterEach(() => resetControl(running().server.sandboxUrl));
  afterAll(async () => {
    await rig?.server.stop();
    await testDatabase?.drop();
    if (rig !== undefined) await removeDataDir(rig.server.dataDir);
  });
  return running;
}

/** Also for a caller with a key that is not known, or none. */
export function clientsOf({ url }: Pick<ServerProcess, 'url'>, apiKey = 'lp_test_key') {
  const authHeader = authorization(apiKey);
  const never = { strategy: 'none', retryConnectionErrors: false } as const;
  return {
    platform: new CodatPlatform({ authHeader, serverURL: url, retryConfig: { strategy: 'none' } }),
    accounting: new CodatAccounting({ security: { authHeader }, serverURL: url, retryConfig: never }),
    expenses: new CodatSyncExpenses({ security: { authHeader }, serverURL: url, retryConfig: never }),
  };
}

type Operation = Awaited<ReturnType<CodatPlatform['pushData']['getOperation']>>;

/** Polls as the documentation advises, with the strictest of the official clients. */
export async function untilEnded(
  { platform }: Pick<Rig, 'platform'>,
  { companyId, pushOperationKey }: { readonly companyId: string; readonly pushOperationKey: string },
): Promise<Operation> {
  const ended = async () => {
    const operation = await platform.pushData.getOperation({ companyId, pushOperationKey });
    return operation.status === 'Pending' ? undefined : operation;
  };
  // Not expect.poll, which works inside tests only: some records are made before them.
  return vi.waitUntil(ended, { timeout: 90_000, interval: 50 });
}

/** The id of the one record that a successful push wrote. */
export function writtenId(operation: Operation): string {
  expect(operation).toMatchObject({ status: 'Success', statusCode: 200 });
  const id = operation.changes?.[0]?.recordRef?.id;
  if (id === undefined) throw new Error('The push names no record');
  return id;
}

/** What a typed answer of the older clients must hold, else the client failed to read it. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The client read nothing from the answer');
  return value;
}
