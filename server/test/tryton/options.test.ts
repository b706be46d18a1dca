/** Options from a live company in Tryton: conditions, choices and rights, and a version that moves with its settings. */
import { beforeAll, expect, test } from 'vitest';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { describeModel } from '../../src/connectors/tryton/described-fields.ts';
import { cannotTell, evaluate } from '../../src/connectors/tryton/pyson.ts';
import type { TrytonSession } from '../../src/connectors/tryton/session.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { DataType } from '../../src/models/data-types.ts';
import type { Field, PushModel } from '../../src/models/model.ts';
import { modelVersion } from '../../src/models/model-version.ts';
import { describeTryton, makeCompany, type TestCompany } from './fixture.ts';

const io = { fetch: globalThis.fetch, now: systemClock.now };
const connector = makeTrytonConnector();

/** Every model that a write of ours touches, and those that their fields refer to. */
const MODELS = `account.account account.invoice account.invoice.line account.journal account.move account.move.line
  account.payment account.period account.statement account.statement.journal account.statement.line account.tax bank.account
  party.address party.contact_mechanism party.identifier party.party product.product product.template purchase.line
  purchase.purchase`.split(/\s+/);

function fieldAt(model: PushModel, path: string): Field | undefined {
  return path.split('.').reduce<Field | undefined>((field, step) => field?.fields?.[step], {
    ...({ type: 'Object', displayName: '', description: '' } as const),
    fields: model.fields,
  });
}
const namesOf = (field: Field | undefined) => (field?.options ?? []).map(({ displayName }) => displayName);

describeTryton('the options of a company in Tryton', () => {
  let books: TestCompany;
  let session: TrytonSession;
  const open = (user: string, password: string) =>
    connector.open({ ...books.fields, user, password, company: 1, posting: 'post' }, io);
  const modelOf = async (dataType: DataType, over = session, isFresh = false) =>
    (await connector.writes[dataType]?.create?.modelFor?.(over, { isFresh })) ?? expect.unreachable();

  beforeAll(async () => {
    books = await makeCompany();
    session = open(books.user, books.password);
  });

  test('every condition that Tryton tells can be evaluated', async () => {
    const told = [];
    for (const model of MODELS) {
      for (const { name, states, domain, size, digits } of (await describeModel(session, model)).values()) {
        const at = { values: {}, missing: 'default', now: io.now() } as const;
        if ([states, domain, size, digits].some((each) => evaluate(each, at) === cannotTell)) told.push([model, name]);
      }
    }
    expect(told).toEqual([]);
  });

  test('offer for a line of a bill the accounts of expenses, and for one of an invoice those of revenue', async () => {
    const [bills, invoices] = [await modelOf('bills'), await modelOf('invoices')];
    const [spent, earned] = [bills, invoices].map((model) => namesOf(fieldAt(model, 'lineItems.accountRef.id')));
    expect(spent).toEqual(expect.arrayContaining([expect.stringContaining('Flour and yeast')]));
    expect(earned).toEqual(expect.arrayContaining([expect.stringContaining('Wholesale')]));
    expect(earned).not.toEqual(expect.arrayContaining([expect.stringContaining('Flour and yeast')]));
  });

  test('tell limits as Tryton has them: a price has four places, a currency is one of its own', async () => {
    const bills = await modelOf('bills');
    expect(fieldAt(bills, 'lineItems.unitAmount')).toMatchObject({ decimalPlacesMax: 4, source: 'Tryton' });
    expect(fieldAt(bills, 'currency')?.options?.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['GBP', 'USD', 'EUR']),
    );
    expect(fieldAt(bills, 'supplierRef.id')?.required).toBe(true);
  });

  test('are kept for a while, read anew when that is asked for, and have another version then', async () => {
    const before = modelVersion(await modelOf('bills'));
    const client = await books.books();
    const [like] = await client.search('account.account', [['code', '=', '5100']], ['type', 'parent', 'company']);
    const { type, parent, company } = like ?? {};
    await client.create('account.account', { name: 'Salt', code: '5190', type, parent, company });
    expect(modelVersion(await modelOf('bills'))).toBe(before);
    const fresh = await modelOf('bills', session, true);
    expect(modelVersion(fresh)).not.toBe(before);
    expect(namesOf(fieldAt(fresh, 'lineItems.accountRef.id'))).toEqual(
      expect.arrayContaining([expect.stringContaining('Salt')]),
    );
    expect(modelVersion(await modelOf('bills'))).toBe(modelVersion(fresh));
  });

  test('tell what the user of the connection may do', async () => {
    expect((await modelOf('suppliers')).operations).toEqual(['create', 'update', 'delete']);
    const client = await books.books();
    const clerk = { name: 'Clerk', login: 'clerk', password: 'clerk-Pw-1234', companies: [['add', [1]]], company: 1 };
    await client.create('res.user', clerk);
    const bills = await modelOf('bills', open(clerk.login, clerk.password));
    expect(bills.operations ?? []).not.toContain('create');
  });

  test.each(['bills', 'payments', 'items', 'journals'] as const)(
    'of %s are those of the plain model while Tryton is away',
    async (dataType) => {
      const away = connector.open({ ...books.fields, url: 'http://127.0.0.1:1', company: 1 }, io);
      expect(await modelOf(dataType, away)).toBe(connector.writes[dataType]?.create?.model);
    },
  );
});
