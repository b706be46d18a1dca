/**
 * `npm run bench`: how fast pushes are taken in and carried through, as ratios to the same work done otherwise on the
 * same machine in the same run. README.md says what is compared and why that is fair.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../server/src/lib/clock.ts';
import type { Gateway } from './gateways.ts';
import { layGround, type Ground } from './ground.ts';
import { measureAccepts, measurePushes, median, type Figures } from './measure.ts';

const connections = 16;
const clients = 64;
const rounds = 5;
const acceptMsPerRound = 3_000;
const pushesPerRound = 1_500;

interface Bar {
  readonly what: string;
  readonly bar: number;
  readonly ratio: number;
}

interface Part {
  readonly figures: ReadonlyMap<string, Figures>;
  readonly memoryMb: Readonly<Record<string, { readonly now: number; readonly peak: number } | undefined>>;
}

const ours = 'ledgerpost';
const bare = 'bare-insert';
const queues = ['pg-boss', 'graphile-worker'] as const;

async function run(): Promise<void> {
  const began = systemClock.now();
  const accepts = await onFreshGround(compareAccepts);
  const pushes = await onFreshGround(comparePushes);
  const bars: readonly Bar[] = [
    { what: `accepts, ${ours} : ${bare}`, bar: 0.5, ratio: ratio(accepts, bare) },
    ...queues.map((queue) => ({ what: `full pushes, ${ours} : ${queue}`, bar: 1.3, ratio: ratio(pushes, queue) })),
  ];
  print(accepts, pushes, bars);
  save(began, accepts, pushes, bars);
}

async function onFreshGround(compare: (ground: Ground) => Promise<Part>): Promise<Part> {
  const ground = await layGround(connections);
  try {
    return await compare(ground);
  } finally {
    await ground.stop();
  }
}

async function compareAccepts(ground: Ground): Promise<Part> {
  console.log(`durable accepts, ${clients} clients, ${rounds} rounds of ${acceptMsPerRound / 1_000} s`);
  const gateways = [await ground.startOurs(ours, 'accepted'), await ground.startRival(bare, 'accepted')];
  const effort = { rounds, clients, msPerRound: acceptMsPerRound };
  return { figures: await measureAccepts(gateways, ground.load, effort), memoryMb: memoryOf(gateways) };
}

async function comparePushes(ground: Ground): Promise<Part> {
  console.log(`full pushes, ${clients} clients, ${connections} connections, ${rounds} rounds of ${pushesPerRound}`);
  const gateways: Gateway[] = [await ground.startOurs(ours, 'done')];
  for (const queue of queues) gateways.push(await ground.startRival(queue, 'done'));
  const effort = { rounds, clients, pushesPerRound };
  return { figures: await measurePushes(gateways, ground.load, effort), memoryMb: memoryOf(gateways) };
}

function memoryOf(gateways: readonly Gateway[]): Part['memoryMb'] {
  return Object.fromEntries(gateways.map((gateway) => [gateway.name, gateway.program.memory()]));
}

function ratio({ figures }: Part, other: string): number {
  const rate = (name: string) => median(figures.get(name)?.perSecond ?? []);
  return Number((rate(ours) / rate(other)).toFixed(2));
}

function print(accepts: Part, pushes: Part, bars: readonly Bar[]): void {
  for (const [title, { figures, memoryMb }] of [
    ['\ndurable accepts', accepts],
    ['\nfull pushes', pushes],
  ] as const) {
    console.log(`${title.padEnd(21)}  per second   answer p50 / p99 ms   memory now / peak MB`);
    for (const [name, { perSecond, p50Ms, p99Ms }] of figures) {
      const answer = `${median(p50Ms).toFixed(1)} / ${median(p99Ms).toFixed(1)}`;
      const memory = memoryMb[name] === undefined ? 'not known' : `${memoryMb[name].now} / ${memoryMb[name].peak}`;
      const rate = median(perSecond).toFixed(0);
      console.log(`  ${name.padEnd(18)}  ${rate.padStart(10)}   ${answer.padStart(19)}   ${memory.padStart(20)}`);
    }
  }
  console.log('');
  for (const { what, bar, ratio: reached } of bars) {
    console.log(`${reached >= bar ? 'met   ' : 'MISSED'}  ${what.padEnd(42)} ${reached.toFixed(2)}  (bar ${bar})`);
  }
}

function save(began: Date, accepts: Part, pushes: Part, bars: readonly Bar[]): void {
  const resultsDir = path.join(import.meta.dirname, 'results');
  const file = path.join(resultsDir, `${began.toISOString().slice(0, 16).replace(':', '-')}.json`);
  const cpus = os.cpus();
  const machine = {
    cpus: cpus.length,
    model: cpus[0]?.model,
    os: `${os.platform()} ${os.arch()}`,
    node: process.version,
  };
  const asJson = ({ figures, memoryMb }: Part) => ({ figures: Object.fromEntries(figures), memoryMb });
  const result = { date: began.toISOString(), machine, bars, accepts: asJson(accepts), pushes: asJson(pushes) };
  mkdirSync(resultsDir, { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\nwritten to ${path.relative(process.cwd(), file)}`);
}

await run();
