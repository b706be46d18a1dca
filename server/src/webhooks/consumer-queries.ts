/** All SQL about webhook consumers and rules, which are consumers of the older kind. */
import type { Queryable } from '../db/pool.ts';
import type { ShownCertificate } from './client-certificate.ts';
import type { Consumer } from './consumer.ts';

interface ConsumerRow {
  readonly id: string;
  readonly url: string;
  readonly event_types: string[];
  readonly company_tags: string[];
  readonly company_id: string | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly rate_limit: number | null;
  readonly disabled: boolean;
  readonly created_at: Date;
  readonly header_names: string[];
  readonly certificate_shown: ShownCertificate | null;
  readonly previous_secret_until: Date | null;
  readonly disabled_at: Date | null;
  readonly disabled_reason: 'request' | 'failures' | null;
  readonly failing_since: Date | null;
  readonly rule_type: string | null;
}

const CONSUMER_COLUMNS = `id, url, event_types, company_tags, company_id, name, description, rate_limit, disabled,
  created_at, header_names, certificate_shown, previous_secret_until, disabled_at, disabled_reason, failing_since,
  rule_type`;

export type ConsumerKind = 'webhook' | 'rule';

function consumer(row: ConsumerRow): Consumer {
  return {
    id: row.id,
    url: row.url,
    eventTypes: row.event_types,
    companyTags: row.company_tags,
    companyId: row.company_id ?? undefined,
    name: row.name ?? undefined,
    description: row.description ?? undefined,
    rateLimit: row.rate_limit ?? undefined,
    disabled: row.disabled,
    createdAt: row.created_at,
    headerNames: row.header_names,
    certificate: row.certificate_shown ?? undefined,
    previousSecretUntil: row.previous_secret_until ?? undefined,
    disabledAt: row.disabled_at ?? undefined,
    disabledReason: row.disabled_reason ?? undefined,
    failingSince: row.failing_since ?? undefined,
    ruleType: row.rule_type ?? undefined,
  };
}

/** Two that register at once would both see room for one more. */
export async function lockConsumers(tx: Queryable): Promise<void> {
  await tx.execute('consumers_lock', 'LOCK TABLE webhook_consumers IN SHARE ROW EXCLUSIVE MODE');
}

/** What is stored of a consumer beside what may be shown. */
export interface SealedParts {
  readonly secret: Buffer;
  readonly headers: Buffer | undefined;
  readonly certificate: Buffer | undefined;
}

/** The first eleven values of the statements below. */
function storedValues(each: Consumer): unknown[] {
  return [
    each.id,
    each.url,
    each.eventTypes,
    each.companyTags,
    each.companyId ?? null,
    each.name ?? null,
    each.description ?? null,
    each.rateLimit ?? null,
    each.disabled,
    each.disabledAt ?? null,
    each.disabledReason ?? null,
  ];
}

