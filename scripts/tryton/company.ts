/** Sets a company up in a fresh Tryton database, ready to book: as an accountant would, over JSON-RPC. */
import { date, decimal, TrytonClient } from './client.ts';

export const ADMIN = { user: 'admin', password: 'admin-Pw-1234' } as const;
/** The user that the gateway logs in with. */
export const GATEWAY = { user: 'gateway', password: 'gateway-Pw-1234' } as const;
export const COMPANY = 'Harbour Lane Bakery Ltd';

export async function setUpCompany(url: string, database: string, year: number): Promise<void> {
  const client = await new TrytonClient(url, database).login(ADMIN.user, ADMIN.password);
  const currencies = await makeCurrencies(client);
  await makeCountries(client);
  const party = await client.create('party.party', {
    name: COMPANY,
    addresses: [['create', [{ street: '4 Harbour Lane', city: 'Whitby', postal_code: 'YO21 3PU' }]]],
  });
  // Without cancel_invoice_out a posted invoice cannot be cancelled.
  const company = await client.create('company.company', {
    party,
    currency: currencies['GBP'],
    cancel_invoice_out: true,
  });
  const admin = await client.firstId('res.user', [['login', '=', ADMIN.user]]);
  await client.write('res.user', admin, { companies: [['add', [company]]], company });
  await client.reloadContext();
  const books: Books = { client, company, party, currency: currencies['GBP'] ?? 0 };
  await makeChart(books);
  for (const each of [year - 1, year, year + 1]) await makeFiscalYear(books, each);
  await makePaymentTerms(client);
  const tax = await makeTaxes(books);
  await makeBanks(books);
  await makeProductCategory(books, tax);
  await makeAnalyticAccounts(books);
  await client.create('res.user', {
    name: 'Gateway',
    login: GATEWAY.user,
    password: GATEWAY.password,
    groups: [['add', client.context['groups']]],
    companies: [['add', [company]]],
    company,
  });
}

interface Books {
  readonly client: TrytonClient;
  readonly company: number;
  readonly party: number;
  readonly currency: number;
}

async function makeCurrencies(client: TrytonClient) {
  const ids: Record<string, number> = {};
  const rates = { GBP: ['Pound Sterling', '1'], USD: ['US Dollar', '1.25'], EUR: ['Euro', '1.15'] } as const;
  for (const [code, [name, rate]] of Object.entries(rates)) {
    const values = { name, symbol: code, code, rounding: decimal('0.01'), digits: 2 };
    const rated = [['create', [{ date: date('2000-01-01'), rate: decimal(rate) }]]];
    ids[code] = await client.create('currency.currency', { ...values, rates: rated });
  }
  return ids;
}

async function makeCountries(client: TrytonClient): Promise<void> {
  const names = { GB: 'United Kingdom', US: 'United States', DE: 'Germany', FR: 'France', IE: 'Ireland' };
  for (const [code, name] of Object.entries(names)) await client.create('country.country', { code, name });
  const country = await client.firstId('country.country', [['code', '=', 'GB']]);
  await client.create('country.subdivision', { country, code: 'GB-NYK', name: 'North Yorkshire', type: 'county' });
}

/** The chart of the account module has a handful of accounts without codes; a few more stand beside them. */
async function makeChart({ client, company }: Books): Promise<void> {
  const template = await client.ownRecord('account', 'account_template_root_en');
  const account = (domain: readonly unknown[]) =>
    client.firstId('account.account', [['company', '=', company], ...domain]);
  await client.wizard('account.create_chart', [
    { state: 'account' },
    { form: 'account', data: () => ({ company, account_template: template }), state: 'create_account' },
    {
      form: 'properties',
      data: async () => ({
        company,
        account_receivable: await account([['type.receivable', '=', true]]),
        account_payable: await account([['type.payable', '=', true]]),
      }),
      state: 'create_properties',
    },
  ]);
  const codes = {
    '1100': 'Main Receivable',
    '2100': 'Main Payable',
    '4000': 'Main Revenue',
    '5000': 'Main Expense',
    '1000': 'Main Cash',
    '2200': 'Main Tax',
  };
  for (const [code, name] of Object.entries(codes)) {
    await client.write('account.account', await account([['name', '=', name]]), { code });
  }
  const more = [
    ['4100', 'Wholesale', '4000'],
    ['5100', 'Flour and yeast', '5000'],
    ['7100', 'Rent', '5000'],
    ['7500', 'Office costs', '5000'],
  ] as const;
  for (const [code, name, like] of more) {
    const [alike] = await client.search('account.account', [['code', '=', like]], ['type', 'parent']);
    await client.create('account.account', { name, code, company, type: alike?.['type'], parent: alike?.['parent'] });
  }
}

