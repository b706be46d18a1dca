/** What Tryton complains about, in our words and under our paths. */
import { modelName } from '../../models/model.ts';
import type { ValidationItem } from '../../models/validation.ts';
import type { WriteRequest } from '../contract.ts';
import { readComplaint, type Complaint as Sentence, type Meaning } from './complaints.ts';
import { troubleText, type Refused } from './outcomes.ts';
import { domainOf, placeOf } from './places.ts';
import type { Refusal, TrytonResource } from './resource.ts';
import { NoResult, type TrytonSession } from './session.ts';

export interface Complaint {
  readonly resource: TrytonResource;
  readonly request: WriteRequest;
  readonly session: TrytonSession;
  readonly failure: Refused;
}

export async function refusalOf(complaint: Complaint): Promise<Refusal> {
  const { failure } = complaint;
  switch (failure.kind) {
    case 'user-error':
      return refused(complaint, failure);
    case 'user-warning':
      return worded(complaint, 400, { goesOn: `: ${askedToConfirm} Tryton says: ${saidBy(failure)}` });
    case 'concurrency':
      return worded(complaint, 409, {
        goesOn: `: somebody changed the record in Tryton at the same time. Read it again.`,
      });
    case 'forbidden':
      return worded(complaint, 403, { goesOn: `: ${troubleText(failure)}` });
    case 'platform-bug':
      // Not the sender's fault, and nothing that time mends: an unknown model or field, a value that Tryton chokes on.
      return worded(complaint, 502, { goesOn: `: ${troubleText(failure)}` });
  }
}

const askedToConfirm = 'Tryton wants this to be confirmed, which the connection does not do (setting "warnings").';

/** "Failed to push to Bill as SupplierRef.Id …" goes on with this. */
const complaints: Readonly<Record<Meaning, string>> = {
  required: 'must be provided.',
  domain: 'is not one that Tryton takes here.',
  'too-long': 'is too long.',
  digits: 'has too many decimal places.',
  characters: 'contains characters that Tryton does not take.',
  'not-an-option': 'is not one of the options.',
  'no-such-record': 'must match an existing record.',
  'not-unique': 'must not be in use by another record.',
  'in-use': 'is in use.',
  'not-allowed': 'may not be written by the user of the connection.',
  gone: 'is not there any more.',
  'no-period': 'falls into no period: Tryton has no open fiscal year or period for that day.',
  'too-early': 'is before that of a document that is numbered already.',
  other: 'was refused.',
};

async function refused(complaint: Complaint, failure: Extract<Refused, { kind: 'user-error' }>): Promise<Refusal> {
  const sentence = readComplaint(failure.message);
  const said = `Tryton says: ${saidBy(failure)}${allowedBy(failure.domain)}`;
  const { statusCode, meaning } = sentence;
  const itemId = await placeIn(complaint, sentence, failure.domain);
  if (itemId !== undefined) return worded(complaint, statusCode, { itemId, goesOn: ` ${complaints[meaning]} ${said}` });
  if (meaning === 'gone') return worded(complaint, goneStatus(complaint, sentence), { goesOn: `: ${said}` });
  return worded(complaint, statusCode, { goesOn: `: ${said}` });
}

/** The record itself is not found; of another one that is missing, the body is to blame. */
function goneStatus({ request }: Complaint, { recordIds = [] }: Sentence): number {
  return request.recordId === undefined || !recordIds.includes(request.recordId) ? 400 : 404;
}

function saidBy({ message, description }: { readonly message: string; readonly description: string }): string {
  return [message.trim(), description.trim()].filter((part) => part !== '').join(' ');
}

const domainShownMax = 300;

function allowedBy(told: unknown): string {
  const domain = domainOf(told);
  return domain === undefined ? '' : ` It takes ${JSON.stringify(domain).slice(0, domainShownMax)}.`;
}

/** Undefined too when Tryton does not answer: the refusal stands without a place. */
async function placeIn(
  { resource, request, session }: Complaint,
  complaint: Sentence,
  domain: unknown,
): Promise<string | undefined> {
  if (request.body === undefined) return undefined;
  try {
    return await placeOf({ resource, request, session, complaint, domain });
  } catch (error) {
    if (error instanceof NoResult) return undefined;
    throw error;
  }
}

function worded(
  { resource }: Complaint,
  statusCode: number,
  { itemId, goesOn }: { readonly itemId?: string; readonly goesOn: string },
): Refusal {
  const name = modelName(resource.model);
  const message = `Failed to push to ${name}${itemId === undefined ? '' : ` as ${itemId}`}${goesOn}`;
  const item: ValidationItem = { ...(itemId === undefined ? {} : { itemId }), message, validatorName: name };
  return { statusCode, message, errors: [item] };
}
