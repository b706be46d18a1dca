/** A network between the server and the platform that breaks, stalls and crawls: each write ends up in the books once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { control, recordIn, recordsIn } from '../support/books.ts';
import type { Fare } from '../support/platform-proxy.ts';
import { getPush, pushAccount, pushToEnd, recordIdOf, stepsOf, untilAllEnded, untilEnded } from '../support/pushes.ts';
import { makeLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';
import { prepareServers, type SeveralServers } from '../support/several-servers.ts';

/** Two servers and a sandbox, one after the other, on a machine that has other things to do. */
const STARTS_MS_MAX = 240_000;

let place: SeveralServers;
let server: ServerProcess;
let second: ServerProcess;
/** How the next writes to some books fare, in their order. */
const fares = new Map<string, Fare[]>();

beforeAll(async () => {
  place = await prepareServers();
  // Without readings, which would be most of what passes.
  server = await place.start({ LEDGERPOST_ROLES: 'api,engine' });
  second = await place.start({ LEDGERPOST_ROLES: 'api,engine' });
  // The harder case: a platform that would take the same request twice.
  await control(place.sandboxUrl, { idempotency: 'ignore' });
  place.proxy.treat = ({ method, path }) => {
    const books = /^\/books\/[^/]+/.exec(path)?.[0] ?? '';
    return method === 'GET' ? undefined : fares.get(books)?.shift();
  };
}, STARTS_MS_MAX);
afterAll(() => place.close());

const writesTo = (company: LinkedCompany) =>
  place.proxy.passages.filter(({ method, path }) => method !== 'GET' && path.startsWith(`${company.books}/`));

async function inBooks(company: LinkedCompany, code: string): Promise<number> {
  return (await recordsIn(place.sandboxUrl, company, 'accounts')).filter((account) => account.code === code).length;
}

describe('a connection that is cut', () => {
  const cuts = [
    ['cut-unread', ['find absent', 'find absent', 'send written'], 2],
    ['cut-midway', ['find absent', 'find absent', 'send written'], 2],
    ['cut-committed', ['find found'], 1],
    ['cut-answer', ['find found'], 1],
  ] as const;

  test('at any point of a write leaves one record, and is sent again only if it is surely absent', async () => {
    const seen = await Promise.all(
      cuts.map(async ([cut]) => {
        const company = await makeLinkedCompany(server, cut);
        fares.set(company.books, [{ cut }]);
        const { pushOperationKey } = await pushAccount(server, company, '7001');
        const { status } = await untilEnded(server, company, pushOperationKey);
        const [, ...then] = await stepsOf(server, company, pushOperationKey);
        return { cut, status, then, sends: writesTo(company).length, records: await inBooks(company, '7001') };
      }),
    );
    expect(seen).toEqual(cuts.map(([cut, then, sends]) => ({ cut, status: 'Success', then, sends, records: 1 })));
  });

  test('ten updates of one record over two servers, half of them lost on the way there or back, end with the last', async () => {
    const company = await makeLinkedCompany(server, 'ten updates');
    const customer = (customerName: string) => ({ customerName, status: 'Active' });
    const created = await pushToEnd(server, company, { method: 'POST', path: 'customers', body: customer('First') });
    const lost: Fare[] = [{ cut: 'cut-committed' }, {}, { cut: 'cut-answer' }, {}, { cut: 'cut-unread' }, {}];
    fares.set(company.books, [...lost, { cut: 'cut-committed' }, {}, { cut: 'cut-answer' }]);
    const path = `${company.push}/customers/${recordIdOf(created)}`;
    for (let index = 1; index <= 10; index++) {
      const either = index % 2 === 0 ? server : second;
      expect((await either.call('PUT', path, customer(`Name ${index}`))).status).toBe(200);
    }
    const ended = await untilAllEnded(server, company);
    expect(ended.map(({ status }) => status)).toEqual(Array.from({ length: 11 }, () => 'Success'));
    const record = await recordIn(place.sandboxUrl, company, `customers/${recordIdOf(created)}`);
    // The version counts the writes: the creation and ten updates, none of them twice.
    expect(record).toMatchObject({ name: 'Name 10', version: 11 });
  });

  test('an answer that takes longer than the lease is waited for by the process that keeps its lease', async () => {
    const company = await makeLinkedCompany(server, 'stalled');
    const answer = Promise.withResolvers<void>();
    fares.set(company.books, [{ after: answer.promise }]);
    const { pushOperationKey } = await pushAccount(server, company, '7002');
    const leaseAge = () =>
      place.database.database.query<{ is_renewed: boolean }>(
        '',
        `SELECT lease_until > sent_at + interval '7 seconds' AND clock_timestamp() > sent_at + interval '6.5 seconds'
           AS is_renewed FROM pushes WHERE id = $1`,
        [pushOperationKey],
      );
    await expect.poll(leaseAge, { timeout: 20_000 }).toEqual([{ is_renewed: true }]);
    expect(await getPush(server, company, pushOperationKey)).toMatchObject({
      waitingOn: { reason: 'platform-answer' },
    });
    answer.resolve();
    await untilAllEnded(server, company);
    expect(await stepsOf(server, company, pushOperationKey)).toEqual(['send written']);
    expect(await inBooks(company, '7002')).toBe(1);
  });

  test('delays of every step make writes slow and nothing else', async () => {
    const company = await makeLinkedCompany(server, 'slow');
    const late = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const slow = Array.from({ length: 30 }, (_, index) => ({
      before: late(index * 40),
      after: late(1_500 - index * 30),
    }));
    fares.set(company.books, slow);
    const codes = slow.map((_, index) => `72${String(index).padStart(2, '0')}`);
    await Promise.all(codes.map((code) => pushAccount(server, company, code)));
    const ended = await untilAllEnded(server, company);
    expect(ended.filter(({ status, attempts }) => status !== 'Success' || attempts !== 1)).toEqual([]);
    for (const code of codes) expect(await inBooks(company, code)).toBe(1);
    expect(writesTo(company)).toHaveLength(codes.length);
  });
});

