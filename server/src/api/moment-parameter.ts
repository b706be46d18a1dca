/** A date that a caller gives outside of queries: a parameter or a member of a body. */
import { PublicError } from '../errors.ts';
import { readMoment } from '../query/moment.ts';
import { isGiven } from './list-filter.ts';

export function momentFrom(name: string, text: string | null | undefined): Date | undefined {
  if (text === null || !isGiven(text)) return undefined;
  const moment = readMoment(text);
  // Seven digits of the second are more than a Date keeps, and more than is asked for here.
  const date = moment === undefined ? undefined : new Date(moment);
  if (date === undefined || Number.isNaN(date.getTime())) {
    throw new PublicError('malformed_request', `${name}: must be a date such as 2026-03-01 or 2026-03-01T12:00:00Z`);
  }
  return date;
}
