/**
 * Group commit: collects items that arrive while an earlier batch is being written and hands them over together. A lone
 * item is flushed at once, so that batching costs it nothing but the turn of the event loop.
 */

export interface Batcher<Item, Result> {
  /** Resolves or rejects with what the batch came to for this item. */
  readonly add: (item: Item) => Promise<Result>;
  readonly waiting: () => number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * `flush` gets at most `itemsMax` items and answers one result for each, in their order. At most `flushesMax` run at a
 * time. When it throws, every item of the batch is told so; but where `mayBeOneItem` holds of the error, the items are
 * flushed again one by one, so that one that cannot be stored does not take others down with it.
 */
export function makeBatcher<Item, Result>(options: {
  readonly itemsMax: number;
  readonly flushesMax: number;
  readonly flush: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly mayBeOneItem: (error: unknown) => boolean;
}): Batcher<Item, Result> {
  let queue: Waiting<Item, Result>[] = [];
  let flushing = 0;
  let scheduled = false;

  const schedule = () => {
    if (scheduled || queue.length === 0 || flushing >= options.flushesMax) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      void flushNext();
      schedule();
    });
  };

  const flushNext = async () => {
    const batch = queue.slice(0, options.itemsMax);
    if (batch.length === 0) return;
    queue = queue.slice(batch.length);
    flushing += 1;
    await flushBatch(batch);
    flushing -= 1;
    schedule();
  };

  const flushBatch = async (batch: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await options.flush(batch.map((waiting) => waiting.item));
      if (results.length !== batch.length) {
        throw new Error(`a batch of ${batch.length} items was answered with ${results.length} results`);
      }
      batch.forEach((waiting, index) => waiting.resolve(results[index] as Result));
    } catch (error) {
      if (batch.length > 1 && options.mayBeOneItem(error)) {
        for (const waiting of batch) await flushBatch([waiting]);
        return;
      }
      for (const waiting of batch) waiting.reject(error);
    }
  };

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject });
        schedule();
      }),
    waiting: () => queue.length,
  };
}
