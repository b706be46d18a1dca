/** The platform's rules over the wire: what documents come to, what they may refer to, how long their texts may be. */
import { describe, expect, test } from 'vitest';
import type { WritableDataType } from '../../src/models/data-types.ts';
import { recordsIn } from '../support/books.ts';
import { REFERENCES } from './broken-members.ts';
import { fullBody, withValue, type Body } from './referable-records.ts';
import { plainBodies, useRuleRig } from './rule-rig.ts';

const { place, push, records, inBooks, accept, assertRefused } = useRuleRig();
const { line, invoice, bill } = plainBodies(records);

describe('totals', () => {
  /** Lines of 200 and 50, a tenth off the second, a fifth off the whole, and tax of 4.2. */
  const lineItems = () => [
    line(100, { quantity: 2, taxAmount: 3 }),
    line(50, { discountPercentage: 10, taxAmount: 1.2 }),
  ];

  test('of an invoice are its lines less discount plus tax, in the books and on reading, whatever is sent', async () => {
    const sent = { lineItems: lineItems(), discountPercentage: 20, additionalTaxAmount: 2.5 };
    const computed = { subTotal: 196, totalTaxAmount: 6.7, totalAmount: 202.7, amountDue: 202.7 };
    const id = await accept('invoices', invoice({ ...sent, subTotal: 1, totalAmount: 999, amountDue: 999 }));
    expect(await inBooks('invoices', id)).toMatchObject({
      subTotal: '196.00',
      taxTotal: '6.70',
      total: '202.70',
      amountDue: '202.70',
    });
    const { server, company } = place();
    const read = await server.call('GET', `/companies/${company.companyId}/data/invoices/${id}`);
    expect(read.body).toMatchObject(computed);
  });

  test('that were sent and came out otherwise are pointed out', async () => {
    const done = await push('POST', 'invoices', invoice({ totalAmount: 999 }));
    expect(done.status).toBe('Success');
    expect(JSON.stringify(done.validation)).toContain('TotalAmount');
  });

  test('of a bill are its lines less discount plus tax', async () => {
    const id = await accept('bills', bill({ lineItems: lineItems() }));
    expect(await inBooks('bills', id)).toMatchObject({ subTotal: '245.00', taxTotal: '4.20', total: '249.20' });
  });

  test('do not suffer from binary fractions', async () => {
    const id = await accept('invoices', invoice({ lineItems: [line(0.1, { quantity: 3 }), line(0.2)] }));
    expect(await inBooks('invoices', id)).toMatchObject({ total: '0.50' });
  });

  test('may not be negative as a whole', async () => {
    await assertRefused('invoices', invoice({ lineItems: [line(-100)] }), ['LineItems']);
  });
});

describe('a reference that leads nowhere is refused by name', () => {
  test.each(Object.entries(REFERENCES).map(([dataType, { named }]) => [dataType as WritableDataType, named] as const))(
    'in %s, as %s',
    async (dataType, named) => {
      const body = await fullBody(place(), dataType, records());
      const { path = [] } = REFERENCES[dataType] ?? {};
      await assertRefused(dataType, withValue(body, path, 'no-such-record') as Body, [named]);
    },
  );

  test.each([
    ['customerRef', { customerRef: { id: 'cus_no' } }, 'CustomerRef.Id'],
    [
      'accountRef',
      { lineItems: [{ unitAmount: 1, quantity: 1, accountRef: { id: 'acc_no' } }] },
      'LineItems[0].AccountRef.Id',
    ],
  ])('in an invoice: %s', async (_name, change, named) => {
    await assertRefused('invoices', invoice(change), [named]);
  });

  test.each([
    ['taxRateRef', { taxRateRef: { id: 'tax_no' } }, 'LineItems[0].TaxRateRef.Id'],
    ['itemRef', { itemRef: { id: 'itm_no' } }, 'LineItems[0].ItemRef.Id'],
    ['trackingCategoryRefs', { trackingCategoryRefs: [{ id: 'trk_no' }] }, 'LineItems[0].TrackingCategoryRefs[0].Id'],
  ])('on a line of an invoice: %s', async (_name, change, named) => {
    await assertRefused('invoices', invoice({ lineItems: [line(10, change)] }), [named]);
  });

  test('all that are wrong are named in one answer', async () => {
    const body = invoice({ customerRef: { id: 'cus_no' }, lineItems: [line(10, { taxRateRef: { id: 'tax_no' } })] });
    await assertRefused('invoices', body, ['LineItems[0].TaxRateRef.Id', 'CustomerRef.Id']);
  });

  test('one to an archived record is no better', async () => {
    const archived = await accept('customers', { customerName: 'Gone away', status: 'Archived' });
    await assertRefused('invoices', invoice({ customerRef: { id: archived } }), ['CustomerRef.Id']);
  });
});

