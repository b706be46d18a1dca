/**
 * The simulated platforms and the network before them. Each request leaves, arrives (or does not), is carried out (or is
 * not, or late), and its answer comes back (or does not), whenever the scheduler says. The books are what counts.
 */
import type { Connector, FindOutcome, Write, WriteOutcome, WriteRequest } from '../../src/connectors/contract.ts';
import { chartOfAccounts } from '../../src/models/chart-of-accounts.ts';
import type { Random } from './random.ts';
import type { SimulatedTime } from './simulated-time.ts';

/** The three kinds of memory that a platform may have: it finds by key, it de-duplicates by key, or neither. */
export const MEMORIES = ['finds', 'deduplicates', 'forgets'] as const;
export type Memory = (typeof MEMORIES)[number];

const REPEATS = {
  finds: 'find-before-resend',
  deduplicates: 'platform-deduplicates',
  forgets: 'never-resend',
} as const satisfies Record<Memory, ReturnType<Write<unknown>['repeatFor']>>;

export const CALLS_IN_FLIGHT = 3;
const CALL_TIMEOUT_MS = 10_000;
export const LATE_COMMIT_MS = 3_000;

const FATES = [
  { name: 'carries it out', weight: 30 },
  { name: 'carries it out and loses the answer', weight: 6 },
  { name: 'loses it', weight: 5 },
  { name: 'carries it out late, after the connection broke', weight: 6 },
  { name: 'answers 500 before', weight: 3 },
  { name: 'answers 500 after', weight: 3 },
  { name: 'answers 429', weight: 4 },
  { name: 'answers 401', weight: 1 },
] as const;
export type Fate = (typeof FATES)[number]['name'] | 'is offline' | 'refuses';

export interface Call {
  readonly kind: 'call';
  readonly process: string;
  readonly step: 'send' | 'find';
  readonly pushId: string;
  readonly memory: Memory;
  readonly leftMs: number;
  /** Set once the platform has answered, or the connection broke. */
  answer: (() => void) | undefined;
  readonly giveUp: () => void;
  readonly arrive: (fate: Fate) => void;
}

export interface SimulatedPlatform {
  /** Every push that was carried out, as often as it was, in the order of the books. */
  readonly books: string[];
  readonly calls: Set<Call>;
  readonly connectorsOf: (process: string) => Connector[];
  readonly fateOf: (call: Call, isCalm: boolean) => Fate;
  isOffline: boolean;
  /** The earliest time at which a request that was lost is carried out after all. */
  readonly nextLateMs: () => number | undefined;
  /** Carries out what is due; gives the pushes concerned. */
  readonly carryOutLate: () => string[];
  /** The connection of a call breaks: the process hears of it, the platform may carry it out late. */
  readonly breakOff: (call: Call) => void;
  /** When the next call has taken as long as one may. */
  readonly nextTimeoutMs: () => number | undefined;
  /** Breaks off the calls that took too long; gives the pushes concerned. */
  readonly timeOut: () => string[];
  /** Ends the calls of a dead process: the same, with nobody to hear of it. */
  readonly abandon: (process: string) => void;
}

