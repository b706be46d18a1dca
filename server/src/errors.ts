/**
 * Every error that the API can answer, once: HTTP status, public text and the service name of the wire's error body.
 * Texts are functions of what may be told; the internal side goes to the log, never into an answer.
 */

interface ErrorKind {
  readonly statusCode: number;
  readonly text: (about: string) => string;
  /** Whether the same request may succeed later: the wire's `canBeRetried`, a string. */
  readonly canBeRetried?: 'True' | 'False';
  readonly service?: string;
}

export const ERRORS = {
  malformed_request: { statusCode: 400, text: (about) => about, canBeRetried: 'False' },
  malformed_query: {
    statusCode: 400,
    text: (why) => `Error parsing query - Malformed query. ${why}`,
    canBeRetried: 'False',
  },
  unknown_query_property: {
    statusCode: 400,
    text: (about) => `Error parsing query - Could not resolve property ${about}`,
  },
  connection_not_linked: { statusCode: 400, text: (id) => `Data connection ${id} is not linked` },
  data_type_not_supported: { statusCode: 400, text: (about) => `Datatype ${about}`, service: 'PullApi' },
  unauthorized: { statusCode: 401, text: () => 'Unauthorized', canBeRetried: 'False' },
  foreign_origin: { statusCode: 403, text: () => 'The request came from another site', canBeRetried: 'False' },
  not_found: { statusCode: 404, text: () => 'NotFound' },
  company_not_found: { statusCode: 404, text: (id) => `No company was found with ID ${id}`, service: 'ClientsApi' },
  connection_not_found: { statusCode: 404, text: (id) => `Data connection ${id} not found` },
  push_not_found: { statusCode: 404, text: (id) => `No push operation was found with key ${id}` },
  record_not_found: { statusCode: 404, text: (about) => `No data available for ${about}`, service: 'PullApi' },
  data_type_not_found: { statusCode: 404, text: (about) => `Datatype ${about}`, service: 'PullApi' },
  integration_not_found: { statusCode: 404, text: (key) => `No integration was found with key ${key}` },
  consumer_not_found: { statusCode: 404, text: (id) => `No webhook consumer was found with ID ${id}` },
  message_not_found: { statusCode: 404, text: (id) => `No webhook message was found with ID ${id}` },
  recovery_not_found: { statusCode: 404, text: (id) => `No webhook recovery was found with ID ${id}` },
  rule_not_found: { statusCode: 404, text: (id) => `No rule was found with ID ${id}` },
  alert_not_found: { statusCode: 404, text: (id) => `No alert was found with ID ${id}` },
  event_not_found: { statusCode: 404, text: (id) => `No event was found with ID ${id}` },
  dataset_not_found: { statusCode: 404, text: (id) => `No dataset was found with ID ${id}`, service: 'PullApi' },
  api_key_not_found: { statusCode: 404, text: (id) => `No API key was found with ID ${id}` },
  method_not_allowed: { statusCode: 405, text: (about) => about },
  push_not_unknown: {
    statusCode: 409,
    text: (id) => `The outcome of push operation ${id} is not unknown; only such a one can be decided`,
    canBeRetried: 'False',
  },
  data_not_synced: {
    statusCode: 409,
    text: (dataType) =>
      `The data set has not been requested. No ${dataType} have been read yet, or they are being read.`,
    canBeRetried: 'True',
    service: 'PullApi',
  },
  conflict: { statusCode: 409, text: (about) => about },
  dataset_in_progress: {
    statusCode: 409,
    text: (about) => `DatasetAlreadyInProgressException - A dataset is already in progress for ${about}`,
    canBeRetried: 'True',
    service: 'PullApi',
  },
  body_too_large: { statusCode: 413, text: (about) => about, canBeRetried: 'False' },
  unsupported_media_type: { statusCode: 415, text: (about) => about, canBeRetried: 'False' },
  idempotency_key_reused: {
    statusCode: 422,
    text: () => 'The Idempotency-Key was used before for a request with another body or query',
    canBeRetried: 'False',
  },
  idempotency_key_in_flight: {
    statusCode: 409,
    text: () => 'A request with this Idempotency-Key is still in progress',
    canBeRetried: 'True',
  },
  quota_exceeded: { statusCode: 429, text: () => 'Rate limit exceeded', canBeRetried: 'True' },
  internal: { statusCode: 500, text: () => 'An unexpected error occurred', canBeRetried: 'True' },
  platform_unreachable: {
    statusCode: 503,
    text: () => 'The platform cannot be reached, or allows no more calls at the moment; try again later',
    canBeRetried: 'True',
    service: 'PullApi',
  },
  not_ready: { statusCode: 503, text: (about) => about, canBeRetried: 'True' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** An expected refusal on its way to the caller. `message` is public; `internal` is for the log only. */
export class PublicError extends Error {
  readonly code: ErrorCode;
  readonly internal: string | undefined;

  constructor(code: ErrorCode, about = '', internal?: string) {
    const kind: ErrorKind = ERRORS[code];
    super(kind.text(about));
    this.code = code;
    this.internal = internal;
  }
}

export function errorKind(code: ErrorCode): ErrorKind {
  return ERRORS[code];
}
