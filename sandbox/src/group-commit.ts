// Group commit: writes that arrive in one turn of the event loop share one transaction, and so one flush to disk.
// Each write has its own savepoint, so a refused one leaves its neighbours alone. Answers wait for the commit.
import type { Store } from './store.ts';

/** Bounds how long the flush of one group keeps the event loop. */
const groupMax = 128;

interface Waiting {
  run(): void;
  settle(failure: { readonly error: unknown } | undefined): void;
}

export interface GroupCommit {
  /** Runs the work inside a transaction; the promise settles once that transaction is on disk. */
  write<T>(work: () => T): Promise<T>;
  /** Runs the work likewise and takes all of it back. */
  tryOut<T>(work: () => T): Promise<T>;
}

export function groupCommit(store: Store, forget: () => void): GroupCommit {
  let waiting: Waiting[] = [];
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      const group = waiting.slice(0, groupMax);
      waiting = waiting.slice(groupMax);
      if (waiting.length > 0) schedule();
      commit(group);
    });
  }

  function commit(group: readonly Waiting[]): void {
    let failure: { readonly error: unknown } | undefined;
    try {
      store.begin();
      for (const one of group) one.run();
      store.commit();
    } catch (error) {
      store.rollback();
      forget();
      failure = { error };
    }
    for (const one of group) one.settle(failure);
  }

  function enqueue<T>(work: () => T, isKept: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let finish: (() => void) | undefined;
      waiting.push({
        run() {
          store.savepoint();
          try {
            const result = work();
            if (isKept) store.releaseSavepoint();
            else undo();
            finish = () => resolve(result);
          } catch (error) {
            undo();
            finish = () => reject(error);
          }
        },
        settle(failure) {
          if (failure !== undefined || finish === undefined) reject(failure?.error);
          else finish();
        },
      });
      schedule();
    });
  }

  function undo(): void {
    store.rollbackSavepoint();
    forget();
  }

  return { write: (work) => enqueue(work, true), tryOut: (work) => enqueue(work, false) };
}
