/**
 * Stores what was read from a platform. Only what differs is written, and only that gets a new time of change. The caller
 * hands in its own transaction, so that a cursor moves together with the records that it stands for.
 */
import type { Queryable } from '../db/pool.ts';
import { lowered } from '../db/text-rules.ts';
import { storableJson, storableText } from '../lib/storable-json.ts';
import { fromFeedTime, type FeedTime } from './feed.ts';
import { indexedText, refsOf } from './indexed-fields.ts';
import { markStale } from './stale.ts';
import type { RecordContent, StoredDataType } from './stored-types.ts';
import { feedTime, RECORD_COLUMNS, takeFeeds, UPSERT_RECORD } from './upsert.ts';

export interface RecordBatch {
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: StoredDataType;
  /** Each with its `id`; one without is passed over. At most a page of a platform. */
  readonly records: readonly RecordContent[];
  /** The record that they belong to, for types that are read below another one. */
  readonly parentId?: string | undefined;
  /** Data model, mapping and supplemental data configuration (`modelKeyOf`): another one moves modifiedDate. */
  readonly modelKey: string;
  /** The connector's, so that updates are checked against what was read last. */
  readonly stampOf?: ((record: RecordContent) => string | undefined) | undefined;
  /** The id of the pass over all records that met them, for `markAbsent`. */
  readonly pass?: string | undefined;
  /** What the platform itself says is deleted. */
  readonly deletedIds?: readonly string[] | undefined;
  /**
   * `feedPosition` before the platform was asked. What was stored since, such as a write of our own, is not overwritten by
   * what may be older; it is marked stale instead and read again.
   */
  readonly asOf?: FeedTime | undefined;
}

export interface Stored {
  /** Got a new time of change, the deleted ones included. */
  readonly changed: number;
  /** Left as they were, because something newer may have been stored meanwhile. */
  readonly skipped: number;
}

interface InputRow {
  readonly n: number;
  readonly record_id: string;
  readonly content: RecordContent | undefined;
  readonly is_deleted: boolean;
  readonly status: string | undefined;
  readonly first_ref: string | undefined;
  readonly second_ref: string | undefined;
  readonly stamp: string | undefined;
}

// Of jsonb, since its parts are taken over as they are: from json each content would be parsed once more.
const INPUT = `jsonb_to_recordset($1::jsonb) AS i (n int, record_id text, content jsonb, is_deleted bool, status text,
  first_ref text, second_ref text, stamp text)`;

export async function storeRecords(tx: Queryable, batch: RecordBatch): Promise<Stored> {
  const rows = inputRows(batch);
  if (batch.pass !== undefined) await noteSeen(tx, batch.pass, batch.records.flatMap(idOf));
  if (rows.length === 0) return { changed: 0, skipped: 0 };
  const differing = await upsertDiffering(tx, batch, rows);
  const skipped = differing.filter((row) => row.has_changed === null);
  await markStale(
    tx,
    skipped.map((row) => ({ ...batch, recordId: row.record_id })),
  );
  return { changed: differing.filter((row) => row.has_changed).length, skipped: skipped.length };
}

function inputRows({ dataType, records, deletedIds = [], stampOf }: RecordBatch): readonly InputRow[] {
  const byId = new Map<string, Omit<InputRow, 'n'>>();
  for (const record of records) {
    const [id] = idOf(record);
    if (id === undefined) continue;
    const [firstRef, secondRef] = refsOf(dataType, record);
    byId.set(id, {
      record_id: id,
      content: contentOf(record),
      is_deleted: false,
      status: indexedText(record['status']),
      first_ref: firstRef,
      second_ref: secondRef,
      stamp: stampOf?.(record),
    });
  }
  const none = { content: undefined, status: undefined, first_ref: undefined, second_ref: undefined, stamp: undefined };
  for (const id of deletedIds) {
    const key = storableText(id);
    if (!byId.has(key)) byId.set(key, { record_id: key, is_deleted: true, ...none });
  }
  return [...byId.values()].map((row, n) => ({ n, ...row }));
}

/** As the database will have it, or the two would not be found to be the same. */
function idOf({ id }: RecordContent): readonly string[] {
  return typeof id === 'string' && id !== '' ? [storableText(id)] : [];
}

/** What is kept beside the content is no part of it. */
export function contentOf(record: RecordContent): RecordContent {
  if (record['modifiedDate'] === undefined && record['metadata'] === undefined) return record;
  const { modifiedDate: _, metadata: __, ...content } = record;
  return content;
}

/**
 * Answers the rows that differ; those that were passed over tell nothing of a change. The feed is not taken where none
 * differs, as it mostly is. What others change between the look and the upsert is told by the upsert.
 */
