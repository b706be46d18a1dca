/**
 * Reads JSON bodies. What PostgreSQL could not store is refused here, by name, before anything is done with it.
 */
import { isUtf8 } from 'node:buffer';
import { errorCodes, type FastifyInstance } from 'fastify';
import { PublicError } from '../errors.ts';
import { isStorableText } from '../lib/text.ts';

export const BODY_BYTES_MAX = 1_048_576;

/** Deeper than any record; PostgreSQL's own JSON parser gives up at some thousands. */
const DEPTH_MAX = 64;

const JSON_TYPE = /^(?:application|text)\/(?:[\w.-]+\+)?json(?:\s*;.*)?$/i;

/** Bodies as parsed values; an empty one is undefined. Route schemas say what they must look like. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX }, (_request, bytes, done) => {
    attempt(() => {
      const text = textOf(bytes);
      return text === '' ? undefined : parseStorable(text);
    }, done);
  });
  // Clients built on axios name a type, that of forms, where they send nothing at all.
  app.addContentTypeParser('*', (request, _payload, done) => {
    const { 'content-length': length, 'content-type': type } = request.headers;
    done(length === '0' ? null : new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(type));
  });
}

/** Bodies of pushes: checked to be one JSON object, and kept as text, so that no digit of an amount is lost. */
export function keepJsonObjectText(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX }, (_request, bytes, done) => {
    attempt(() => {
      const text = textOf(bytes);
      if (text !== '') assertObject(parse(text));
      return text;
    }, done);
  });
}

/** The text that `keepJsonObjectText` kept. */
export function objectText(body: unknown): string {
  if (typeof body === 'string' && body !== '') return body;
  throw new PublicError('malformed_request', 'The body must be one JSON object; it is empty');
}

function attempt(work: () => unknown, done: (error: Error | null, body?: unknown) => void): void {
  try {
    done(null, work());
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}

function textOf(bytes: Buffer | string): string {
  if (typeof bytes === 'string') return bytes;
  if (!isUtf8(bytes)) throw new PublicError('malformed_request', 'The body is not valid UTF-8');
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function parse(text: string): unknown {
  assertShallow(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PublicError('malformed_request', `The body is not valid JSON: ${describe(error)}`);
  }
}

/** Texts of these bodies end in text and jsonb columns, which take no null character and no half of a surrogate pair. */
function parseStorable(text: string): unknown {
  const value = parse(text);
  // Only an escape can bring either into a text.
  const place = /\\u(?:0000|d[89a-f])/i.test(text) ? placeOfUnstorable(value, '') : undefined;
  if (place === undefined) return value;
  throw new PublicError(
    'malformed_request',
    `${place} must be plain text without null characters or halves of characters`,
  );
}

/** The path of the first text, or name of a member, that cannot be stored. */
function placeOfUnstorable(value: unknown, place: string): string | undefined {
  if (typeof value === 'string') return isStorableText(value) ? undefined : place || 'The body';
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    if (!isStorableText(name)) return `A member of ${place || 'the body'}`;
    const found = placeOfUnstorable(member, place === '' ? name : `${place}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function assertObject(value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  const found = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  throw new PublicError('malformed_request', `The body must be one JSON object, not ${found}`);
}

function assertShallow(text: string): void {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === BACKSLASH) index++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth++;
      if (depth > DEPTH_MAX) {
        throw new PublicError('malformed_request', `The body is nested deeper than ${DEPTH_MAX} levels`);
      }
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
}

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

/** V8 quotes a piece of the body; it is the caller's own. */
function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'it cannot be parsed';
}
