/** `modifiedAfter`: only records that changed since a moment. */
import { badRequest } from './errors.ts';

/** A `Temporal.Instant`, or what can become one, such as a `Temporal.ZonedDateTime`. */
export interface TemporalInstant {
  readonly epochMilliseconds: number;
  toString(): string;
  toInstant?(): { toString(): string };
}

/** A moment in any of the forms that are taken. A text is passed through as it stands: ISO 8601, UTC where it has no zone. */
export type Moment = Date | TemporalInstant | string;

/**
 * The moment as the wire has it; undefined for null and undefined, which means: all records.
 *
 * ```ts
 * import { modifiedDates } from '@ledgerpost/client';
 *
 * console.log(modifiedDates.toParam(new Date('2024-01-15T10:00:00Z')));
 * // prints: 2024-01-15T10:00:00.000Z
 * console.log(modifiedDates.toParam('2024-01-15T10:00:00Z'));
 * // prints: 2024-01-15T10:00:00Z
 * console.log(modifiedDates.toParam(null));
 * // prints: undefined
 * ```
 */
function toParam(value: Moment): string;
function toParam(value: Moment | null | undefined): string | undefined;
function toParam(value: Moment | null | undefined): string | undefined {
  if (value === null || value === undefined || typeof value === 'string') return value ?? undefined;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw badRequest('modifiedAfter is an invalid Date');
    return value.toISOString();
  }
  return String(value.toInstant?.() ?? value);
}

/**
 * The parameters with `modifiedAfter` added; unchanged where there is no moment. Every list does this by itself.
 *
 * ```ts
 * import { modifiedDates } from '@ledgerpost/client';
 *
 * console.log(modifiedDates.addToParams({ page: 1, pageSize: 100 }, '2024-01-15T10:00:00Z'));
 * // prints: { page: 1, pageSize: 100, modifiedAfter: '2024-01-15T10:00:00Z' }
 * ```
 */
function addToParams<Params extends object>(
  params: Params,
  value: Moment | null | undefined,
): Params & { modifiedAfter?: string } {
  const modifiedAfter = toParam(value);
  return modifiedAfter === undefined ? params : { ...params, modifiedAfter };
}

/** Turns moments into the query parameter `modifiedAfter`. */
export const modifiedDates = { toParam, addToParams } as const;
