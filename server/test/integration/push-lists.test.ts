// Walking a company's pushes page by page, and searching them by everything that a push shows.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUTHORIZATION, makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';
import { endPush } from '../support/ended-pushes.ts';

interface Operation {
  readonly pushOperationKey: string;
  readonly status: string;
}
interface List {
  readonly results: readonly Operation[];
  readonly totalResults: number;
  readonly _links: { readonly next?: { readonly href: string }; readonly previous?: { readonly href: string } };
}

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

async function companyWith(pushes: number) {
  const connection = await makeLinkedConnection(api, 'Walked Ltd');
  const keys: string[] = [];
  const add = async (dataType = 'customers', query = ''): Promise<string> => {
    const answer = await api.call<Operation>('POST', `${connection.prefix}/push/${dataType}${query}`, { body: {} });
    keys.unshift(answer.body.pushOperationKey);
    return answer.body.pushOperationKey;
  };
  for (let index = 0; index < pushes; index++) await add();
  const list = async (query: string) => {
    const answer = await api.call<List>('GET', `/companies/${connection.companyId}/push?${query}`);
    expect(answer.text, query).toContain('totalResults');
    return answer.body;
  };
  const end = (id: string, move: 'fail' | 'expire' | 'succeed') =>
    endPush(api.db, { ...connection, id }, { move, changes: [] });
  return { ...connection, keys, add, list, end, keysOf: async (query: string) => keysIn(await list(query)) };
}

const keysIn = (list: List) => list.results.map(({ pushOperationKey }) => pushOperationKey);

async function walkLinks(first: List, between: () => Promise<unknown> = () => Promise.resolve()): Promise<string[]> {
  const seen = keysIn(first);
  for (let { next } = first._links; next !== undefined;) {
    await between();
    const page = (await api.call<List>('GET', next.href)).body;
    seen.push(...keysIn(page));
    ({ next } = page._links);
  }
  return seen;
}

describe('a walk', () => {
  test.each(['', '&orderBy=requestedOnUtc', '&orderBy=-requestedOnUtc', '&orderBy=-dataType'])(
    'by number and by links sees every push once, in order, whatever pages were asked before (%s)',
    async (order) => {
      const { list, keysOf, keys } = await companyWith(11);
      const wanted = order === '&orderBy=requestedOnUtc' ? keys.toReversed() : keys;
      const page = (number: number) => keysOf(`pageSize=2&page=${number}${order}`);
      for (const numbers of [
        [1, 2, 3, 4, 5, 6],
        [6, 3, 5, 1, 4, 2],
      ]) {
        for (const number of numbers) expect(await page(number)).toEqual(wanted.slice(2 * number - 2, 2 * number));
      }
      expect(await page(7)).toEqual([]);
      expect(await walkLinks(await list(`pageSize=2${order}`))).toEqual(wanted);
    },
  );

  test('by number is what it would be without any memory of earlier pages, though pushes come in between', async () => {
    const { add, keysOf, keys } = await companyWith(9);
    for (const number of [1, 2, 3, 1, 2, 4, 3, 5, 2, 6]) {
      expect(await keysOf(`pageSize=2&page=${number}`)).toEqual(keys.slice(2 * number - 2, 2 * number));
      await add();
    }
    expect(await keysOf('pageSize=3&page=2')).toEqual(keys.slice(3, 6));
  });

  test('by number through one status is right while pushes come into that status and leave it', async () => {
    const { end, keysOf, keys } = await companyWith(12);
    const states = new Map(keys.map((key) => [key, 'Pending']));
    const expectPages = async (status: string) => {
      const wanted = keys.filter((key) => states.get(key) === status);
      for (const page of [1, 2, 3]) {
        const shown = await keysOf(`query=status%3D${status}&pageSize=2&page=${page}`);
        expect(shown).toEqual(wanted.slice(2 * page - 2, 2 * page));
      }
    };
    for (const index of [11, 9, 7, 5, 3]) {
      await end(keys[index] ?? '', 'fail');
      states.set(keys[index] ?? '', 'Failed');
      await expectPages('Pending');
      await expectPages('Failed');
    }
  });

  test('by links misses and repeats none that were there at its start, however many come in meanwhile', async () => {
    const { add, list, keys } = await companyWith(7);
    const atStart = [...keys];
    const seen = await walkLinks(await list('pageSize=2'), async () => {
      await add();
      await add();
      await add();
    });
    expect(seen).toEqual(atStart);
  });

  test('by links through what is pending misses none, though those seen leave it meanwhile', async () => {
    const { list, keys, end } = await companyWith(8);
    const first = await list('query=status%3DPending&pageSize=2');
    let left = keysIn(first);
    const seen = await walkLinks(first, async () => {
      for (const key of left) await end(key, 'succeed');
      left = [];
    });
    expect(seen).toEqual(keys);
  });

  test('a link whose page number was changed means that page, and one made up is refused by name', async () => {
    const { list, keys, companyId } = await companyWith(6);
    const next = (await list('pageSize=2'))._links.next?.href ?? '';
    const third = await api.call<List>('GET', next.replace('page=2', 'page=3'));
    expect(keysIn(third.body)).toEqual(keys.slice(4));
    for (const after of ['x', 'MQ', Buffer.from('2 newest 1 x').toString('base64url')]) {
      const answer = await api.call('GET', `/companies/${companyId}/push?page=2&after=${after}`);
      expect([answer.status, answer.body['error']]).toEqual([400, expect.stringContaining('after')]);
    }
    expect((await api.call('GET', `${next}&orderBy=requestedOnUtc`)).status).toBe(400);
  });
});

