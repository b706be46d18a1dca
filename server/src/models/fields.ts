/**
 * The words in which the models are written: one function a kind of field, and the shapes that several data types share
 * (references, addresses, tracking, payment allocations).
 */
import type { DataType } from './data-types.ts';
import type { Choice, Field, Fields } from './model.ts';

type Facts = Partial<Omit<Field, 'type' | 'displayName' | 'description' | 'fields'>>;

export function text(displayName: string, description: string, facts: Facts = {}): Field {
  return { type: 'String', displayName, description, ...facts };
}

export function number(displayName: string, description: string, facts: Facts = {}): Field {
  return { type: 'Number', displayName, description, ...facts };
}

export function flag(displayName: string, description: string, facts: Facts = {}): Field {
  return { type: 'Boolean', displayName, description, ...facts };
}

export function moment(displayName: string, description: string, facts: Facts = {}): Field {
  return { type: 'DateTime', displayName, description, ...facts };
}

export function object(displayName: string, description: string, fields: Fields, facts: Facts = {}): Field {
  return { type: 'Object', displayName, description, fields, ...facts };
}

export function list(displayName: string, description: string, fields: Fields, facts: Facts = {}): Field {
  return { type: 'Array', displayName, description, fields, ...facts };
}

/** Choices named by their values: `NonInventory` reads "Non Inventory". */
export function choices(...values: readonly string[]): readonly Choice[] {
  return values.map((value) => ({ value, displayName: value.replace(/(?<=[a-z])(?=[A-Z])/g, ' ') }));
}

export function currency(displayName: string, description: string, facts: Facts = {}): Field {
  return text(displayName, description, { format: 'currency', ...facts });
}

export function currencyRate(): Field {
  return number('Currency rate', 'Units of the base currency for one unit of the currency of the document.', {
    nullable: true,
    minimum: 0,
    decimalPlacesMax: 9,
  });
}

/** A reference by id; the name beside it is filled on reading. */
function reference(displayName: string, to: DataType, nameMember: string, idFacts: Facts, facts: Facts) {
  const id = text('Identifier', `Id of the record in ${to}.`, { references: [to], ...idFacts });
  const name = text('Name', 'Name of the record that is referred to.', { nullable: true, readOnly: true });
  return object(displayName, `Reference to a record in ${to}.`, { id, [nameMember]: name }, facts);
}

export function accountRef(): Field {
  return reference('Nominal account', 'chartOfAccounts', 'name', {}, {});
}

/** Where money moves: a bank account, or an account of the chart that payments may use. */
export function bankAccountRef(description: string): Field {
  const field = reference(
    'Bank account',
    'chartOfAccounts',
    'name',
    { references: ['bankAccounts', 'chartOfAccounts'] },
    {},
  );
  return { ...field, description };
}

export function customerRef(facts: Facts = {}): Field {
  return reference('Customer', 'customers', 'companyName', { required: true, minLength: 1 }, facts);
}

export function supplierRef(facts: Facts = {}): Field {
  return reference('Supplier', 'suppliers', 'supplierName', { required: true, minLength: 1 }, facts);
}

export function itemRef(): Field {
  return reference('Item', 'items', 'name', { required: true, minLength: 1 }, {});
}

export function taxRateRef(): Field {
  const field = reference('Tax rate', 'taxRates', 'name', {}, {});
  const rate = number('Effective tax rate', 'In percent; filled on reading.', { nullable: true, readOnly: true });
  return { ...field, fields: { ...field.fields, effectiveTaxRate: rate } };
}

function trackingCategoryRef(): Field {
  return reference('Tracking category', 'trackingCategories', 'name', { required: true, minLength: 1 }, {});
}

export function trackingCategoryRefs(): Field {
  const fields = trackingCategoryRef().fields ?? {};
  return list('Tracking categories', 'Superseded by tracking, and still accepted.', fields, { nullable: true });
}

export function paymentMethodRef(): Field {
  return object('Payment method', 'How the money moved.', {
    id: text('Identifier', 'Id of the payment method.', { required: true, minLength: 1 }),
    name: text('Name', '', { nullable: true }),
  });
}

/** Whom a transaction is with. The kind of contact that is the usual one comes first. */
export function contactRef(...contacts: readonly ('customers' | 'suppliers')[]): Field {
  const id = { required: true, minLength: 1, references: contacts } as const;
  return object('Contact', 'The customer or supplier concerned.', {
    id: text('Identifier', 'Id of the customer or supplier.', id),
    dataType: text('Data type', '', { options: choices(...contacts) }),
  });
}

/** Tracking as journal entries and direct costs have it: records of several kinds in one list. */
export function trackedRecords(facts: Facts = {}): Field {
  const fields = {
    id: text('Identifier', 'Id of the record.'),
    dataType: text('Data type', '', { options: choices('customers', 'suppliers', 'trackingCategories') }),
  };
  return list('Records', 'Customers, suppliers or tracking categories.', fields, facts);
}

