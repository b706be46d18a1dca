/** A body for each data type that names every member the sandbox's model takes, given records to refer to. */
import { isMembers } from '../../src/models/validate.ts';
import {
  address,
  contact,
  creditNote,
  directTransaction,
  document,
  fresh,
  line,
  payment,
  supplementalData,
  tracking,
  type Body,
  type Records,
} from './full-body-parts.ts';

export const fullBodies = {
  chartOfAccounts: (): Body => ({
    nominalCode: fresh('F'),
    name: 'Prepaid insurance',
    description: 'Premiums paid ahead',
    fullyQualifiedCategory: 'Asset.Current',
    fullyQualifiedName: 'Assets / Current / Prepaid insurance',
    currency: 'EUR',
    status: 'Pending',
    supplementalData,
  }),
  customers: (): Body => ({
    customerName: 'Harbour Lane Bakery',
    ...contact,
    contacts: [
      {
        name: 'Theo Adeyemi',
        email: 'theo@harbourlane.example',
        phone: [
          { number: '0113 496 0000', type: 'Mobile' },
          { number: '0113 496 0001', type: 'Unknown' },
        ],
        address,
        status: 'Archived',
      },
    ],
  }),
  suppliers: (): Body => ({ supplierName: 'Millstone Flour Company', ...contact }),
  items: ({ account, taxRate }: Records): Body => {
    const side = {
      description: 'By the crate',
      unitPrice: 4.2,
      accountRef: { id: account },
      taxRateRef: { id: taxRate },
    };
    return {
      name: 'Rye loaf, 800 g',
      code: fresh('RYE-'),
      itemStatus: 'Archived',
      type: 'NonInventory',
      isBillItem: true,
      billItem: side,
      isInvoiceItem: true,
      invoiceItem: { ...side, unitPrice: 5.125 },
      supplementalData,
    };
  },
  invoices: (records: Records): Body => ({
    ...document(records),
    invoiceNumber: fresh('FULL-'),
    customerRef: { id: records.customer },
    salesOrderRefs: [{ id: 'SO-1', dataType: 'salesOrders' }],
    lineItems: [
      {
        ...line(records),
        tracking: { ...tracking(records, 'Project'), recordRef: { id: 'R-1', dataType: 'salesOrders' } },
        isDirectIncome: true,
      },
    ],
    additionalTaxAmount: 1.25,
    additionalTaxPercentage: 2.5,
    discountPercentage: 3,
    status: 'Submitted',
  }),
  bills: (records: Records): Body => ({
    ...document(records),
    reference: 'MFC-77120',
    supplierRef: { id: records.supplier },
    purchaseOrderRefs: [{ id: 'PO-1', purchaseOrderNumber: 'PO-0001' }],
    lineItems: [
      {
        ...line(records),
        lineNumber: '10',
        unitOfMeasurement: 'kg',
        purchaseOrderLineRef: { id: 'PO-1', dataType: 'purchaseOrders', lineNumber: '1' },
        tracking: tracking(records, 'Customer'),
        isDirectCost: true,
      },
    ],
    status: 'Open',
  }),
  journalEntries: ({ account, customer, supplier, trackingCategory, journal }: Records): Body => ({
    description: 'Prepaid insurance, March',
    postedOn: '2026-03-31T00:00:00',
    journalRef: { id: journal, name: 'General journal' },
    recordRef: { id: 'inv-9', dataType: 'invoices' },
    journalLines: [
      {
        description: 'Insurance',
        netAmount: 82.5,
        transactionAmount: 99.125,
        currency: 'GBP',
        transactionCurrency: 'USD',
        accountRef: { id: account },
        tracking: {
          recordRefs: [
            { id: trackingCategory, dataType: 'trackingCategories' },
            { id: customer, dataType: 'customers' },
          ],
        },
        contactRef: { id: supplier, dataType: 'suppliers' },
      },
      { netAmount: -82.5, accountRef: { id: account }, contactRef: { id: customer, dataType: 'customers' } },
    ],
    supplementalData,
  }),
  bankAccounts: (): Body => ({
    accountName: 'Savings',
    accountType: 'Credit',
    nominalCode: fresh('S'),
    sortCode: '20-00-00',
    accountNumber: '55779911',
    iBan: 'GB33BUKB20201555555555',
    currency: 'EUR',
    institution: 'Harbour Bank',
    availableBalance: 120.5,
    overdraftLimit: 500,
    status: 'Pending',
    supplementalData,
  }),
  billCreditNotes: (records: Records): Body => ({
    ...creditNote(records, '2026-03-10'),
    billCreditNoteNumber: fresh('MFC-CR-'),
    supplierRef: { id: records.supplier },
    createdFromRefs: [{ id: records.bill, dataType: 'bills' }],
    lineItems: [
      {
        ...line(records),
        unitOfMeasurement: 'kg',
        createdFromLineRef: { id: records.bill, dataType: 'bills', lineNumber: '1' },
        tracking: tracking(records, 'Customer'),
      },
    ],
  }),
  billPayments: (records: Records): Body => ({
    ...payment(records, { type: 'Bill', id: records.bill }),
    supplierRef: { id: records.supplier },
  }),
  creditNotes: (records: Records): Body => ({
    ...creditNote(records, '2026-03-09'),
    creditNoteNumber: fresh('HLB-CN-'),
    customerRef: { id: records.customer },
    additionalTaxAmount: 1.25,
    additionalTaxPercentage: 2.5,
    lineItems: [
      {
        ...line(records),
        tracking: { ...tracking(records, 'Project'), recordRef: { id: 'R-1', dataType: 'invoices' } },
        isDirectIncome: false,
      },
    ],
  }),
  directCosts: (records: Records): Body => ({
    ...directTransaction(records),
    contactRef: { id: records.supplier, dataType: 'suppliers' },
    lineItems: [
      {
        ...line(records),
        tracking: {
          recordRefs: [{ id: records.customer, dataType: 'customers' }],
          invoiceTo: { id: records.customer, dataType: 'customers' },
        },
      },
    ],
  }),
  directIncomes: (records: Records): Body => ({
    ...directTransaction(records),
    contactRef: { id: records.customer, dataType: 'customers' },
    lineItems: [line(records)],
  }),
  journals: ({ journal }: Records): Body => ({
    journalCode: fresh('PAY'),
    name: 'Payroll',
    type: 'General',
    parentId: journal,
    createdOn: '2026-01-01T00:00:00Z',
    status: 'Archived',
  }),
  payments: (records: Records): Body => ({
    ...payment(records, { type: 'Invoice', id: records.invoice }),
    customerRef: { id: records.customer },
  }),
  purchaseOrders: (records: Records): Body => ({
    purchaseOrderNumber: fresh('HL-PO-'),
    issueDate: '2026-02-20T00:00:00',
    paymentDueDate: '2026-03-31',
    expectedDeliveryDate: '2026-02-26',
    deliveryDate: '2026-02-27T00:00:00Z',
    note: 'Before six in the morning.',
    shipTo: {
      contact: { name: 'Ines Moreau', email: 'ines@harbourlane.example', phone: '+44 20 7946 0018' },
      address,
    },
    supplierRef: { id: records.supplier },
    status: 'Open',
    currency: 'USD',
    currencyRate: 0.8,
    lineItems: [{ ...line(records), lineNumber: '10', unitOfMeasurement: 'kg' }],
  }),
  transfers: (records: Records): Body => ({
    description: 'Monthly savings',
    contactRef: { id: records.customer, dataType: 'customers' },
    date: '2026-03-31T00:00:00',
    from: { accountRef: { id: records.bank, dataType: 'bankAccounts' }, currency: 'GBP', amount: 250.05 },
    to: { accountRef: { id: records.otherBank, dataType: 'bankAccounts' }, currency: 'GBP', amount: 250.05 },
    status: 'Reconciled',
    trackingCategoryRefs: [{ id: records.trackingCategory }],
    depositedRecordRefs: [{ id: 'pay-1', dataType: 'payments' }],
    supplementalData,
  }),
};

export type { Records };

/** `lineItems.accountRef.id`: every member that the body names, without list positions. */
export function leafPaths(value: unknown, above = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => leafPaths(item, above));
  if (!isMembers(value)) return [above];
  return [
    above,
    ...Object.entries(value).flatMap(([name, inner]) => leafPaths(inner, above === '' ? name : `${above}.${name}`)),
  ];
}
