/**
 * Vitest's global setup of the tests against a real Tryton: one of it for the whole run, with a database for each file that
 * asks for one. On a machine without Tryton these tests are skipped, and that is said.
 */
import { fork } from 'node:child_process';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { findPackages } from '../../../scripts/tryton/packages.ts';
import type { TrytonForTests } from './fixture.ts';

export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const installed = findPackages();
  if (installed.kind === 'missing') {
    process.stdout.write('The Tryton suite is skipped: Tryton is not installed here (npm run tryton tells how).\n');
    project.provide('tryton', undefined);
    return undefined;
  }
  const child = fork(path.join(import.meta.dirname, 'tryton-process.ts'), { detached: true, execArgv: [] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const running = await new Promise<TrytonForTests>((resolve, reject) => {
    child.once('message', (message) => resolve(message as TrytonForTests));
    void exited.then(() => reject(new Error('Tryton did not start for the tests; see above')));
  });
  project.provide('tryton', running);
  return async () => {
    if (child.connected) child.disconnect();
    await exited;
  };
}
