/** A process that is frozen past its lease and then goes on: it must find out that the push is no longer its own. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { control, recordsIn } from '../support/books.ts';
import { distinctStepsOf, pushAccount, untilEnded } from '../support/pushes.ts';
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

/** What is in doubt counts as long in doubt, so that the first look that finds nothing is believed, however slow the machine is. */
async function endDoubts(): Promise<void> {
  await rows(`CREATE FUNCTION doubt_long() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.in_doubt_since := clock_timestamp() - interval '1 hour';
      RETURN NEW;
    END $$`);
  await rows(`CREATE TRIGGER long_in_doubt BEFORE UPDATE ON pushes FOR EACH ROW
    WHEN (OLD.in_doubt_since IS NULL AND NEW.in_doubt_since IS NOT NULL) EXECUTE FUNCTION doubt_long()`);
}

test('a process frozen just before it sends wakes while another is at the same point, and neither sends nor meddles', async () => {
  await endDoubts();
  permits = await holdPermits(place.database);
  const { pushOperationKey } = await pushAccount(first, company, '7001');
  await permits.untilHeld(1);
  first.child.kill('SIGSTOP');
  // The permit to send is now given to a process that cannot hear it.
  await permits.release();
  await expect.poll(() => rows('SELECT attempts FROM pushes')).toEqual([{ attempts: 1 }]);
  permits = await holdPermits(place.database);
  const second = await place.start();
  await permits.untilHeld(1);
  first.child.kill('SIGCONT');
  const stepsNow = async () => (await distinctStepsOf(second, company, pushOperationKey)).toSorted();
  await expect.poll(stepsNow).toEqual(['find absent', 'rescue lease-lost', 'send never-left']);
  expect(requests()).toBe(0);
  await permits.release();
  expect((await untilEnded(second, company, pushOperationKey)).status).toBe('Success');
  expect(await stepsNow()).toEqual(['find absent', 'rescue lease-lost', 'send never-left', 'send written']);
  expect(requests()).toBe(1);
  await expectOneOfEach();
});

test('a process frozen after it sent cannot overwrite what the one that took over has found', async () => {
  // The answer never comes while it is waited for: whether a process that wakes hears it or has slept longer than a call
  // may take would be chance. One that hears it is in integration/engine.test.ts.
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
  first.child.kill('SIGCONT');
  const stepsNow = async () => (await distinctStepsOf(second, company, pushOperationKey)).toSorted();
  await expect.poll(stepsNow).toEqual(['find found', 'rescue lease-lost', 'send unknown']);
  answer.resolve();
  const moves = await rows(`SELECT step, moved_to FROM push_attempts WHERE step <> 'rescue' ORDER BY step`);
  expect(moves).toEqual([
    { step: 'find', moved_to: 'succeeded' },
    { step: 'send', moved_to: null },
  ]);
  expect(requests()).toBe(1);
  await expectOneOfEach();
});
