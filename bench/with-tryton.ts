/** A Tryton with one set-up company, for a bench; where Tryton is not installed it is said what is missing. */
import { startFixture } from '../scripts/tryton/fixture.ts';
import { findPackages, installText } from '../scripts/tryton/packages.ts';
import { systemClock } from '../server/src/lib/clock.ts';
import { makeLog } from '../server/src/lib/log.ts';

/** `work` gets its address. It is ended when the work is done. */
export async function withTryton(database: string, work: (url: string) => Promise<void>): Promise<void> {
  const installed = findPackages();
  if (installed.kind === 'missing') {
    console.error(installText(installed.packages));
    process.exitCode = 1;
    return;
  }
  const fixture = await startFixture({
    versions: installed.versions,
    databases: [database],
    log: makeLog('warn', systemClock),
    onMaking: () => console.log('Setting Tryton up for the first time; this takes about a minute …'),
  });
  try {
    await work(fixture.server.url);
  } finally {
    await fixture.stop();
  }
}
