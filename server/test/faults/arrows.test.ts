/**
 * kill -9 of a process before and after every move of a push: held at the very statement that makes the move, before the
 * database gets it or before its answer is heard. Whoever comes after finishes the push, once.
 */
import { fork } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MOVES } from '../../src/push/state.ts';
import { ARROWS, REST_OF_A_TURN } from '../support/arrows.ts';
import { killedAt, startPlatform, type Killed, type Platform } from '../support/killed-at.ts';

const ENGINE = path.join(import.meta.dirname, '../support/sandbox-engine-process.ts');
/** Each is a process, a database and its successor; most of the time they wait for a lease to end. */
const AT_ONCE = 4;
const ALL_MS_MAX = 600_000;

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

const scenes = { ...ARROWS, ...REST_OF_A_TURN };

test('every arrow of the table of moves has its scene', () => {
  const arrows = Object.entries(MOVES).flatMap(([move, { from, to }]) => from.map((state) => `${state} ${move} ${to}`));
  expect(Object.keys(ARROWS).toSorted()).toEqual(arrows.toSorted());
});

test.each(['before', 'after'] as const)(
  'a process killed %s any move loses, doubles and forgets nothing',
  async (side) => {
    const seen: Record<string, Killed> = {};
    const left = Object.entries(scenes);
    const work = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const [name, scene] = next;
        seen[name] = await killedAt(name, scene, side, platform, () => fork(ENGINE, { execArgv: [] }));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const once = (inBooks: number) => ({ records: inBooks, events: 1, inFlight: 0, countedAsEnded: 1 });
    expect(seen).toEqual(
      Object.fromEntries(
        Object.entries(scenes).map(([name, { from, to, ends }]) => [
          name,
          { diedIn: side === 'before' ? from : to, state: ends.state, ...once(ends.records) },
        ]),
      ),
    );
  },
  ALL_MS_MAX,
);
