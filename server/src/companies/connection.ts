/**
 * A connection: a company's link to a platform. Its statuses, the moves between them, and the event that tells of each
 * move. One connection of a company may be Linked at a time; any number may wait in PendingAuth, so that a company can
 * prepare a change of platform before it unlinks the old one.
 */
import type { PlatformEventType } from '../events/event-types.ts';
import type { ConnectionError, ConnectionFacts, ConnectionStatus } from '../events/wire.ts';

export type { ConnectionError, ConnectionStatus } from '../events/wire.ts';

export interface Connection extends ConnectionFacts {
  readonly companyId: string;
  readonly platformKey: string;
  readonly linkedAt: Date | undefined;
}

type ConnectionEventType = Extract<PlatformEventType, `connection.${string}`>;

/** What linking makes of each status, and which event tells it; a linked connection is linked anew without one. */
export const EVENT_OF_LINKING = {
  PendingAuth: 'connection.connected',
  Unlinked: 'connection.reconnected',
  Deauthorized: 'connection.reconnected',
  Linked: undefined,
} as const satisfies Record<ConnectionStatus, ConnectionEventType | undefined>;

const ERRORS_KEPT = 10;

/** The newest errors first and at most ten of them: a link page can be tried any number of times. */
export function withError(
  errors: readonly ConnectionError[],
  { statusCode, message, at }: { readonly statusCode: 400 | 401; readonly message: string; readonly at: Date },
): ConnectionError[] {
  const error = {
    statusCode: String(statusCode),
    statusText: statusCode === 400 ? 'Bad Request' : 'Unauthorized',
    errorMessage: message,
    erroredAt: at.toISOString(),
  };
  return [error, ...errors].slice(0, ERRORS_KEPT);
}

/** Linking settles whatever went wrong before; the history stays. */
export function withErrorsResolved(errors: readonly ConnectionError[], at: Date): ConnectionError[] {
  return errors.map((error) => ({ ...error, resolvedAt: error.resolvedAt ?? at.toISOString() }));
}
