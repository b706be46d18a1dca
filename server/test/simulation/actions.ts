/** What may happen next in a simulated world, each with how likely it is. */
import { ODDS } from './odds.ts';
import type { Answer, Statement } from './simulated-database.ts';
import type { Call } from './simulated-platform.ts';
import type { SimulatedProcess, World } from './world.ts';

export interface Action {
  readonly name: string;
  readonly weight: number;
  /** Does it, and says what came of it. */
  readonly run: () => Promise<string> | string;
}

const PROCESSES_MAX = 3;

export function possibleActions(world: World): Action[] {
  return [
    ...[...world.statements].flatMap((statement) => statementActions(world, statement)),
    ...[...world.platform.calls].flatMap((call) => callActions(world, call)),
    ...[...world.processes.values()].flatMap((process) => processActions(world, process)),
    ...worldActions(world),
  ];
}

/** What happens when nothing goes wrong any more: everything in its turn, and time passes when nothing else is left. */
export function calmActions(world: World): Action[] {
  const { statements, platform, processes, time } = world;
  const actions = [
    ...[...statements].map((statement) => execute(world, statement, 'at once')),
    ...[...platform.calls].map((call) => (call.answer === undefined ? arrive(world, call, true) : hear(world, call))),
    ...[...processes.values()].flatMap((process) => timerActions(world, process)),
  ];
  if (actions.length > 0) return actions;
  const timers = [...processes.keys()].flatMap((name) => time.timersOf(name).slice(0, 1));
  const goOn = pass(world, Math.max(1, Math.min(...timers.map(({ dueMs }) => dueMs)) - time.nowMs()));
  // The last 401 may be noted only now.
  return [{ ...goOn, run: async () => [await goOn.run(), await linkAgain(world)].join('') }];
}

/** The faults end: dead connections and stopped processes are gone, the frozen go on, links are in order. */
export async function calmDown(world: World): Promise<void> {
  for (const statement of world.statements) {
    if (!world.processes.has(statement.process)) world.statements.delete(statement);
  }
  for (const process of world.processes.values()) process.isFrozen = false;
  world.platform.isOffline = false;
  await linkAgain(world);
  world.startProcess();
}

function statementActions(world: World, statement: Statement): Action[] {
  const process = world.processes.get(statement.process);
  if (process === undefined) {
    // The database has it already, or never gets it.
    const lost = () => {
      world.statements.delete(statement);
      return '';
    };
    return [
      execute(world, statement, 'for nobody', 2),
      { name: `${statement.process}: ${statement.name} never arrives`, weight: 2, run: lost },
    ];
  }
  if (process.isFrozen) return statement.answer === undefined ? [execute(world, statement, 'for later', 5)] : [];
  if (statement.answer !== undefined) return [execute(world, statement, 'at last', 8)];
  const weight = statement.name.startsWith('push_') && isMove(statement.name) ? 1 : 0.2;
  return [
    execute(world, statement, 'at once', 10),
    execute(world, statement, 'for later', 3 * weight),
    execute(world, statement, 'and its answer is lost', 0.3 * weight),
    { name: `${process.name}: ${statement.name} is lost`, weight: 0.2 * weight, run: () => lose(world, statement) },
  ];
}

function isMove(name: string): boolean {
  return ['push_claim', 'push_permit', 'push_settle', 'push_rescue', 'push_find_expired'].includes(name);
}

type Delivery = 'at once' | 'at last' | 'for later' | 'for nobody' | 'and its answer is lost';

/** The database carries out a statement, unless it has, and the answer goes where `delivery` says. */
function execute(world: World, statement: Statement, delivery: Delivery, weight = 1): Action {
  return {
    name: `${statement.process}: ${statement.name} ${delivery}`,
    weight,
    run: async () => {
      statement.answer ??= await statement.run();
      noteRefusal(world, statement);
      const summary = summarize(world, statement.answer);
      if (delivery === 'for later') return summary;
      world.statements.delete(statement);
      if (delivery === 'and its answer is lost') statement.lose();
      else if (delivery !== 'for nobody') statement.hand(statement.answer);
      return summary;
    },
  };
}

function lose(world: World, statement: Statement): string {
  world.statements.delete(statement);
  statement.lose();
  return '';
}

/** The constraints are the last line: that the engine runs into one is a mistake, even when nothing comes of it. */
function noteRefusal(world: World, { answer, name }: Statement): void {
  if (answer?.ok !== false) return;
  const reason = answer.error instanceof Error ? answer.error.message : String(answer.error);
  world.violations.push(`the database refused ${name}: ${reason}`);
}

function summarize(world: World, answer: Answer): string {
  if (!answer.ok) return 'refused';
  const labels = answer.rows.flatMap((row) =>
    'id' in row && typeof row.id === 'string' ? [world.ledger.labelOf(row.id)] : [],
  );
  return labels.length > 0 ? labels.toSorted().join(' ') : `${answer.count} rows`;
}

function callActions(world: World, call: Call): Action[] {
  const process = world.processes.get(call.process);
  if (call.answer !== undefined) return process === undefined || process.isFrozen ? [] : [hear(world, call)];
  const breakOff = () => {
    world.platform.breakOff(call);
    return '';
  };
  return [arrive(world, call, false), { name: `${nameOf(world, call)} breaks off`, weight: 0.4, run: breakOff }];
}

