// What can go wrong from the caller's side: problems of single fields, and refusals of a whole request.
import type { JsonObject } from './json.ts';

export type ProblemCode =
  | 'required'
  | 'wrong_type'
  | 'unknown_field'
  | 'too_long'
  | 'too_many'
  | 'too_few'
  | 'too_precise'
  | 'out_of_range'
  | 'invalid'
  | 'invalid_choice'
  | 'invalid_currency'
  | 'unknown_reference'
  | 'archived_reference'
  | 'duplicate'
  | 'unbalanced'
  | 'closed_period'
  | 'invalid_status_move'
  | 'not_allowed'
  | 'negative_total'
  | 'exceeds_amount_due'
  | 'exceeds_remaining_credit'
  | 'wrong_party'
  | 'wrong_currency'
  | 'wrong_status'
  | 'wrong_sign'
  | 'not_chronological'
  | 'in_future'
  | 'system_account'
  | 'same_parent';

export interface Problem {
  readonly field: string;
  readonly code: ProblemCode;
  readonly message: string;
  readonly limit?: number;
}

/** Every code of an error answer with its HTTP status. */
const statusOf = {
  bad_json: 400,
  bad_body: 400,
  bad_query: 400,
  bad_header: 400,
  bad_request: 400,
  unauthorized: 401,
  not_found: 404,
  books_not_found: 404,
  record_not_found: 404,
  method_not_allowed: 405,
  document_paid: 409,
  document_void: 409,
  closed_period: 409,
  stale_version: 412,
  body_too_large: 413,
  unsupported_media_type: 415,
  validation: 422,
  rate_limited: 429,
  internal: 500,
  not_offered: 501,
  offline: 503,
} as const;

export type RefusalCode = keyof typeof statusOf;

/** Thrown anywhere inside a request; becomes its error answer and rolls its write back. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly problems: readonly Problem[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Further members of the error: what a caller needs to act on it. */
  readonly details: JsonObject | undefined;

  constructor(
    code: RefusalCode,
    message: string,
    more: { problems?: readonly Problem[]; headers?: Record<string, string>; details?: JsonObject } = {},
  ) {
    super(message);
    this.code = code;
    this.problems = more.problems;
    this.headers = more.headers ?? {};
    this.details = more.details;
  }

  get status(): number {
    return statusOf[this.code];
  }
}

export function errorBody(code: string, message: string, more: object = {}): string {
  return JSON.stringify({ error: { code, message, ...more } });
}

export function refuseProblems(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const [first] = problems;
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  throw new Refusal('validation', `${first?.field ?? ''}: ${first?.message ?? ''}${more}`, { problems });
}
