/** What the sandbox complains about, in our words and under our paths. */
import { modelName } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import type { ValidationItem } from '../../models/validation.ts';
import type { WriteRequest } from '../contract.ts';
import { itemIdOf } from '../mapping.ts';
import type { SandboxAnswer } from './http.ts';
import type { Refusal, SandboxResource } from './resource.ts';
import { currentStamp, staleMessage } from './stamps.ts';

export type Answered = Extract<SandboxAnswer, { kind: 'answer' }>;

export function refusalOf(resource: SandboxResource, request: WriteRequest, answer: Answered): Refusal {
  if (answer.status === 412 && request.expectedStamp !== undefined) {
    return { statusCode: 409, message: staleMessage(request.expectedStamp, currentStamp(errorOf(answer))), errors: [] };
  }
  const errors = problemsOf(resource, answer);
  // The wire says 400 for everything that is wrong with a body.
  const statusCode = answer.status === 422 ? 400 : answer.status;
  const [first, ...others] = errors;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const said = errorText(answer) ?? errorCode(answer) ?? 'for no reason that it gives';
  const message = first === undefined ? `The sandbox refused: ${said}` : first.message + more;
  return { statusCode, message, errors };
}

function problemsOf(resource: SandboxResource, answer: Answered): readonly ValidationItem[] {
  const problems: unknown = answer.json?.['problems'] ?? errorOf(answer)['problems'];
  if (!Array.isArray(problems)) return [];
  return problems.filter(isMembers).map((problem) => problemItem(resource, problem));
}

function problemItem(resource: SandboxResource, problem: Readonly<Record<string, unknown>>): ValidationItem {
  const name = modelName(resource.model);
  const field = typeof problem['field'] === 'string' ? problem['field'] : '';
  const complaint = typeof problem['message'] === 'string' ? problem['message'] : 'was refused';
  const itemId = itemIdOf(resource.pairs, field);
  const subject = itemId ?? (field === '' ? 'it' : field);
  // Most complaints go on from the field's name; the others are sentences of their own.
  const goesOn = /^(must|is|names|takes|has) /.test(complaint);
  const message = `Failed to push to ${name} as ${subject}${goesOn ? '' : ':'} ${complaint}.`;
  return { ...(itemId === undefined ? {} : { itemId }), message, validatorName: name };
}

export function isUnlinked(answer: Answered): boolean {
  return answer.status === 401 || answer.status === 403 || errorCode(answer) === 'books_not_found';
}

export function unlinkedReason(answer: Answered): string {
  return answer.status === 404 ? 'The sandbox no longer has these books.' : 'The sandbox no longer accepts the token.';
}

export function errorCode(answer: Answered): string | undefined {
  return errorMember(answer, 'code');
}

function errorText(answer: Answered): string | undefined {
  return errorMember(answer, 'message');
}

function errorMember(answer: Answered, name: string): string | undefined {
  const value = errorOf(answer)[name];
  return typeof value === 'string' ? value : undefined;
}

function errorOf(answer: Answered): Readonly<Record<string, unknown>> {
  const error = answer.json?.['error'];
  return isMembers(error) ? error : {};
}
