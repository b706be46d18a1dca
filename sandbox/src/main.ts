// The sandbox as a program: settings, start, one line when ready, and a prompt end.
import { readConfig } from './config.ts';
import { startSandbox } from './start.ts';
import type { Sandbox } from './start.ts';

/** A stop that hangs must not keep a port or a folder: what is acknowledged is on disk anyway. */
const stopMsMax = 900;

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2));
  const sandbox = await startSandbox(config);
  console.log(`sandbox listening on ${sandbox.url}`);
  process.on('SIGINT', () => void stop(sandbox));
  process.on('SIGTERM', () => void stop(sandbox));
  if (process.send === undefined) return;
  process.on('disconnect', () => void stop(sandbox));
  process.send({ ready: true, url: sandbox.url });
}

async function stop(sandbox: Sandbox): Promise<void> {
  setTimeout(() => process.exit(0), stopMsMax).unref();
  await sandbox.close();
  process.exit(0);
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE')
    return `port ${'port' in error ? String(error.port) : ''} is in use; choose another one with --port`;
  return error.message;
}

main().catch((error: unknown) => {
  console.error(`sandbox cannot start: ${explain(error)}`);
  process.exit(1);
});
