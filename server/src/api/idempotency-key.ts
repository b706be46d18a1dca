/** The Idempotency-Key header, and the sums that say which place of the API it belongs to and what it was sent with. */
import { createHash, type Hash } from 'node:crypto';
import { PublicError } from '../errors.ts';

export const IDEMPOTENCY_HEADER = 'idempotency-key';

/** Any plain token, since one well-known client makes its keys from an HMAC and not a GUID. */
const TOKEN = /^[\x21-\x7e]{1,255}$/;

/** `rawHeaders` as Node gives them: names and values in turn. Two keys would leave it open which one counts. */
export function idempotencyKeyIn(rawHeaders: readonly string[]): string {
  const given = rawHeaders.filter(
    (_, index) => rawHeaders[index - 1]?.toLowerCase() === IDEMPOTENCY_HEADER && index % 2,
  );
  if (given.length > 1) throw new PublicError('malformed_request', 'Header Idempotency-Key may be sent only once');
  const key = given[0] ?? '';
  if (TOKEN.test(key)) return key;
  throw new PublicError(
    'malformed_request',
    'Header Idempotency-Key must be 1 to 255 visible ASCII characters without blanks',
  );
}

/** A key belongs to one verb and path: sent to another place, it is another key. */
export function idempotencyId(method: string, url: string, key: string): Buffer {
  const [path = ''] = url.split('?', 1);
  const segments = path.split('/').filter((segment) => segment !== '');
  return createHash('sha256')
    .update(JSON.stringify([method, segments.map(decodeURIComponent), key]))
    .digest();
}

/** To be fed with the bytes of the body as they arrive. */
export function startFingerprint(url: string, ifMatch = ''): Hash {
  const queryAt = url.indexOf('?');
  const query = queryAt < 0 ? '' : url.slice(queryAt + 1);
  return createHash('sha256').update(JSON.stringify([query, ifMatch]));
}
