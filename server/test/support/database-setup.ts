/** Vitest's global setup of the tests that need a database: one PostgreSQL for the whole run. */
import { fork } from 'node:child_process';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import type { TestServer } from './database.ts';

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const child = fork(path.join(import.meta.dirname, 'database-process.ts'), { detached: true, execArgv: [] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const server = await new Promise<TestServer>((resolve, reject) => {
    child.once('message', (message) => resolve(message as TestServer));
    void exited.then(() => reject(new Error('The database for the tests did not start; see above')));
  });
  project.provide('testDatabaseServer', server);
  return async () => {
    if (child.connected) child.disconnect();
    await exited;
  };
}
