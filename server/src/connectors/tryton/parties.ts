/** Customers and suppliers: parties in Tryton, which may be both (party-roles.ts). */
import { customers as customerModel } from '../../models/customers.ts';
import { choices } from '../../models/fields.ts';
import { refine, without, type PushModel, type Refinements } from '../../models/model.ts';
import { suppliers as supplierModel } from '../../models/suppliers.ts';
import { same } from '../mapping.ts';
import { activeStatus } from './journals.ts';
import { listMark } from './marks.ts';
import {
  addressCommands,
  addressesOf,
  contactCommands,
  detailReads,
  furtherContactsOf,
  mainContactOf,
  numberCommands,
  numbersOf,
} from './party-details.ts';
import { ensureRoles, hasOtherRole, inRole, roleId, type PartyRole } from './party-roles.ts';
import type { Removal, TrytonResource } from './resource.ts';
import type { CallOptions, TrytonSession } from './session.ts';
import { isUsed, PARTY_USES } from './uses.ts';
import type { Members } from './values.ts';

const MODEL = 'party.party';

function party(model: PushModel, role: PartyRole, name: string): TrytonResource {
  return {
    dataType: model.dataType,
    theirs: MODEL,
    model,
    pairs: [same(name, 'name'), activeStatus('status')],
    reads: ['name', 'active', 'categories', ...detailReads],
    parts: ['addresses', 'contact_mechanisms', 'identifiers'],
    scope: (session) => inRole(session, role),
    mark: listMark('identifiers', 'code', { type: null }),
    fills: ['code'],
    async prepare(values, { body = {} }, { session, present }) {
      const isNew = present === undefined;
      const addresses =
        isNew || Object.hasOwn(body, 'addresses') ? await addressCommands(body['addresses'], present, session) : [];
      const contacts = contactCommands(body, present);
      const numbers = numberCommands(body, present);
      return {
        ...values,
        ...(addresses.length > 0 ? { addresses } : {}),
        ...(contacts.length > 0 ? { contact_mechanisms: contacts } : {}),
        ...(numbers.length > 0 ? { identifiers: numbers } : {}),
      };
    },
    async first(_, __, { session, present }) {
      if (present !== undefined) return {};
      await ensureRoles(session);
      return { categories: [['add', [await roleId(session, role)]]] };
    },
    complete: (record, theirs) => ({
      ...record,
      ...mainContactOf(theirs),
      ...numbersOf(theirs),
      ...listed('addresses', addressesOf(theirs)),
      ...(role === 'Customer' ? listed('contacts', furtherContactsOf(theirs)) : {}),
    }),
    removals: (record, session) => removals(record, role, session),
    isRemoved: ({ active }) => active === false,
  };
}

function listed(name: string, elements: readonly Members[]): Members {
  return elements.length > 0 ? { [name]: elements } : {};
}

/** One that is also in the other list only leaves this one; one that is in use is put out of use. */
async function removals(record: Members, role: PartyRole, session: TrytonSession): Promise<readonly Removal[]> {
  const write = (values: Members) => (options: CallOptions) =>
    session.call(MODEL, 'write', [[record['id']], values], options);
  if (await hasOtherRole(session, role, record['categories'])) {
    const category = await roleId(session, role);
    return [{ name: 'take out of the list', run: write({ categories: [['remove', [category]]] }) }];
  }
  const deactivate = { name: 'deactivate', run: write({ active: false }) };
  if (await isUsed(session, PARTY_USES, record['id'])) return [deactivate];
  return [{ name: 'delete', run: (options) => session.call(MODEL, 'delete', [[record['id']]], options) }, deactivate];
}

const shared: Refinements = {
  status: { options: choices('Active', 'Archived') },
  taxNumber: { description: 'Kept as an identifier of the party, without a type.' },
};

export const customers = party(
  refine(without(customerModel, 'contacts.address', 'defaultCurrency'), {
    ...shared,
    customerName: { required: true },
    'contacts.name': { required: true, minLength: 1 },
    'contacts.status': { options: choices('Active') },
    'contacts.phone.type': { options: choices('Primary', 'Mobile', 'Fax') },
  }),
  'Customer',
  'customerName',
);

export const suppliers = party(
  refine(without(supplierModel, 'defaultCurrency'), { ...shared, supplierName: { required: true } }),
  'Supplier',
  'supplierName',
);
