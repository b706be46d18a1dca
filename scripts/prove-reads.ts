/**
 * `npm run prove-reads -- [--changes 100000] [--seed N]`: the proof of reading at length. Writers, readings, readers and
 * random kills, as in server/test/reading, with as many changes as are asked for.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    changes: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
  },
});
for (const [name, value] of Object.entries(values)) {
  if (!/^\d{1,9}$/.test(value)) throw new Error(`--${name} must be a whole number`);
}
const root = path.resolve(import.meta.dirname, '..');
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
const run = spawnSync(process.execPath, [vitest, 'run', '--project', 'real', 'server/test/reading/reading.test.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, LEDGERPOST_PROOF_CHANGES: values.changes, LEDGERPOST_PROOF_SEED: values.seed },
});
process.exitCode = run.status ?? 1;
