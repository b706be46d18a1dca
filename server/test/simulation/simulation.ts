/**
 * One simulation: the engine's own code in several simulated processes, on a real database with simulated time, with
 * simulated platforms. One seed decides everything that happens, so that the same seed gives the same trace.
 */
import type { Database } from '../../src/db/pool.ts';
import { calmActions, calmDown, possibleActions, type Action } from './actions.ts';
import type { Odds } from './odds.ts';
import { makeRules } from './rules.ts';
import type { SeededBug } from './seeded-bugs.ts';
import { makeWorld, type World } from './world.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Steps with faults; as many as it takes to end every push follow without. */
  readonly steps: number;
  readonly bug?: SeededBug;
  readonly odds?: Odds;
}

export interface SimulationResult {
  readonly seed: number;
  readonly steps: number;
  readonly pushes: number;
  readonly sends: number;
  readonly simulatedMs: number;
  /** One line a step. */
  readonly trace: readonly string[];
  /** The rule that was broken after the last step of the trace. */
  readonly broken: string | undefined;
}

const CALM_STEPS_MAX = 20_000;

export async function simulate(db: Database, options: SimulationOptions): Promise<SimulationResult> {
  const { seed, bug, odds = 'usual' } = options;
  const world = await makeWorld(db, { seed, bug, odds });
  try {
    return await run(world, options);
  } finally {
    world.time.end();
  }
}

async function run(world: World, { seed, steps }: SimulationOptions): Promise<SimulationResult> {
  const rules = makeRules(world);
  const trace: string[] = [];
  world.startProcess();
  await world.time.settle();
  const broken = (await turmoil()) ?? (await quiet());
  const pushes = [...world.ledger.pushes.values()];
  return {
    seed,
    steps: trace.length,
    pushes: pushes.length,
    sends: pushes.reduce((sum, push) => sum + push.sends, 0),
    simulatedMs: world.time.nowMs(),
    trace,
    broken,
  };

  async function turmoil(): Promise<string | undefined> {
    for (let step = 0; step < steps; step++) {
      const found = await take(possibleActions(world));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async function quiet(): Promise<string | undefined> {
    await calmDown(world);
    await world.time.settle();
    trace.push('-- no more faults');
    for (let step = 0; step < CALM_STEPS_MAX; step++) {
      const found = await take(calmActions(world));
      if (found !== undefined) return found;
      if (rules.unfinished().length === 0 && world.platform.nextLateMs() === undefined) return undefined;
    }
    return `${rules.unfinished().join(' ')} did not end within ${CALM_STEPS_MAX} steps without faults`;
  }

  async function take(actions: readonly Action[]): Promise<string | undefined> {
    const action = world.random.weighted(actions);
    if (action === undefined) throw new Error('nothing can happen any more');
    // Statements and answers take time too.
    world.time.moveTo(world.time.nowMs() + 0.01);
    const result = await action.run();
    trace.push(
      `${String(trace.length).padStart(5)} ${(world.time.nowMs() / 1_000).toFixed(3).padStart(9)}s  ${action.name}${result === '' ? '' : `: ${result}`}`,
    );
    await world.time.settle();
    return rules.check();
  }
}
