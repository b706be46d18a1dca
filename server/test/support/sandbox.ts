/** A sandbox of a test's own: a real process, on any free port, with books in a folder that goes with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox } from '../../src/launch/sandbox-process.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { inheritedEnvironment } from './processes.ts';

export const SANDBOX_TOKEN = 'sandbox-token';

export async function startTestSandbox(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'ledgerpost-sandbox-'));
  const log = makeLog('error', systemClock);
  const sandbox = await startSandbox({
    port: 0,
    dir,
    token: SANDBOX_TOKEN,
    environment: inheritedEnvironment(),
    log,
  });
  return {
    url: sandbox.url,
    close: async () => {
      await sandbox.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
