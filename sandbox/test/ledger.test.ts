import { expect, test } from 'vitest';
import type { JsonObject } from '../src/json.ts';
import { objectsAt, textAt } from '../src/json.ts';
import { billBody, books, invoiceBody, knownIds, randomFrom, startForTest } from './support/sandbox.ts';
import type { Client, Known } from './support/sandbox.ts';

const stepsCount = 250;

test('after a random history the trial balance is zero, and every balance is the sum of its postings', async () => {
  const seed = Number(process.pid);
  const client = await startForTest();
  const known = await knownIds(client);
  const pick = randomFrom(seed);
  const alive: string[] = [];
  const statuses = new Set<number>();
  for (let step = 0; step < stepsCount; step++) statuses.add(await takeStep(client, known, alive, pick));
  // 404 is an edit of what an earlier step deleted.
  expect(
    [...statuses].filter((one) => ![200, 201, 204, 404, 409, 422].includes(one)),
    `seed ${seed}`,
  ).toEqual([]);
  expect([...statuses], `seed ${seed}`).toEqual(expect.arrayContaining([200, 201, 204, 422]));
  const balance = (await client.get(`${books}/trial-balance`)).body;
  expect(balance, `seed ${seed}`).toMatchObject({ difference: '0.00', isBalanced: true });
  await expectBalancesToAgree(client, objectsAt(balance, 'accounts'), seed);
});

async function takeStep(
  client: Client,
  known: Known,
  alive: string[],
  pick: (below: number) => number,
): Promise<number> {
  const target = alive[pick(alive.length || 1)];
  const kind = pick(10);
  if (target !== undefined && kind < 2) return (await client.delete(target)).status;
  if (target !== undefined && kind < 5) {
    const statuses = target.includes('bills')
      ? ['open', 'void']
      : target.includes('invoices')
        ? ['submitted', 'void']
        : ['posted'];
    const change: JsonObject = {
      status: statuses[pick(statuses.length)] ?? '',
      note: `n${pick(9)}`,
      ...paymentsMaybe(known, pick),
    };
    if (target.includes('journal'))
      return (await client.put(target, { description: 'again', lines: journalLines(known, pick) })).status;
    return (await client.put(target, change)).status;
  }
  const [path, body] = newDocument(known, pick);
  const reply = await client.post(`${books}/${path}`, body);
  if (reply.status === 201) alive.push(`${books}/${path}/${textAt(reply.body, 'id')}`);
  return reply.status;
}

function newDocument(known: Known, pick: (below: number) => number): [string, JsonObject] {
  const lines = (accountId: string) =>
    Array.from({ length: 1 + pick(4) }, () => ({
      accountId,
      quantity: `${pick(20)}.${pick(1000)}`,
      unitAmount: `${pick(500) - 20}.${pick(100_000)}`,
      discountPercentage: String(pick(40)),
      ...(pick(2) === 0 && { taxRateId: known.taxRateId }),
    }));
  const change: JsonObject = {
    status: pick(4) === 0 ? 'draft' : 'submitted',
    discountPercentage: `${pick(30)}.${pick(99)}`,
    ...(pick(3) === 0 && { currency: 'USD', exchangeRate: `${pick(3)}.${1 + pick(9999)}` }),
    ...(pick(3) === 0 && { additionalTaxPercentage: String(pick(10)) }),
    ...paymentsMaybe(known, pick),
  };
  const kind = pick(3);
  if (kind === 0) return ['invoices', invoiceBody(known, { ...change, lines: lines(known.salesId) })];
  const billStatus = change['status'] === 'draft' ? 'draft' : 'open';
  if (kind === 1) return ['bills', billBody(known, { ...change, status: billStatus, lines: lines(known.costsId) })];
  return ['journal-entries', { lines: journalLines(known, pick) }];
}

function paymentsMaybe(known: Known, pick: (below: number) => number): JsonObject {
  if (pick(4) !== 0) return {};
  return { payments: [{ accountId: known.bankId, date: '2026-05-20', amount: `${pick(300)}.${10 + pick(89)}` }] };
}

function journalLines(known: Known, pick: (below: number) => number): JsonObject[] {
  const [a, b] = [pick(1000), pick(1000)];
  const last = a + b + (pick(5) === 0 ? 1 : 0);
  return [
    { accountId: known.salesId, amount: `${a}.25` },
    { accountId: known.bankId, amount: `${b}.75` },
    { accountId: known.costsId, amount: `-${last + 1}` },
  ];
}

async function expectBalancesToAgree(client: Client, rows: JsonObject[], seed: number): Promise<void> {
  const accounts = objectsAt((await client.get(`${books}/accounts`)).body, 'items');
  for (const account of accounts) {
    const row = rows.find((one) => one['accountId'] === account['id']);
    const debit = cents(row?.['debit']) - cents(row?.['credit']);
    const isCredit = /^(Liability|Equity|Income)/.test(textAt(account, 'category') ?? '');
    expect(cents(account['balance']), `${textAt(account, 'name')}, seed ${seed}`).toBe(isCredit ? -debit : debit);
  }
}

function cents(amount: unknown): bigint {
  return typeof amount === 'string' ? BigInt(amount.replace('.', '')) : 0n;
}
