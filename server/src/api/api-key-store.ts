/** The API keys in the database. Only their hashes are stored: a key is seen once, in the answer that creates it. */
import { createHash, randomBytes } from 'node:crypto';
import type { Database, Queryable } from '../db/pool.ts';
import { PublicError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { uuidv7 } from '../lib/ids.ts';

const API_KEYS_MAX = 10;

export interface ApiKey {
  readonly id: string;
  readonly name: string | undefined;
  readonly createdAt: Date;
}

interface ApiKeyRow {
  readonly id: string;
  readonly name: string | null;
  readonly created_at: Date;
}

export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

/** Makes sure that the key works; what the start does with the key of the settings or of the data folder. */
export async function ensureApiKey(db: Queryable, clock: Clock, key: string): Promise<void> {
  const now = clock.now();
  await db.execute(
    'api_key_ensure',
    `INSERT INTO api_keys (id, name, key_hash, created_at) VALUES ($1, 'First key', $2, $3)
     ON CONFLICT (key_hash) DO NOTHING`,
    [uuidv7(now.getTime()), hashApiKey(key), now],
  );
}

/** The id of the key with one of these hashes. */
export async function findApiKeyId(db: Queryable, hashes: readonly Buffer[]): Promise<string | undefined> {
  const rows = await db.query<{ id: string }>(
    'api_key_find',
    'SELECT id FROM api_keys WHERE key_hash = ANY($1::bytea[]) LIMIT 1',
    [hashes],
  );
  return rows[0]?.id;
}

export async function listApiKeys(db: Queryable): Promise<ApiKey[]> {
  const rows = await db.query<ApiKeyRow>(
    'api_keys_list',
    'SELECT id, name, created_at FROM api_keys ORDER BY created_at, id',
  );
  return rows.map((row) => ({ id: row.id, name: row.name ?? undefined, createdAt: row.created_at }));
}

export async function createApiKey(
  db: Database,
  clock: Clock,
  name: string | undefined,
): Promise<ApiKey & { readonly key: string }> {
  const now = clock.now();
  const created = { id: uuidv7(now.getTime()), name, createdAt: now, key: randomBytes(30).toString('base64url') };
  await db.transaction(async (tx) => {
    if ((await lockedKeyIds(tx)).length >= API_KEYS_MAX) {
      throw new PublicError('conflict', `There are ${API_KEYS_MAX} API keys already; delete one first`);
    }
    await tx.execute(
      'api_key_insert',
      'INSERT INTO api_keys (id, name, key_hash, created_at) VALUES ($1, $2, $3, $4)',
      [created.id, name ?? null, hashApiKey(created.key), now],
    );
  });
  return created;
}

/** A key for one integration: the one before it, of the same name, ends in the same transaction. */
export async function rotateApiKey(db: Database, clock: Clock, name: string): Promise<string> {
  const now = clock.now();
  const key = randomBytes(30).toString('base64url');
  await db.transaction(async (tx) => {
    await tx.execute('api_keys_of_name_delete', 'DELETE FROM api_keys WHERE name = $1', [name]);
    if ((await lockedKeyIds(tx)).length >= API_KEYS_MAX) {
      throw new PublicError('conflict', `There are ${API_KEYS_MAX} API keys already; delete one first`);
    }
    await tx.execute(
      'api_key_insert',
      'INSERT INTO api_keys (id, name, key_hash, created_at) VALUES ($1, $2, $3, $4)',
      [uuidv7(now.getTime()), name, hashApiKey(key), now],
    );
  });
  return key;
}

export async function deleteApiKey(db: Database, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const ids = await lockedKeyIds(tx);
    if (!ids.includes(id)) throw new PublicError('api_key_not_found', id);
    if (ids.length === 1)
      throw new PublicError('conflict', 'The last API key cannot be deleted; create another one first');
    await tx.execute('api_key_delete', 'DELETE FROM api_keys WHERE id = $1', [id]);
  });
}

/**
 * All keys, locked, so that two callers cannot both make the eleventh or delete the last two. There is always at least
 * one to lock; the second caller sees what the first left only in a new statement, hence the second look.
 */
async function lockedKeyIds(tx: Queryable): Promise<string[]> {
  await tx.execute('api_keys_lock', 'SELECT 1 FROM api_keys ORDER BY id FOR UPDATE');
  const rows = await tx.query<{ id: string }>('api_key_ids', 'SELECT id FROM api_keys');
  return rows.map((row) => row.id);
}
