/** Ids in paths. A malformed one names nothing that could exist, so it is "not found" by its own name. */
import { PublicError, type ErrorCode } from '../errors.ts';
import { isUuid } from '../lib/ids.ts';

export function idFrom(text: string, notFound: ErrorCode): string {
  if (!isUuid(text)) throw new PublicError(notFound, text);
  return text.toLowerCase();
}

export function companyIdFrom(params: { readonly companyId: string }): string {
  return idFrom(params.companyId, 'company_not_found');
}

export function connectionIdsFrom(params: { readonly companyId: string; readonly connectionId: string }) {
  return {
    companyId: companyIdFrom(params),
    connectionId: idFrom(params.connectionId, 'connection_not_found'),
  };
}

export const RECORD_ID_LENGTH_MAX = 256;

/**
 * Record ids are the platform's own: any text that can be stored. One or two dots alone mean a folder to whatever handles
 * addresses, however they are encoded, and would lead out of the path that they are put into.
 */
export function recordIdFrom(text: string): string {
  const isPath = text === '.' || text === '..';
  if (text.length > RECORD_ID_LENGTH_MAX || text.includes('\0') || text.trim() === '' || isPath) {
    throw new PublicError(
      'malformed_request',
      `Path parameter recordId must be a text of 1 to ${RECORD_ID_LENGTH_MAX} characters and not just dots`,
    );
  }
  return text;
}
