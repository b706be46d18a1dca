// The trading history of a template: people, items, documents and journal entries over the months of 2026.
import { fillMoney } from './fill-money.ts';
import type { Ground, Plant } from './fill.ts';
import type { Trade } from './trades.ts';
import { centsOf, decimal, formatCents, percentOf } from '../decimal.ts';
import type { JsonObject } from '../json.ts';
import { bankAccounts } from '../resources/bank-accounts.ts';
import { bills } from '../resources/bills.ts';
import { customers } from '../resources/customers.ts';
import { invoices } from '../resources/invoices.ts';
import { items } from '../resources/items.ts';
import { journalEntries } from '../resources/journal-entries.ts';
import { payments } from '../resources/payments.ts';
import { supplierPayments } from '../resources/supplier-payments.ts';
import { suppliers } from '../resources/suppliers.ts';
import { trackingCategories } from '../resources/tracking-categories.ts';

const invoicesCount = 12;
const billsCount = 10;
/** Open ones, of which a part is settled by payments of their own. */
const lateInvoices = [10, 8];
const lateBills = [7, 6];

interface Planted {
  readonly id: string;
  readonly price: string;
}

export function fillTrade(plant: Plant, trade: Trade, ground: Ground): void {
  const deposit = plant(bankAccounts, {
    name: 'Deposit account',
    code: '1020',
    sortCode: '20-00-01',
    accountNumber: '10203059',
    institution: 'Borough Bank',
    openingBalance: '30000.00',
    openingDate: '2026-01-01',
  });
  const labels = trade.tracking.flatMap(([parent, children]) => plantLabels(plant, parent, children));
  const buyers = trade.customers.map((one, index) => plant(customers, contact(one, index)));
  const sellers = trade.suppliers.map((one, index) => plant(suppliers, contact(one, index + 20)));
  const { sold, bought } = plantItems(plant, trade, ground);
  const sales = countTo(invoicesCount).map((n) => plantInvoice(plant, n, at(buyers, n), sold, at(labels, n)));
  const purchases = countTo(billsCount).map((n) => plantBill(plant, ground, n, at(sellers, n), bought));
  plantJournals(plant, ground);
  fillMoney(plant, ground, {
    deposit,
    invoices: lateInvoices.map((n) => ({ id: at(sales, n).id, customerId: at(buyers, n) })),
    bills: lateBills.map((n) => ({ id: at(purchases, n).id, supplierId: at(sellers, n) })),
  });
  for (const [n, { id, paid }] of sales.entries())
    if (paid !== undefined)
      plant(payments, { customerId: at(buyers, n), ...settled(ground, { type: 'invoice', recordId: id }, paid) });
  for (const [n, { id, paid }] of purchases.entries())
    if (paid !== undefined)
      plant(supplierPayments, { supplierId: at(sellers, n), ...settled(ground, { type: 'bill', recordId: id }, paid) });
}

/** `paid` is what a payment of its own is to settle of it. */
interface Document {
  readonly id: string;
  readonly paid: Paid | undefined;
}

interface Paid {
  readonly date: string;
  readonly amount: string;
}

function settled({ currentAccount }: Ground, document: JsonObject, { date, amount }: Paid): JsonObject {
  return { accountId: currentAccount, date, lines: [{ amount, allocations: [{ ...document, amount }] }] };
}

function countTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

/** The n-th of a list that goes round. */
function at<T>(list: readonly T[], n: number): T {
  const found = list[n % list.length];
  if (found === undefined) throw new Error('a template list is empty');
  return found;
}

function plantLabels(plant: Plant, parent: string, children: readonly string[]): string[] {
  const parentId = plant(trackingCategories, { name: parent });
  return children.map((name) => plant(trackingCategories, { name, parentId }));
}

function contact([name, contactName, city]: readonly [string, string, string], n: number): JsonObject {
  const domain = `${name.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.example`;
  return {
    name,
    contactName,
    email: `accounts@${domain}`,
    phone: `01632 960${String(100 + n)}`,
    currency: 'GBP',
    registrationNumber: String(8_400_000 + n * 137),
    taxNumber: `GB${String(300_000_000 + n * 7919)}`,
    addresses: [
      {
        type: 'billing',
        line1: `${n + 4} Station Road`,
        city,
        country: 'United Kingdom',
        postcode: `ZZ${(n % 9) + 1} 1AA`,
      },
    ],
    contacts: [{ name: contactName, email: `hello@${domain}`, status: 'active' }],
  };
}

