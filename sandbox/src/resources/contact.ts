// What customers and suppliers have in common: names, addresses, people and registrations.
import { choice, currency, date, email, group, list, name, text } from '../fields.ts';
import { defineResource } from '../resource.ts';
import type { Resource } from '../resource.ts';

export const address = group({
  type: choice('billing', 'delivery', 'other'),
  line1: text(500),
  line2: text(500),
  city: text(255),
  region: text(255),
  country: text(50),
  postcode: text(50),
});

export const phone = group({ number: text(50), type: choice('primary', 'landline', 'mobile', 'fax', 'other') });

const person = group({
  name: text(150),
  email: email(),
  phones: list(phone, 20),
  address,
  status: choice('active', 'archived'),
  modifiedAt: date(),
});

export function defineContact(path: string, prefix: string): Resource {
  return defineResource({
    path,
    prefix,
    takesAttachments: true,
    fields: {
      name: name(150),
      contactName: text(150),
      email: email(),
      phone: text(50),
      currency: currency(),
      addresses: list(address, 20),
      contacts: list(person, 50),
      registrationNumber: text(50),
      taxNumber: text(50),
      status: choice('active', 'archived'),
    },
    complete(input) {
      const status = input.status ?? 'active';
      const addresses = input.addresses?.map((one) => ({ type: 'other', ...one }));
      return { members: { ...input, ...(addresses && { addresses }), status }, status };
    },
  });
}