export async function insertConsumer(
  tx: Queryable,
  each: Consumer,
  { kind, sealed }: { readonly kind: ConsumerKind; readonly sealed: SealedParts },
): Promise<void> {
  await tx.execute(
    'consumer_insert',
    `INSERT INTO webhook_consumers (id, url, event_types, company_tags, company_id, name, description, rate_limit,
       disabled, disabled_at, disabled_reason, created_at, header_names, headers_sealed, certificate_shown,
       certificate_sealed, secret_sealed, kind, rule_type)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    [
      ...storedValues(each),
      each.createdAt,
      each.headerNames,
      sealed.headers ?? null,
      each.certificate === undefined ? null : JSON.stringify(each.certificate),
      sealed.certificate ?? null,
      sealed.secret,
      kind,
      each.ruleType ?? null,
    ],
  );
}

export interface ConsumerChange {
  readonly consumer: Consumer;
  /** Left out: as they are. */
  readonly sealed: Partial<Pick<SealedParts, 'headers' | 'certificate'>>;
  readonly now: Date;
}

/** A consumer that is enabled anew has failed nothing yet. */
export async function updateConsumer(tx: Queryable, { consumer: each, sealed, now }: ConsumerChange): Promise<void> {
  await tx.execute(
    'consumer_update',
    `UPDATE webhook_consumers
     SET url = $2, event_types = $3, company_tags = $4, company_id = $5, name = $6, description = $7, rate_limit = $8,
       disabled = $9, disabled_at = $10, disabled_reason = $11, header_names = $12,
       headers_sealed = CASE WHEN $13 THEN $14 ELSE headers_sealed END, certificate_shown = $15,
       certificate_sealed = CASE WHEN $16 THEN $17 ELSE certificate_sealed END,
       enabled_at = CASE WHEN disabled AND NOT $9 THEN $18 ELSE enabled_at END,
       failing_since = CASE WHEN disabled AND NOT $9 THEN NULL ELSE failing_since END
     WHERE id = $1 AND deleted_at IS NULL`,
    [
      ...storedValues(each),
      each.headerNames,
      'headers' in sealed,
      sealed.headers ?? null,
      each.certificate === undefined ? null : JSON.stringify(each.certificate),
      'certificate' in sealed,
      sealed.certificate ?? null,
      now,
    ],
  );
}

/** A consumer has a pace exactly while it has a rate limit. */
export async function storePace(tx: Queryable, { id, rateLimit }: Consumer, now: Date): Promise<void> {
  if (rateLimit === undefined) {
    await tx.execute('pace_delete', 'DELETE FROM webhook_paces WHERE consumer_id = $1', [id]);
    return;
  }
  await tx.execute(
    'pace_insert',
    'INSERT INTO webhook_paces (consumer_id, next_at) VALUES ($1, $2) ON CONFLICT (consumer_id) DO NOTHING',
    [id, now],
  );
}

export async function selectConsumers(db: Queryable, kind: ConsumerKind): Promise<Consumer[]> {
  const rows = await db.query<ConsumerRow>(
    'consumers_select',
    `SELECT ${CONSUMER_COLUMNS} FROM webhook_consumers WHERE kind = $1 AND deleted_at IS NULL ORDER BY created_at, id`,
    [kind],
  );
  return rows.map(consumer);
}

/** Until the transaction ends none of them is deleted, so that no message is made for one that is gone. */
export async function lockConsumersAgainstDeletion(tx: Queryable): Promise<Consumer[]> {
  const rows = await tx.query<ConsumerRow>(
    'consumers_lock_rows',
    `SELECT ${CONSUMER_COLUMNS} FROM webhook_consumers WHERE deleted_at IS NULL ORDER BY id FOR SHARE`,
  );
  return rows.map(consumer);
}

export async function findConsumer(db: Queryable, kind: ConsumerKind, id: string): Promise<Consumer | undefined> {
  const [row] = await db.query<ConsumerRow>(
    'consumer_find',
    `SELECT ${CONSUMER_COLUMNS} FROM webhook_consumers WHERE id = $1 AND kind = $2 AND deleted_at IS NULL`,
    [id, kind],
  );
  return row && consumer(row);
}

export async function findConsumerForUpdate(
  tx: Queryable,
  kind: ConsumerKind,
  id: string,
): Promise<Consumer | undefined> {
  const [row] = await tx.query<ConsumerRow>(
    'consumer_find_for_update',
    `SELECT ${CONSUMER_COLUMNS} FROM webhook_consumers
     WHERE id = $1 AND kind = $2 AND deleted_at IS NULL FOR UPDATE`,
    [id, kind],
  );
  return row && consumer(row);
}

export async function markConsumerDeleted(
  db: Queryable,
  { id, kind, now }: { readonly id: string; readonly kind: ConsumerKind; readonly now: Date },
): Promise<boolean> {
  const count = await db.execute(
    'consumer_delete',
    `WITH gone AS (DELETE FROM webhook_paces WHERE consumer_id = $1)
     UPDATE webhook_consumers SET deleted_at = $3 WHERE id = $1 AND kind = $2 AND deleted_at IS NULL`,
    [id, kind, now],
  );
  return count > 0;
}

/**
 * After days of nothing but failures. Answers what the event tells, if it was disabled now: another process may have been
 * first, a success may have come, or somebody enabled it anew.
 */
export async function disableFailing(
  tx: Queryable,
  { id, failingBefore, now }: { readonly id: string; readonly failingBefore: Date; readonly now: Date },
): Promise<Consumer | undefined> {
  const [row] = await tx.query<ConsumerRow>(
    'consumer_disable_failing',
    `UPDATE webhook_consumers SET disabled = true, disabled_at = $3, disabled_reason = 'failures'
     WHERE id = $1 AND kind = 'webhook' AND NOT disabled AND deleted_at IS NULL AND failing_since <= $2
     RETURNING ${CONSUMER_COLUMNS}`,
    [id, failingBefore, now],
  );
  return row && consumer(row);
}

export async function selectSealedSecret(db: Queryable, id: string): Promise<Buffer | undefined> {
  const [row] = await db.query<{ secret_sealed: Buffer }>(
    'consumer_secret',
    `SELECT secret_sealed FROM webhook_consumers WHERE id = $1 AND kind = 'webhook' AND deleted_at IS NULL`,
    [id],
  );
  return row?.secret_sealed;
}

/** The secret so far signs as well until `previousUntil`. */
export async function replaceSecret(
  db: Queryable,
  {
    id,
    secretSealed,
    previousUntil,
  }: { readonly id: string; readonly secretSealed: Buffer; readonly previousUntil: Date },
): Promise<boolean> {
  const count = await db.execute(
    'consumer_rotate_secret',
    `UPDATE webhook_consumers
     SET previous_secret_sealed = secret_sealed, previous_secret_until = $3, secret_sealed = $2
     WHERE id = $1 AND kind = 'webhook' AND deleted_at IS NULL`,
    [id, secretSealed, previousUntil],
  );
  return count > 0;
}
