/** `npm run tryton`: a Tryton with a set-up company to try Ledgerpost with. Ctrl-C ends it, and nothing of it remains. */
import { parseArgs } from 'node:util';
import { systemClock } from '../../server/src/lib/clock.ts';
import { makeLog } from '../../server/src/lib/log.ts';
import { COMPANY, GATEWAY } from './company.ts';
import { startFixture } from './fixture.ts';
import { findPackages, installText } from './packages.ts';

const DATABASES_MAX = 50;

async function main(): Promise<void> {
  const { count, port } = readArguments();
  const installed = findPackages();
  if (installed.kind === 'missing') {
    console.error(installText(installed.packages));
    process.exitCode = 1;
    return;
  }
  const began = performance.now();
  const databases = ['acme', ...Array.from({ length: count - 1 }, (_, index) => `acme${index + 2}`)];
  const fixture = await startFixture({
    versions: installed.versions,
    databases,
    port,
    log: makeLog('warn', systemClock),
    onMaking: () => console.log('Setting Tryton up for the first time; this takes about a minute …'),
  });
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(`Tryton runs, with the books of ${COMPANY} (after ${seconds} s)\n`);
  console.log(`  URL       ${fixture.server.url}`);
  console.log(`  Database  ${databases.join(', ')}`);
  console.log(`  User      ${GATEWAY.user}`);
  console.log(`  Password  ${GATEWAY.password}\n`);
  console.log(
    'Link it: create a connection with platformKey "tryt" and put these four into its link page. Ctrl-C ends it.',
  );
  await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  await fixture.stop();
}

function readArguments(): { readonly count: number; readonly port: number } {
  const { values } = parseArgs({
    options: { databases: { type: 'string', default: '1' }, port: { type: 'string', default: '4180' } },
  });
  const [count, port] = [Number(values.databases), Number(values.port)];
  if (!Number.isInteger(count) || count < 1 || count > DATABASES_MAX) {
    throw new Error(`--databases takes a number from 1 to ${DATABASES_MAX}`);
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error('--port takes a number from 1 to 65535');
  return { count, port };
}

await main();