/** The line of another document that a line goes back to. */
export function lineRef(displayName: string, description: string): Field {
  return object(displayName, description, {
    id: text('Identifier', 'Id of the document.'),
    dataType: text('Data type', '', { options: choices('purchaseOrders', 'bills') }),
    lineNumber: text('Line number', ''),
  });
}

export function recordRef(displayName: string, description: string, facts: Facts = {}): Field {
  const id = text('Identifier', 'Id of the record.');
  return object(displayName, description, { id, dataType: text('Data type', 'Data type of the record.') }, facts);
}

/** Tracking of receivables and payables: the two differ in whom a line may be billed to. */
export function tracking(side: 'receivable' | 'payable'): Field {
  const billed =
    side === 'payable'
      ? choices('Unknown', 'NotApplicable', 'Customer', 'Project')
      : choices('Unknown', 'NotApplicable', 'Project');
  const project = { id: text('Identifier', 'Id of the project.', { required: true, minLength: 1 }) };
  const projectName = text('Name', 'Name of the project.', { nullable: true, readOnly: true });
  return object('Tracking', 'What the line counts towards, and whom it is billed to.', {
    categoryRefs: list('Categories', 'Tracking categories of the line.', trackingCategoryRef().fields ?? {}, {
      required: true,
    }),
    customerRef: customerRef(),
    projectRef: object('Project', 'Project that the line belongs to.', { ...project, name: projectName }),
    isBilledTo: text('Billed to', '', { required: true, options: billed }),
    isRebilledTo: text('Rebilled to', '', { required: true, options: billed }),
    ...(side === 'receivable' ? { recordRef: recordRef('Record', 'Record that the line stems from.') } : {}),
  });
}

export function address(): Field {
  return object('Address', '', addressFields());
}

export function addresses(): Field {
  return list('Addresses', 'Where the company receives bills and goods.', addressFields(), { nullable: true });
}

function addressFields(): Fields {
  return {
    type: text('Type', '', { required: true, options: choices('Unknown', 'Billing', 'Delivery') }),
    line1: text('Line 1', '', { nullable: true }),
    line2: text('Line 2', '', { nullable: true }),
    city: text('City', '', { nullable: true }),
    region: text('Region', 'County, state or province.', { nullable: true }),
    country: text('Country', '', { nullable: true }),
    postalCode: text('Postal code', '', { nullable: true }),
  };
}

export function phoneNumbers(): Field {
  const fields = {
    number: text('Number', '', { nullable: true }),
    type: text('Type', '', { required: true, options: choices('Primary', 'Landline', 'Mobile', 'Fax', 'Unknown') }),
  };
  return list('Phone numbers', '', fields, { nullable: true });
}

export function withholdingTax(facts: Facts = {}): Field {
  const fields = {
    name: text('Name', 'Name of the tax.', { required: true, minLength: 1 }),
    amount: number('Amount', 'Amount withheld.', { required: true }),
  };
  return list('Withholding tax', 'Taxes that the payer keeps back.', fields, { nullable: true, ...facts });
}

export function paymentAllocations(facts: Facts = {}): Field {
  const payment = {
    id: text('Identifier', 'Id of the payment.'),
    note: text('Note', '', { nullable: true }),
    reference: text('Reference', '', { nullable: true }),
    accountRef: bankAccountRef('The account that the money moved on.'),
    currency: currency('Currency', ''),
    currencyRate: currencyRate(),
    paidOnDate: moment('Paid on', ''),
    totalAmount: number('Total amount', 'Amount of the payment.'),
  };
  const allocation = {
    currency: currency('Currency', ''),
    currencyRate: currencyRate(),
    allocatedOnDate: moment('Allocated on', ''),
    totalAmount: number('Total amount', 'How much of the payment goes to this document.'),
  };
  const fields = {
    payment: object('Payment', 'The payment.', payment, { required: true }),
    allocation: object('Allocation', 'The part of it that counts here.', allocation, { required: true }),
  };
  return list('Payment allocations', 'Payments set against this document.', fields, { nullable: true, ...facts });
}

export function discountPercentage(facts: Facts = {}): Field {
  return number('Discount percentage', '5 means 5 percent.', { minimum: 0, maximum: 100, ...facts });
}

/** Members that every record has and no write may set. */
export function commonFields(): Fields {
  const deleted = flag('Deleted', 'The platform no longer has this record.', { nullable: true, readOnly: true });
  return {
    id: text('Identifier', 'Given by the platform.', { readOnly: true }),
    modifiedDate: moment('Modified', 'When a changed version of this record was last stored.', { readOnly: true }),
    sourceModifiedDate: moment('Modified at the platform', "The platform's own stamp.", { readOnly: true }),
    sourceVersion: text('Version at the platform', 'Where the platform counts versions.', { readOnly: true }),
    metadata: object('Metadata', '', { isDeleted: deleted }, { readOnly: true }),
  };
}

export function supplementalData(): Field {
  const content: Field = {
    type: 'Object',
    displayName: 'Content',
    description: 'Objects and their values by the names that the supplemental data configuration gives them.',
    anyMembers: true,
    nullable: true,
  };
  return object('Supplemental data', "Values outside the data model, as the integration's configuration maps them.", {
    content,
  });
}
