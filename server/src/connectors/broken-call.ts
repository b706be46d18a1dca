/**
 * What a broken call to a platform tells: whether a byte of it can have left. The difference decides whether a write may be
 * sent again, so doubt always counts as sent.
 */

/** Names could not be resolved, no connection came about, or its certificate was refused: no byte of ours has left. */
const codesBeforeFirstByte = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_INVALID_URL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Whether a call that broke is certain to have reached nobody; any doubt counts as sent. */
export function wasNeverSent(error: unknown): boolean {
  const causes = causesOf(error);
  return (
    causes.length > 0 && causes.every((cause) => codesBeforeFirstByte.has(cause.code) || cause.syscall === 'connect')
  );
}

interface Cause {
  readonly code: string;
  readonly syscall: string;
}

/** The innermost errors: fetch wraps what happened, and a host with several addresses fails once for each of them. */
function causesOf(error: unknown, depth = 0): readonly Cause[] {
  if (!(error instanceof Error) || depth > 5) return [];
  if (error instanceof AggregateError) return error.errors.flatMap((one: unknown) => causesOf(one, depth + 1));
  if (error.cause !== undefined) return causesOf(error.cause, depth + 1);
  const member = (name: string) => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' ? value : '';
  };
  return [{ code: member('code'), syscall: member('syscall') }];
}

/** ` (ECONNRESET)`, to stand at the end of a sentence. */
export function causeOf(error: unknown): string {
  const code = causesOf(error).find((cause) => cause.code !== '')?.code;
  return code === undefined ? '' : ` (${code})`;
}
