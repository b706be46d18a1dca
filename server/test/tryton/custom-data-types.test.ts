/** Reading models of a real Tryton that are no part of the data model: by name, with the rights of the link's user. */
import { beforeAll, expect, test } from 'vitest';
import { decimal, type TrytonClient } from '../../../scripts/tryton/client.ts';
import type { Link, PlatformRecord } from '../../src/connectors/contract.ts';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { describeTryton, makeCompany, type TestCompany } from './fixture.ts';
import { linkBy } from './linked-company.ts';

const connector = makeTrytonConnector();

describeTryton('custom data types of Tryton', () => {
  let company: TestCompany;
  let books: TrytonClient;
  let link: Link;

  beforeAll(async () => {
    company = await makeCompany();
    books = await company.books();
    link = await linkBy(connector, company);
  });

  function read(
    dataSource: string,
    paths: readonly string[],
    query: { readonly after?: string; pageSize?: number } = {},
  ) {
    const custom = connector.customRead?.({ dataSource, members: paths.map((path) => path.split('.')) });
    if (custom?.kind !== 'readable') throw new Error(custom?.reason);
    return custom.page(connector.open(link, { fetch: globalThis.fetch, now: systemClock.now }), {
      pageSize: 500,
      ...query,
    });
  }

  async function recordsOf(...asked: Parameters<typeof read>): Promise<readonly PlatformRecord[]> {
    const outcome = await read(...asked);
    if (outcome.kind !== 'read') throw new Error(JSON.stringify(outcome));
    return outcome.value.records;
  }

  test('a model is read with what stands behind its fields, without the words of its protocol', async () => {
    const term = await books.create('account.invoice.payment_term', {
      name: 'A quarter, then the rest',
      lines: [
        ['create', [{ type: 'percent_on_total', ratio: decimal('0.25'), divisor: decimal('4') }]],
        ['create', [{ type: 'remainder', relativedeltas: [['create', [{ days: 30 }]]] }]],
      ],
    });
    const paths = ['name', 'active', 'create_date', 'lines.ratio', 'lines.relativedeltas.days'];
    const all = await recordsOf('account.invoice.payment_term', paths);
    expect(all.find(({ id }) => id === term)).toMatchObject({
      name: 'A quarter, then the rest',
      active: true,
      create_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      lines: [{ ratio: 0.25 }, { relativedeltas: [{ days: 30 }] }],
    });
  });

  test('page by page every record is met once, in the order of their ids', async () => {
    const all = await recordsOf('account.account', ['code']);
    const ids: unknown[] = [];
    for (let after: string | undefined; ;) {
      const outcome = await read('account.account', ['code'], {
        pageSize: 7,
        ...(after === undefined ? {} : { after }),
      });
      if (outcome.kind !== 'read') throw new Error(JSON.stringify(outcome));
      ids.push(...outcome.value.records.map(({ id }) => id));
      after = outcome.value.next;
      if (after === undefined) break;
    }
    expect(ids).toEqual(all.map(({ id }) => id));
    expect(ids.length).toBeGreaterThan(7);
  });

  test('of a database with two companies only the linked one is read', async () => {
    const party = await books.create('party.party', { name: 'Second Company' });
    const currency = await books.firstId('currency.currency', [['code', '=', 'GBP']]);
    const second = await books.create('company.company', { party, currency });
    const other = await books.firstId('account.invoice.payment.method', []);
    await company.sql(`UPDATE account_invoice_payment_method SET company = ${second} WHERE id = ${other}`);
    const own = await recordsOf('account.invoice.payment.method', ['company']);
    expect(own.map(({ id }) => id)).not.toContain(other);
    expect(await recordsOf('company.company', ['party.name'])).toMatchObject([{ id: 1 }]);
  });

  test.each([
    ['account.nothing', ['name'], 'Tryton has no model account.nothing.'],
    ['party.party', ['naem'], "Tryton's party.party has no field naem."],
    ['party.party', ['addresses.cty'], "Tryton's party.address has no field cty."],
    ['party.party', ['name.first'], "Nothing is read behind name of Tryton's party.party."],
    ['account.account', ['create_uid.password'], "Nothing is read behind create_uid of Tryton's account.account."],
  ])('%s with %j is told to be missing there', async (model, paths, reason) => {
    expect(await read(model, paths)).toEqual({ kind: 'unreachable', why: 'not-set-up', reason });
  });

  test("what Tryton does not let the link's user read is not read", async () => {
    const rights = await books.search(
      'ir.model.access',
      [['model.model', '=', 'account.invoice.payment_term']],
      ['id'],
    );
    expect(rights.length).toBeGreaterThan(0);
    for (const { id } of rights) await books.write('ir.model.access', Number(id), { perm_read: false });
    const term = await read('account.invoice.payment_term', ['name']);
    expect(term).toMatchObject({ kind: 'unreachable', why: 'no-permission' });
  });

  test.each([
    ['res.user', /belongs to Tryton itself/],
    ['ir.session', /belongs to Tryton itself/],
    ['customers', /must be the name of a model/],
    ['party.party; drop', /must be the name of a model/],
  ])('%s is refused before any call', (dataSource, reason) => {
    expect(connector.customRead?.({ dataSource, members: [['id']] })).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(reason),
    });
  });
});
