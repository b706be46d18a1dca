/**
 * Text to query. Values are bare and run to the next `&&`, `||`, `}` or the end, as clients write them today; besides,
 * a value may stand in double quotes, and a backslash takes the meaning from the sign after it.
 */
import { malformed, OPERATORS, type Clause, type Group, type Operator, type Query, type QueryError } from './query.ts';

export type ParsedQuery =
  { readonly ok: true; readonly query: Query } | { readonly ok: false; readonly error: QueryError };

/** Part of the wire contract: a longer query is refused. */
export const queryLengthMax = 2047;

/** The message is for the caller. */
class Malformed extends Error {}

export function parseQuery(text: string): ParsedQuery {
  try {
    return { ok: true, query: parseAll(decodedOnceMore(checked(text))) };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, error: malformed(error.message) };
    throw error;
  }
}

function checked(text: string): string {
  if (text.length > queryLengthMax) {
    throw new Malformed(`A query has at most ${queryLengthMax} characters; this one has ${text.length}.`);
  }
  // PostgreSQL takes no NUL in a text.
  if (text.includes('\0')) throw new Malformed('A query has no null characters.');
  return text;
}

/** Some clients encode twice, as one published example does: then no operator is left to be seen. */
function decodedOnceMore(text: string): string {
  if (!text.includes('%') || /[=<>~]/.test(text)) return text;
  try {
    return checked(decodeURIComponent(text));
  } catch (error) {
    throw error instanceof URIError
      ? new Malformed('There is no operator, and the percent-encoding is broken.')
      : error;
  }
}

/** Where reading stands. It only ever moves forward, so a query is read in one pass. */
interface Cursor {
  readonly text: string;
  at: number;
}

function parseAll(text: string): Query {
  const cursor: Cursor = { text, at: 0 };
  skipBlanks(cursor);
  if (isAtEnd(cursor)) return { kind: 'all', parts: [] };
  const query = parseGroup(cursor);
  if (!isAtEnd(cursor)) throw expected(cursor, '&& or ||');
  return query;
}

function parseGroup(cursor: Cursor): Query {
  const first = parsePart(cursor);
  const joiner = joinerAt(cursor);
  if (joiner === undefined) return first;
  const parts = [first];
  while (joinerAt(cursor) === joiner) {
    cursor.at += joiner.length;
    parts.push(parsePart(cursor));
  }
  // Without braces nobody can tell which of the two binds closer.
  if (joinerAt(cursor) !== undefined) throw expected(cursor, `${joiner}, or braces around what belongs together,`);
  return { kind: joiner === '&&' ? 'all' : 'any', parts } satisfies Group;
}

function parsePart(cursor: Cursor): Query {
  skipBlanks(cursor);
  const part = cursor.text[cursor.at] === '{' ? parseBraces(cursor) : parseClause(cursor);
  skipBlanks(cursor);
  return part;
}

function parseBraces(cursor: Cursor): Query {
  cursor.at += 1;
  const inner = parseGroup(cursor);
  if (cursor.text[cursor.at] !== '}') throw expected(cursor, '}');
  cursor.at += 1;
  return inner;
}

function parseClause(cursor: Cursor): Clause {
  const property = parseProperty(cursor);
  const operator = parseOperator(cursor);
  skipBlanks(cursor);
  const value = cursor.text[cursor.at] === '"' ? parseQuoted(cursor) : parseBare(cursor);
  return { kind: 'clause', property, operator, value };
}

/** Any text without signs of the language: tag keys, which are free text, are properties too. */
function parseProperty(cursor: Cursor): string {
  const start = cursor.at;
  while (!isAtEnd(cursor) && !'=!<>~&|{}"\\'.includes(here(cursor))) cursor.at += 1;
  const property = cursor.text.slice(start, cursor.at).trim();
  if (property === '') throw expected(cursor, 'a property');
  return property;
}

function parseOperator(cursor: Cursor): Operator {
  const operator = OPERATORS.find((each) => cursor.text.startsWith(each, cursor.at));
  if (operator === undefined) throw expected(cursor, `an operator (${OPERATORS.join(' ')})`);
  cursor.at += operator.length;
  return operator;
}

function parseQuoted(cursor: Cursor): string {
  let value = '';
  cursor.at += 1;
  while (here(cursor) !== '"') value += takeSign(cursor);
  cursor.at += 1;
  return value;
}

function parseBare(cursor: Cursor): string {
  let value = '';
  // Blanks before the end do not count, unless they are escaped.
  let length = 0;
  while (!isAtEnd(cursor) && here(cursor) !== '}' && joinerAt(cursor) === undefined) {
    const isBlank = /\s/.test(here(cursor));
    value += takeSign(cursor);
    if (!isBlank) length = value.length;
  }
  if (length === 0) throw expected(cursor, 'a value');
  return value.slice(0, length);
}

/** A backslash before a letter or digit is a backslash: `C:\books` needs no care. */
function takeSign(cursor: Cursor): string {
  const next = cursor.text[cursor.at + 1];
  if (here(cursor) === '\\' && next !== undefined && !/[\p{L}\p{N}]/u.test(next)) cursor.at += 1;
  const sign = here(cursor);
  cursor.at += 1;
  return sign;
}

function joinerAt(cursor: Cursor): '&&' | '||' | undefined {
  if (cursor.text.startsWith('&&', cursor.at)) return '&&';
  return cursor.text.startsWith('||', cursor.at) ? '||' : undefined;
}

function skipBlanks(cursor: Cursor): void {
  while (!isAtEnd(cursor) && /\s/.test(here(cursor))) cursor.at += 1;
}

function isAtEnd(cursor: Cursor): boolean {
  return cursor.at >= cursor.text.length;
}

function here(cursor: Cursor): string {
  const sign = cursor.text[cursor.at];
  // Only a quoted value is read on without a look at where the query ends.
  if (sign === undefined) throw expected(cursor, 'a closing quote');
  return sign;
}

/** Characters are counted from one, and as people do. */
function expected({ text, at }: Cursor, what: string): Malformed {
  const before = text.slice(0, at);
  const place = [...before].length + 1;
  const found = text.codePointAt(at);
  const instead = found === undefined ? 'and the query ends' : `not '${String.fromCodePoint(found)}'`;
  return new Malformed(`At character ${place}: ${what} is expected, ${instead}.`);
}
