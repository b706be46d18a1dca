/** What became of pushes: looked up, listed, waited for. */
import { makeCalls } from './calls.ts';
import { endingSignal, pause } from './clock.ts';
import { bounded, type Settings } from './config.ts';
import { badRequest, LedgerpostError } from './errors.ts';
import { listPage, makeStream, type ListRequest, type Page, type Stream } from './lists.ts';
import { hasEnded, readPush, type EndedPush, type Push, type WritableDataType } from './push.ts';
import type { CallOptions, Send, WriteCallOptions } from './transport.ts';

/** Which push is meant. A push itself is one, too. */
export interface PushPlace {
  readonly companyId: string;
  readonly pushOperationKey: string;
}

export interface WaitOptions<D extends WritableDataType = WritableDataType> {
  /**
   * How often to look, in milliseconds, where the server does not hold its answer back until there is news; and how often
   * `onUpdate` hears, at most. Default 2 000.
   */
  readonly pollIntervalMs?: number | undefined;
  /** How long to wait in all, in milliseconds. Default 120 000. The push itself goes on after that. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait; it rejects with the signal's reason. The push itself goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Called with what each look found, the last one included. */
  readonly onUpdate?: ((push: Push<D>) => void) | undefined;
}

/** Properties that pushes can be searched and sorted by. */
export interface PushProperties {
  readonly pushOperationKey: string;
  readonly companyId: string;
  readonly dataConnectionKey: string;
  readonly dataType: WritableDataType;
  readonly status: Push['status'];
  readonly statusCode: number;
  readonly requestedOnUtc: string;
  readonly completedOnUtc: string;
  readonly timeoutInMinutes: number;
  readonly errorMessage: string;
}

/** One step of a push: a send, a look into the books, and what it came to. */
export interface TimelineStep {
  readonly id: string;
  /** `send`, `find`, `expire`, `rescue` or `resolve`. */
  readonly step: string;
  readonly outcome: string;
  readonly detail?: string;
  readonly movedTo?: string;
  readonly startedOnUtc: string;
  readonly durationMs: number;
  /** What the platform was sent, without secrets. */
  readonly request?: { readonly method: string; readonly url: string; readonly body?: string };
  readonly response?: { readonly statusCode: number; readonly body?: string };
}

export interface Resolution {
  /** `Success`: the platform has it. `Failed`: it has not. */
  readonly outcome: 'Success' | 'Failed';
  /** What that rests on; kept in the timeline. */
  readonly reason: string;
  /** The platform's id of the record: required for `Success` of a create. */
  readonly recordId?: string;
}

/** Long enough to be worth it, and shorter than what proxies commonly allow an answer to take. */
const HOLD_SECONDS_MAX = 30;

export type PollUntilDone = ReturnType<typeof makePushOperations>['pollUntilDone'];

