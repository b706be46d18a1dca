/** Headers that a consumer wants on its deliveries, such as an Authorization of its own. */
import { PublicError } from '../errors.ts';

export type ConsumerHeaders = Readonly<Record<string, string>>;

const HEADERS_MAX = 20;
const NAME_CHARS_MAX = 100;
const VALUE_CHARS_MAX = 2_000;
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
/** What a header value may be made of on the wire. A line break would begin another header. */
const VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** Headers that say how the message travels or what proves it: ours alone. */
const OURS = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export function checkedHeaders(headers: ConsumerHeaders): ConsumerHeaders {
  const entries = Object.entries(headers);
  if (entries.length > HEADERS_MAX) throw refused('headers', `must be at most ${HEADERS_MAX}`);
  const names = entries.map(([name]) => name.toLowerCase());
  if (new Set(names).size < names.length) throw refused('headers', 'must name each header once');
  for (const [name, value] of entries) {
    if (name.length > NAME_CHARS_MAX || !TOKEN.test(name)) {
      throw refused('headers', 'must have names such as X-Tenant');
    }
    if (OURS.has(name.toLowerCase()) || /^(webhook|svix)-/i.test(name)) {
      throw refused(`headers.${name}`, 'is set by this server');
    }
    if (value.length > VALUE_CHARS_MAX || !VALUE.test(value)) {
      throw refused(`headers.${name}`, `must be a text of at most ${VALUE_CHARS_MAX} characters without line breaks`);
    }
  }
  return headers;
}

function refused(field: string, rule: string): PublicError {
  return new PublicError('malformed_request', `${field}: ${rule}`);
}
