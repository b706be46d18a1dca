/** What lines count towards in a real Tryton: written with documents and entries, and found in its analytic books. */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { TrytonClient } from '../../../scripts/tryton/client.ts';
import type { Link } from '../../src/connectors/contract.ts';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { WritableDataType } from '../../src/models/data-types.ts';
import { describeTryton, makeCompany, type TestCompany } from './fixture.ts';
import { linkBy } from './linked-company.ts';

const today = `${systemClock.now().toISOString().slice(0, 10)}T00:00:00`;

type Body = Readonly<Record<string, unknown>>;

/** Tryton as it is without the module: its lines have no field for what they count towards. */
const withoutModule: typeof globalThis.fetch = async (input, init) => {
  const body = typeof init?.body === 'string' ? init.body : '';
  if (body.includes('"analytic_accounts"') && !body.includes('fields_get')) throw new Error('There is no such field');
  const isAsked = body.includes('account.invoice.line.fields_get') && body.includes('"analytic_accounts"');
  return isAsked ? Response.json({ id: 1, result: {} }) : globalThis.fetch(input, init);
};

describeTryton('the tracking of lines', () => {
  let company: TestCompany;
  let books: TrytonClient;
  let link: Link;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    company = await makeCompany();
    books = await company.books();
    link = await linkBy(makeTrytonConnector(), company);
    const place = (name: string) => books.firstId('analytic_account.account', [['name', '=', name]]);
    const account = (code: string) => books.firstId('account.account', [['code', '=', code]]);
    const root = await books.create('analytic_account.account', { name: 'Projects', type: 'root', company: 1 });
    const oven = { name: 'New oven', type: 'normal', company: 1, root, parent: root };
    Object.assign(ids, {
      shop: String(await place('Shop')),
      stall: String(await place('Market stall')),
      places: String(await place('Places')),
      oven: String(await books.create('analytic_account.account', oven)),
      expense: String(await account('5100')),
      revenue: String(await account('4100')),
      bank: String(await account('1200')),
      party: String(await books.create('party.party', { name: 'Mill & Flour Co' })),
    });
  });

  async function create(dataType: WritableDataType, body: Body, fetch = globalThis.fetch) {
    const connector = makeTrytonConnector();
    const session = connector.open(link, { fetch, now: systemClock.now });
    const request = { pushOperationKey: randomUUID(), isFirstSend: true, body } as const;
    const outcome = await connector.writes[dataType]?.create?.send(session, request);
    return outcome ?? expect.unreachable();
  }

  const billOf = (...lines: readonly Body[]) => ({
    supplierRef: { id: ids['party'] },
    issueDate: today,
    lineItems: lines.map((line) => ({ quantity: 1, unitAmount: 50, accountRef: { id: ids['expense'] }, ...line })),
  });
  const towards = (...names: readonly string[]) => ({
    tracking: {
      categoryRefs: names.map((name) => ({ id: ids[name] })),
      isBilledTo: 'NotApplicable',
      isRebilledTo: 'NotApplicable',
    },
  });

  /** By the names of the analytic accounts, what their lines came to since it was last asked. */
  async function counted(work: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
    const sums = async () =>
      company.sql(`SELECT account.name, sum(line.debit - line.credit)::float AS amount FROM analytic_account_line AS line
        JOIN analytic_account_account AS account ON account.id = line.account GROUP BY account.name ORDER BY account.name`);
    const before = new Map((await sums()).map(({ name, amount }) => [name, Number(amount)]));
    await work();
    const after = (await sums()).map(({ name, amount }) => [name, Number(amount) - (before.get(name) ?? 0)] as const);
    return Object.fromEntries(after.filter(([, amount]) => amount !== 0));
  }

  test('of a bill is kept, one category of each root, and counts in the analytic books once it is posted', async () => {
    const sums = await counted(async () => {
      const outcome = await create('bills', billOf(towards('oven', 'shop'), {}));
      expect(outcome).toMatchObject({ kind: 'written' });
      expect(outcome).not.toHaveProperty('warnings');
      const lines = outcome.kind === 'written' ? outcome.record?.['lineItems'] : undefined;
      const named = [
        { id: ids['oven'], name: 'New oven' },
        { id: ids['shop'], name: 'Shop' },
      ];
      expect(lines).toMatchObject([{ tracking: { categoryRefs: named }, trackingCategoryRefs: named }, {}]);
      expect(Array.isArray(lines) && 'tracking' in lines[1]).toBe(false);
    });
    expect(sums).toEqual({ 'New oven': 50, Shop: 50 });
  });

  test('of an invoice may be said in the older way', async () => {
    const line = { quantity: 2, unitAmount: 30, accountRef: { id: ids['revenue'] } };
    const lineItems = [{ ...line, trackingCategoryRefs: [{ id: ids['stall'] }] }];
    const invoice = { customerRef: { id: ids['party'] }, issueDate: today, lineItems };
    const sums = await counted(async () => {
      const outcome = await create('invoices', invoice);
      expect(outcome).toMatchObject({ kind: 'written' });
      expect(outcome).not.toHaveProperty('warnings');
    });
    expect(sums).toEqual({ 'Market stall': -60 });
  });

  test('of an entry counts each line as a whole', async () => {
    const recordRefs = ['stall', 'oven'].map((name) => ({ id: ids[name], dataType: 'trackingCategories' }));
    const journalLines = [
      { netAmount: 12.5, accountRef: { id: ids['expense'] }, tracking: { recordRefs } },
      { netAmount: -12.5, accountRef: { id: ids['bank'] } },
    ];
    const sums = await counted(async () => {
      const outcome = await create('journalEntries', { postedOn: today, journalLines });
      expect(outcome).toMatchObject({ kind: 'written' });
      expect(outcome).not.toHaveProperty('warnings');
    });
    expect(sums).toEqual({ 'Market stall': 12.5, 'New oven': 12.5 });
  });

  const wrong = [
    [['shop', 'stall'], 1, 'second category below the same root'],
    [['places'], 0, 'only adds up others'],
    [['nobody'], 0, 'Tryton has no record'],
  ] as const;

  test.each(wrong)('towards %j is refused at its place before anything is sent', async (names, place, message) => {
    ids['nobody'] = '999999';
    expect(await create('bills', billOf({}, towards(...names)))).toMatchObject({
      kind: 'rejected',
      statusCode: 400,
      message: expect.stringContaining(message),
      errors: [{ itemId: `LineItems[1].Tracking.CategoryRefs[${place}].Id` }],
    });
  });

  test('is neither offered nor asked for where Tryton has no module for it, and a write says that it was not kept', async () => {
    const connector = makeTrytonConnector();
    const lineOf = async (fetch: typeof globalThis.fetch) => {
      const session = connector.open(link, { fetch, now: systemClock.now });
      const model = await connector.writes.bills?.create?.modelFor?.(session, { isFresh: true });
      return model?.fields['lineItems']?.fields;
    };
    const choices = (await lineOf(globalThis.fetch))?.['trackingCategoryRefs']?.fields?.['id']?.options;
    expect(choices?.map(({ displayName }) => displayName)).toEqual(['Shop', 'Market stall', 'New oven']);
    const line = await lineOf(withoutModule);
    expect([line?.['tracking'], line?.['trackingCategoryRefs']]).toEqual([undefined, undefined]);
    expect(await create('bills', billOf(towards('shop')), withoutModule)).toMatchObject({
      kind: 'written',
      warnings: expect.arrayContaining([
        expect.objectContaining({ itemId: 'LineItems[0].Tracking.CategoryRefs[0].Id' }),
      ]),
    });
  });
});