async function upsertDiffering(tx: Queryable, batch: RecordBatch, rows: readonly InputRow[]) {
  const time = feedTime('feed', 'feed.taken - 1 - i.place');
  return tx.query<{ record_id: string; has_changed: boolean | null }>(
    'records_upsert',
    `WITH input AS MATERIALIZED (
       SELECT i.*, row_number() OVER (ORDER BY i.n) - 1 AS place FROM ${INPUT}
       LEFT JOIN records r ON r.connection_id = $2 AND r.data_type = $3 AND r.record_id = i.record_id
         AND r.record_id = ANY ($7)
       WHERE CASE
         WHEN i.is_deleted THEN r.content IS NOT NULL AND NOT r.is_deleted
         ELSE r.record_id IS NULL OR r.is_deleted OR r.content IS DISTINCT FROM i.content
           OR r.model_key IS DISTINCT FROM $6 OR (i.stamp IS NOT NULL AND r.stamp IS DISTINCT FROM i.stamp) END
     ), taken AS (
       ${takeFeeds('SELECT $4::uuid AS company_id, count(*) AS records FROM input HAVING count(*) > 0')}
     ), feed AS (
       SELECT taken.*, (SELECT count(*) FROM input) AS taken FROM taken
     ), stored AS (
       INSERT INTO records AS r (${RECORD_COLUMNS})
       SELECT feed.company_id, $2, $3, i.record_id, $5, i.content, ${lowered('i.status')}, ${lowered('i.first_ref')},
         ${lowered('i.second_ref')}, $6, i.is_deleted,
         i.stamp, CASE WHEN i.content IS NOT NULL THEN ${time.at} END, ${time.bucket}, ${time.at}
       FROM input i CROSS JOIN feed
       ${UPSERT_RECORD}
       WHERE $8::bigint IS NULL OR r.seen_at <= ${fromFeedTime('$8')}
       RETURNING r.record_id, r.modified_at IS NOT DISTINCT FROM r.seen_at AS has_changed
     )
     SELECT i.record_id, stored.has_changed FROM input i LEFT JOIN stored ON stored.record_id = i.record_id`,
    [
      storableJson(rows),
      batch.connectionId,
      batch.dataType,
      batch.companyId,
      batch.parentId ?? null,
      batch.modelKey,
      rows.map((row) => row.record_id),
      batch.asOf ?? null,
    ],
  );
}

/** Which of the records a pass has met already, on an earlier page or on this one: those that follow the first. */
export async function metBefore(
  tx: Queryable,
  pass: string,
  records: readonly RecordContent[],
): Promise<ReadonlySet<RecordContent>> {
  const rows = await tx.query<{ record_id: string }>(
    'sightings_find',
    'SELECT record_id FROM record_sightings WHERE pass = $1 AND record_id = ANY ($2)',
    [pass, records.flatMap(idOf)],
  );
  const met = new Set(rows.map((row) => row.record_id));
  const repeated = new Set<RecordContent>();
  for (const record of records) {
    const [id] = idOf(record);
    if (id === undefined) continue;
    if (met.has(id)) repeated.add(record);
    met.add(id);
  }
  return repeated;
}

/** Notes what a pass has met: for platforms that list ids apart from records. */
export async function noteSeen(tx: Queryable, pass: string, recordIds: readonly string[]): Promise<void> {
  if (recordIds.length === 0) return;
  await tx.execute(
    'sightings_note',
    `INSERT INTO record_sightings (pass, record_id) SELECT $1, id FROM unnest($2::text[]) AS i (id) ON CONFLICT DO NOTHING`,
    [pass, recordIds.map(storableText)],
  );
}

export interface CompletePass {
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: StoredDataType;
  readonly pass: string;
  /** `feedPosition` when the pass began: what was heard of since is no longer judged by it. */
  readonly asOf: FeedTime;
}

const ABSENT_A_BATCH = 1_000;

/**
 * After a pass that met all there is: what it has not met is gone from the platform. Batch by batch, in transactions of
 * its own; begun again after a crash it goes on, so what was met is kept until the pass is surely over (`forgetPass`).
 * Answers how many were marked deleted.
 */
export async function markAbsent(
  db: { readonly transaction: <T>(work: (tx: Queryable) => Promise<T>) => Promise<T> },
  complete: CompletePass,
): Promise<number> {
  let deleted = 0;
  for (let after = ''; ;) {
    const batch = await db.transaction((tx) => markAbsentBatch(tx, complete, after));
    deleted += batch.changed;
    if (batch.lastId === undefined) break;
    after = batch.lastId;
  }
  return deleted;
}

async function markAbsentBatch(tx: Queryable, { pass, asOf, ...place }: CompletePass, after: string) {
  const absent = await tx.query<{ record_id: string }>(
    'records_absent',
    `SELECT r.record_id FROM records r
     WHERE r.connection_id = $1 AND r.data_type = $2 AND r.record_id > $3 AND r.content IS NOT NULL AND NOT r.is_deleted
       AND r.seen_at <= ${fromFeedTime('$4')}
       AND NOT EXISTS (SELECT 1 FROM record_sightings s WHERE s.pass = $5 AND s.record_id = r.record_id)
     ORDER BY r.record_id LIMIT ${ABSENT_A_BATCH}`,
    [place.connectionId, place.dataType, after, asOf, pass],
  );
  const deletedIds = absent.map((row) => row.record_id);
  const { changed } = await storeRecords(tx, { ...place, records: [], deletedIds, asOf, modelKey: '' });
  return { changed, lastId: absent.length < ABSENT_A_BATCH ? undefined : deletedIds.at(-1) };
}

/** Of a pass that ended, or was given up. */
export async function forgetPass(
  db: { readonly transaction: <T>(work: (tx: Queryable) => Promise<T>) => Promise<T> },
  pass: string,
): Promise<void> {
  const forget = (tx: Queryable) =>
    tx.execute(
      'sightings_forget',
      `DELETE FROM record_sightings WHERE pass = $1 AND record_id = ANY (
         ARRAY(SELECT record_id FROM record_sightings WHERE pass = $1 LIMIT 10000))`,
      [pass],
    );
  while ((await db.transaction(forget)) > 0);
}
