/** What Tryton is said to take is taken, through our API, and stands in Tryton's books: asked of Tryton and of its tables. */
import { BillStatus } from '@codat/accounting/dist/sdk/models/shared/index.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TrytonClient, Values } from '../../../scripts/tryton/client.ts';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { present, untilEnded, useServer, writtenId } from '../clients/official-clients.ts';
import type { LinkedCompany } from '../support/server.ts';
import { describeTryton, makeCompany, type TestCompany } from './fixture.ts';
import { balances, inBooks, linkBy, linkTo, pushed, unbalanced, written } from './linked-company.ts';

const today = `${systemClock.now().toISOString().slice(0, 10)}T00:00:00`;
const VAT = 'VAT 20%';

const failedWith = (message: RegExp) => ({
  status: 'Failed',
  validation: { errors: [{ message: expect.stringMatching(message) as string }] },
});

describeTryton('the books of Tryton', () => {
  // Nothing is read in the background: that would cost Tryton more than all that is written here.
  const rig = useServer({ LEDGERPOST_ROLES: 'api,engine' });
  let company: TestCompany;
  let books: TrytonClient;
  /** Whose documents are posted, and whose are left as drafts: two connections to the same books. */
  let posting: LinkedCompany;
  let drafting: LinkedCompany;
  let ids: Readonly<Record<'customer' | 'supplier' | 'tax' | 'revenue' | 'expense' | 'bank' | 'savings', string>>;

  beforeAll(async () => {
    company = await makeCompany();
    books = await company.books();
    posting = await linkTo(rig().server, company, { warnings: 'accept' });
    drafting = await linkTo(rig().server, company, { posting: 'draft' });
    const account = (code: string) => books.firstId('account.account', [['code', '=', code]]);
    const own = {
      customer: await books.create('party.party', { name: 'Corner Shop' }),
      supplier: await books.create('party.party', { name: 'Mill & Flour Co' }),
      tax: await books.firstId('account.tax', [['name', '=', VAT]]),
      revenue: await account('4100'),
      expense: await account('5100'),
      bank: await account('1200'),
      savings: await account('1210'),
    };
    ids = Object.fromEntries(Object.entries(own).map(([name, id]) => [name, String(id)])) as typeof ids;
  });

  const push = (path: string, body: unknown, to = posting) => written(rig().server, to, 'POST', path, body);
  const change = (path: string, body: unknown, to = drafting) => written(rig().server, to, 'PUT', path, body);
  const remove = (path: string, to = posting) => written(rig().server, to, 'DELETE', path);

  /** What a piece of work changes in the balances of the accounts. */
  async function moved<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly by: Values }> {
    const before = await balances(company);
    const result = await work();
    const after = await balances(company);
    const codes = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const changes = codes.map((code): [string, number] => [
      code,
      Math.round(((after[code] ?? 0) - (before[code] ?? 0)) * 100) / 100,
    ]);
    return { result, by: Object.fromEntries(changes.filter(([, by]) => by !== 0)) };
  }

  const line = (account: string, quantity: number, unitAmount: number, isTaxed = true) => ({
    description: 'Rye loaf',
    quantity,
    unitAmount,
    accountRef: { id: account },
    ...(isTaxed ? { taxRateRef: { id: ids.tax } } : {}),
  });
  const sold = (unitAmount = 100, more: Values = {}) => ({
    customerRef: { id: ids.customer },
    issueDate: today,
    dueDate: today,
    lineItems: [line(ids.revenue, 3, unitAmount), line(ids.revenue, 1, 9.99, false)],
    ...more,
  });
  const bought = (unitAmount = 40, more: Values = {}) => ({
    supplierRef: { id: ids.supplier },
    issueDate: today,
    lineItems: [line(ids.expense, 2, unitAmount)],
    ...more,
  });

  describe.each([
    {
      path: 'invoices',
      body: () => sold(),
      total: 369.99,
      by: { '1100': 369.99, '4100': -309.99, '2200': -60 },
    },
    { path: 'bills', body: () => bought(), total: 96, by: { '5100': 80, '2200': 16, '2100': -96 } },
    {
      path: 'creditNotes',
      body: () => ({ ...sold(), dueDate: undefined }),
      total: -369.99,
      by: { '1100': -369.99, '4100': 309.99, '2200': 60 },
    },
    { path: 'billCreditNotes', body: () => bought(), total: -96, by: { '5100': -80, '2200': -16, '2100': 96 } },
  ])('$path', ({ path, body, total, by }) => {
    test('are posted with their tax, and cancelled by being deleted', async () => {
      const created = await moved(() => push(path, body()));
      expect(created.by).toEqual(by);
      const id = created.result;
      expect(await inBooks(books, 'account.invoice', id, ['state', 'total_amount'])).toMatchObject({
        state: 'posted',
        total_amount: total,
      });
      const cancelled = await moved(() => remove(`${path}/${id}`));
      expect(cancelled.by).toEqual(Object.fromEntries(Object.entries(by).map(([code, amount]) => [code, -amount])));
      expect(await inBooks(books, 'account.invoice', id, ['state'])).toMatchObject({ state: 'cancelled' });
    });

    test('are left as drafts where people post, changed, and deleted', async () => {
      const { result: id, by: none } = await moved(() => push(path, body(), drafting));
      expect(none).toEqual({});
      expect(await inBooks(books, 'account.invoice', id, ['state', 'total_amount'])).toMatchObject({
        state: 'draft',
        total_amount: total,
      });
      await change(`${path}/${id}`, { ...body(), note: 'Changed', lineItems: [line(linesAccount(path), 1, 10)] });
      const changed = await inBooks(books, 'account.invoice', id, ['state', 'comment', 'total_amount']);
      expect(changed).toMatchObject({ state: 'draft', comment: 'Changed', total_amount: total > 0 ? 12 : -12 });
      await remove(`${path}/${id}`, drafting);
      expect(await inBooks(books, 'account.invoice', id, ['state'])).toBeUndefined();
    });
  });

  const linesAccount = (path: string) => (/bill/i.test(path) ? ids.expense : ids.revenue);

  test('a posted document is not changed, and the refusal says why', async () => {
    const id = await push('bills', bought());
    const refused = await pushed(rig().server, posting, 'PUT', `bills/${id}`, bought(50));
    expect(refused).toMatchObject(failedWith(/is posted/));
    expect(await inBooks(books, 'account.invoice', id, ['total_amount'])).toMatchObject({ total_amount: 96 });
  });

  test("an invoice in another currency has it on its lines, and the books have Tryton's rate", async () => {
    const body = { ...sold(100, { currency: 'USD' }), lineItems: [line(ids.revenue, 1, 100, false)] };
    const { result: id, by } = await moved(() => push('invoices', body));
    expect(by).toEqual({ '1100': 80, '4100': -80 });
    const [entry] = await books.search(
      'account.move.line',
      [
        ['move.origin', '=', `account.invoice,${id}`],
        ['account.code', '=', '1100'],
      ],
      ['amount_second_currency'],
    );
    expect(entry).toMatchObject({ amount_second_currency: { decimal: '100.00' } });
  });

  test("a bill with tax from an official client is in the ledger and in Tryton's tax report", async () => {
    const { accounting } = rig();
    const reported = await taxReport();
    const before = await reported();
    const billed = await accounting.bills.create({
      companyId: posting.companyId,
      connectionId: posting.connectionId,
      bill: {
        reference: 'MFC-77120',
        supplierRef: { id: ids.supplier },
        issueDate: today,
        status: BillStatus.Open,
        subTotal: 790,
        taxAmount: 158,
        totalAmount: 948,
        lineItems: [
          {
            description: 'Strong white flour, 25 kg',
            unitAmount: 19.75,
            quantity: 40,
            accountRef: { id: ids.expense },
            taxRateRef: { id: ids.tax },
          },
        ],
      },
    });
    const operation = await untilEnded(rig(), present(billed.createBillResponse));
    const id = writtenId(operation);
    expect(
      await inBooks(books, 'account.invoice', id, [
        'state',
        'untaxed_amount',
        'tax_amount',
        'total_amount',
        'reference',
      ]),
    ).toMatchObject({
      state: 'posted',
      reference: 'MFC-77120',
      untaxed_amount: 790,
      tax_amount: 158,
      total_amount: 948,
    });
    const origin = ['move_line.move.origin', '=', `account.invoice,${id}`];
    const taxLines = await books.search('account.tax.line', [origin], ['type', 'amount', 'tax.name']);
    expect(taxLines).toMatchObject([
      { type: 'base', amount: { decimal: '790.00' }, 'tax.': { name: VAT } },
      { type: 'tax', amount: { decimal: '158.00' }, 'tax.': { name: VAT } },
    ]);
    const after = await reported();
    expect([after.base - before.base, after.tax - before.tax]).toEqual([790, 158]);
  });

  /** Tryton's report of taxes has codes, whose amounts it works out over periods from what is posted. */
  async function taxReport(): Promise<() => Promise<Readonly<Record<'base' | 'tax', number>>>> {
    const line = (amount: string) => ({ operator: '+', tax: Number(ids.tax), amount, type: 'invoice' });
    const codeOf = (amount: string) =>
      books.create('account.tax.code', { name: amount, company: 1, lines: [['create', [line(amount)]]] });
    const codes = { base: await codeOf('base'), tax: await codeOf('tax') };
    const periods = (await books.search('account.period', [['type', '=', 'standard']], [])).map(({ id }) => id);
    const amountOf = async (code: number) => {
      const asked = await books.call('model.account.tax.code.read', [[code], ['amount']], { periods });
      const [read] = asked as readonly { readonly amount: { readonly decimal: string } }[];
      return Number(read?.amount.decimal);
    };
    return async () => ({ base: await amountOf(codes.base), tax: await amountOf(codes.tax) });
  }

  test('payments settle in part and in full, and are taken back by being deleted', async () => {
    const invoice = await push('invoices', { ...sold(), lineItems: [line(ids.revenue, 1, 100, false)] });
    const pay = (amount: number) => ({
      customerRef: { id: ids.customer },
      accountRef: { id: ids.bank },
      totalAmount: amount,
      date: today,
      reference: 'FP 2041',
      lines: [{ amount, links: [{ type: 'Invoice', id: invoice, amount: -amount }] }],
    });
    const part = await moved(() => push('payments', pay(40)));
    expect(part.by).toEqual({ '1200': 40, '1100': -40 });
    const due = ['state', 'amount_to_pay'];
    expect(await inBooks(books, 'account.invoice', invoice, due)).toMatchObject({ state: 'posted', amount_to_pay: 60 });
    const rest = await push('payments', pay(60));
    expect(await inBooks(books, 'account.invoice', invoice, due)).toMatchObject({ state: 'paid', amount_to_pay: 0 });
    const back = await moved(() => remove(`payments/${rest}`));
    expect(back.by).toEqual({ '1200': -60, '1100': 60 });
    expect(await inBooks(books, 'account.invoice', invoice, due)).toMatchObject({ state: 'posted', amount_to_pay: 60 });
    const tooMuch = await pushed(rig().server, posting, 'POST', 'payments', pay(60.01));
    expect(tooMuch).toMatchObject(failedWith(/more than is due/));
  });

  test('a payment at a lower rate leaves nothing due and the difference where it is owed, and one at a higher rate is refused', async () => {
    const body = { ...sold(), currency: 'USD', lineItems: [line(ids.revenue, 1, 100, false)] };
    const { result: invoice, by } = await moved(() => push('invoices', body));
    expect(by).toEqual({ '1100': 80, '4100': -80 });
    const payment = {
      customerRef: { id: ids.customer },
      accountRef: { id: ids.bank },
      totalAmount: 100,
      currency: 'USD',
      currencyRate: 0.75,
      date: today,
      lines: [{ amount: 100, links: [{ type: 'Invoice', id: invoice, amount: -100 }] }],
    };
    const dearer = await pushed(rig().server, posting, 'POST', 'payments', { ...payment, currencyRate: 0.85 });
    expect(dearer).toMatchObject(failedWith(/CurrencyRate would settle 85\.00 GBP of the 80\.00 GBP/));
    const paid = await moved(() => push('payments', payment));
    expect(paid.by).toEqual({ '1200': 75, '1100': -75 });
    const due = { state: 'posted', amount_to_pay: 0 };
    expect(await inBooks(books, 'account.invoice', invoice, Object.keys(due))).toMatchObject(due);
    const connector = makeTrytonConnector();
    const session = connector.open(await linkBy(connector, company), { fetch: globalThis.fetch, now: systemClock.now });
    expect(await connector.reads.invoices?.get(session, invoice)).toMatchObject({
      value: { status: 'Paid', amountDue: 0 },
    });
    expect(await unbalanced(company)).toBe(0);
  });

  test('a bill payment settles a bill with the help of a credit note, and another is on account', async () => {
    const bill = await push('bills', { ...bought(), lineItems: [line(ids.expense, 1, 100, false)] });
    const credit = await push('billCreditNotes', { ...bought(), lineItems: [line(ids.expense, 1, 30, false)] });
    const paid = { supplierRef: { id: ids.supplier }, accountRef: { id: ids.bank }, date: today };
    const links = [
      { type: 'Bill', id: bill, amount: -100 },
      { type: 'CreditNote', id: credit, amount: 30 },
    ];
    const settled = await moved(() =>
      push('billPayments', { ...paid, totalAmount: 70, lines: [{ amount: 70, links }] }),
    );
    expect(settled.by).toEqual({ '1200': -70, '2100': 70 });
    for (const id of [bill, credit]) {
      expect(await inBooks(books, 'account.invoice', id, ['state'])).toMatchObject({ state: 'paid' });
    }
    const advance = { ...paid, totalAmount: 15, lines: [{ amount: 15, links: [] }] };
    const onAccount = await moved(() => push('billPayments', advance));
    expect(onAccount.by).toEqual({ '1200': -15, '2100': 15 });
    await remove(`billPayments/${onAccount.result}`);
  });

  const entry = (amount: number) => ({
    description: 'Prepaid insurance',
    postedOn: today,
    journalLines: [
      { netAmount: amount, accountRef: { id: ids.expense } },
      { netAmount: -amount, accountRef: { id: ids.bank } },
    ],
  });
  const transfer = (amount: number) => ({
    description: 'Monthly savings',
    date: today,
    from: { accountRef: { id: ids.bank, dataType: 'bankAccounts' }, amount },
    to: { accountRef: { id: ids.savings, dataType: 'bankAccounts' }, amount },
  });
  const direct = (account: () => string, contact: () => Values) => (amount: number) => ({
    reference: 'CARD-5511',
    contactRef: contact(),
    issueDate: today,
    currency: 'GBP',
    lineItems: [line(account(), 2, amount / 2)],
    paymentAllocations: [{ payment: { accountRef: { id: ids.bank } }, allocation: { totalAmount: amount * 1.2 } }],
  });

  test.each([
    { path: 'journalEntries', body: entry, by: { '5100': 50, '1200': -50 } },
    { path: 'transfers', body: transfer, by: { '1210': 50, '1200': -50 } },
    {
      path: 'directCosts',
      body: direct(
        () => ids.expense,
        () => ({ id: ids.supplier, dataType: 'suppliers' }),
      ),
      by: { '5100': 50, '2200': 10, '1200': -60 },
    },
    {
      path: 'directIncomes',
      body: direct(
        () => ids.revenue,
        () => ({ id: ids.customer, dataType: 'customers' }),
      ),
      by: { '4100': -50, '2200': -10, '1200': 60 },
    },
  ])('$path are posted, reversed by being deleted, and changed and deleted as drafts', async ({ path, body, by }) => {
    const created = await moved(() => push(path, body(50)));
    expect(created.by).toEqual(by);
    const reversed = await moved(() => remove(`${path}/${created.result}`));
    expect(reversed.by).toEqual(Object.fromEntries(Object.entries(by).map(([code, amount]) => [code, -amount])));
    const again = await pushed(rig().server, posting, 'DELETE', `${path}/${created.result}`);
    expect(again).toMatchObject({ status: 'Failed', statusCode: 404 });

    const draft = await push(path, body(20), drafting);
    await change(`${path}/${draft}`, body(30));
    const lines = await books.search('account.move.line', [['move', '=', Number(draft)]], ['debit']);
    const debits = lines.map(({ debit }) => Number((debit as { readonly decimal: string }).decimal));
    expect(Math.max(...debits)).toBe(path.startsWith('direct') ? 36 : 30);
    expect(await inBooks(books, 'account.move', draft, ['state'])).toMatchObject({ state: 'draft' });
    await remove(`${path}/${draft}`, drafting);
    expect(await inBooks(books, 'account.move', draft, ['state'])).toBeUndefined();
  });

  test('bank transactions are the origins of one statement, and a number is taken once', async () => {
    const transactions = [
      { id: 'HB-1', amount: 522.5, date: today, description: 'Corner Shop', balance: 2_522.5 },
      { id: 'HB-2', amount: -79, date: today, description: 'Mill & Flour Co', balance: 2_443.5 },
    ];
    const path = `bankAccounts/${ids.bank}/bankTransactions`;
    await push(path, { accountId: ids.bank, transactions });
    const statement = ['statement.journal.account', '=', Number(ids.bank)];
    const origins = await books.search('account.statement.origin', [statement], ['number', 'amount']);
    expect(origins).toMatchObject([
      { number: 'HB-1', amount: { decimal: '522.5' } },
      { number: 'HB-2', amount: { decimal: '-79' } },
    ]);
    const again = await pushed(rig().server, posting, 'POST', path, { accountId: ids.bank, transactions });
    expect(again).toMatchObject(failedWith(/in use/));
  });

  test('purchase orders are confirmed, and as drafts changed and deleted', async () => {
    const order = { ...bought(), purchaseOrderNumber: 'HL-PO-77', status: 'Open' };
    const open = await push('purchaseOrders', order);
    const fields = ['state', 'reference', 'total_amount'];
    expect(await inBooks(books, 'purchase.purchase', open, fields)).toMatchObject({
      state: expect.stringMatching(/processing|done/),
      reference: 'HL-PO-77',
      total_amount: 96,
    });
    const draft = await push('purchaseOrders', { ...order, status: 'Draft' }, drafting);
    await change(`purchaseOrders/${draft}`, { ...order, status: 'Draft', note: 'Before six' });
    expect(await inBooks(books, 'purchase.purchase', draft, ['state', 'comment'])).toMatchObject({
      state: 'draft',
      comment: 'Before six',
    });
    await remove(`purchaseOrders/${draft}`, drafting);
    expect(await inBooks(books, 'purchase.purchase', draft, ['state'])).toBeUndefined();
  });

  test('every entry has debits equal to credits', async () => {
    expect(await unbalanced(company)).toBe(0);
    const sum = Object.values(await balances(company)).reduce((total, each) => total + Math.round(each * 100), 0);
    expect(sum).toBe(0);
  });
});
