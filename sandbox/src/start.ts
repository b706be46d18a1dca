// Starts a sandbox inside this process: opens the folder, seeds it the first time, and listens.
import type { AddressInfo } from 'node:net';
import { openShelf } from './books.ts';
import { isoTime, systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { lockFolder } from './folder-lock.ts';
import { groupCommit } from './group-commit.ts';
import { buildApp } from './http/app.ts';
import { harmless } from './http/control-settings.ts';
import type { ControlChange } from './http/control-settings.ts';
import { openControl } from './http/control.ts';
import { openRequestLog } from './http/request-log.ts';
import { openDatabase } from './schema.ts';
import { openStore } from './store.ts';

export interface SandboxOptions {
  readonly dir: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: string;
  readonly token?: string;
  readonly clock?: Clock;
  /** What `/control` says at the start, and again after a reset. */
  readonly control?: ControlChange;
}

export interface Sandbox {
  readonly url: string;
  close(): Promise<void>;
}

const firstBooks = [
  { id: 'riverside-cafe', name: 'Riverside Café', template: 'cafe' },
  { id: 'oakfield-joinery', name: 'Oakfield Joinery Ltd', template: 'joinery' },
  { id: 'lantern-software', name: 'Lantern Software Studio', template: 'software-studio' },
];

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { dir, port = 0, host = '127.0.0.1', token = 'sandbox-token', clock: realClock = systemClock } = options;
  const unlock = lockFolder(dir);
  const database = openDatabase(dir);
  try {
    const store = openStore(database);
    const shelf = openShelf(store);
    const control = openControl({ ...harmless, ...options.control }, realClock);
    const commit = groupCommit(store, () => shelf.forget());
    await commit.write(() => {
      const now = isoTime(control.clock.now());
      if (store.countBooks() > 0) shelf.bringUpToDate(now);
      else for (const books of firstBooks) shelf.create(books, now);
    });
    const app = buildApp({
      desk: {
        store,
        shelf,
        commit,
        now: () => control.clock.now(),
        isIdempotent: () => control.settings().idempotency === 'honour',
        isAuditTrailOn: () => control.settings().auditTrail === 'on',
      },
      control,
      log: openRequestLog(),
      token,
    });
    await app.listen({ port, host });
    return {
      url: `http://${host}:${portOf(app.server.address())}`,
      async close() {
        await app.close();
        database.close();
        unlock();
      },
    };
  } catch (error) {
    database.close();
    unlock();
    throw error;
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the sandbox is not listening on a port');
  return address.port;
}
