/** Companies in a real Tryton, for tests. Each file takes databases of its own from the one Tryton of the run. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, inject } from 'vitest';
import { TrytonClient } from '../../../scripts/tryton/client.ts';
import { ADMIN, COMPANY, GATEWAY } from '../../../scripts/tryton/company.ts';
import { addDatabase } from '../../../scripts/tryton/fixture.ts';
import { startServer, type TrytonServer } from '../../../scripts/tryton/server.ts';
import { runSql } from '../../../scripts/tryton/cache.ts';
import { withDatabase, type DatabaseConnection } from '../../src/db/connection.ts';
import { freePort } from '../support/ports.ts';

export interface TrytonForTests {
  readonly url: string;
  /** The PostgreSQL beneath it. */
  readonly connection: DatabaseConnection;
}

declare module 'vitest' {
  export interface ProvidedContext {
    tryton: TrytonForTests | undefined;
  }
}

/** Like `describe`, and skipped where Tryton is not installed. */
export function describeTryton(name: string, tests: () => void): void {
  // oxlint-disable-next-line vitest/valid-title -- the title is the caller's
  describe.runIf(inject('tryton') !== undefined)(name, () => {
    tests();
  });
}

export interface TestCompany {
  readonly url: string;
  readonly database: string;
  readonly company: string;
  /** The gateway's user. */
  readonly user: string;
  readonly password: string;
  /** What the link page is filled with. */
  readonly fields: Readonly<Record<string, string>>;
  /** A bare client that shares nothing with the connector, logged in as the administrator. */
  readonly books: () => Promise<TrytonClient>;
  /** Asks PostgreSQL itself, past Tryton. */
  readonly sql: (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
}

function runningTryton(): TrytonForTests {
  const running = inject('tryton');
  if (running === undefined) throw new Error('Tryton is not installed here; use describeTryton');
  return running;
}

/** A fresh set-up company in a database of its own. `url`: of another server or of a proxy in front of one. */
export async function makeCompany(url = runningTryton().url): Promise<TestCompany> {
  const { connection } = runningTryton();
  const database = `books_${randomBytes(6).toString('hex')}`;
  await addDatabase(connection, database);
  return companyAt(url, database);
}

/** The same company, reached by another way. */
function companyAt(url: string, database: string): TestCompany {
  const { connection, url: direct } = runningTryton();
  const { user, password } = GATEWAY;
  return {
    url,
    database,
    company: COMPANY,
    user,
    password,
    fields: { url, database, user, password },
    books: () => new TrytonClient(direct, database).login(ADMIN.user, ADMIN.password),
    sql: (text) => runSql(withDatabase(connection, database), text),
  };
}

/** An address that nobody listens on: a port that was just free. */
export async function closedAddress(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}

export interface OwnServer extends TrytonServer {
  readonly remove: () => Promise<void>;
}

/** A Tryton over the same PostgreSQL that one test alone may stop, kill and start again. */
export async function startOwnServer(): Promise<OwnServer> {
  const dir = await mkdtemp(path.join(tmpdir(), 'ledgerpost-tryton-'));
  const server = await startServer({ dir, connection: runningTryton().connection });
  return {
    ...server,
    remove: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
