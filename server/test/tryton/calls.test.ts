/**
 * Which calls a write to Tryton takes, since each costs Tryton some hundredth of a second: none that is not needed, and all
 * that are. A workflow call in a wrong state answers as if all were well, and has to be seen through.
 */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { TrytonClient, Values } from '../../../scripts/tryton/client.ts';
import type { Link, WriteOutcome, WriteRequest } from '../../src/connectors/contract.ts';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { WritableDataType } from '../../src/models/data-types.ts';
import { describeTryton, makeCompany } from './fixture.ts';
import { linkBy } from './linked-company.ts';

const today = `${systemClock.now().toISOString().slice(0, 10)}T00:00:00`;
const connector = makeTrytonConnector();

describeTryton('a write', () => {
  let books: TrytonClient;
  let link: Link;
  let bodies: Readonly<Partial<Record<WritableDataType, Values>>>;
  const called: string[] = [];

  beforeAll(async () => {
    const company = await makeCompany();
    books = await company.books();
    link = await linkBy(connector, company);
    const account = async (code: string) => ({
      id: String(await books.firstId('account.account', [['code', '=', code]])),
    });
    const [expense, bank] = [await account('5100'), await account('1200')];
    const supplierRef = { id: String(await books.create('party.party', { name: 'Mill & Flour Co' })) };
    const journalLines = [
      { netAmount: 5, accountRef: expense },
      { netAmount: -5, accountRef: bank },
    ];
    bodies = {
      bills: { supplierRef, issueDate: today, lineItems: [{ quantity: 1, unitAmount: 5, accountRef: expense }] },
      journalEntries: { postedOn: today, journalLines },
    };
    // The first of each logs in, and looks up what is then known for a minute.
    for (const dataType of ['bills', 'journalEntries'] as const) await send(dataType, fresh(dataType));
  });

  const fresh = (dataType: WritableDataType): WriteRequest => ({
    pushOperationKey: randomUUID(),
    isFirstSend: true,
    body: bodies[dataType] ?? {},
  });

  /** `idle` is answered as Tryton answers what it does not do in a wrong state. */
  async function send(
    dataType: WritableDataType,
    request: WriteRequest,
    idle?: string,
  ): Promise<WriteOutcome | undefined> {
    called.length = 0;
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const body = typeof init?.body === 'string' ? init.body : '';
      const method = /"method":"(?:model\.)?([^"]+)"/.exec(body)?.[1] ?? '';
      called.push(method);
      return method === idle ? Response.json({ id: 1, result: null }) : globalThis.fetch(input, init);
    };
    return connector.writes[dataType]?.create?.send(connector.open(link, { fetch, now: systemClock.now }), request);
  }

  const cases = [
    ['bills', 'account.invoice', ['party.party.search_read']],
    ['journalEntries', 'account.move', []],
  ] as const;

  test.each(cases)(
    '%s: the first send is made, posted and read, and one that may be a repeat looks first',
    async (...[dataType, model, before]) => {
      const request = fresh(dataType);
      expect(await send(dataType, request)).toMatchObject({ kind: 'written' });
      expect(called).toEqual([...before, `${model}.create`, `${model}.post`, `${model}.search_read`]);
      const { isFirstSend: _, ...again } = request;
      expect(await send(dataType, again)).toMatchObject({ kind: 'written' });
      expect(called).toEqual([`${model}.search_read`]);
    },
  );

  test.each(cases)('%s: a post that did nothing is refused, and leaves no draft', async (...[dataType, model]) => {
    const drafts = () => books.count(model, [['state', '=', 'draft']]);
    const before = await drafts();
    const outcome = await send(dataType, fresh(dataType), `${model}.post`);
    expect(outcome).toMatchObject({ kind: 'rejected', message: expect.stringContaining('did nothing') });
    expect(await drafts()).toBe(before);
  });
});
