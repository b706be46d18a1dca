/** Whether this process has the secret key that the database's credentials were sealed with. */
import type { Database } from '../db/pool.ts';
import { StartupError } from '../db/startup-error.ts';
import { makeSealer, type Sealer } from '../lib/seal.ts';

const PURPOSE = 'secret check';
const TEXT = 'ledgerpost';

export function sealerFrom(secretKey: string): Sealer {
  try {
    return makeSealer(secretKey);
  } catch (error) {
    throw new StartupError('secret_key_unfit', `LEDGERPOST_SECRET_KEY: ${(error as Error).message}.`, error);
  }
}

/** The first process on a database leaves the sealed text there; of several at once, one does. */
export async function checkSecretKey(db: Database, sealer: Sealer): Promise<void> {
  await db.execute('', 'INSERT INTO secret_check (sealed) VALUES ($1) ON CONFLICT DO NOTHING', [
    sealer.seal(PURPOSE, TEXT, TEXT),
  ]);
  const [row] = await db.query<{ sealed: Buffer }>('', 'SELECT sealed FROM secret_check', []);
  try {
    if (row !== undefined) sealer.open(PURPOSE, TEXT, row.sealed);
  } catch (error) {
    throw new StartupError(
      'secret_key_differs',
      'The credentials in this database were sealed with another secret key. Set LEDGERPOST_SECRET_KEY to that key, ' +
        'or put its file secret-key back into the data folder (LEDGERPOST_DATA_DIR).',
      error,
    );
  }
}
