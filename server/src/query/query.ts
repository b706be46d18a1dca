/**
 * The query language of list endpoints, as data: clauses `property operator value`, joined by `&&` or `||`, with braces
 * where both are mixed.
 */

export const OPERATORS = ['!=', '>=', '<=', '=', '>', '<', '~'] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Clause {
  readonly kind: 'clause';
  readonly property: string;
  readonly operator: Operator;
  /** As written, without quotes and escapes; what it means is the property's affair. */
  readonly value: string;
}

/** `all` without parts is the empty query: it matches everything. */
export interface Group {
  readonly kind: 'all' | 'any';
  readonly parts: readonly Query[];
}

export type Query = Clause | Group;

export type QueryError =
  /** `why` goes on where the message of that code ends: a sentence for the caller. */
  | { readonly code: 'malformed_query'; readonly why: string }
  /** `property` as the caller wrote it. */
  | { readonly code: 'unknown_query_property'; readonly property: string };

export function malformed(why: string) {
  return { code: 'malformed_query', why } as const satisfies QueryError;
}

const QUOTED_MAX = 60;

/** What a caller wrote, for messages. */
export function cutShort(text: string): string {
  const signs = [...text];
  return signs.length <= QUOTED_MAX ? text : `${signs.slice(0, QUOTED_MAX).join('')}…`;
}
