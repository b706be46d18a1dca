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

interface Bill extends Values {
  readonly lineItems: readonly Values[];
}

describeTryton('a write', () => {
  let books: TrytonClient;
  let link: Link;
  let bodies: Readonly<Partial<Record<WritableDataType, Values>>>;
  let billTo: (party: number) => Values;
  const called: string[] = [];

  beforeAll(async () => {
    const company = await makeCompany();
    books = await company.books();
    link = await linkBy(connector, company);
    const account = async (code: string) => ({
      id: String(await books.firstId('account.account', [['code', '=', code]])),
    });
    const [expense, bank] = [await account('5100'), await account('1200')];
    billTo = (party) => ({
      supplierRef: { id: String(party) },
      issueDate: today,
      lineItems: [{ quantity: 1, unitAmount: 5, accountRef: expense }],
    });
    const journalLines = [
      { netAmount: 5, accountRef: expense },
      { netAmount: -5, accountRef: bank },
    ];
    bodies = {
      bills: billTo(await books.create('party.party', { name: 'Mill & Flour Co' })),
      journalEntries: { postedOn: today, journalLines },
    };
    // The first of each logs in, and gives its party an address.
    for (const dataType of ['bills', 'journalEntries'] as const) await send(dataType, fresh(dataType));
  });

  const fresh = (dataType: WritableDataType, body = bodies[dataType] ?? {}): WriteRequest => ({
    pushOperationKey: randomUUID(),
    isFirstSend: true,
    body,
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
    ['bills', 'account.invoice'],
    ['journalEntries', 'account.move'],
  ] as const;

  test.each(cases)(
    '%s: the first send is made, posted and read, and one that may be a repeat looks first',
    async (...[dataType, model]) => {
      // The one before it has looked up what is then known for ten seconds, which a busy machine may need for one.
      const calls = async () => {
        expect(await send(dataType, fresh(dataType))).toMatchObject({ kind: 'written' });
        return [...called];
      };
      await expect.poll(calls).toEqual([`${model}.create`, `${model}.post`, `${model}.search_read`]);
      const request = fresh(dataType);
      await send(dataType, request);
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

  test('what is refused for what was remembered is made with what Tryton says now', async () => {
    const place = (city: string) => ['create', [{ city }]];
    const party = await books.create('party.party', { name: 'Coast Dairy', addresses: [place('York')] });
    const [{ lineItems: lines, ...others }, wrong] = [billTo(party) as Bill, { accountRef: { id: '999999' } }];
    const broken = { ...others, lineItems: lines.map((line) => ({ ...line, ...wrong })) };
    expect(await send('bills', fresh('bills', broken))).toMatchObject({ kind: 'rejected' });
    const [former] = await books.search('party.address', [['party', '=', party]]);
    await books.write('party.party', party, { addresses: [['delete', [former?.['id']]], place('Whitby')] });
    const outcome = await send('bills', fresh('bills', billTo(party)));
    expect(outcome).toMatchObject({ kind: 'written' });
    const billed = await books.search('account.invoice', [['party', '=', party]], ['invoice_address.city']);
    expect(billed).toMatchObject([{ 'invoice_address.': { city: 'Whitby' } }]);
    // Wrong by what Tryton says now as well: it is not sent a second time.
    expect(await send('bills', fresh('bills', broken))).toMatchObject({ kind: 'rejected' });
    expect(called.filter((method) => method.endsWith('.create'))).toHaveLength(1);
  });
});
