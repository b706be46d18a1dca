/** Customers and suppliers of the sandbox: the platform keeps both in the same form. */
import { customers as customerModel } from '../../models/customers.ts';
import { choices } from '../../models/fields.ts';
import { refine, type Refinements } from '../../models/model.ts';
import { suppliers as supplierModel } from '../../models/suppliers.ts';
import { derived, list, object, same, word, type Pair } from '../mapping.ts';
import { commonPairs, type SandboxResource } from './resource.ts';

export const email = { maxLength: 255, pattern: { expression: '^[^\\s@]+@[^\\s@]+$', meaning: 'an e-mail address' } };
const activity = word('status', 'status', { Active: 'active', Archived: 'archived' });
const activityOptions = { options: choices('Active', 'Archived') };

export function addressLimits(at: string): Refinements {
  return {
    [`${at}.line1`]: { maxLength: 500 },
    [`${at}.line2`]: { maxLength: 500 },
    [`${at}.city`]: { maxLength: 255 },
    [`${at}.region`]: { maxLength: 255 },
    [`${at}.country`]: { maxLength: 50 },
    [`${at}.postalCode`]: { maxLength: 50 },
  };
}

const limits: Refinements = {
  contactName: { maxLength: 150 },
  emailAddress: email,
  phone: { maxLength: 50 },
  addresses: { itemsMax: 20 },
  ...addressLimits('addresses'),
  registrationNumber: { maxLength: 50 },
  taxNumber: { maxLength: 50 },
  status: activityOptions,
};

export const addressPairs: readonly Pair[] = [
  word('type', 'type', { Billing: 'billing', Delivery: 'delivery', Unknown: 'other' }),
  same('line1'),
  same('line2'),
  same('city'),
  same('region'),
  same('country'),
  same('postalCode', 'postcode'),
];

const phoneTypes = { Primary: 'primary', Landline: 'landline', Mobile: 'mobile', Fax: 'fax', Unknown: 'other' };

const contactPairs: readonly Pair[] = [
  same('name'),
  same('email'),
  list('phone', 'phones', [same('number'), word('type', 'type', phoneTypes)]),
  object('address', 'address', addressPairs),
  activity,
  derived(same('modifiedDate', 'modifiedAt')),
];

const sharedPairs: readonly Pair[] = [
  ...commonPairs,
  same('contactName'),
  same('emailAddress', 'email'),
  same('phone'),
  same('defaultCurrency', 'currency'),
  list('addresses', 'addresses', addressPairs),
  same('registrationNumber'),
  same('taxNumber'),
  activity,
];

export const customers: SandboxResource = {
  path: 'customers',
  model: refine(customerModel, {
    ...limits,
    customerName: { required: true, maxLength: 150 },
    contacts: { itemsMax: 50 },
    'contacts.name': { maxLength: 150 },
    'contacts.email': email,
    'contacts.phone.number': { maxLength: 50 },
    'contacts.status': activityOptions,
    ...addressLimits('contacts.address'),
  }),
  pairs: [...sharedPairs, same('customerName', 'name'), list('contacts', 'contacts', contactPairs)],
};

export const suppliers: SandboxResource = {
  path: 'suppliers',
  model: refine(supplierModel, { ...limits, supplierName: { required: true, maxLength: 150 } }),
  pairs: [...sharedPairs, same('supplierName', 'name')],
};