describe('tracking categories', () => {
  interface Category {
    readonly id: string;
    readonly parentId?: string;
  }
  const categories = async () => {
    const { server, company } = place();
    return (await recordsIn(server.sandboxUrl, company, 'tracking-categories')) as readonly Category[];
  };
  const refs = (ids: readonly string[]) =>
    invoice({ lineItems: [line(10, { trackingCategoryRefs: ids.map((id) => ({ id })) })] });

  /** Of each parent its children. */
  async function families(): Promise<readonly (readonly string[])[]> {
    const all = await categories();
    const parents = all.filter(({ parentId }) => parentId === undefined);
    return parents.map(({ id }) => all.filter(({ parentId }) => parentId === id).map((child) => child.id));
  }

  test('of two parents may stand on one line, three may not', async () => {
    const [[first = '', second = ''] = [], [other = ''] = []] = await families();
    expect([first, second, other]).not.toContain('');
    await accept('invoices', refs([first, other]));
    await assertRefused('invoices', refs([first, second, other]), ['LineItems[0].TrackingCategoryRefs']);
  });

  test('of one parent may not stand on one line together', async () => {
    const [[first = '', second = ''] = []] = await families();
    await assertRefused('invoices', refs([first, second]), ['LineItems[0].TrackingCategoryRefs']);
  });
});

describe('lengths', () => {
  const address = (member: string, text: string) => ({
    customerName: 'Long',
    addresses: [{ type: 'Billing', [member]: text }],
  });
  const order = (more: Body) => ({
    supplierRef: { id: records().supplier },
    issueDate: '2026-03-02',
    lineItems: [line(10)],
    ...more,
  });
  const item = (more: Body) => ({ name: 'Loaf', type: 'Service', isBillItem: false, isInvoiceItem: false, ...more });
  const account = (more: Body) => ({
    nominalCode: 'LEN-A',
    name: 'Long',
    fullyQualifiedCategory: 'Asset.Current',
    ...more,
  });

  test.each<[WritableDataType, string, number, (text: string) => Body]>([
    ['chartOfAccounts', 'NominalCode', 10, (text) => account({ nominalCode: text })],
    ['invoices', 'InvoiceNumber', 255, (text) => invoice({ invoiceNumber: text })],
    ['bills', 'Reference', 255, (text) => bill({ reference: text })],
    [
      'invoices',
      'LineItems[0].Description',
      4_000,
      (text) => invoice({ lineItems: [line(10, { description: text })] }),
    ],
    ['bills', 'LineItems[0].Description', 4_000, (text) => bill({ lineItems: [line(10, { description: text })] })],
    ['customers', 'RegistrationNumber', 50, (text) => ({ customerName: 'Long', registrationNumber: text })],
    ['suppliers', 'RegistrationNumber', 50, (text) => ({ supplierName: 'Long', registrationNumber: text })],
    ['customers', 'Addresses[0].Line1', 500, (text) => address('line1', text)],
    ['customers', 'Addresses[0].Line2', 500, (text) => address('line2', text)],
    ['customers', 'Addresses[0].City', 255, (text) => address('city', text)],
    ['customers', 'Addresses[0].Region', 255, (text) => address('region', text)],
    ['customers', 'Addresses[0].Country', 50, (text) => address('country', text)],
    ['customers', 'Addresses[0].PostalCode', 50, (text) => address('postalCode', text)],
    ['items', 'Code', 30, (text) => item({ code: text })],
    ['items', 'Name', 50, (text) => item({ name: text })],
    ['purchaseOrders', 'Note', 500, (text) => order({ note: text })],
  ])('%s: %s takes %d characters, and not one more', async (dataType, named, longest, bodyOf) => {
    const full = 'é'.repeat(longest - 1);
    await accept(dataType, bodyOf(`${full}x`));
    const { validation } = await assertRefused(dataType, bodyOf(`${full}xx`), [named]);
    expect(validation.errors[0]?.message).toContain(String(longest));
  });

  test('the code of an item belongs to one item', async () => {
    await accept('items', item({ code: 'ONE-OF-IT' }));
    await assertRefused('items', item({ code: 'ONE-OF-IT' }), ['Code']);
  });

  test('the code of an account and the number of an invoice belong to one each', async () => {
    await accept('chartOfAccounts', account({ nominalCode: 'ONCE' }));
    await assertRefused('chartOfAccounts', account({ nominalCode: 'ONCE' }), ['NominalCode']);
    await accept('invoices', invoice({ invoiceNumber: 'ONCE' }));
    await assertRefused('invoices', invoice({ invoiceNumber: 'ONCE' }), ['InvoiceNumber']);
  });
});

