/** The first API key and the secret key: as set, else as kept in the data folder, else made there at the first start. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { StartupError } from '../db/startup-error.ts';
import { readIfThere, writeDurably } from './data-dir.ts';

export interface KeyOptions {
  readonly dataDir: string;
  /** Settings, which win over the files and are not written to them. */
  readonly apiKey: string | undefined;
  readonly secretKey: string | undefined;
}

export interface Keys {
  readonly apiKey: string;
  readonly secretKey: string;
  /** Made just now: to be shown, once. */
  readonly apiKeyIsNew: boolean;
}

/** The caller holds the data folder, so no other process makes keys at the same time. */
export async function readOrMakeKeys({ dataDir, apiKey, secretKey }: KeyOptions): Promise<Keys> {
  const api = await readOrMake(
    path.join(dataDir, 'api-key'),
    apiKey,
    () => `lp_${randomBytes(24).toString('base64url')}`,
  );
  const secret = await readOrMake(path.join(dataDir, 'secret-key'), secretKey, () =>
    randomBytes(32).toString('base64'),
  );
  return { apiKey: api.key, secretKey: secret.key, apiKeyIsNew: api.isNew };
}

async function readOrMake(
  file: string,
  given: string | undefined,
  make: () => string,
): Promise<{ readonly key: string; readonly isNew: boolean }> {
  if (given !== undefined) return { key: given, isNew: false };
  const kept = (await readIfThere(file))?.trim();
  // A new secret key in place of a lost one would make everything that was sealed unreadable: not ours to decide.
  if (kept === '') {
    throw new StartupError('key_file_empty', `${file} is empty. Restore it, or delete it to have a new key made.`);
  }
  if (kept !== undefined) return { key: kept, isNew: false };
  const key = make();
  await writeDurably(file, `${key}\n`);
  return { key, isNew: true };
}
