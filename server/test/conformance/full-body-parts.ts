/** What the full bodies of several data types have in common: contacts, lines, documents, payments. */

export interface Records {
  readonly account: string;
  readonly bank: string;
  readonly customer: string;
  readonly supplier: string;
  readonly item: string;
  readonly taxRate: string;
  readonly trackingCategory: string;
  readonly otherBank: string;
  readonly journal: string;
  /** Open, of the customer, in dollars. */
  readonly invoice: string;
  /** Open, of the supplier, in dollars. */
  readonly bill: string;
}

export type Body = Readonly<Record<string, unknown>>;

let counter = 0;
export const fresh = (prefix: string) => `${prefix}${(counter += 1)}`;

export const supplementalData = { content: { crm: { tier: 'gold', score: 7, tags: ['a', 'b'] } } };
export const address = {
  type: 'Delivery',
  line1: '4 Harbour Lane',
  line2: 'Second floor',
  city: 'Whitby',
  region: 'North Yorkshire',
  country: 'United Kingdom',
  postalCode: 'YO21 3PU',
};

export const contact = {
  contactName: 'Ines Moreau',
  emailAddress: 'ines@harbourlane.example',
  phone: '+44 20 7946 0018',
  addresses: [address, { type: 'Unknown', city: 'Łódź' }],
  registrationNumber: '0123456',
  taxNumber: 'GB123456789',
  status: 'Active',
  defaultCurrency: 'EUR',
  supplementalData,
};

/** Tracking of a line that is billed to a customer, whichever side it is on. */
export function tracking({ customer, trackingCategory }: Records, isBilledTo: string) {
  return {
    categoryRefs: [{ id: trackingCategory }],
    customerRef: { id: customer },
    projectRef: { id: 'P-1' },
    isBilledTo,
    isRebilledTo: 'NotApplicable',
  };
}

export function line(records: Records) {
  return {
    description: 'Rye loaf, 800 g',
    unitAmount: 4.25,
    quantity: 12.5,
    discountAmount: 2.13,
    discountPercentage: 4,
    taxAmount: 10.2,
    accountRef: { id: records.account },
    taxRateRef: { id: records.taxRate },
    itemRef: { id: records.item },
    trackingCategoryRefs: [{ id: records.trackingCategory }],
  };
}

export function document(records: Records) {
  return {
    issueDate: '2026-03-02T09:30:00-05:00',
    dueDate: '2026-04-01',
    currency: 'USD',
    currencyRate: 0.791234567,
    note: 'Thank you.',
    withholdingTax: [{ name: 'State tax', amount: 1.5 }],
    paymentAllocations: [
      {
        payment: {
          accountRef: { id: records.bank },
          paidOnDate: '2026-03-05T00:00:00Z',
          reference: 'CARD-1',
          note: 'Deposit',
        },
        allocation: { totalAmount: 5.05 },
      },
    ],
    supplementalData,
  };
}

export function creditNote(records: Records, date: string) {
  const { dueDate: _, ...shared } = document(records);
  return { ...shared, issueDate: date, discountPercentage: 3, status: 'Submitted' };
}

export function payment(records: Records, link: { readonly type: string; readonly id: string }) {
  return {
    accountRef: { id: records.bank },
    paymentMethodRef: { id: 'card', name: 'Card' },
    totalAmount: 60.5,
    currency: 'USD',
    currencyRate: 0.79,
    date: '2026-03-20T00:00:00Z',
    note: 'Thank you.',
    reference: 'FP 2041',
    lines: [
      {
        amount: 40.25,
        allocatedOnDate: '2026-03-21',
        links: [
          { ...link, amount: -30.25 },
          { type: 'PaymentOnAccount', amount: -10 },
        ],
      },
      { amount: 20.25, links: [] },
    ],
    supplementalData,
  };
}

export function directTransaction(records: Records) {
  return {
    reference: 'CARD-5511',
    note: 'Parking',
    issueDate: '2026-03-12',
    currency: 'USD',
    currencyRate: 0.8,
    paymentAllocations: [
      {
        payment: {
          accountRef: { id: records.bank },
          paidOnDate: '2026-03-13T00:00:00Z',
          reference: 'CARD-1',
          note: 'By card',
        },
        // 12.5 × 4.25 − 2.13, and the tax.
        allocation: { totalAmount: 61.2 },
      },
    ],
    supplementalData,
  };
}
