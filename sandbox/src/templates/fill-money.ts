// The money of a template: what settles its documents, what is spent and received at once, orders, and a bank statement.
import type { Ground, Plant } from './fill.ts';
import type { JsonObject } from '../json.ts';
import { bankTransactions } from '../resources/bank-transactions.ts';
import { creditNotes } from '../resources/credit-notes.ts';
import { expenses } from '../resources/expenses.ts';
import { journals } from '../resources/journals.ts';
import { payments } from '../resources/payments.ts';
import { purchaseOrders } from '../resources/purchase-orders.ts';
import { receipts } from '../resources/receipts.ts';
import { supplierCreditNotes } from '../resources/supplier-credit-notes.ts';
import { supplierPayments } from '../resources/supplier-payments.ts';
import { transfers } from '../resources/transfers.ts';

/** Two documents of each kind that are open, and whom they are for or from. */
export interface Trading {
  readonly deposit: string;
  readonly invoices: readonly { readonly id: string; readonly customerId: string }[];
  readonly bills: readonly { readonly id: string; readonly supplierId: string }[];
}

export function fillMoney(plant: Plant, ground: Ground, trading: Trading): void {
  plant(journals, { name: 'General journal', code: 'GJ', type: 'general', createdOn: '2026-01-01' });
  plant(journals, { name: 'Cash book', code: 'CB', type: 'cash', createdOn: '2026-01-01' });
  settleInvoices(plant, ground, trading);
  settleBills(plant, ground, trading);
  plantCash(plant, ground, trading);
  plantOrders(plant, ground, trading);
  plantStatement(plant, trading.deposit);
}

function line(ground: Ground, code: string, unitAmount: string, description: string, taxRate = 'STD20'): JsonObject {
  return {
    accountId: ground.accounts.get(code) ?? '',
    taxRateId: ground.taxRates.get(taxRate) ?? '',
    unitAmount,
    description,
  };
}

function settleInvoices(plant: Plant, ground: Ground, { invoices: [first, second] }: Trading): void {
  if (first === undefined || second === undefined) return;
  const credit = (customerId: string, status: string, issueDate: string) =>
    plant(creditNotes, { customerId, status, issueDate, lines: [line(ground, '4000', '20.00', 'Goodwill')] });
  const creditId = credit(first.customerId, 'submitted', '2026-02-16');
  credit(second.customerId, 'draft', '2026-09-18');
  const accountId = ground.currentAccount;
  plant(payments, {
    customerId: first.customerId,
    accountId,
    date: '2026-03-02',
    reference: 'BACS 0302',
    lines: [
      {
        amount: '26.00',
        allocations: [
          { type: 'invoice', recordId: first.id, amount: '50.00' },
          { type: 'credit-note', recordId: creditId, amount: '24.00' },
        ],
      },
    ],
  });
  plant(payments, {
    customerId: second.customerId,
    accountId,
    date: '2026-09-25',
    note: 'Paid ahead',
    lines: [{ amount: '150.00' }],
  });
}

function settleBills(plant: Plant, ground: Ground, { bills: [first, second] }: Trading): void {
  if (first === undefined || second === undefined) return;
  plant(supplierCreditNotes, {
    supplierId: first.supplierId,
    status: 'submitted',
    issueDate: '2026-08-20',
    lines: [line(ground, '5100', '15.00', 'Returned')],
  });
  for (const [bill, date] of [
    [first, '2026-08-28'],
    [second, '2026-09-28'],
  ] as const)
    plant(supplierPayments, {
      supplierId: bill.supplierId,
      accountId: ground.currentAccount,
      date,
      lines: [{ amount: '12.50', allocations: [{ type: 'bill', recordId: bill.id, amount: '12.50' }] }],
    });
}

function plantCash(plant: Plant, ground: Ground, { invoices: [buyer], bills: [seller], deposit }: Trading): void {
  const accountId = ground.currentAccount;
  const contactId = seller?.supplierId ?? '';
  plant(expenses, {
    accountId,
    contactId,
    issueDate: '2026-04-14',
    reference: 'Card 4471',
    lines: [line(ground, '6400', '38.50', 'Train fare', 'ZERO')],
  });
  plant(expenses, {
    accountId,
    contactId,
    issueDate: '2026-05-06',
    lines: [line(ground, '6410', '21.00', 'Lunch on site')],
  });
  plant(receipts, {
    accountId,
    contactId: buyer?.customerId ?? '',
    issueDate: '2026-04-30',
    lines: [line(ground, '4900', '4.18', 'Interest', 'EXEMPT')],
  });
  plant(transfers, {
    date: '2026-06-01',
    description: 'To savings',
    from: { accountId, amount: '500.00' },
    to: { accountId: deposit },
  });
}

function plantOrders(plant: Plant, ground: Ground, { bills }: Trading): void {
  for (const [index, { supplierId }] of bills.entries())
    plant(purchaseOrders, {
      supplierId,
      status: index === 0 ? 'open' : 'draft',
      issueDate: '2026-07-06',
      expectedDeliveryDate: '2026-07-20',
      lines: [{ ...line(ground, '5100', '18.40', 'Restock'), quantity: String(5 + index) }],
    });
}

function plantStatement(plant: Plant, bankAccountId: string): void {
  for (const [date, amount, balance, type, description] of [
    ['2026-01-05', '12.40', '30012.40', 'interest', 'Interest to 31 December'],
    ['2026-01-19', '-2000.00', '28012.40', 'transfer', 'To current account'],
    ['2026-02-02', '11.90', '28024.30', 'interest', 'Interest to 31 January'],
  ] as const)
    plant(bankTransactions, { bankAccountId, date, amount, balance, type, description });
}