export function makePlatform(deps: {
  readonly time: SimulatedTime;
  readonly random: Random;
  readonly isRefused: (pushId: string) => boolean;
  readonly onSend: (call: Call) => void;
  /** What the engine believes of the window for late commits; the platform's own is LATE_COMMIT_MS. */
  readonly toldLateCommitMs: number;
}): SimulatedPlatform {
  const { time, random } = deps;
  const books: string[] = [];
  const calls = new Set<Call>();
  const late = new Set<{ readonly pushId: string; readonly memory: Memory; readonly dueMs: number }>();

  const write = (pushId: string, memory: Memory) => {
    if (memory === 'deduplicates' && books.includes(pushId)) return;
    if (!deps.isRefused(pushId)) books.push(pushId);
  };
  const writeLate = (call: Call) => {
    if (call.step === 'find') return;
    late.add({ ...call, dueMs: Math.floor(time.nowMs()) + random.between(1, LATE_COMMIT_MS - 1) });
  };

  const unanswered = () => [...calls].filter((call) => call.answer === undefined);

  const platform: SimulatedPlatform = {
    books,
    calls,
    isOffline: false,
    connectorsOf: (process) => MEMORIES.map((memory) => connectorOf(process, memory)),
    fateOf: (call, isCalm) => {
      if (platform.isOffline && !isCalm) return 'is offline';
      const fate = isCalm ? 'carries it out' : (random.weighted(FATES)?.name ?? 'carries it out');
      return deps.isRefused(call.pushId) && fate === 'carries it out' ? 'refuses' : fate;
    },
    nextLateMs: () => earliest([...late].map(({ dueMs }) => dueMs)),
    carryOutLate: () => {
      const due = [...late].filter(({ dueMs }) => dueMs <= time.nowMs()).toSorted((a, b) => a.dueMs - b.dueMs);
      for (const each of due) {
        late.delete(each);
        write(each.pushId, each.memory);
      }
      return due.map(({ pushId }) => pushId);
    },
    breakOff,
    nextTimeoutMs: () => earliest(unanswered().map(({ leftMs }) => timeoutOf(leftMs))),
    timeOut: () => {
      const overdue = unanswered().filter(({ leftMs }) => timeoutOf(leftMs) <= time.nowMs());
      overdue.forEach(breakOff);
      return overdue.map(({ pushId }) => pushId);
    },
    abandon: (process) => {
      for (const call of calls) {
        if (call.process !== process) continue;
        calls.delete(call);
        if (call.answer === undefined && random.chance(0.5)) writeLate(call);
      }
    },
  };
  return platform;

  function breakOff(call: Call): void {
    if (random.chance(0.5)) writeLate(call);
    call.giveUp();
  }

  function connectorOf(process: string, memory: Memory): Connector {
    const send: Write<unknown>['send'] = (_session, request) =>
      made<WriteOutcome>(process, memory, request, {
        step: 'send',
        broken: () => ({ kind: 'unknown', reason: 'the connection broke' }),
        arrived: (fate, call) => sendOutcome(fate, call, request),
      });
    const find = (_session: unknown, request: WriteRequest) =>
      made<FindOutcome>(process, memory, request, {
        step: 'find',
        broken: () => ({ kind: 'unreachable', waitingFor: 'platform-error', reason: 'the connection broke' }),
        arrived: (fate) => findOutcome(fate, request),
      });
    const writing: Write<unknown> = {
      model: chartOfAccounts,
      repeatFor: () => REPEATS[memory],
      send,
      ...(memory === 'finds' && { find }),
    };
    return {
      platform: {
        key: memory,
        integrationId: '',
        sourceId: '',
        name: memory,
        sourceType: 'Accounting',
        linkFields: [],
      },
      limits: { callsInFlight: CALLS_IN_FLIGHT, callTimeoutMs: CALL_TIMEOUT_MS, lateCommitMs: deps.toldLateCommitMs },
      writes: { chartOfAccounts: { create: writing, update: writing, delete: writing } },
      reads: {},
      authorize: () => Promise.resolve({ kind: 'linked', link: {}, info: {} }),
      secretsOf: () => [],
      open: () => ({}),
    };
  }

  /** A call that has left; its promise is kept by the scheduler, or, with a dead process, by nobody. */
  function made<Outcome>(
    process: string,
    memory: Memory,
    request: WriteRequest,
    {
      step,
      broken,
      arrived,
    }: {
      readonly step: Call['step'];
      readonly broken: () => Outcome;
      readonly arrived: (fate: Fate, call: Call) => Outcome;
    },
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      const answerWith = (outcome: Outcome) => {
        call.answer = () => {
          calls.delete(call);
          resolve(outcome);
        };
      };
      const call: Call = {
        kind: 'call',
        process,
        step,
        pushId: request.pushOperationKey,
        memory,
        leftMs: time.nowMs(),
        answer: undefined,
        giveUp: () => answerWith(broken()),
        arrive: (fate) => answerWith(arrived(fate, call)),
      };
      calls.add(call);
      if (step === 'send') deps.onSend(call);
    });
  }

  function sendOutcome(fate: Fate, call: Call, request: WriteRequest): WriteOutcome {
    switch (fate) {
      case 'carries it out':
        write(call.pushId, call.memory);
        return { kind: 'written', changes: [changeOf(request)] };
      case 'carries it out and loses the answer':
      case 'answers 500 after':
        write(call.pushId, call.memory);
        return { kind: 'unknown', reason: fate };
      case 'carries it out late, after the connection broke':
        writeLate(call);
        return { kind: 'unknown', reason: fate };
      case 'loses it':
      case 'answers 500 before':
        return { kind: 'unknown', reason: fate };
      case 'answers 429':
        return { kind: 'not-sent', waitingFor: 'rate-limit', reason: fate, retryAfterMs: random.between(0, 2_000) };
      case 'is offline':
        return { kind: 'not-sent', waitingFor: 'platform-offline', reason: fate };
      case 'answers 401':
        return { kind: 'unlinked', reason: fate };
      case 'refuses':
        return { kind: 'rejected', statusCode: 422, message: 'the platform refuses this record', errors: [] };
    }
  }

  function findOutcome(fate: Fate, request: WriteRequest): FindOutcome {
    if (fate === 'is offline') return { kind: 'unreachable', waitingFor: 'platform-offline', reason: fate };
    if (fate.startsWith('answers')) return { kind: 'unreachable', waitingFor: 'platform-error', reason: fate };
    return books.includes(request.pushOperationKey)
      ? { kind: 'found', changes: [changeOf(request)], evidence: 'it is in the books' }
      : { kind: 'absent', evidence: 'it is not in the books' };
  }
}

function changeOf(request: WriteRequest) {
  const id = request.recordId ?? `acc_${request.pushOperationKey}`;
  return { type: 'Created', recordRef: { id, dataType: 'chartOfAccounts' } } as const;
}

/** In whole milliseconds, so that no sum of fractions falls between the clock's ticks. */
function timeoutOf(leftMs: number): number {
  return Math.ceil(leftMs) + CALL_TIMEOUT_MS;
}

function earliest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.min(...times);
}
