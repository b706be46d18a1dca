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
  | { readonly code: 'malformed_query' }
  /** `property` as the caller wrote it. */
  | { readonly code: 'unknown_query_property'; readonly property: string };

export const malformed = { ok: false, error: { code: 'malformed_query' } } as const;
