/** Customer: somebody who is sold to. */
import {
  address,
  addresses,
  choices,
  commonFields,
  currency,
  list,
  moment,
  phoneNumbers,
  supplementalData,
  text,
} from './fields.ts';
import type { PushModel } from './model.ts';

export const customers: PushModel = {
  dataType: 'customers',
  displayName: 'Customer',
  description: 'A person or business that buys from the company.',
  fields: {
    ...commonFields(),
    customerName: text('Customer name', 'Name that documents are addressed to.', { nullable: true }),
    contactName: text('Contact name', 'Name of the main contact.', { nullable: true }),
    emailAddress: text('E-mail address', '', { nullable: true }),
    defaultCurrency: currency('Default currency', 'Currency of new documents for this customer.'),
    phone: text('Phone', '', { nullable: true }),
    addresses: addresses(),
    contacts: list(
      'Contacts',
      'Further people at the customer.',
      {
        name: text('Name', '', { nullable: true }),
        email: text('E-mail address', '', { nullable: true }),
        phone: phoneNumbers(),
        address: address(),
        status: text('Status', '', { alwaysPresent: true, options: choices('Unknown', 'Active', 'Archived') }),
        modifiedDate: moment('Modified', '', { readOnly: true }),
      },
      { nullable: true },
    ),
    registrationNumber: text('Registration number', 'Number in the register of companies.', { nullable: true }),
    taxNumber: text('Tax number', 'Number under which the customer pays tax.', { nullable: true }),
    status: text('Status', 'Whether the customer is still traded with.', {
      alwaysPresent: true,
      options: choices('Unknown', 'Active', 'Archived'),
    }),
    supplementalData: supplementalData(),
  },
  example: {
    customerName: 'Harbour Lane Bakery',
    contactName: 'Ines Moreau',
    emailAddress: 'ines@harbourlane.example',
    phone: '+44 20 7946 0018',
    addresses: [
      { type: 'Billing', line1: '4 Harbour Lane', city: 'Whitby', postalCode: 'YO21 3PU', country: 'United Kingdom' },
    ],
    taxNumber: 'GB123456789',
    status: 'Active',
  },
};
