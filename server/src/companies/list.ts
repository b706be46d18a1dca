/** The seam between this room's lists and the query language: conditions and orders arrive as SQL, ready made. */

export interface ListRequest {
  /** Counted from 1. */
  readonly page: number;
  readonly pageSize: number;
  /**
   * A condition over the listed table's columns, which are reached through its alias (`company` or `connection`).
   * Its values are $1 to $n. Never holds text from outside: that is what `values` is for.
   */
  readonly where?: { readonly sql: string; readonly values: readonly unknown[] } | undefined;
  /** What follows ORDER BY, over the same columns; the id decides between equals. */
  readonly orderBy?: string | undefined;
}

export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly totalResults: number;
}
