/** Supplier: somebody who is bought from. */
import { addresses, choices, commonFields, currency, supplementalData, text } from './fields.ts';
import type { PushModel } from './model.ts';

export const suppliers: PushModel = {
  dataType: 'suppliers',
  displayName: 'Supplier',
  description: 'A person or business that the company buys from.',
  fields: {
    ...commonFields(),
    supplierName: text('Supplier name', 'Name that documents come from.', { nullable: true }),
    contactName: text('Contact name', 'Name of the main contact.', { nullable: true }),
    emailAddress: text('E-mail address', '', { nullable: true }),
    phone: text('Phone', '', { nullable: true }),
    addresses: addresses(),
    registrationNumber: text('Registration number', 'Number in the register of companies.', { nullable: true }),
    taxNumber: text('Tax number', 'Number under which the supplier pays tax.', { nullable: true }),
    status: text('Status', 'Whether the supplier is still traded with.', {
      alwaysPresent: true,
      options: choices('Unknown', 'Active', 'Archived'),
    }),
    defaultCurrency: currency('Default currency', 'Currency of new documents from this supplier.', { nullable: true }),
    supplementalData: supplementalData(),
  },
  example: {
    supplierName: 'Millstone Flour Company',
    contactName: 'Theo Adeyemi',
    emailAddress: 'accounts@millstone.example',
    phone: '+44 161 496 0733',
    addresses: [{ type: 'Billing', line1: 'Unit 9, Canal Wharf', city: 'Manchester', postalCode: 'M1 2WD' }],
    status: 'Active',
  },
};
