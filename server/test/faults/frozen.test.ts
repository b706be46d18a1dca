/** A process that is frozen past its lease and then goes on: it must find out that the push is no longer its own. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { control, recordsIn } from '../support/books.ts';
import { pushAccount, stepsOf, untilEnded } from '../support/pushes.ts';
import { holdPermits, type HeldPermits } from '../support/held-permits.ts';
import { makeLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';
import { prepareServers, type SeveralServers } from '../support/several-servers.ts';

let place: SeveralServers;
let first: ServerProcess;
let company: LinkedCompany;
let permits: HeldPermits | undefined;

beforeEach(async () => {
  place = await prepareServers();
  first = await place.start();
  company = await makeLinkedCompany(first);
  // The harder case: a platform that would take the same request twice.
  await control(place.sandboxUrl, { idempotency: 'ignore' });
});
afterEach(async () => {
  await permits?.release();
  await place.close();
});

const requests = () =>
  place.proxy.passages.filter(({ method, path }) => method === 'POST' && path.endsWith('/accounts')).length;
const rows = <Row extends object>(statement: string) => place.database.database.query<Row>('', statement);

async function expectOneOfEach(): Promise<void> {
  const records = await recordsIn(place.sandboxUrl, company, 'accounts');
  expect(records.filter(({ code }) => code === '7001')).toHaveLength(1);
  const events = await rows(`SELECT id FROM events WHERE event_type LIKE 'chartOfAccounts.write.%'`);
  expect(events).toHaveLength(1);
  expect(await rows('SELECT in_flight FROM lanes')).toEqual([{ in_flight: 0 }]);
}

test('a process frozen just before it sends wakes while another is sending, and neither sends nor meddles', async () => {
  permits = await holdPermits(place.database);
  const { pushOperationKey } = await pushAccount(first, company, '7001');
  await permits.untilHeld(1);
  first.child.kill('SIGSTOP');
  // The permit to send is now given to a process that cannot hear it.
  await permits.release();
  const answer = Promise.withResolvers<void>();
  place.proxy.treat = ({ method }) => (method === 'POST' ? { after: answer.promise } : undefined);
  const second = await place.start();
  await expect.poll(requests, { timeout: 90_000 }).toBe(1);
  first.child.kill('SIGCONT');
  const stepsNow = () => stepsOf(second, company, pushOperationKey);
  await expect.poll(stepsNow).toEqual(expect.arrayContaining(['find absent', 'rescue lease-lost', 'send never-left']));
  answer.resolve();
  expect((await untilEnded(second, company, pushOperationKey)).status).toBe('Success');
  expect(requests()).toBe(1);
  await expectOneOfEach();
});

test('a process frozen after it sent cannot overwrite what the one that took over has found', async () => {
  const answer = Promise.withResolvers<void>();
  place.proxy.treat = ({ method, path }) =>
    method === 'POST' && path.endsWith('/accounts') ? { after: answer.promise } : undefined;
  const { pushOperationKey } = await pushAccount(first, company, '7001');
  await expect
    .poll(async () => (await recordsIn(place.sandboxUrl, company, 'accounts')).map(({ code }) => code))
    .toContain('7001');
  first.child.kill('SIGSTOP');
  const second = await place.start();
  expect((await untilEnded(second, company, pushOperationKey)).status).toBe('Success');
  answer.resolve();
  first.child.kill('SIGCONT');
  // Its own turn is noted, whether it still heard the answer or had slept longer than a call may take.
  const steps = async () =>
    (await stepsOf(second, company, pushOperationKey)).map((step) => step.replace(/^send (written|unknown)$/, 'send'));
  await expect.poll(steps).toEqual(expect.arrayContaining(['rescue lease-lost', 'find found', 'send']));
  const moves = await rows(`SELECT step, moved_to FROM push_attempts WHERE step <> 'rescue' ORDER BY step`);
  expect(moves).toEqual([
    { step: 'find', moved_to: 'succeeded' },
    { step: 'send', moved_to: null },
  ]);
  expect(requests()).toBe(1);
  await expectOneOfEach();
});
