/** Who may ask: the API key in the Authorization header, looked up once and then remembered for a few seconds. */
import type { FastifyRequest } from 'fastify';
import type { Queryable } from '../db/pool.ts';
import { PublicError } from '../errors.ts';
import { monotonicMs } from '../lib/clock.ts';
import { findApiKeyId, hashApiKey } from './api-key-store.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without an API key. */
    isPublic?: boolean;
  }
}

/** How long another process may still accept a key that was deleted here. */
const REMEMBERED_MS = 5_000;
/** A key just made elsewhere is to work soon, but a storm of wrong ones is not to reach the database each time. */
const REFUSAL_REMEMBERED_MS = 500;
const REMEMBERED_MAX = 1_000;
const HEADER_LENGTH_MAX = 2_000;

interface Remembered {
  readonly keyId: Promise<string | undefined>;
  until: number;
}

const keyIds = new WeakMap<FastifyRequest, string>();

/** The key that the caller showed. */
export function apiKeyIdOf(request: FastifyRequest): string | undefined {
  return keyIds.get(request);
}

export interface Authentication {
  /** Whether the caller showed a key; false where none is asked for. */
  readonly check: (request: FastifyRequest) => Promise<boolean>;
  /** To be called when keys change. */
  readonly forget: () => void;
}

export function makeAuthentication(db: Queryable): Authentication {
  const remembered = new Map<string, Remembered>();

  const lookUp = (header: string): Remembered => {
    const candidates = header.length > HEADER_LENGTH_MAX ? [] : candidateKeys(header);
    if (candidates.length === 0) throw new PublicError('unauthorized');
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    const keyId = findApiKeyId(db, candidates.map(hashApiKey));
    const entry: Remembered = { keyId, until: monotonicMs() + REMEMBERED_MS };
    remembered.set(header, entry);
    keyId.then(
      (found) => {
        if (found === undefined) entry.until = monotonicMs() + REFUSAL_REMEMBERED_MS;
      },
      () => remembered.delete(header),
    );
    return entry;
  };

  return {
    forget: () => remembered.clear(),
    check: async (request) => {
      if (isPublic(request)) return false;
      const header = request.headers.authorization ?? '';
      const known = remembered.get(header);
      const entry = known !== undefined && known.until > monotonicMs() ? known : lookUp(header);
      const keyId = await entry.keyId;
      if (keyId === undefined) throw new PublicError('unauthorized');
      keyIds.set(request, keyId);
      return true;
    },
  };
}

/** Whether it is answered without a key. */
export function isPublic(request: FastifyRequest): boolean {
  const { config, url } = request.routeOptions;
  return config.isPublic === true || url?.startsWith('/docs') === true;
}

/**
 * The wire's form is the Base64 of the bare key; `key:` and `:key` are what curl makes of a key given as user or
 * password.
 */
function candidateKeys(header: string): string[] {
  const [, encoded] = /^basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(header) ?? [];
  if (encoded === undefined) return [];
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  return [text, text.replace(/^:|:$/, '')].filter((key, index, all) => key !== '' && all.indexOf(key) === index);
}
