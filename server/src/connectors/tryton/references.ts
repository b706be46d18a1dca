/**
 * The references of a body, checked by us: Tryton names the field of an id that does not exist and never its place in a
 * list, and takes nothing for an id but a number.
 */
import type { DataType } from '../../models/data-types.ts';
import { modelName, pascalCase, type Field, type Fields, type PushModel } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import type { ValidationItem } from '../../models/validation.ts';
import type { WriteRequest } from '../contract.ts';
import { ACTIVE_OR_NOT, type Refusal } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { encodeId, type Members } from './values.ts';

/** Which of Tryton's models the ids of a data type belong to. A bank account is known by its account in the chart. */
export const REFERENCE_MODELS: { readonly [D in DataType]?: string } = {
  bankAccounts: 'account.account',
  billCreditNotes: 'account.invoice',
  billPayments: 'account.move',
  bills: 'account.invoice',
  chartOfAccounts: 'account.account',
  creditNotes: 'account.invoice',
  customers: 'party.party',
  invoices: 'account.invoice',
  items: 'product.product',
  journalEntries: 'account.move',
  journals: 'account.journal',
  paymentMethods: 'account.invoice.payment.method',
  payments: 'account.move',
  purchaseOrders: 'purchase.purchase',
  suppliers: 'party.party',
  taxRates: 'account.tax',
  trackingCategories: 'analytic_account.account',
};

export interface PlacedReference {
  /** `LineItems[0].AccountRef.Id` */
  readonly itemId: string;
  readonly value: unknown;
  readonly references: readonly DataType[];
}

/** Every reference that a body makes, with its place. */
function* referencesIn(fields: Fields, members: Members, above = ''): Generator<PlacedReference> {
  for (const [name, value] of Object.entries(members)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined || field.readOnly === true || value === null || value === undefined) continue;
    const itemId = above === '' ? pascalCase(name) : `${above}.${pascalCase(name)}`;
    yield* referencesAt(field, value, itemId);
  }
}

function* referencesAt(field: Field, value: unknown, itemId: string): Generator<PlacedReference> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* referencesAt(field, item, `${itemId}[${index}]`);
  } else if (isMembers(value)) {
    yield* referencesIn(field.fields ?? {}, value, itemId);
  } else if (field.references !== undefined && value !== '') {
    yield { itemId, value, references: field.references };
  }
}

/** A refusal of what no id of Tryton's can be. Makes no call. */
export function brokenReferences(model: PushModel, body: WriteRequest['body']): Refusal | undefined {
  const broken = [...referencesIn(model.fields, body ?? {})].filter(({ value }) => encodeId(value) === undefined);
  return broken.length === 0 ? undefined : unknownReferences(model, broken);
}

/** The references that Tryton has no record of. Throws a NoResult. */
export async function missingReferences(
  session: TrytonSession,
  model: PushModel,
  body: WriteRequest['body'],
): Promise<readonly PlacedReference[]> {
  const all = [...referencesIn(model.fields, body ?? {})];
  const wanted = new Map<string, Set<number>>();
  for (const { references, value } of all) {
    const theirs = modelOf(references);
    const id = encodeId(value);
    if (theirs === undefined || id === undefined) continue;
    wanted.set(theirs, (wanted.get(theirs) ?? new Set()).add(id));
  }
  const present = new Map<string, ReadonlySet<number>>();
  for (const [theirs, ids] of wanted) {
    // Records that are out of use exist all the same.
    present.set(theirs, new Set(await session.ids(theirs, [['id', 'in', [...ids]]], ACTIVE_OR_NOT)));
  }
  return all.filter(({ references, value }) => {
    const theirs = modelOf(references);
    const id = encodeId(value);
    return id === undefined || (theirs !== undefined && present.get(theirs)?.has(id) !== true);
  });
}

function modelOf(references: readonly DataType[]): string | undefined {
  const [first] = references;
  return first === undefined ? undefined : REFERENCE_MODELS[first];
}

export function unknownReferences(model: PushModel, references: readonly PlacedReference[]): Refusal {
  const name = modelName(model);
  const errors = references.map(({ itemId, value, references: [dataType = 'records'] }): ValidationItem => {
    const message = `Failed to push to ${name} as ${itemId}: Tryton has no record ${String(value)} in ${dataType}.`;
    return { itemId, message, validatorName: name };
  });
  return { statusCode: 400, message: errors[0]?.message ?? '', errors };
}

export function notFound(model: PushModel, { recordId = '' }: WriteRequest): Refusal {
  return { statusCode: 404, message: `Tryton has no ${modelName(model)} ${recordId}.`, errors: [] };
}
