// What goes back to a caller: status, headers and a body that is finished text.
import { inspect } from 'node:util';
import { errorBody, Refusal } from '../problems.ts';

export interface Answer {
  readonly status: number;
  /** JSON text, or the bytes of a file. */
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isReplay?: boolean;
}

export function refusalAnswer(refusal: Refusal): Answer {
  return {
    status: refusal.status,
    body: errorBody(refusal.code, refusal.message, {
      ...refusal.details,
      ...(refusal.problems && { problems: refusal.problems }),
    }),
    headers: refusal.headers,
  };
}

/** Anything that is no refusal is a fault of ours; the caller learns no more than that. */
export function failureAnswer(error: unknown): Answer {
  if (error instanceof Refusal) return refusalAnswer(error);
  process.stderr.write(`${inspect(error)}\n`);
  return { status: 500, body: errorBody('internal', 'the sandbox failed at this request') };
}
