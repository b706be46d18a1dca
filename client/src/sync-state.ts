/**
 * The loop that keeps a copy of a company's records up to date, written once and rightly: where to go on from is the
 * server's to say, and is stored only after everything before it has been stored.
 */
import type { ChangeFeed, ChangesRequest } from './changes.ts';
import { LedgerpostError } from './errors.ts';
import type { Page, Stream } from './lists.ts';

/** Where the loop keeps how far it has read: two functions over any table, file or cache. */
export interface SyncStore {
  /** Undefined or null: nothing is stored yet, and all records are read. */
  get(key: string): Promise<string | undefined | null> | string | undefined | null;
  set(key: string, value: string): Promise<void> | void;
}

/** A data type of a client: `client.invoices`. */
export interface SyncSource<Row> {
  readonly dataType: string;
  changes(request: ChangesRequest): Pick<ChangeFeed, 'pages'>;
  stream(request: {
    readonly companyId: string;
    readonly connectionId?: string | undefined;
    readonly pageSize?: number | undefined;
    readonly modifiedAfter?: string | undefined;
    readonly orderBy?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Stream<Row>;
}

export interface SyncOptions<Row> {
  readonly source: SyncSource<Row>;
  readonly store: SyncStore;
  readonly companyId: string;
  /** Only the records of this connection. */
  readonly connectionId?: string | undefined;
  /**
   * Stores a record in place of the one with the same id. Deleted records come too, as they were last, with
   * `metadata.isDeleted`. The same record may come twice, so storing it again must change nothing.
   */
  readonly upsert?: ((record: Row) => Promise<void> | void) | undefined;
  /** The same for a page at a time, which is faster over a database; in place of `upsert`. */
  readonly upsertAll?: ((records: readonly Row[]) => Promise<void> | void) | undefined;
  /** How many records a page has at most. Default 100. */
  readonly pageSize?: number | undefined;
  /** Ends the run; what was read so far stays stored. */
  readonly signal?: AbortSignal | undefined;
}

export interface SyncRun {
  /** How many records were handed over. */
  readonly records: number;
  /** `changes`: by the feed. `modifiedAfter`: by dates, where the server has no feed. */
  readonly by: 'changes' | 'modifiedAfter';
}

/** By dates, so much is read again: what a platform or a clock tells late is still met. */
const OVERLAP_MS = 60_000;
const DATED = 'modifiedAfter:';

/**
 * Brings the copy up to date and ends. Call it again whenever the copy should be: on a timer, or when a webhook tells.
 * When `upsert` or the server fails, it rejects with that error, and the next run takes up where this one got to.
 *
 * ```ts
 * import { createClient, syncState, type Invoice } from '@ledgerpost/client';
 *
 * const client = createClient();
 * const [company] = (await client.companies.list({ pageSize: 1 })).results;
 * const table = new Map<string, Invoice>();
 * const state = new Map<string, string>();
 * const store = { get: (key: string) => state.get(key), set: (key: string, value: string) => void state.set(key, value) };
 *
 * await syncState({
 *   source: client.invoices,
 *   store,
 *   companyId: company?.id ?? '',
 *   upsert: (invoice) => void table.set(invoice.id, invoice),
 * });
 * ```
 */
export async function syncState<Row extends object>(options: SyncOptions<Row>): Promise<SyncRun> {
  const { source, store, companyId, connectionId = '' } = options;
  const key = ['ledgerpost', companyId, connectionId, source.dataType].join('/');
  const stored = (await store.get(key)) ?? undefined;
  const keep = async (value: string) => store.set(key, value);
  if (stored?.startsWith(DATED) === true) return readByDates(options, stored.slice(DATED.length), keep);
  const run = await readChanges(options, stored, keep);
  return run ?? readByDates(options, undefined, keep);
}

/** Undefined where the server has no feed. */
async function readChanges<Row extends object>(
  options: SyncOptions<Row>,
  after: string | undefined,
  keep: (watermark: string) => Promise<void>,
): Promise<SyncRun | undefined> {
  const { source, companyId, connectionId, pageSize = 100, signal } = options;
  let records = 0;
  const feed = source.changes({ companyId, after, pageSize, signal }).pages()[Symbol.asyncIterator]();
  for (;;) {
    const page = await feed.next().catch((error: unknown) => {
      const isUnknownPath = error instanceof LedgerpostError && [404, 405].includes(error.statusCode ?? 0);
      if (isUnknownPath && after === undefined && records === 0) return undefined;
      throw error;
    });
    if (page?.done !== false) return page && { records, by: 'changes' };
    const { results, watermark } = page.value;
    const wanted = results.filter((change) => [undefined, change.connectionId].includes(connectionId));
    await handOver(
      options,
      wanted.map(({ record }) => record as object as Row),
    );
    records += wanted.length;
    await keep(watermark);
  }
}

/**
 * The next run begins where the server's clock stood before this one's first page, never at its end.
 *
 * Pages are counted, so the list must not move under them. By date a record that changes would go to its end, and pull
 * another one back over a page's edge, out of sight for good. By id nothing moves: what changes can only come in, and so be
 * met twice, or by the next run.
 */
async function readByDates<Row extends object>(
  options: SyncOptions<Row>,
  modifiedAfter: string | undefined,
  keep: (value: string) => Promise<void>,
): Promise<SyncRun> {
  const { source, companyId, connectionId, pageSize = 100, signal } = options;
  let records = 0;
  let startedAt: string | undefined;
  let total = 0;
  let isWhole = true;
  const request = { companyId, connectionId, pageSize, signal, modifiedAfter, orderBy: 'id' };
  for await (const page of source.stream(request).pages()) {
    startedAt ??= serverTime(page);
    // Where something has left the list nevertheless, another may have slipped by: the next run reads all of it again.
    isWhole &&= page.totalResults >= total;
    total = page.totalResults;
    await handOver(options, page.results);
    records += page.results.length;
  }
  if (startedAt !== undefined && isWhole) await keep(`${DATED}${startedAt}`);
  return { records, by: 'modifiedAfter' };
}

/** A server that does not tell its time makes the next run read all again, which is slow and right. */
function serverTime({ answeredAt }: Page<unknown>): string | undefined {
  return answeredAt === undefined ? undefined : new Date(answeredAt.getTime() - OVERLAP_MS).toISOString();
}

async function handOver<Row>({ upsert, upsertAll, signal }: SyncOptions<Row>, rows: readonly Row[]): Promise<void> {
  if (upsertAll !== undefined) {
    if (rows.length > 0) await upsertAll(rows);
    return;
  }
  for (const row of rows) {
    signal?.throwIfAborted();
    await upsert?.(row);
  }
}
