/**
 * The one loop behind every background worker: run while there is work, otherwise wait for a wake, the next due time
 * or the poll, and carry on after errors.
 */
import { describeError, type Log } from '../lib/log.ts';
import { pause } from './pause.ts';

export interface WorkDone {
  /** There may be more: run again at once. */
  readonly didWork: boolean;
  /** When the next piece of work falls due, if sooner than the poll. */
  readonly nextDueInMs?: number | undefined;
}

export interface WorkLoopOptions {
  readonly name: string;
  /** The signal fires when the loop is being stopped: finish what is begun, begin nothing new. */
  readonly runOnce: (signal: AbortSignal) => Promise<WorkDone>;
  /** The longest wait; finds the work of which no wake told. */
  readonly pollMs: number;
  readonly log: Log;
}

export interface WorkLoop {
  /** Look now. During a run it means one more run. */
  readonly wake: () => void;
  /** Resolves when the current run has ended. */
  readonly stop: () => Promise<void>;
}

const ERROR_PAUSE_MIN_MS = 100;
const ERROR_PAUSE_MAX_MS = 5_000;

export function startWorkLoop({ name, runOnce, pollMs, log }: WorkLoopOptions): WorkLoop {
  const stopping = new AbortController();
  let isWoken = false;
  let endWait: (() => void) | undefined;
  let errorsInRow = 0;

  const running = loop();
  return {
    wake: () => {
      isWoken = true;
      endWait?.();
    },
    stop: async () => {
      stopping.abort();
      endWait?.();
      await running;
    },
  };

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      isWoken = false;
      const pauseMs = await runAndPause();
      if (pauseMs > 0) await wait(pauseMs);
    }
  }

  async function runAndPause(): Promise<number> {
    try {
      const { didWork, nextDueInMs = pollMs } = await runOnce(stopping.signal);
      errorsInRow = 0;
      // A due time in the past without work done would spin: the database's clock may be a little behind.
      return didWork ? 0 : Math.max(1, Math.min(pollMs, nextDueInMs));
    } catch (error) {
      errorsInRow += 1;
      // A database that is away fails on every run: one line a doubling, not one a run.
      if (Number.isInteger(Math.log2(errorsInRow))) {
        log.error(`${name}: a run failed`, { error: describeError(error), errorsInRow });
      }
      // After an error a wake must not shorten the pause, or a busy caller would make it a hot loop.
      await pause(stopping.signal, Math.min(ERROR_PAUSE_MIN_MS * 2 ** (errorsInRow - 1), ERROR_PAUSE_MAX_MS));
      return 0;
    }
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (isWoken || stopping.signal.aborted) return resolve();
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        endWait = undefined;
        resolve();
      }
      endWait = done;
    });
  }
}
