/** A program for the tests of the sandbox's process: starts one as the server does, so that it can be killed. */
import { startSandbox } from '../../src/launch/sandbox-process.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';

const sandbox = await startSandbox({
  port: Number(process.argv[2]),
  dir: process.argv[3] ?? '',
  token: 'token',
  environment: {},
  log: makeLog('error', systemClock),
});
process.send?.({ url: sandbox.url });
