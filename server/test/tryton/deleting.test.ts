/**
 * What deleting means, as the models say it, of records of a real Tryton that are in use. Records that are not, drafts and
 * documents that are posted are deleted by coverage.test.ts and masters.test.ts.
 */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { TrytonClient } from '../../../scripts/tryton/client.ts';
import type { Link } from '../../src/connectors/contract.ts';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { WritableDataType } from '../../src/models/data-types.ts';
import { describeTryton, makeCompany } from './fixture.ts';
import { inBooks, linkBy } from './linked-company.ts';

const today = `${systemClock.now().toISOString().slice(0, 10)}T00:00:00`;
const connector = makeTrytonConnector();

type Body = Readonly<Record<string, unknown>>;

describeTryton('deleting', () => {
  let books: TrytonClient;
  let link: Link;
  let expense: string;
  let party: string;

  beforeAll(async () => {
    const company = await makeCompany();
    books = await company.books();
    link = await linkBy(connector, company);
    expense = String(await books.firstId('account.account', [['code', '=', '5100']]));
    party = String(await books.create('party.party', { name: 'Mill & Flour Co' }));
  });

  const session = () => connector.open(link, { fetch: globalThis.fetch, now: systemClock.now });

  async function made(dataType: WritableDataType, body: Body): Promise<string> {
    const request = { pushOperationKey: randomUUID(), body };
    const outcome = await connector.writes[dataType]?.create?.send(session(), request);
    if (outcome?.kind !== 'written') throw new Error(JSON.stringify(outcome));
    return outcome.changes[0]?.recordRef.id ?? '';
  }

  const billWith = (line: Body) =>
    made('bills', {
      supplierRef: { id: party },
      issueDate: today,
      lineItems: [{ quantity: 1, unitAmount: 20, accountRef: { id: expense }, ...line }],
    });
  const orderOf = (status: string) =>
    made('purchaseOrders', {
      supplierRef: { id: party },
      issueDate: today,
      status,
      lineItems: [{ quantity: 1, unitAmount: 20, description: 'Rye flour' }],
    });
  const entryOn = (account: string, more: Body = {}) => {
    const lines = [
      { netAmount: 5, accountRef: { id: account } },
      { netAmount: -5, accountRef: { id: expense } },
    ];
    return made('journalEntries', { postedOn: today, journalLines: lines, ...more });
  };

  interface InUse {
    readonly dataType: WritableDataType;
    readonly record: () => Promise<string>;
    readonly outcome: Body;
    /** Of Tryton's record, afterwards; undefined where there is none any more. */
    readonly model: string;
    readonly left: Body | undefined;
  }
  const refused = (message: RegExp) => ({ kind: 'rejected', message: expect.stringMatching(message) });
  const cases: readonly (readonly [string, InUse])[] = [
    [
      'an item that stands on a bill is put out of use',
      {
        dataType: 'items',
        async record() {
          const side = { accountRef: { id: expense } };
          const body = { name: 'Crate', type: 'Service', isBillItem: true, isInvoiceItem: false, billItem: side };
          const item = await made('items', body);
          await billWith({ itemRef: { id: item } });
          return item;
        },
        outcome: { kind: 'written' },
        model: 'product.product',
        left: undefined,
      },
    ],
    [
      'a journal with an entry is refused',
      {
        dataType: 'journals',
        async record() {
          const journal = await made('journals', { journalCode: 'PAY', name: 'Payroll', type: 'General' });
          await entryOn(expense, { journalRef: { id: journal } });
          return journal;
        },
        outcome: refused(/Tryton says/),
        model: 'account.journal',
        left: { active: true },
      },
    ],
    [
      'an account with an entry is refused',
      {
        dataType: 'chartOfAccounts',
        async record() {
          const account = await made('chartOfAccounts', { name: 'Oil', fullyQualifiedCategory: 'Asset.Current' });
          await entryOn(account);
          return account;
        },
        outcome: refused(/Tryton says/),
        model: 'account.account',
        left: { closed: false },
      },
    ],
    [
      'a bank account with an entry is closed',
      {
        dataType: 'bankAccounts',
        async record() {
          const account = await made('bankAccounts', { accountName: 'Till' });
          await entryOn(account);
          return account;
        },
        outcome: { kind: 'written' },
        model: 'account.account',
        left: { closed: true },
      },
    ],
    [
      'an order that is not confirmed yet is deleted',
      {
        dataType: 'purchaseOrders',
        async record() {
          const order = await orderOf('Draft');
          await books.press('purchase.purchase', 'quote', Number(order));
          return order;
        },
        outcome: { kind: 'written' },
        model: 'purchase.purchase',
        left: undefined,
      },
    ],
    [
      'an order that is confirmed is refused',
      {
        dataType: 'purchaseOrders',
        record: () => orderOf('Open'),
        outcome: refused(/Tryton says/),
        model: 'purchase.purchase',
        left: { state: expect.stringMatching(/processing|done/) },
      },
    ],
    [
      'the entry of a bill is refused, since it goes with the bill',
      {
        dataType: 'journalEntries',
        async record() {
          const bill = await inBooks(books, 'account.invoice', await billWith({}), ['move']);
          return String(bill?.['move']);
        },
        outcome: refused(/goes with it/),
        model: 'account.move',
        left: { state: 'posted' },
      },
    ],
  ];

  test.each(cases)('%s', async (_, { dataType, record, outcome, model, left }) => {
    const recordId = await record();
    const request = { pushOperationKey: randomUUID(), recordId };
    expect(await connector.writes[dataType]?.delete?.send(session(), request)).toMatchObject(outcome);
    const found = await inBooks(books, model, recordId, Object.keys(left ?? {}));
    if (left === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(left);
  });
});
