/** A store for syncState in one JSON file. Of its own subpath, so that browsers do not ask for node:fs. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { isObject, LedgerpostError } from './errors.ts';
import type { SyncStore } from './sync-state.ts';

/**
 * Keeps all keys in one file, which is replaced as a whole: a crash leaves the old one or the new one. For one process at a
 * time. Rejects with `json_decode_error` where the file holds something else.
 *
 * ```ts
 * import { fileStore } from '@ledgerpost/client/file-store';
 *
 * const store = fileStore('./sync-state.json');
 * await store.set('last', 'a');
 * console.log(await store.get('last'));
 * // prints: a
 * ```
 */
export function fileStore(file: string): SyncStore {
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other, or two writers would each lose the other's key. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    get: async (key) => inTurn(async () => (await readAll(file))[key]),
    set: async (key, value) => inTurn(async () => writeAll(file, { ...(await readAll(file)), [key]: value })),
  };
}

async function readAll(file: string): Promise<Record<string, string>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}';
    throw error;
  });
  try {
    const all: unknown = JSON.parse(text);
    if (isObject(all)) return all as Record<string, string>;
  } catch {
    // Told below.
  }
  throw new LedgerpostError('json_decode_error', `${file} does not hold a JSON object`);
}

async function writeAll(file: string, all: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const next = `${file}.next`;
  const handle = await open(next, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(all, undefined, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, file);
}
