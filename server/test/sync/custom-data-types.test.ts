/** Custom data types from the outside: what is read of the sandbox's own lists, what moves when, and who is told of it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { editInBooks, recordsIn } from '../support/books.ts';
import { untilRead, untilReadingEnded, type Body } from '../support/reading.ts';
import { endServer, startLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';

let server: ServerProcess;
let company: LinkedCompany;
let data: string;

const config = {
  dataSource: 'customers?status=active',
  requiredData: { title: '$.name', since: '$.createdAt' },
  keyBy: ['$.id'],
  sourceModifiedDate: ['$[*].updatedAt'],
};

beforeAll(async () => {
  ({ server, company } = await startLinkedCompany());
  data = `/companies/${company.companyId}/connections/${company.connectionId}/data`;
  await untilRead(server, company);
  await configure(config);
}, 240_000);
afterAll(() => endServer(server));

async function configure(body: object): Promise<void> {
  const answer = await server.call('PUT', '/integrations/mqjo/dataTypes/custom/people', body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

async function read(): Promise<Body> {
  const { body } = await server.call('POST', `${data}/queue/custom/people`);
  return untilReadingEnded(server, company, body['id']);
}

interface Person {
  readonly id: string;
  readonly content: Body;
  readonly modifiedDate: { readonly modifiedDate: string };
  readonly sourceModifiedDate: string;
  readonly metadata: { readonly isDeleted: boolean };
}

async function listed(): Promise<ReadonlyMap<string, Person>> {
  const { body } = await server.call<{ results: Person[] }>('GET', `${data}/custom/people?pageSize=5000`);
  return new Map(body.results.map((person) => [person.id, person]));
}

const dates = (people: ReadonlyMap<string, Person>) =>
  new Map([...people].map(([id, { modifiedDate }]) => [id, modifiedDate.modifiedDate]));

test('of each of its records the platform is asked for what is configured, and that is kept and listed', async () => {
  expect((await server.call('GET', `${data}/custom/people`)).status).toBe(409);
  expect(await read()).toMatchObject({ dataType: 'custom/people', status: 'Complete', isErrored: false });
  const people = await listed();
  const inBooks = await recordsIn(server.sandboxUrl, company, 'customers');
  expect([...people.keys()].toSorted()).toEqual(inBooks.map(({ id }) => id).toSorted());
  for (const { id, name } of inBooks) expect(people.get(id)?.content).toMatchObject({ title: name });
  const [first] = people.values();
  expect(first).toEqual({
    id: first?.id,
    content: { title: first?.content['title'], since: expect.stringMatching(/Z$/) },
    modifiedDate: { modifiedDate: expect.stringMatching(/^\d{4}-.*\.\d{7}Z$/) },
    sourceModifiedDate: expect.stringMatching(/Z$/),
    metadata: { isDeleted: false },
  });
});

test('pages hold every record once, with exact totals', async () => {
  const all = [...(await listed()).keys()];
  const pages = await Promise.all(
    [1, 2].map((page) =>
      server.call<{ results: Person[] }>('GET', `${data}/custom/people?page=${page}&pageSize=${all.length - 1}`),
    ),
  );
  expect(pages.flatMap(({ body }) => body.results.map(({ id }) => id))).toEqual(all);
  expect(pages[0]?.body).toMatchObject({ pageNumber: 1, pageSize: all.length - 1, totalResults: all.length });
  expect(pages[0]?.headers.get('ledgerpost-watermark')).toMatch(/^\w+/);
});

test('a walk by links goes on from the record that was shown last, though others have moved on meanwhile', async () => {
  interface Page {
    readonly results: readonly Person[];
    readonly _links: { readonly next?: { readonly href: string } };
  }
  const all = await listed();
  const { body: first } = await server.call<Page>('GET', `${data}/custom/people?pageSize=2`);
  const [moved] = first.results;
  await editInBooks(server.sandboxUrl, company, `customers/${moved?.id}`, { name: 'Moved on while somebody read' });
  await read();
  const met = first.results.map(({ id }) => id);
  for (let next = first._links.next?.href; next !== undefined;) {
    expect(next).toContain('after=');
    const { body }: { body: Page } = await server.call<Page>('GET', next);
    met.push(...body.results.map(({ id }) => id));
    next = body._links.next?.href;
  }
  expect(met).toEqual([...all.keys(), moved?.id]);
});

test('a record moves when it changed, went out of the list, or came back, and no other record does', async () => {
  const before = await listed();
  const [changed = '', gone = ''] = before.keys();
  await editInBooks(server.sandboxUrl, company, `customers/${changed}`, { name: 'Renamed by hand' });
  await editInBooks(server.sandboxUrl, company, `customers/${gone}`, { status: 'archived' });
  await read();
  const after = await listed();
  expect(after.get(changed)).toMatchObject({ content: { title: 'Renamed by hand' } });
  expect(after.get(gone)).toMatchObject({ content: before.get(gone)?.content, metadata: { isDeleted: true } });
  const moved = [...dates(after)].filter(([id, date]) => dates(before).get(id) !== date).map(([id]) => id);
  expect(moved.toSorted()).toEqual([changed, gone].toSorted());

  await read();
  expect(await listed()).toEqual(after);

  await editInBooks(server.sandboxUrl, company, `customers/${gone}`, { status: 'active' });
  await read();
  const back = await listed();
  expect(back.get(gone)?.metadata.isDeleted).toBe(false);
  expect([...dates(back)].filter(([id, date]) => dates(after).get(id) !== date).map(([id]) => id)).toEqual([gone]);
});

test('another configuration moves every record, the same one none; another key makes other records of them', async () => {
  const before = await listed();
  await configure({ ...config });
  await read();
  expect(dates(await listed())).toEqual(dates(before));

  await configure({ ...config, requiredData: { title: '$.name' } });
  await read();
  const after = await listed();
  for (const [id, { content, modifiedDate }] of after) {
    expect(Object.keys(content)).toEqual(['title']);
    expect(modifiedDate.modifiedDate > (before.get(id)?.modifiedDate.modifiedDate ?? '~')).toBe(true);
  }

  await configure({ ...config, keyBy: ['$.id', '$.status'] });
  await read();
  const rekeyed = await listed();
  for (const id of before.keys()) {
    expect(rekeyed.get(id)?.metadata.isDeleted).toBe(true);
    expect(rekeyed.get(`${id}|active`)?.metadata.isDeleted).toBe(false);
  }
});

test('the change feed tells of a custom type where it is asked for by name, and only there', async () => {
  const changes = async (query: string) => {
    const path = `/companies/${company.companyId}/changes?pageSize=5000${query}`;
    return (await server.call<{ results: Body[] }>('GET', path)).body.results;
  };
  const listedNow = await listed();
  const told = await changes('&dataTypes=custom/people');
  expect(told.map(({ id }) => id)).toEqual([...listedNow.keys()]);
  expect(told.map(({ record }) => record)).toEqual([...listedNow.values()]);
  expect(new Set(told.map(({ dataType }) => dataType))).toEqual(new Set(['custom/people']));
  const others = await changes('');
  expect(others.length).toBeGreaterThan(100);
  expect(others.filter(({ dataType }) => dataType === 'custom/people')).toEqual([]);
  const bad = await server.call('GET', `/companies/${company.companyId}/changes?dataTypes=custom/no%20spaces`);
  expect(bad.status).toBe(404);
});

test('events tell of each reading by the name of the type', async () => {
  const path = `/events?companyId=${company.companyId}&eventTypes=read.completed&limit=500`;
  const { body } = await server.call<{ results: { payload: { dataTypes: Body[] } }[] }>('GET', path);
  const told = body.results.flatMap(({ payload }) => payload.dataTypes);
  const ofPeople = told.filter(({ dataType }) => dataType === 'custom/people');
  expect(ofPeople[0]).toEqual({
    connectionId: company.connectionId,
    dataType: 'custom/people',
    recordsModified: true,
    status: 'Complete',
    issues: null,
  });
  expect(ofPeople.map(({ recordsModified }) => recordsModified)).toContain(false);
});
