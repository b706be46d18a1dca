/**
 * What the models for Tryton offer is kept by Tryton: of a body that names every member of a model, none comes back as not
 * kept. What Tryton has no place for is not offered.
 */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { Link } from '../../src/connectors/contract.ts';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { WritableDataType } from '../../src/models/data-types.ts';
import type { Fields } from '../../src/models/model.ts';
import { checkBody, isMembers } from '../../src/models/validate.ts';
import { fullBodies, type Records } from '../conformance/full-bodies.ts';
import { describeTryton, makeCompany } from './fixture.ts';
import { linkBy } from './linked-company.ts';

type Body = Readonly<Record<string, unknown>>;

const connector = makeTrytonConnector();
const io = { fetch: globalThis.fetch, now: systemClock.now };
const issueDate = '2026-02-20T00:00:00';

/** Amounts as Tryton takes them: whole pieces, discounts of nothing, which are left out, and the total that follows. */
const fitting: Body = {
  quantity: 12,
  discountAmount: undefined,
  discountPercentage: undefined,
  taxAmount: undefined,
  withholdingTax: [],
  additionalTaxAmount: undefined,
  additionalTaxPercentage: undefined,
  depositedRecordRefs: [],
  allocation: {},
  currency: 'GBP',
  transactionCurrency: 'USD',
  // By hand where the gateway has to ask the books: a payment in the currency of the books has no rate.
  currencyRate: undefined,
  // Shown by the tests of supplemental data.
  supplementalData: undefined,
};

/** The members that the model takes, each with the first option where its own is none. */
function offered(fields: Fields, body: Body): Body {
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field === undefined || field.readOnly === true) return [];
      const own: unknown = Object.hasOwn(fitting, name) ? fitting[name] : value;
      if (own === undefined) return [];
      const { fields: inner, options } = field;
      if (inner !== undefined && Array.isArray(own))
        return [[name, own.filter(isMembers).map((each) => offered(inner, each))]];
      if (inner !== undefined && isMembers(own)) return [[name, offered(inner, own)]];
      const isOption =
        options === undefined || field.optionsAreExamples === true || options.some((each) => each.value === own);
      return [[name, isOption ? own : options[0]?.value]];
    }),
  );
}

function isPayment(dataType: WritableDataType): dataType is 'payments' | 'billPayments' {
  return dataType === 'payments' || dataType === 'billPayments';
}

describeTryton('what a model offers', () => {
  let link: Link;
  let records: Omit<Records, 'account'>;
  let accounts: Readonly<Record<'revenue' | 'expense', string>>;

  const send = (dataType: WritableDataType, body: Body, over = link) =>
    connector.writes[dataType]?.create?.send(connector.open(over, io), { pushOperationKey: randomUUID(), body });

  beforeAll(async () => {
    const company = await makeCompany();
    const books = await company.books();
    link = await linkBy(connector, company, { posting: 'draft' });
    const posting = await linkBy(connector, company);
    const idIn = async (model: string, domain: readonly unknown[]) => String(await books.firstId(model, domain));
    const account = (code: string) => idIn('account.account', [['code', '=', code]]);
    accounts = { revenue: await account('4100'), expense: await account('5100') };
    const party = String(await books.create('party.party', { name: 'Mill & Flour Co' }));
    const made = async (...asked: Parameters<typeof send>) => {
      const outcome = await send(...asked);
      if (outcome?.kind !== 'written') throw new Error(JSON.stringify(outcome));
      return outcome.changes[0]?.recordRef.id ?? '';
    };
    const lineOn = (id: string) => [{ quantity: 1, unitAmount: 100, accountRef: { id } }];
    const [bought, sold] = [lineOn(accounts.expense), lineOn(accounts.revenue)];
    const sides = {
      billItem: { accountRef: { id: accounts.expense } },
      invoiceItem: { accountRef: { id: accounts.revenue } },
    };
    records = {
      bank: await account('1200'),
      otherBank: await made('bankAccounts', { accountName: 'Savings' }),
      customer: party,
      supplier: party,
      item: await made('items', { name: 'Crate', type: 'Service', isBillItem: true, isInvoiceItem: true, ...sides }),
      taxRate: await idIn('account.tax', [['rate', '>', 0]]),
      trackingCategory: '',
      journal: await idIn('account.journal', [['type', '=', 'general']]),
      invoice: await made('invoices', { customerRef: { id: party }, issueDate, lineItems: sold }, posting),
      bill: await made('bills', { supplierRef: { id: party }, issueDate, lineItems: bought }, posting),
    };
  });

  /** Each link on a line of its own: which of them were one line, Tryton does not know. */
  const settling = (dataType: 'payments' | 'billPayments'): Body => {
    const document =
      dataType === 'payments' ? { type: 'Invoice', id: records.invoice } : { type: 'Bill', id: records.bill };
    const lines = [
      { amount: 30.25, links: [{ ...document, amount: -30.25 }] },
      { amount: 10, links: [{ type: 'PaymentOnAccount', amount: -10 }] },
    ];
    return { totalAmount: 40.25, lines };
  };
  const sales: ReadonlySet<string> = new Set(['invoices', 'creditNotes', 'directIncomes']);
  // A party's numbers and the contact of an entry's line depend on each other; masters.test.ts and coverage.test.ts try them.
  const dataTypes = (Object.keys(fullBodies) as (keyof typeof fullBodies)[]).filter(
    (dataType) => dataType !== 'items' && dataType !== 'journalEntries',
  );

  test.each(dataTypes)('of %s is kept by Tryton', async (dataType) => {
    const model = connector.writes[dataType]?.create?.model;
    const account = accounts[sales.has(dataType) ? 'revenue' : 'expense'];
    const named = {
      ...fullBodies[dataType]({ ...records, account }),
      ...(isPayment(dataType) ? settling(dataType) : {}),
    };
    const body = offered(model?.fields ?? {}, named);
    expect(model && checkBody(model, body)).toEqual({ errors: [], warnings: [] });
    const outcome = await send(dataType, body);
    expect(outcome).toMatchObject({ kind: 'written' });
    const warnings = outcome?.kind === 'written' ? (outcome.warnings ?? []) : [];
    expect(warnings.filter(({ message }) => message.includes('not kept'))).toEqual([]);
  });
});
