import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readOrMakeKeys } from '../../src/launch/keys.ts';

const UNSET = { apiKey: undefined, secretKey: undefined };
let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'lp-keys-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

test('keys are made at the first start, long and different, and are the same ever after', async () => {
  const first = await readOrMakeKeys({ dataDir, ...UNSET });
  expect(first.apiKey).toMatch(/^lp_[\w-]{32}$/);
  expect(Buffer.from(first.secretKey, 'base64')).toHaveLength(32);
  expect(first.apiKeyIsNew).toBe(true);
  expect(await readOrMakeKeys({ dataDir, ...UNSET })).toEqual({ ...first, apiKeyIsNew: false });

  const other = await mkdtemp(path.join(os.tmpdir(), 'lp-keys-'));
  const others = await readOrMakeKeys({ dataDir: other, ...UNSET });
  expect(new Set([first.apiKey, first.secretKey, others.apiKey, others.secretKey]).size).toBe(4);
  await rm(other, { recursive: true });
});

test('key files can be read by their owner only', async () => {
  await readOrMakeKeys({ dataDir, ...UNSET });
  const modes = await Promise.all(
    (await readdir(dataDir)).map(async (name) => [name, (await stat(path.join(dataDir, name))).mode & 0o777]),
  );
  expect(modes).toEqual([
    ['api-key', 0o600],
    ['secret-key', 0o600],
  ]);
});

test('settings win over the files and are not written to disk', async () => {
  const given = { apiKey: 'given key', secretKey: 'given secret' };
  expect(await readOrMakeKeys({ dataDir, ...given })).toEqual({ ...given, apiKeyIsNew: false });
  expect(await readdir(dataDir)).toEqual([]);
});

test('an emptied key file stops the start instead of being replaced, since sealed values would be lost', async () => {
  await writeFile(path.join(dataDir, 'secret-key'), '\n');
  await expect(readOrMakeKeys({ dataDir, ...UNSET })).rejects.toThrow(/secret-key is empty\. Restore it, or delete it/);
  expect(await readFile(path.join(dataDir, 'secret-key'), 'utf8')).toBe('\n');
});