function plantItems(plant: Plant, trade: Trade, ground: Ground): { sold: Planted[]; bought: Planted[] } {
  const sold: Planted[] = [];
  const bought: Planted[] = [];
  const taxRateId = ground.taxRates.get('STD20') ?? '';
  const side = (description: string, unitPrice: string, account: string): JsonObject => ({
    description,
    unitPrice,
    accountId: ground.accounts.get(account) ?? '',
    taxRateId,
  });
  for (const [code, name, sale, purchase] of trade.items) {
    const id = plant(items, {
      code,
      name,
      type: purchase === undefined ? 'service' : 'inventory',
      isSold: sale !== undefined,
      isPurchased: purchase !== undefined,
      ...(sale !== undefined && { sale: side(name, sale, purchase === undefined ? '4100' : '4000') }),
      ...(purchase !== undefined && { purchase: side(name, purchase, '5000') }),
    });
    if (sale !== undefined) sold.push({ id, price: sale });
    if (purchase !== undefined) bought.push({ id, price: purchase });
  }
  return { sold, bought };
}

function monthDay(n: number, day: number): string {
  return `2026-${String((n % 10) + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function plantInvoice(plant: Plant, n: number, customerId: string, sold: Planted[], label: string): Document {
  const first = at(sold, n);
  const second = at(sold, n + 3);
  // Of every third its deposit is paid; of these every second is a single item, which that pays in full.
  const isPaid = n % 3 === 0;
  const isSingle = n % 6 === 0;
  const price = centsOf(first.price);
  const amount = isSingle ? formatCents(price + percentOf(price, decimal('20'))) : first.price;
  const lines = isSingle
    ? [{ itemId: first.id, trackingCategoryIds: [label] }]
    : [
        { itemId: first.id, quantity: String(2 + n), trackingCategoryIds: [label] },
        { itemId: second.id, quantity: String(1 + (n % 4)), ...(n % 4 === 1 && { discountPercentage: '10' }) },
      ];
  const id = plant(invoices, {
    customerId,
    issueDate: monthDay(n, 5 + n),
    dueDate: monthDay(n + 1, 5 + n),
    status: n === 11 ? 'draft' : 'submitted',
    reference: `PO-${4100 + n * 17}`,
    lines,
  });
  return { id, paid: isPaid ? { date: monthDay(n, 25), amount } : undefined };
}

function plantBill(plant: Plant, ground: Ground, n: number, supplierId: string, bought: Planted[]): Document {
  const goods = at(bought, n);
  const overhead = at(['6100', '6110', '6200', '6300', '6500'], n);
  const isPaid = n % 4 === 0;
  const net = `${80 + n * 12}.00`;
  const id = plant(bills, {
    supplierId,
    issueDate: monthDay(n, 3 + n),
    dueDate: monthDay(n + 1, 3 + n),
    status: n === 9 ? 'draft' : 'open',
    reference: `S-${7000 + n * 31}`,
    lines: isPaid
      ? [
          {
            accountId: ground.accounts.get(overhead) ?? '',
            unitAmount: net,
            taxRateId: ground.taxRates.get('EXEMPT') ?? '',
            description: 'Monthly charge',
          },
        ]
      : [{ itemId: goods.id, quantity: String(10 + n) }],
  });
  return { id, paid: isPaid ? { date: monthDay(n, 28), amount: net } : undefined };
}

function plantJournals(plant: Plant, ground: Ground): void {
  const line = (code: string, amount: string): JsonObject => ({ accountId: ground.accounts.get(code) ?? '', amount });
  const entry = (postedOn: string, description: string, lines: JsonObject[]) =>
    plant(journalEntries, { postedOn, description, lines });
  entry('2026-03-31', 'Depreciation, first quarter', [line('6700', '375.00'), line('1590', '-375.00')]);
  entry('2026-06-30', 'Wages accrual', [line('6000', '4200.00'), line('2300', '-3360.00'), line('2210', '-840.00')]);
  entry('2026-09-30', 'Prepaid insurance', [line('1300', '900.00'), line('6120', '-900.00')]);
}