async function makeFiscalYear({ client, company }: Books, year: number): Promise<void> {
  const typeOf = (name: string) => client.firstId('ir.sequence.type', [['name', '=', name]]);
  const moves = { name: `Move ${year}`, sequence_type: await typeOf('Account Move'), company };
  const prefixes = {
    out_invoice_sequence: 'INV',
    out_credit_note_sequence: 'CN',
    in_invoice_sequence: 'BILL',
    in_credit_note_sequence: 'SCN',
  };
  const invoices: Record<string, number> = {};
  for (const [field, prefix] of Object.entries(prefixes)) {
    invoices[field] = await client.create('ir.sequence.strict', {
      name: `${prefix} ${year}`,
      sequence_type: await typeOf('Invoice'),
      company,
      prefix: `${prefix}-${year}-`,
      padding: 5,
    });
  }
  const id = await client.create('account.fiscalyear', {
    name: String(year),
    company,
    start_date: date(`${year}-01-01`),
    end_date: date(`${year}-12-31`),
    post_move_sequence: await client.create('ir.sequence', moves),
    invoice_sequences: [['create', [{ company, ...invoices }]]],
  });
  await client.call('model.account.fiscalyear.create_period', [[id]]);
}

async function makePaymentTerms(client: TrytonClient): Promise<void> {
  const lines = { Immediate: {}, 'Net 30': { relativedeltas: [['create', [{ days: 30 }]]] } };
  for (const [name, line] of Object.entries(lines)) {
    await client.create('account.invoice.payment_term', {
      name,
      lines: [['create', [{ type: 'remainder', ...line }]]],
    });
  }
}

async function makeTaxes({ client, company }: Books): Promise<number> {
  const account = await client.firstId('account.account', [['code', '=', '2200']]);
  const make = (name: string, rate: string) =>
    client.create('account.tax', {
      name,
      description: name,
      type: 'percentage',
      rate: decimal(rate),
      invoice_account: account,
      credit_note_account: account,
      company,
    });
  const standard = await make('VAT 20%', '0.20');
  await make('VAT 5%', '0.05');
  return standard;
}

/** Two accounts at one bank: for each one in the chart, one at the bank, and a journal of statements. */
async function makeBanks({ client, company, party, currency }: Books): Promise<void> {
  const sequence = await client.firstId('ir.sequence', [['sequence_type.name', '=', 'Account Journal']]);
  await client.create('account.journal', { name: 'General', code: 'GEN', type: 'general', sequence });
  const journal = await client.create('account.journal', { name: 'Bank', code: 'BNK', type: 'statement', sequence });
  const cash = await client.firstId('account.journal', [['code', '=', 'CASH']]);
  const bankParty = await client.create('party.party', { name: 'Harbour Bank', addresses: [['create', [{}]]] });
  const bank = await client.create('bank', { party: bankParty, bic: 'BARCGB22' });
  const [alike] = await client.search('account.account', [['code', '=', '1000']], ['type', 'parent']);
  const accounts = [
    ['1200', 'Current account', 'iban', 'GB29 NWBK 6016 1331 9268 19'],
    ['1210', 'Savings', 'other', '12345678'],
  ] as const;
  for (const [code, name, type, number] of accounts) {
    const place = { type: alike?.['type'], parent: alike?.['parent'] };
    const account = await client.create('account.account', { name, code, company, reconcile: true, ...place });
    const bankAccount = await client.create('bank.account', {
      bank,
      currency,
      owners: [['add', [party]]],
      numbers: [['create', [{ type, number }]]],
    });
    await client.create('account.statement.journal', {
      name,
      journal,
      currency,
      company,
      validation: 'amount',
      bank_account: bankAccount,
      account,
    });
    const pays = { debit_account: account, credit_account: account };
    await client.create('account.invoice.payment.method', { name, company, journal: cash, ...pays });
  }
}

/** A product's accounts and taxes stand in its category. */
async function makeProductCategory({ client }: Books, tax: number): Promise<void> {
  await client.create('product.category', {
    name: 'Goods',
    accounting: true,
    account_revenue: await client.firstId('account.account', [['code', '=', '4000']]),
    account_expense: await client.firstId('account.account', [['code', '=', '5000']]),
    customer_taxes: [['add', [tax]]],
    supplier_taxes: [['add', [tax]]],
  });
}

async function makeAnalyticAccounts({ client, company }: Books): Promise<void> {
  const root = await client.create('analytic_account.account', { name: 'Places', type: 'root', company });
  for (const name of ['Shop', 'Market stall']) {
    await client.create('analytic_account.account', { name, type: 'normal', company, root, parent: root });
  }
}
