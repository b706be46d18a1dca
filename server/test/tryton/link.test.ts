/** Linking to a real Tryton: what is told when something is wrong, and what a link holds. */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { closedAddress, describeTryton, makeCompany, type TestCompany } from './fixture.ts';

const io = { fetch: globalThis.fetch, now: systemClock.now };
const connector = makeTrytonConnector();

function authorize(fields: Readonly<Record<string, string>>) {
  const ids = { companyId: randomUUID(), companyName: 'Bakery', connectionId: randomUUID() };
  return connector.authorize({ ...ids, fields }, io);
}

describeTryton('linking to Tryton', () => {
  let books: TestCompany;
  beforeAll(async () => {
    books = await makeCompany();
  });

  test('tells whose books they are, and seals what it needs to come back', async () => {
    const outcome = await authorize(books.fields);
    expect(outcome).toMatchObject({
      kind: 'linked',
      link: {
        url: books.url,
        database: books.database,
        user: books.user,
        company: 1,
        posting: 'post',
        warnings: 'refuse',
      },
      info: { company: books.company, database: books.database, version: expect.stringMatching(/^6\./) },
    });
    expect(outcome.kind === 'linked' ? JSON.stringify(outcome.info) : '').not.toContain(books.password);
  });

  test.each([
    ['a wrong password', { password: 'not-it' }, 'password', /refused the user and the password/],
    ['an unknown user', { user: 'nobody' }, 'password', /refused the user and the password/],
    ['an unknown database', { database: 'nosuch' }, 'database', /no database of this name/],
    ['a company that the user has not', { company: 'Somebody Else' }, 'company', /no such company, but Harbour Lane/],
    ['no address at all', { url: 'tryton' }, 'url', /must be an address/],
    ['a missing password', { password: '' }, 'password', /must be given/],
    ['an unknown posting policy', { posting: 'perhaps' }, 'posting', /one of post, draft/],
    ['an unknown warnings policy', { warnings: 'perhaps' }, 'warnings', /one of refuse, accept/],
  ])('with %s is refused, and the field is named', async (_, wrong, field, message) => {
    const outcome = await authorize({ ...books.fields, ...wrong });
    expect(outcome).toMatchObject({ kind: 'refused', field, message: expect.stringMatching(message) });
  });

  test('where nobody listens says that nobody answers', async () => {
    expect(await authorize({ ...books.fields, url: await closedAddress() })).toMatchObject({ kind: 'unreachable' });
  });

  test('takes the company by its name or its number', async () => {
    for (const company of ['1', books.company.toUpperCase()]) {
      expect(await authorize({ ...books.fields, company })).toMatchObject({ kind: 'linked', link: { company: 1 } });
    }
  });

  test('without a fiscal year for today is refused, and says what to do', async () => {
    const closed = await makeCompany();
    await closed.sql("UPDATE account_period SET state = 'close'");
    expect(await authorize(closed.fields)).toMatchObject({
      kind: 'refused',
      field: 'company',
      message: expect.stringMatching(/no open fiscal year .* Create one in Tryton/),
    });
  });

  test('without a module that some data type needs is refused, and names it', async () => {
    const poor = await makeCompany();
    await poor.sql("DELETE FROM ir_model WHERE model = 'purchase.purchase'");
    expect(await authorize(poor.fields)).toMatchObject({
      kind: 'refused',
      field: 'database',
      message: expect.stringContaining('module purchase'),
    });
  });

  test('a session that Tryton has ended is renewed, and the call is made all the same', async () => {
    const outcome = await authorize(books.fields);
    const session = () => connector.open(outcome.kind === 'linked' ? outcome.link : {}, io);
    const page = () => connector.reads.journals?.page(session(), { pageSize: 1 });
    expect(await page()).toMatchObject({ kind: 'read' });
    await books.sql('DELETE FROM ir_session');
    expect(await page()).toMatchObject({ kind: 'read' });
    await books.sql('DELETE FROM ir_session');
    const body = { supplierName: 'Millstone' };
    const write = connector.writes.suppliers?.create;
    expect(await write?.send(session(), { pushOperationKey: randomUUID(), body })).toMatchObject({ kind: 'written' });
  });
});
