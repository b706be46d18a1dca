/**
 * `npm run simulate -- --seeds N [--from S] [--steps K] [--odds sluggish] [--bug NAME]`: runs the simulator over N seeds, reports, and
 * prints the trace of the first seed that breaks a rule. The same seed and steps give the same trace again.
 */
import { parseArgs } from 'node:util';
import type { Database } from '../../src/db/pool.ts';
import { monotonicMs } from '../../src/lib/clock.ts';
import { withSimulatorDatabase } from './database.ts';
import { ODDS, type Odds } from './odds.ts';
import { SEEDED_BUGS, type SeededBug } from './seeded-bugs.ts';
import { simulate, type SimulationResult } from './simulation.ts';

const PROGRESS_EVERY_MS = 5_000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    steps: { type: 'string', default: '600' },
    odds: { type: 'string', default: 'usual' },
    bug: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

function numberOption(name: 'seeds' | 'from' | 'steps'): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} must be a whole number`);
  return value;
}

function bugOption(): SeededBug | undefined {
  if (values.bug === undefined) return undefined;
  const bug = Object.entries(SEEDED_BUGS).find(([name]) => name === values.bug)?.[1];
  if (bug === undefined) throw new Error(`--bug must be one of ${Object.keys(SEEDED_BUGS).join(', ')}`);
  return bug;
}

function oddsOption(): Odds {
  const { odds } = values;
  if (odds === 'usual' || odds === 'sluggish') return odds;
  throw new Error(`--odds must be one of ${Object.keys(ODDS).join(', ')}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function runSeeds(db: Database): Promise<boolean> {
  const [seeds, from, steps] = [numberOption('seeds'), numberOption('from'), numberOption('steps')];
  const bug = bugOption();
  const odds = oddsOption();
  const began = monotonicMs();
  const sum = { seeds: 0, steps: 0, pushes: 0, sends: 0, simulatedMs: 0 };
  let toldMs = began;
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await simulate(db, { seed, steps, odds, ...(bug && { bug }) });
    sum.seeds += 1;
    for (const key of ['steps', 'pushes', 'sends', 'simulatedMs'] as const) sum[key] += result[key];
    if (values.trace) say(result.trace.join('\n'));
    if (result.broken !== undefined) return tellBroken(result, steps);
    if (monotonicMs() - toldMs < PROGRESS_EVERY_MS) continue;
    toldMs = monotonicMs();
    say(summary(sum, toldMs - began));
  }
  say(summary(sum, monotonicMs() - began));
  say('No rule was broken.');
  return true;
}

function summary(sum: Omit<SimulationResult, 'seed' | 'trace' | 'broken'> & { seeds: number }, tookMs: number): string {
  const perSecond = Math.round(sum.steps / (tookMs / 1_000));
  return `${sum.seeds} seeds, ${sum.steps} steps (${perSecond}/s), ${sum.pushes} pushes, ${sum.sends} sends, ${Math.round(sum.simulatedMs / 60_000)} minutes of simulated time`;
}

function tellBroken({ seed, trace, broken }: SimulationResult, steps: number): false {
  if (!values.trace) say(trace.join('\n'));
  say(`Seed ${seed} broke a rule at its step ${trace.length}: ${broken}`);
  say(
    `Again: npm run simulate -- --from ${seed} --seeds 1 --steps ${steps} --odds ${values.odds}${values.bug ? ` --bug ${values.bug}` : ''}`,
  );
  return false;
}

const isSound = await withSimulatorDatabase(runSeeds);
process.exitCode = isSound ? 0 : 1;
