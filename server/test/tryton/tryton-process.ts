/**
 * A program of its own, started once for a test run: holds a Tryton with its PostgreSQL. Says over IPC how to reach it, and
 * ends with everything it made when the test run ends, also when that is killed.
 */
import { startFixture } from '../../../scripts/tryton/fixture.ts';
import { findPackages } from '../../../scripts/tryton/packages.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { describeError, makeLog } from '../../src/lib/log.ts';
import type { TrytonForTests } from './fixture.ts';

const parentGone = new Promise<void>((resolve) => process.once('disconnect', resolve));
// Ctrl-C reaches the whole process group; the order of stopping is the parent's.
process.on('SIGINT', () => undefined);

const log = makeLog('warn', systemClock);
const installed = findPackages();
if (installed.kind === 'missing') throw new Error('Tryton is not installed');
const onMaking = () => log.warn('Setting Tryton up for the first time; this takes about a minute');
try {
  const fixture = await startFixture({ versions: installed.versions, databases: [], log, onMaking });
  try {
    const message: TrytonForTests = { url: fixture.server.url, connection: fixture.connection };
    process.send?.(message, undefined, undefined, () => undefined);
    await parentGone;
  } finally {
    await fixture.stop();
  }
} catch (error) {
  log.error('Tryton did not start', { error: describeError(error) });
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}
