/** The two measurements. Gateways take turns within one run, in another order each round, so that drift hits all alike. */
import type { Gateway } from './gateways.ts';
import type { Load } from './programs.ts';

export interface Figures {
  readonly perSecond: readonly number[];
  readonly p50Ms: readonly number[];
  readonly p99Ms: readonly number[];
}

export interface Effort {
  readonly rounds: number;
  readonly clients: number;
}

const doneMsMax = 60_000;
const doneCheckMs = 25;

/** How many requests a second are answered, and after how long. */
export async function measureAccepts(
  gateways: readonly Gateway[],
  load: Load,
  { rounds, clients, msPerRound }: Effort & { readonly msPerRound: number },
): Promise<ReadonlyMap<string, Figures>> {
  const accept = async (gateway: Gateway, msMax: number) => {
    const storedBefore = await gateway.stored();
    const report = await load.apply({ targets: gateway.targets, clients, msMax });
    if (report.failure !== undefined) throw new Error(`${gateway.name} answered ${report.failure}`);
    const stored = (await gateway.stored()) - storedBefore;
    if (stored !== report.requests) throw new Error(`${gateway.name} stored ${stored} of ${report.requests}`);
    return { perSecond: report.requests / report.seconds, p50Ms: report.p50Ms, p99Ms: report.p99Ms };
  };
  return inTurns(
    gateways,
    rounds,
    (gateway) => accept(gateway, msPerRound / 4),
    (gateway) => accept(gateway, msPerRound),
  );
}

/** How many pushes a second go all the way: from the first request until the last outcome and event are stored. */
export async function measurePushes(
  gateways: readonly Gateway[],
  load: Load,
  { rounds, clients, pushesPerRound }: Effort & { readonly pushesPerRound: number },
): Promise<ReadonlyMap<string, Figures>> {
  const push = async (gateway: Gateway, requestsMax: number) => {
    const [storedBefore, toldBefore] = [await gateway.stored(), await gateway.told()];
    const start = performance.now();
    const report = await load.apply({ targets: gateway.targets, clients, requestsMax, msMax: doneMsMax });
    if (report.failure !== undefined) throw new Error(`${gateway.name} answered ${report.failure}`);
    await untilTold(gateway, toldBefore + requestsMax);
    const seconds = (performance.now() - start) / 1_000;
    const stored = (await gateway.stored()) - storedBefore;
    if (stored !== requestsMax) throw new Error(`${gateway.name} has done ${stored} of ${requestsMax}`);
    return { perSecond: requestsMax / seconds, p50Ms: report.p50Ms, p99Ms: report.p99Ms };
  };
  return inTurns(
    gateways,
    rounds,
    (gateway) => push(gateway, Math.ceil(pushesPerRound / 4)),
    (gateway) => push(gateway, pushesPerRound),
  );
}

async function untilTold(gateway: Gateway, expected: number): Promise<void> {
  const start = performance.now();
  let told = await gateway.told();
  while (told < expected) {
    if (performance.now() - start > doneMsMax) throw new Error(`${gateway.name} has told ${told} of ${expected}`);
    await new Promise((resolve) => setTimeout(resolve, doneCheckMs));
    told = await gateway.told();
  }
}

interface Round {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function inTurns(
  gateways: readonly Gateway[],
  rounds: number,
  warmUp: (gateway: Gateway) => Promise<Round>,
  measure: (gateway: Gateway) => Promise<Round>,
): Promise<ReadonlyMap<string, Figures>> {
  for (const gateway of gateways) await warmUp(gateway);
  const measured = new Map<string, Round[]>(gateways.map((gateway) => [gateway.name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const gateway of rotated(gateways, round)) {
      const figures = await measure(gateway);
      measured.get(gateway.name)?.push(figures);
      console.log(`  round ${round + 1}  ${gateway.name.padEnd(20)} ${figures.perSecond.toFixed(0).padStart(7)}/s`);
    }
  }
  const figuresOf = (done: readonly Round[]): Figures => ({
    perSecond: done.map((figures) => Math.round(figures.perSecond)),
    p50Ms: done.map((figures) => Number(figures.p50Ms.toFixed(2))),
    p99Ms: done.map((figures) => Number(figures.p99Ms.toFixed(2))),
  });
  return new Map([...measured].map(([name, done]) => [name, figuresOf(done)]));
}

function rotated<T>(all: readonly T[], by: number): readonly T[] {
  const start = by % all.length;
  return [...all.slice(start), ...all.slice(0, start)];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