function arrive(world: World, call: Call, isCalm: boolean): Action {
  return {
    name: `${nameOf(world, call)} arrives`,
    weight: ODDS[world.odds].arrives,
    run: () => {
      const fate = world.platform.fateOf(call, isCalm);
      call.arrive(fate);
      return `the platform ${fate}`;
    },
  };
}

function hear(world: World, call: Call): Action {
  const run = () => {
    call.answer?.();
    return '';
  };
  return { name: `${nameOf(world, call)} is answered`, weight: 8, run };
}

function nameOf(world: World, { process, step, pushId }: Call): string {
  return `${process}: ${step} of ${world.ledger.labelOf(pushId)}`;
}

function processActions(world: World, process: SimulatedProcess): Action[] {
  const { name } = process;
  const odds = ODDS[world.odds];
  const crash: Action = {
    name: `${name} is killed`,
    weight: odds.killed,
    run: () => {
      world.endProcess(name);
      return '';
    },
  };
  const freeze: Action = {
    name: `${name} ${process.isFrozen ? 'goes on' : 'freezes'}`,
    weight: process.isFrozen ? odds.goesOn : odds.freezes,
    run: () => {
      process.isFrozen = !process.isFrozen;
      return '';
    },
  };
  if (process.isFrozen) return [crash, freeze];
  return [crash, freeze, ...timerActions(world, process), ...(process.isStopping ? [] : [stop(world, process)])];
}

function timerActions(world: World, { name }: SimulatedProcess): Action[] {
  const [first] = world.time.timersOf(name);
  if (first === undefined || first.dueMs > world.time.nowMs()) return [];
  const fire = () => {
    world.time.fire(first);
    return '';
  };
  return [{ name: `${name}: a timer`, weight: 10, run: fire }];
}

function stop(world: World, process: SimulatedProcess): Action {
  return {
    name: `${process.name} is asked to stop`,
    weight: 0.08,
    run: () => {
      process.isStopping = true;
      void world.time.runAs(process.name, () => process.engine.stop()).then(() => world.endProcess(process.name));
      return '';
    },
  };
}

function worldActions(world: World): Action[] {
  const { processes, platform } = world;
  const toggle = () => {
    platform.isOffline = !platform.isOffline;
    return '';
  };
  return [
    pass(world, someMs(world), 5),
    { name: 'requests', weight: 1.5, run: () => request(world) },
    { name: 'a process starts', weight: processes.size < PROCESSES_MAX ? 1 : 0, run: world.startProcess },
    {
      name: `the platform goes ${platform.isOffline ? 'online' : 'offline'}`,
      weight: platform.isOffline ? 0.5 : 0.15,
      run: toggle,
    },
    { name: 'the connections are linked again', weight: 0.3, run: () => linkAgain(world) },
    { name: 'a connection is deleted', weight: 0.02, run: () => deleteConnection(world) },
  ].filter(({ weight }) => weight > 0);
}

/** Mostly a little; now and then so much that leases and deadlines end. */
function someMs({ random }: World): number {
  const { ms } = random.weighted([
    { weight: 5, ms: random.between(1, 150) },
    { weight: 5, ms: random.between(150, 1_500) },
    { weight: 1, ms: random.between(1_500, 12_000) },
  ]) ?? { ms: 1 };
  return ms;
}

/** Time passes; what the network and the platform do by themselves on the way happens at its own moment. */
function pass(world: World, ms: number, weight = 1): Action {
  const run = () => {
    const { time, platform, ledger } = world;
    const untilMs = time.nowMs() + ms;
    const happened: string[] = [];
    for (;;) {
      const next = Math.min(platform.nextLateMs() ?? Infinity, platform.nextTimeoutMs() ?? Infinity);
      // Up to the next microsecond, in which time is counted: a moment before it is not due, and would come for ever.
      time.moveTo(Math.ceil(Math.min(next, untilMs) * 1_000) / 1_000);
      if (next > untilMs) return happened.join(', ');
      happened.push(...platform.timeOut().map((id) => `the call of ${ledger.labelOf(id)} takes too long`));
      happened.push(...platform.carryOutLate().map((id) => `${ledger.labelOf(id)} is carried out late`));
    }
  };
  return { name: `${ms.toFixed(2)} ms pass`, weight, run };
}

async function request(world: World): Promise<string> {
  const accepted = await world.ledger.accept();
  const [alive] = [...world.processes.values()].filter(({ isFrozen }) => !isFrozen);
  if (alive !== undefined) {
    for (const { connection } of accepted) world.time.runAs(alive.name, () => alive.engine.wake(connection.id));
  }
  return accepted.map(({ label }) => label).join(' ');
}

async function linkAgain({ database }: World): Promise<string> {
  await database.query('sim_link', `UPDATE connections SET status = 'Linked' WHERE status = 'Deauthorized'`);
  return '';
}

async function deleteConnection({ database, ledger, random }: World): Promise<string> {
  const connection = random.pick(ledger.connections);
  connection.isDeleted = true;
  await database.query('sim_delete', 'UPDATE connections SET deleted_at = now() WHERE id = $1 AND deleted_at IS NULL', [
    connection.id,
  ]);
  return connection.memory;
}