test('a null character or half of a character anywhere in a body keeps no push from its end', async () => {
  const odd = 'a\u0000b\ud800';
  for (const more of [{ [odd]: 1 }, { note: odd }, { supplementalData: { content: { [odd]: { [odd]: odd } } } }]) {
    const ended = await push('POST', 'invoices', invoice(more));
    expect(['Success', 'Failed'], JSON.stringify(ended)).toContain(ended.status);
  }
});

describe('journal entries', () => {
  const { entry } = plainBodies(records);
  test('whose lines add up to zero are posted as they stand', async () => {
    const id = await accept('journalEntries', entry(82.5, -80.25, -2.25));
    const { lines } = await inBooks('journalEntries', id);
    expect(lines).toMatchObject([{ amount: '82.5' }, { amount: '-80.25' }, { amount: '-2.25' }]);
  });

  test('that are a cent off, or have a single line, are refused by name', async () => {
    await assertRefused('journalEntries', entry(82.5, -82.49), ['JournalLines']);
    await assertRefused('journalEntries', entry(0), ['JournalLines']);
  });
});

describe('records that are not there, and bills that are paid', () => {
  test('an update or a delete of a record that is not there fails with 404', async () => {
    for (const [method, path, body] of [
      ['PUT', 'invoices/inv_no', invoice()],
      ['PUT', 'invoices/inv_no?forceUpdate=true', invoice()],
      ['DELETE', 'invoices/inv_no', undefined],
      ['DELETE', 'directCosts/exp_no', undefined],
    ] as const) {
      expect(await push(method, path, body)).toMatchObject({ status: 'Failed', statusCode: 404 });
    }
  });

  test('a bill that is paid is not deleted: the refusal names the payment, and once that is gone it goes', async () => {
    const id = await accept('bills', bill());
    const payment = await accept('billPayments', {
      supplierRef: { id: records().supplier },
      accountRef: { id: records().bank },
      totalAmount: 40,
      date: '2026-03-20',
      lines: [{ amount: 40, links: [{ type: 'Bill', id, amount: -40 }] }],
    });
    const refused = await push('DELETE', `bills/${id}`);
    expect(refused).toMatchObject({ status: 'Failed', statusCode: 409 });
    expect(refused.errorMessage).toContain(payment);
    expect(await inBooks('bills', id)).toMatchObject({ amountDue: '60.00', status: 'partially-paid' });
    expect((await push('DELETE', `billPayments/${payment}`)).status).toBe('Success');
    expect(await inBooks('bills', id)).toMatchObject({ amountDue: '100.00', status: 'open' });
    expect((await push('DELETE', `bills/${id}`)).status).toBe('Success');
  });
});