describe('an answer that is not to be trusted', () => {
  const error = '{"error":{"code":"internal","message":"Something went wrong"}}';
  const answers = [
    ['200 with an error inside, after it wrote', { status: 200, body: error }, 'find found', 1],
    ['200 with an error inside, and nothing written', { status: 200, body: error, isLost: true }, 'find absent', 2],
    ['201 with an error inside, after it wrote', { status: 201, body: error }, 'find found', 1],
    ['201 with an error inside, and nothing written', { status: 201, body: error, isLost: true }, 'find absent', 2],
    ['201 and half of the record', { status: 201, body: '{"id":"acc_1","co' }, 'find found', 1],
    ['201 and a list', { status: 201, body: '[]' }, 'find found', 1],
    ['201 and nothing at all', { status: 201, body: '' }, 'find found', 1],
    ['204 for a creation, and nothing written', { status: 204, body: '', isLost: true }, 'find absent', 2],
    ['302 to somewhere else', { status: 302, body: '', isLost: true }, 'find absent', 2],
  ] as const;

  test('is looked into, and the record is in the books once', async () => {
    const seen = await Promise.all(
      answers.map(async ([name, says]) => {
        const company = await makeLinkedCompany(server, name.slice(0, 50));
        fares.set(company.books, [{ says }]);
        const { pushOperationKey } = await pushAccount(server, company, '7401');
        const { status } = await untilEnded(server, company, pushOperationKey);
        const steps = await stepsOf(server, company, pushOperationKey);
        const [first, look] = steps;
        return { name, status, first, look, sends: writesTo(company).length, records: await inBooks(company, '7401') };
      }),
    );
    const ended = { status: 'Success', first: 'send unknown', records: 1 };
    expect(seen).toEqual(answers.map(([name, , look, sends]) => ({ name, ...ended, look, sends })));
  });
});

test('connections that break as they are made cost no push', async () => {
  const company = await makeLinkedCompany(server, 'broken connections');
  place.proxy.connectionsToCut = 5;
  const codes = Array.from({ length: 20 }, (_, index) => `73${String(index).padStart(2, '0')}`);
  await Promise.all(codes.map((code) => pushAccount(server, company, code)));
  const ended = await untilAllEnded(server, company);
  expect(ended.filter(({ status }) => status !== 'Success')).toEqual([]);
  for (const code of codes) expect(await inBooks(company, code)).toBe(1);
});
