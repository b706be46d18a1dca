// How each state of a push looks to a client, and that nothing is null where official clients want absence.
import { describe, expect, test } from 'vitest';
import type { Push } from '../push/push.ts';
import { PUSH_STATES } from '../push/state.ts';
import { renderPush } from './push-operation.ts';

const at = new Date('2026-01-02T03:04:05.678Z');
const base: Push = {
  id: '0190a1b2-0000-7000-8000-000000000001',
  companyId: '0190a1b2-0000-7000-8000-000000000002',
  connectionId: '0190a1b2-0000-7000-8000-000000000003',
  dataType: 'invoices',
  kind: 'create',
  recordId: undefined,
  state: 'queued',
  requestedAt: at,
  completedAt: undefined,
  timeoutMinutes: undefined,
  statusCode: undefined,
  errorMessage: undefined,
  errors: [],
  warnings: [],
  changes: [],
  record: undefined,
  attempts: 0,
  waitingOn: undefined,
};

describe('the words for each state', () => {
  test.each([
    ['queued', 'Pending', 'Pending', 202],
    ['sending', 'Pending', 'Processing', 202],
    ['in_doubt', 'Pending', 'Processing', 202],
    ['succeeded', 'Success', 'Success', 200],
    ['failed', 'Failed', 'Failed', 400],
    ['timed_out', 'TimedOut', 'TimedOut', 408],
    ['unknown', 'Failed', 'Unknown', 504],
  ] as const)('%s reads %s, or %s, with %i', (state, plain, extended, statusCode) => {
    expect(renderPush({ ...base, state }, 'codat')).toMatchObject({ status: plain, statusCode });
    expect(renderPush({ ...base, state }, 'extended')).toMatchObject({ status: extended, statusCode });
  });
});

test('only the two members that clients know as nullable are ever null', () => {
  for (const state of PUSH_STATES) {
    const rendered = renderPush({ ...base, state, completedAt: at }, 'codat');
    const nulls = Object.entries(rendered).flatMap(([name, value]) => (value === null ? [name] : []));
    expect(['timeoutInMinutes', 'errorMessage']).toEqual(expect.arrayContaining(nulls));
  }
});

test('a success tells what changed and gives the record, a delete gives none', () => {
  const change = { type: 'Created', recordRef: { id: '7', dataType: 'invoices' } } as const;
  const done = { ...base, state: 'succeeded', completedAt: at, changes: [change], record: { id: '7' } } as const;
  expect(renderPush(done, 'codat')).toMatchObject({
    completedOnUtc: '2026-01-02T03:04:05.6780000Z',
    changes: [change],
    data: { id: '7' },
    errorMessage: null,
  });
  expect(renderPush({ ...done, kind: 'delete' }, 'codat')).not.toHaveProperty('data');
});

test('a failure keeps its own code and text; why something waits goes once it has ended', () => {
  const waitingOn = { reason: 'platform-offline', since: at, notBefore: at } as const;
  const failed = renderPush({ ...base, state: 'failed', statusCode: 422, errorMessage: 'no', waitingOn }, 'codat');
  expect(failed).toMatchObject({ statusCode: 422, errorMessage: 'no' });
  expect(failed).not.toHaveProperty('waitingOn');
  expect(renderPush({ ...base, waitingOn }, 'codat').waitingOn).toEqual({
    reason: 'platform-offline',
    since: '2026-01-02T03:04:05.6780000Z',
    notBefore: '2026-01-02T03:04:05.6780000Z',
  });
});

test('an unknown outcome says so first, whatever its evidence begins with', () => {
  expect(renderPush({ ...base, state: 'unknown', errorMessage: 'lost' }, 'codat').errorMessage).toBe(
    'Outcome unknown: lost',
  );
  const already = 'Outcome unknown. The answer was lost.';
  expect(renderPush({ ...base, state: 'unknown', errorMessage: already }, 'codat').errorMessage).toBe(already);
});
