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
  // Shown by the tests of supplemental data.
  supplementalData: undefined,
};

/** The members that the model takes, each with the first option where its own is none. */
function offered(fields: Fields, body: Body, fit = fitting): Body {
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field === undefined || field.readOnly === true) return [];
      const own: unknown = Object.hasOwn(fit, name) ? fit[name] : value;
      if (own === undefined) return [];
      const { fields: inner, options } = field;
      if (inner !== undefined && Array.isArray(own))
        return [[name, own.filter(isMembers).map((each) => offered(inner, each, fit))]];
      if (inner !== undefined && isMembers(own)) return [[name, offered(inner, own, fit)]];
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
  let accounts: Readonly<Record<'revenue' | 'expense' | 'receivable' | 'payable', string>>;

  const send = (dataType: WritableDataType, body: Body, over = link) =>
    connector.writes[dataType]?.create?.send(connector.open(over, io), {
      pushOperationKey: randomUUID(),
      body,
      ...(dataType === 'bankTransactions' ? { parentId: records.bank } : {}),
    });

  beforeAll(async () => {
    const company = await makeCompany();
    const books = await company.books();
    link = await linkBy(connector, company, { posting: 'draft' });
    const posting = await linkBy(connector, company);
    const idIn = async (model: string, domain: readonly unknown[]) => String(await books.firstId(model, domain));
    const account = (code: string) => idIn('account.account', [['code', '=', code]]);
    accounts = {
      revenue: await account('4100'),
      expense: await account('5100'),
      receivable: await account('1100'),
      payable: await account('2100'),
    };
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
      trackingCategory: await idIn('analytic_account.account', [['name', '=', 'Shop']]),
      journal: await idIn('account.journal', [['type', '=', 'general']]),
      invoice: await made(
        'invoices',
        { customerRef: { id: party }, issueDate, currency: 'USD', lineItems: sold },
        posting,
      ),
      bill: await made('bills', { supplierRef: { id: party }, issueDate, currency: 'USD', lineItems: bought }, posting),
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
  /** What depends on the company: which accounts an item, and a line with a contact, may be on. */
  const placed = (dataType: WritableDataType): Body => {
    if (isPayment(dataType)) return settling(dataType);
    const { taxRate: tax, trackingCategory, customer, supplier } = records;
    const side = (id: string) => ({ unitPrice: 5.125, accountRef: { id }, taxRateRef: { id: tax } });
    if (dataType === 'items') {
      const sold = { ...side(accounts.revenue), description: 'By the crate' };
      return { billItem: side(accounts.expense), invoiceItem: sold };
    }
    if (dataType !== 'journalEntries') return {};
    const tracking = { recordRefs: [{ id: trackingCategory, dataType: 'trackingCategories' }] };
    const line = (netAmount: number, account: string, contact: string, dataTypeOf: string) => ({
      description: 'Insurance',
      netAmount,
      currency: 'GBP',
      accountRef: { id: account },
      contactRef: { id: contact, dataType: dataTypeOf },
    });
    const owed = { ...line(82.5, accounts.payable, supplier, 'suppliers'), transactionAmount: 99.12, tracking };
    return {
      journalLines: [{ ...owed, transactionCurrency: 'USD' }, line(-82.5, accounts.receivable, customer, 'customers')],
    };
  };
  const transactions = [
    {
      id: 'HB-1',
      amount: 522.5,
      date: issueDate,
      description: 'Corner Shop',
      balance: 2_522.5,
      transactionType: 'Credit',
    },
    { id: 'HB-2', amount: -79, date: issueDate, description: 'Mill', balance: 2_443.5, transactionType: 'Debit' },
  ];
  const sales: ReadonlySet<string> = new Set(['invoices', 'creditNotes', 'directIncomes']);
  const dataTypes = [...(Object.keys(fullBodies) as (keyof typeof fullBodies)[]), 'bankTransactions' as const];
  /** Days come back without a time of day, documents as the drafts that they are left as, and phones by their kind. */
  const told = /(?:Date|Status|\.Phone\[\d\]\.\w+)$/;
  // A document has Tryton's own rate, and an entry that of the sender.
  const withRate = { ...fitting, currency: 'USD', currencyRate: 0.79 };

  test.each(dataTypes)('of %s is kept by Tryton', async (dataType) => {
    const model = connector.writes[dataType]?.create?.model;
    const account = accounts[sales.has(dataType) ? 'revenue' : 'expense'];
    const named =
      dataType === 'bankTransactions'
        ? { accountId: records.bank, transactions }
        : { ...fullBodies[dataType]({ ...records, account }), ...placed(dataType) };
    const hasRate = isPayment(dataType) || dataType.startsWith('direct');
    const body = offered(model?.fields ?? {}, named, hasRate ? withRate : fitting);
    expect(model && checkBody(model, body)).toEqual({ errors: [], warnings: [] });
    const outcome = await send(dataType, body);
    expect(outcome).toMatchObject({ kind: 'written' });
    const warnings = outcome?.kind === 'written' ? (outcome.warnings ?? []) : [];
    expect(warnings.filter(({ itemId = '' }) => !told.test(itemId))).toEqual([]);
  });
});
