/** A network and a clock that tests hold in their hands. */
import type { Clock } from '../src/clock.ts';

export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

export type Answer = Response | Error | 'never';

/** Gives the answers one after the other; the last one again and again. */
export function fakeFetch(...answers: readonly (Answer | ((request: SentRequest) => Answer))[]) {
  const sent: SentRequest[] = [];
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    const request = { method: init.method ?? 'GET', url, headers: new Headers(init.headers), body: init.body };
    const next = answers[Math.min(sent.length, answers.length - 1)] ?? json({});
    sent.push(request);
    const answer = typeof next === 'function' ? next(request) : next;
    if (answer instanceof Error) throw answer;
    if (answer !== 'never') return answer.clone();
    return new Promise((_, reject) => {
      init.signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });
  };
  return { fetch, sent };
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

/** How often the event loop goes round before time passes: by then nothing but the clock can go on. */
const ROUNDS = 20;

/** Time passes at once, from one thing that is waited for to the next, whenever nothing else can go on. */
export function quickClock(startAt = 1_700_000_000_000): Clock & { readonly pauses: number[] } {
  let now = startAt;
  const waiting = new Set<{ readonly at: number; readonly milliseconds: number; readonly callback: () => void }>();
  const pauses: number[] = [];
  const pass = (rounds: number): void => {
    if (rounds > 0) {
      setImmediate(() => pass(rounds - 1));
      return;
    }
    const [next] = [...waiting].toSorted((left, right) => left.at - right.at);
    if (next === undefined) return;
    waiting.delete(next);
    now = Math.max(now, next.at);
    pauses.push(next.milliseconds);
    next.callback();
  };
  return {
    pauses,
    now: () => now,
    after: (milliseconds, callback) => {
      const timer = { at: now + milliseconds, milliseconds, callback };
      waiting.add(timer);
      pass(ROUNDS);
      return () => waiting.delete(timer);
    },
  };
}
