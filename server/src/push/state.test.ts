/** The table of moves, as a whole. */
import { expect, test } from 'vitest';
import { ENDED_STATES, hasEnded, MOVES, PUSH_STATES } from './state.ts';

const moves = Object.entries(MOVES);

test('every state but the first can be reached, and every unfinished one can be left for an end', () => {
  const reachable = new Set<string>(moves.map(([, move]) => move.to));
  expect(PUSH_STATES.filter((state) => !reachable.has(state))).toEqual([]);
  for (const state of PUSH_STATES.filter((each) => !hasEnded(each))) {
    const exits = moves.filter(([, move]) => (move.from as readonly string[]).includes(state) && hasEnded(move.to));
    expect(exits, state).not.toEqual([]);
  }
});

test('nothing leaves a state that has ended, except that later evidence settles an unknown one', () => {
  const leaving = moves.flatMap(([name, move]) =>
    move.from.filter((from) => ENDED_STATES.has(from)).map((from) => `${name} leaves ${from}`),
  );
  expect(leaving).toEqual(['succeed leaves unknown', 'fail leaves unknown']);
});

test('a push in doubt is never sent again without going back through the queue', () => {
  expect(moves.filter(([, move]) => move.to === 'sending').map(([name]) => name)).toEqual(['claim']);
  expect(MOVES.claim.from).toEqual(['queued']);
});