describe('the query language of push operations', () => {
  let made: Awaited<ReturnType<typeof companyWith>>;
  beforeAll(async () => {
    made = await companyWith(0);
    await made.add('customers', '?timeoutInMinutes=5');
    await made.add('invoices', '?timeoutInMinutes=60');
    await made.add('bills');
    await made.add('suppliers');
    const [, bills, invoices, customers] = made.keys;
    await made.end(customers ?? '', 'succeed');
    await made.end(invoices ?? '', 'expire');
    await endPush(api.db, { ...made, id: bills ?? '' }, { move: 'fail', statusCode: 409, errorMessage: 'Taken: 7%' });
  });

  test.each([
    ['pushOperationKey=@2', [2]],
    ['pushOperationKey!=@2', [0, 1, 3]],
    ['status=Pending', [0]],
    ['status=success', [3]],
    ['status=TimedOut', [2]],
    ['status=Failed || status=Success', [1, 3]],
    ['{status=Failed || status=Success} && status!=Failed', [3]],
    ['status~ed', [1, 2]],
    ['status=Nonsense', []],
    ['status!=Nonsense', [0, 1, 2, 3]],
    ['status=Processing', []],
    ['{status=Failed || dataType=invoices}', [1, 2]],
    ['status!=Pending && {dataType=bills || dataType=suppliers}', [1]],
    ['dataType=INVOICES', [2]],
    ['dataConnectionKey=#', [0, 1, 2, 3]],
    ['dataConnectionId!=#', []],
    ['requestedOnUtc>2020-01-01', [0, 1, 2, 3]],
    ['requestedOnUtc<2020-01-01', []],
    ['completedOnUtc>2020-01-01T00:00:00Z', [1, 2, 3]],
    ['statusCode=202', [0]],
    ['statusCode>=400', [1, 2]],
    ['statusCode=200', [3]],
    ['timeoutInMinutes>=5 && timeoutInMinutes<60', [3]],
    ['timeoutInMinutes!=5', [0, 1, 2]],
    ['errorMessage~taken: 7%', [1]],
  ])('finds %s, and says how many', async (query, expected) => {
    const text = query
      .replace(/@(\d)/, (_all, index) => made.keys[Number(index)] ?? '')
      .replace('#', made.connectionId);
    const found = await made.list(new URLSearchParams({ query: text }).toString());
    expect(keysIn(found).map((key) => made.keys.indexOf(key))).toEqual(expected);
    expect(found.totalResults).toBe(expected.length);
  });

  test('a caller who knows the extended statuses finds by them, and the four of others by theirs', async () => {
    const companyId = made.companyId;
    const ask = async (status: string) => {
      const target = `/companies/${companyId}/push?query=status%3D${status}`;
      const headers = { authorization: AUTHORIZATION, 'Ledgerpost-Statuses': 'extended' };
      return (await api.call<List>('GET', target, { headers })).body.totalResults;
    };
    expect([await ask('Pending'), await ask('Processing'), await ask('Unknown'), await ask('Failed')]).toEqual([
      1, 0, 0, 1,
    ]);
  });

  test.each([
    'pushOperationKey',
    'companyId',
    'status',
    'statusCode',
    'dataType',
    'dataConnectionKey',
    'dataConnectionId',
    'requestedOnUtc',
    'completedOnUtc',
    'timeoutInMinutes',
    'errorMessage',
  ])('orders by %s both ways, and shows each push once on its pages', async (field) => {
    for (const orderBy of [field, `-${field}`]) {
      const pages = [
        await made.keysOf(`orderBy=${orderBy}&pageSize=3`),
        await made.keysOf(`orderBy=${orderBy}&pageSize=3&page=2`),
      ];
      expect(pages.flat().toSorted()).toEqual(made.keys.toSorted());
    }
  });

  test.each([
    'changes',
    'changes.type',
    'validation.errors',
    'validation',
    'data',
    'waitingOn.reason',
    'nonsense',
    'links',
  ])('what is no plain value of a push operation cannot be asked for: %s', async (property) => {
    for (const query of [
      `query=${property}%3Dx`,
      `query=status%3DFailed%26%26${property}%3Dx`,
      `orderBy=${property}`,
    ]) {
      const answer = await api.call('GET', `/companies/${made.companyId}/push?${query}`);
      expect(answer.body).toMatchObject({
        statusCode: 400,
        error: `Error parsing query - Could not resolve property ${property} on PushOperation`,
      });
    }
  });

  test.each([
    ['status>Failed', 'status: > cannot be asked of a text, only = ~ !=.'],
    ['status=Failed && status<x', 'status: < cannot be asked of a text, only = ~ !=.'],
    ['statusCode~4', 'statusCode: ~ cannot be asked of a number, only = > >= < <= !=.'],
    ['requestedOnUtc=yesterday', "requestedOnUtc: 'yesterday' is not a date."],
  ])('an operator or value that makes no sense is refused, and told why: %s', async (query, why) => {
    const answer = await api.call(
      'GET',
      `/companies/${made.companyId}/push?${new URLSearchParams({ query }).toString()}`,
    );
    expect(answer.body).toMatchObject({ statusCode: 400, error: `Error parsing query - Malformed query. ${why}` });
  });
});