export function makePushOperations(settings: Settings, send: Send) {
  const { clock } = settings;
  const calls = makeCalls(send);
  const listOf = ({ companyId }: { readonly companyId: string }) => ['companies', companyId, 'push'];
  const pathOf = (place: PushPlace) => [...listOf(place), place.pushOperationKey];

  /** One push. Rejects with `not_found` where the company has none of this key. */
  async function get<D extends WritableDataType = WritableDataType>(
    request: PushPlace & CallOptions,
  ): Promise<Push<D>> {
    return look<D>(request, request);
  }

  /** One page of a company's pushes, newest first unless `orderBy` says otherwise. */
  async function list(request: { readonly companyId: string } & ListRequest<PushProperties>): Promise<Page<Push>> {
    return listPage(send, listOf(request), request, readPush);
  }

  /** All of a company's pushes, page by page as they are consumed. */
  function stream(request: { readonly companyId: string } & ListRequest<PushProperties>): Stream<Push> {
    return makeStream(send, listOf(request), request, readPush);
  }

  /** Everything that was tried for a push, oldest first. */
  async function timeline(request: PushPlace & CallOptions): Promise<readonly TimelineStep[]> {
    const path = [...pathOf(request), 'timeline'];
    return (await calls.read<{ results: readonly TimelineStep[] }>(path, request)).results;
  }

  /** Decides a push whose status is `Unknown`, after somebody has looked. Rejects with `conflict` for any other. */
  async function resolve(request: PushPlace & Resolution & WriteCallOptions): Promise<Push> {
    const { outcome, reason, recordId } = request;
    const path = [...pathOf(request), 'resolution'];
    return readPush(await calls.write<Push>('POST', path, request, { outcome, reason, recordId }));
  }

  /**
   * Waits until a push has ended, and gives it with whichever ending it has: `Success`, `Failed`, `TimedOut`, `Unknown`.
   * Takes the push that a write gave, or its key with the company.
   *
   * The server is asked to hold its answer until there is news; where it does not know that, it is asked every
   * `pollIntervalMs`.
   *
   * Rejects with `timeout` once `timeoutMs` is over (`detail` is the push as last seen), and with what the server answered
   * otherwise, such as `not_found`.
   */
  function pollUntilDone<D extends WritableDataType>(push: Push<D>, options?: WaitOptions<D>): Promise<EndedPush<D>>;
  function pollUntilDone(request: PushPlace & WaitOptions): Promise<EndedPush>;
  function pollUntilDone(place: PushPlace, options?: WaitOptions): Promise<EndedPush>;
  function pollUntilDone(
    pushOperationKey: string,
    options: WaitOptions & { readonly companyId: string },
  ): Promise<EndedPush>;
  function pollUntilDone(
    push: string | (PushPlace & WaitOptions),
    options: WaitOptions & { readonly companyId?: string } = {},
  ): Promise<EndedPush> {
    if (typeof push === 'object') return wait(push, { ...push, ...options });
    if (options.companyId === undefined) {
      throw badRequest('A key needs its company: pollUntilDone(key, { companyId })');
    }
    return wait({ companyId: options.companyId, pushOperationKey: push }, options);
  }

  async function wait(place: PushPlace, options: WaitOptions): Promise<EndedPush> {
    const { signal, onUpdate } = options;
    const pollIntervalMs = bounded('pollIntervalMs', options.pollIntervalMs ?? 2_000, 1, 3_600_000);
    const timeoutMs = bounded('timeoutMs', options.timeoutMs ?? 120_000, 0, 2_147_483_647);
    const endsAt = clock.now() + timeoutMs;
    let seen: Push | undefined;
    const late = () => waitIsOver(timeoutMs, seen);
    // Until the server refuses to be asked so.
    let mayHold = true;
    for (;;) {
      const askedAt = clock.now();
      const leftMs = Math.max(0, endsAt - askedAt);
      const hold = mayHold ? holdSeconds(leftMs, onUpdate === undefined ? undefined : pollIntervalMs) : 0;
      const push = await beforeTheEnd(place, { hold, leftMs, late, signal }).catch((error: unknown) => {
        if (hold === 0 || !(error instanceof LedgerpostError) || error.type !== 'bad_request') throw error;
        mayHold = false;
        return undefined;
      });
      if (push === undefined) continue;
      seen = push;
      onUpdate?.(push);
      if (hasEnded(push)) return push;
      const now = clock.now();
      if (now >= endsAt) throw late();
      // A server that held its answer has done the waiting.
      const restMs = Math.min(pollIntervalMs - (now - askedAt), endsAt - now);
      if (restMs > 0) await pause(clock, restMs, signal);
    }
  }

  /** The wait's end counts, whatever the time-out and the retries of a single look. */
  async function beforeTheEnd(
    place: PushPlace,
    {
      hold,
      leftMs,
      late,
      signal,
    }: { hold: number; leftMs: number; late: () => LedgerpostError; signal: AbortSignal | undefined },
  ): Promise<Push> {
    // The last look gets a moment of its own: the push may end in the very last second.
    const graceMs = 5_000;
    const ending = endingSignal(clock, leftMs + graceMs, late, signal);
    try {
      return await look(place, { signal: ending.signal, timeoutMs: settings.timeoutMs + hold * 1_000 }, hold);
    } finally {
      ending.done();
    }
  }

  async function look<D extends WritableDataType = WritableDataType>(
    place: PushPlace,
    options: CallOptions,
    hold = 0,
  ): Promise<Push<D>> {
    return readPush(await calls.read<Push<D>>(pathOf(place), options, hold > 0 ? { wait: hold } : {}));
  }

  return { get, list, stream, timeline, resolve, pollUntilDone };
}

function holdSeconds(leftMs: number, updateMs: number | undefined): number {
  const wanted = updateMs === undefined ? HOLD_SECONDS_MAX : Math.max(1, Math.round(updateMs / 1_000));
  return Math.min(HOLD_SECONDS_MAX, wanted, Math.floor(leftMs / 1_000));
}

function waitIsOver(timeoutMs: number, push: Push | undefined): LedgerpostError {
  const last = push === undefined ? '' : ` Push ${push.pushOperationKey} was last seen as ${push.status}, and goes on.`;
  return new LedgerpostError('timeout', `The push has not ended within ${timeoutMs} ms.${last}`, { detail: push });
}
