/** The invoice that is pushed in every measurement, and what has to become of it at the sandbox platform. */

export interface Invoice {
  readonly issueDate: string;
  readonly dueDate: string;
  readonly currency: string;
  readonly status: string;
  readonly note: string;
  readonly customerRef: { readonly id: string };
  readonly lineItems: readonly {
    readonly description: string;
    readonly quantity: number;
    readonly unitAmount: number;
    readonly accountRef: { readonly id: string };
  }[];
}

/** About 1.5 kB as JSON, as an invoice of some lines is. */
export function exampleInvoice(customerId: string, accountId: string): Invoice {
  const goods = [
    'Rye loaf, 800 g',
    'Sourdough, 1 kg',
    'Cinnamon rolls, box of 12',
    'Croissants, tray of 24',
    'Delivery',
  ];
  return {
    issueDate: '2026-03-02T00:00:00',
    dueDate: '2026-04-01T00:00:00',
    currency: 'GBP',
    status: 'Submitted',
    note: 'Thank you for your order. Please pay within thirty days to the account named on our letterhead.',
    customerRef: { id: customerId },
    lineItems: goods.map((name, index) => ({
      description: `${name}. Baked on the morning of delivery; order ${1000 + index} of the standing agreement of January, week ${index + 9}`,
      quantity: 12 * (index + 1),
      unitAmount: 4.25 + index,
      accountRef: { id: accountId },
    })),
  };
}

/** What a gateway sends to the platform; the rivals do by hand what our connector does. */
export function toSandboxInvoice(invoice: Invoice): object {
  return {
    customerId: invoice.customerRef.id,
    issueDate: invoice.issueDate,
    dueDate: invoice.dueDate,
    currency: invoice.currency,
    status: invoice.status.toLowerCase(),
    note: invoice.note,
    lines: invoice.lineItems.map((line) => ({
      description: line.description,
      quantity: String(line.quantity),
      unitAmount: String(line.unitAmount),
      accountId: line.accountRef.id,
    })),
  };
}
