/** What the address of a consumer must be. An address may hold a token, so no message repeats it. */
import { PublicError } from '../errors.ts';
import { isPrivateHost, leadsToPrivate, type Resolve } from './addresses.ts';

export interface UrlRules {
  /** Whether consumers may be on loopback or private addresses. */
  readonly allowPrivateWebhooks: boolean;
  /** Whether deliveries must be encrypted. */
  readonly webhookHttpsOnly: boolean;
  /** How names are resolved; the system's way by default. */
  readonly resolve?: Resolve | undefined;
}

const URL_CHARS_MAX = 2048;
const PRIVATE = 'must not lead to a loopback or private address on this server';

/** Gives the address as it was given. What its name leads to is looked at by `requirePublicName`. */
export function checkedUrl(given: string, rules: UrlRules): string {
  if (given.length > URL_CHARS_MAX) throw refused(`must have at most ${URL_CHARS_MAX} characters`);
  const problem = problemWithUrl(given, rules);
  if (problem !== undefined) throw refused(problem);
  return given;
}

/** Also asked before every attempt: settings may be stricter by then than when it was registered. */
export function problemWithUrl(given: string, rules: Omit<UrlRules, 'resolve'>): string | undefined {
  // The parser drops line breaks and blanks without a word: what is stored must be what is meant.
  if (/[\s\\]|\p{Cc}/u.test(given)) return 'must not hold blanks, control characters or backslashes';
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || !/^https?:\/\/[^/]/i.test(given)) {
    return 'must be an address that begins with https:// or http://';
  }
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (rules.webhookHttpsOnly && url.protocol !== 'https:') return 'must begin with https:// on this server';
  if (!rules.allowPrivateWebhooks && isPrivateHost(url.hostname)) return PRIVATE;
  return undefined;
}

export async function requirePublicName(url: string, rules: UrlRules): Promise<void> {
  if (!rules.allowPrivateWebhooks && (await leadsToPrivate(new URL(url).hostname, rules.resolve)))
    throw refused(PRIVATE);
}

function refused(rule: string): PublicError {
  return new PublicError('malformed_request', `url: ${rule}`);
}
