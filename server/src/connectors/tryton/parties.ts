/**
 * Customers and suppliers: parties in Tryton, which may be both. A party belongs to the customers when it has the party
 * category Customer, to the suppliers when it has the category Supplier, and to both lists as long as nobody has sorted it.
 */
import { customers as customerModel } from '../../models/customers.ts';
import { choices } from '../../models/fields.ts';
import { refine, type PushModel } from '../../models/model.ts';
import { suppliers as supplierModel } from '../../models/suppliers.ts';
import { same, type Pair } from '../mapping.ts';
import { listMark } from './marks.ts';
import type { TrytonResource } from './resource.ts';

function party(model: PushModel, name: string): TrytonResource {
  const pairs: readonly Pair[] = [same(name, 'name')];
  return {
    dataType: model.dataType,
    theirs: 'party.party',
    model,
    pairs,
    reads: ['name', 'active'],
    parts: ['addresses', 'contact_mechanisms', 'identifiers'],
    scope: () => [],
    hasActive: true,
    mark: listMark('identifiers', 'code', { type: null }),
  };
}

const status = { options: choices('Active', 'Archived') };

export const customers = party(refine(customerModel, { customerName: { required: true }, status }), 'customerName');
export const suppliers = party(refine(supplierModel, { supplierName: { required: true }, status }), 'supplierName');
