/**
 * The states of a push and the one table of moves between them. Every move is one guarded UPDATE (queries.ts, settle.ts)
 * that names the states of `from`; the picture stands in ARCHITECTURE.md.
 */

export const PUSH_STATES = ['queued', 'sending', 'in_doubt', 'succeeded', 'failed', 'timed_out', 'unknown'] as const;
export type PushState = (typeof PUSH_STATES)[number];

/**
 * - `claim`: a worker takes the push under a lease.
 * - `expire`: the deadline passed while it was certain that nothing is in the books.
 * - `succeed`: the platform confirmed, by its answer or by a look-up.
 * - `fail`: the model or the platform refused it.
 * - `retry`: certainly not taken by the platform; it waits for its next turn.
 * - `lose`: something was sent and no trustworthy answer came back.
 * - `doubtStays`: a look-up got no answer; it is asked again later.
 * - `giveUp`: the connector's means are used up and nobody can tell. Before a send: what was to be a repeat is not allowed
 *   any more, and of the earlier send nobody knows.
 */
export const MOVES = {
  claim: { from: ['queued'], to: 'sending' },
  retry: { from: ['sending', 'in_doubt'], to: 'queued' },
  lose: { from: ['sending'], to: 'in_doubt' },
  doubtStays: { from: ['in_doubt'], to: 'in_doubt' },
  succeed: { from: ['sending', 'in_doubt', 'unknown'], to: 'succeeded' },
  fail: { from: ['queued', 'sending', 'unknown'], to: 'failed' },
  expire: { from: ['queued', 'sending', 'in_doubt'], to: 'timed_out' },
  giveUp: { from: ['queued', 'sending', 'in_doubt'], to: 'unknown' },
} as const satisfies Record<string, { readonly from: readonly PushState[]; readonly to: PushState }>;

export type Move = keyof typeof MOVES;

/** States without a way out by the engine itself; `unknown` can still be settled by later evidence. */
export const ENDED_STATES: ReadonlySet<PushState> = new Set(['succeeded', 'failed', 'timed_out', 'unknown']);

export function hasEnded(state: PushState): boolean {
  return ENDED_STATES.has(state);
}
