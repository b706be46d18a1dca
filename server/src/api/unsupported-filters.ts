/** Says no to a filter that a list does not have: ignoring it would answer with what was not asked for. */
import { PublicError } from '../errors.ts';
import { isGiven } from './list-filter.ts';

export function refuseFilters(query: Readonly<Record<string, unknown>>, where: string): void {
  for (const name of ['query', 'orderBy']) {
    const value = query[name];
    if (typeof value === 'string' && isGiven(value)) {
      throw new PublicError('malformed_request', `Query parameter ${name} is not supported ${where}`);
    }
  }
}
