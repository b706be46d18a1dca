/** The sites whose pages may call this API from a browser: checked, stored, and remembered for a few seconds. */
import type { Queryable } from '../db/pool.ts';
import { PublicError } from '../errors.ts';
import { monotonicMs } from '../lib/clock.ts';

export interface AllowedOrigins {
  readonly list: () => Promise<readonly string[]>;
  /** Puts these in place of all others; gives them as browsers name them. */
  readonly replace: (given: readonly string[]) => Promise<readonly string[]>;
  /** Whether a page of this origin may call, as a browser names it. */
  readonly includes: (origin: string) => Promise<boolean>;
}

const ORIGINS_MAX = 100;
const ORIGIN_CHARS_MAX = 300;
/** How long another process may still know the list as it was. */
const REMEMBERED_MS = 5_000;

export function makeAllowedOrigins(db: Queryable): AllowedOrigins {
  let remembered: { readonly origins: Promise<ReadonlySet<string>>; readonly until: number } | undefined;

  const list = async () => {
    const [row] = await db.query<{ allowed_origins: string[] }>(
      'allowed_origins_select',
      'SELECT allowed_origins FROM profile',
    );
    return row?.allowed_origins ?? [];
  };

  return {
    list,
    replace: async (given) => {
      if (given.length > ORIGINS_MAX) throw refused('allowedOrigins', `must be at most ${ORIGINS_MAX}`);
      const origins = [...new Set(given.map((text, index) => originFrom(`allowedOrigins/${index}`, text)))];
      await db.execute('allowed_origins_replace', 'UPDATE profile SET allowed_origins = $1', [origins]);
      remembered = undefined;
      return origins;
    },
    includes: async (origin) => {
      if (remembered === undefined || remembered.until <= monotonicMs()) {
        const origins = list().then((all) => new Set(all));
        const entry = { origins, until: monotonicMs() + REMEMBERED_MS };
        remembered = entry;
        origins.catch(() => {
          if (remembered === entry) remembered = undefined;
        });
      }
      return (await remembered.origins).has(origin);
    },
  };
}

/**
 * As browsers name it: in lower case, without the port that goes without saying. Nothing is allowed by a pattern, and a
 * path would only look as if less were allowed.
 */
function originFrom(field: string, text: string): string {
  const url = text.length <= ORIGIN_CHARS_MAX && URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    !url.hostname.includes('*') &&
    url.href === `${url.origin}/` &&
    !/[?#]/.test(text);
  if (isOrigin) return url.origin;
  throw refused(field, 'must be an origin: scheme, host and port alone, such as https://app.example.com');
}

function refused(field: string, rule: string): PublicError {
  return new PublicError('malformed_request', `Body member ${field} ${rule}`);
}
