/**
 * Ctrl-C and its like: stop everything in order, within a bound. npm passes on a signal that the terminal has sent us already,
 * so a second one means nothing.
 */
import type { Log } from '../lib/log.ts';

const STOP_BOUND_MS = 10_000;

export function stopOnSignals(stopAll: () => Promise<void>, log: Log): void {
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (isStopping) return;
    isStopping = true;
    log.info('Stopping', { signal });
    setTimeout(() => {
      log.error('Not everything stopped in time');
      process.exit(1);
    }, STOP_BOUND_MS).unref();
    void stopAll().then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}
