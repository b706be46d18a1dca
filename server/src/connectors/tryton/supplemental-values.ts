/**
 * Supplemental data, once it is agreed which of Tryton's fields it means: the values as the type of each field wants them.
 * A field that is not there, or takes no such value, fails the whole write.
 */
import { modelName } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import type { WriteRequest } from '../contract.ts';
import { describeModel, type DescribedField } from './described-fields.ts';
import type { Refusal, TrytonResource } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { encodeDate, encodeDecimal, encodeId, encodeMoment, type Members } from './values.ts';

export type Supplemental =
  { readonly kind: 'values'; readonly values: Members } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Throws a NoResult. */
export async function supplementalValues(
  session: TrytonSession,
  resource: TrytonResource,
  { supplementalData }: WriteRequest,
): Promise<Supplemental> {
  if (supplementalData === undefined) return { kind: 'values', values: {} };
  const model = resource.supplementalModel ?? resource.theirs;
  const fields = await describeModel(session, model);
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(supplementalData)) {
    const field = fields.get(name);
    if (field === undefined) return refused(resource, name, `${model} has no field of this name in Tryton`);
    if (field.readonly) return refused(resource, name, 'Tryton fills this field by itself');
    const encoded = value === null ? null : encodedFor(field, value);
    if (encoded === undefined) return refused(resource, name, `Tryton takes a ${field.type} here`);
    values[name] = encoded;
  }
  return { kind: 'values', values };
}

function refused({ model }: TrytonResource, name: string, complaint: string): Supplemental {
  const validatorName = modelName(model);
  const message = `Failed to push to ${validatorName} as SupplementalData.${name}: ${complaint}.`;
  const errors = [{ itemId: 'SupplementalData', message, validatorName }];
  return { kind: 'refused', refusal: { statusCode: 400, message, errors } };
}

/** Undefined for what the field cannot hold. */
function encodedFor({ type, selection }: DescribedField, value: unknown): unknown {
  switch (type) {
    case 'char':
    case 'text':
      return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'integer':
      return Number.isSafeInteger(value) ? value : undefined;
    case 'float':
      return typeof value === 'number' ? value : undefined;
    case 'numeric':
      return typeof value === 'number' || typeof value === 'string' ? encodeDecimal(value) : undefined;
    case 'date':
      return typeof value === 'string' ? encodeDate(value) : undefined;
    case 'datetime':
    case 'timestamp':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? encodeMoment(new Date(value)) : undefined;
    case 'selection':
      return isChoice(selection, value) ? value : undefined;
    case 'many2one':
      return typeof value === 'number' ? encodeId(String(value)) : encodeId(isMembers(value) ? value['id'] : value);
    default:
      return undefined;
  }
}

function isChoice(selection: DescribedField['selection'], value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return !Array.isArray(selection) || selection.some(([choice]: readonly string[]) => choice === value);
}
