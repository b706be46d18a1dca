/**
 * The long run: many pushes over many companies while servers, database and sandbox are killed or frozen at random and the
 * platform misbehaves in every way it knows. Afterwards every push is looked for in the platform's books and among the
 * events; anything lost or doubled ends it with exit code 1. `npm run torture -- --pushes 10000 --seed 7`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startChaos } from './torture/chaos.ts';
import { startConsumer } from './torture/consumer.ts';
import { layGround, type Ground } from './torture/ground.ts';
import { countAll, describeReport, isClean } from './torture/report.ts';
import { makeCompanies, untilAllEnded, writeAll } from './torture/writes.ts';

const { values } = parseArgs({
  options: {
    pushes: { type: 'string', default: '10000' },
    companies: { type: 'string', default: '40' },
    servers: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    idempotency: { type: 'string', default: 'ignore' },
  },
});
const pushes = positive('pushes');
const companies = positive('companies');
const servers = positive('servers');
const seed = positive('seed');
const dir = mkdtempSync(path.join(tmpdir(), 'ledgerpost-torture-'));
console.log(`${pushes} pushes, ${companies} companies, ${servers} servers, seed ${seed}`);
const ground = await layGround({ dir, servers, seed, idempotency: values.idempotency });
try {
  process.exitCode = (await run(ground)) ? 0 : 1;
} finally {
  await ground.stop();
  rmSync(dir, { recursive: true, force: true });
}

async function run(place: Ground): Promise<boolean> {
  const consumer = await startConsumer(place);
  try {
    const linked = await makeCompanies(place, companies);
    const startedMs = performance.now();
    const chaos = startChaos(place, seed);
    const accepted = await writeAll(place, linked, { pushes, seed });
    await untilAllEnded(place, pushes);
    const kills = await chaos.stop();
    const seconds = (performance.now() - startedMs) / 1_000;
    const report = await countAll(place, { accepted, linked, kills, told: consumer.told });
    console.log(describeReport({ ...report, pushes, companies, servers, seed, seconds }));
    return isClean(report);
  } finally {
    await consumer.stop();
  }
}

function positive(name: 'pushes' | 'companies' | 'servers' | 'seed'): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name} takes a whole number from 1, not ${values[name]}`);
  return value;
}
