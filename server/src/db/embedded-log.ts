/** The file into which the embedded PostgreSQL writes: kept within bounds, and its end read for error messages. */
import { copyFile, open, stat, truncate } from 'node:fs/promises';

const BYTES_MAX = 8 * 1024 * 1024;
const TAIL_BYTES = 2_000;

/**
 * Sets the file aside when it has grown too large. Copied and cut, not renamed: the server holds it open and appends.
 * A line written between the two is lost, which a log that is too large already can bear.
 */
export async function boundLog(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || found.size <= BYTES_MAX) return;
  await copyFile(file, `${file}.old`);
  await truncate(file, 0);
}

export async function logTail(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(TAIL_BYTES);
    const { bytesRead } = await handle.read({ buffer, position: Math.max(0, size - TAIL_BYTES) });
    return buffer.subarray(0, bytesRead).toString('utf8').split('\n').slice(-9).join('\n').trim();
  } finally {
    await handle.close();
  }
}
