/** Reading at a process of its own: it does what is asked of another one, and is relieved by a third when it dies. */
import { afterAll, expect, test } from 'vitest';
import { control, requestsTo, resetControl } from '../support/books.ts';
import { queueReading, untilRead, untilReadingEnded } from '../support/reading.ts';
import { makeLinkedCompany } from '../support/server.ts';
import { prepareServers, type SeveralServers } from '../support/several-servers.ts';

let place: SeveralServers | undefined;
afterAll(async () => place?.close());

test(
  'a process that only reads does so for the others, and when it is killed the next one goes on where it stopped',
  { timeout: 180_000 },
  async () => {
    place = await prepareServers();
    const { start, sandboxUrl } = place;
    const front = await start({ LEDGERPOST_ROLES: 'api' });
    const company = await makeLinkedCompany(front);
    const reader = await start({ LEDGERPOST_ROLES: 'sync' });
    await untilRead(front, company);

    // The first page is answered, the second one not before the reader has died.
    const path = `${company.books}/journal-entries`;
    const asked = await requestsTo(sandboxUrl, 'GET', path);
    await control(sandboxUrl, { faults: [{ kind: 'stall-before', method: 'GET', path, times: 1 }] });
    const queued = await queueReading(front, company, 'journalEntries');
    await expect.poll(() => requestsTo(sandboxUrl, 'GET', path), { timeout: 60_000 }).toBeGreaterThan(asked);
    await reader.kill();
    await resetControl(sandboxUrl);
    await start({ LEDGERPOST_ROLES: 'sync' });
    expect(await untilReadingEnded(front, company, queued.body['id'])).toMatchObject({ status: 'Complete' });
  },
);
