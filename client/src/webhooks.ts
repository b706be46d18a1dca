/** Webhooks as they come in: proven to be the server's and fresh, or refused. And signed, for tests. */
import { base64, bytesOf, concatenated, utf8 } from './bytes.ts';
import { badRequest, isObject, LedgerpostError } from './errors.ts';
import { systemClock, type Clock } from './clock.ts';
import { uuid } from './transport.ts';
import type { LedgerpostEvent, WebhookEvent } from './webhook-events.ts';

/** A `Headers`, or what Node, Express, Fastify and serverless platforms give for one; the case of names does not matter. */
export type WebhookHeaders =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** How old, or how far ahead, the timestamp may be, in seconds. Default 300. */
  readonly toleranceSeconds?: number | undefined;
  /** For tests. */
  readonly clock?: Pick<Clock, 'now'> | undefined;
}

/**
 * Checks that the body was signed with the consumer's secret, and lately, and gives the event in it. `rawBody` must be the
 * bytes as they came: parsed and rendered anew they are others. During a rotation, give both secrets.
 *
 * Rejects with `unauthorized` and, as `detail`: `missing_headers`, `invalid_timestamp`, `expired` or `invalid_signature`;
 * with `bad_request` and `invalid_secret`; with `json_decode_error`. Answer 400 to all of them.
 *
 * Deliveries may come twice, and in another order: the header `webhook-id` is the same each time.
 *
 * ```ts
 * import { webhooks } from '@ledgerpost/client';
 *
 * const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
 * const { headers, body } = await webhooks.signTestEvent(secret, {
 *   eventType: 'bills.write.successful',
 *   payload: { id: 'key', type: 'Create', status: 'Success', record: { id: '61' } },
 * });
 *
 * const event = await webhooks.verify(secret, headers, body);
 * if (event.eventType === 'bills.write.successful') console.log(event.payload.record.id);
 * // prints: 61
 * ```
 */
async function verify(
  secret: string | readonly string[],
  headers: WebhookHeaders,
  rawBody: string | Uint8Array | ArrayBuffer,
  options: VerifyOptions = {},
): Promise<WebhookEvent> {
  const { toleranceSeconds = 300, clock = systemClock } = options;
  const id = headerIn(headers, 'id');
  const timestamp = headerIn(headers, 'timestamp');
  const signatures = headerIn(headers, 'signature');
  if (id === undefined || timestamp === undefined || signatures === undefined) {
    throw refused('missing_headers');
  }
  if (!/^\d{1,12}$/.test(timestamp)) throw refused('invalid_timestamp');
  if (Math.abs(clock.now() / 1_000 - Number(timestamp)) > toleranceSeconds) {
    throw refused('expired');
  }
  const body = await bytesOf(rawBody);
  const signed = concatenated([utf8(`${id}.${timestamp}.`), body]);
  const given = signatures.split(' ').flatMap(signatureIn);
  const secrets = typeof secret === 'string' ? [secret] : secret;
  if (secrets.length === 0)
    throw new LedgerpostError('bad_request', 'A secret is needed', { detail: 'invalid_secret' });
  const keys = await Promise.all(secrets.map((each) => keyOf(each, 'verify')));
  for (const key of keys) {
    for (const signature of given) {
      // Takes the same time whatever it finds.
      if (await crypto.subtle.verify('HMAC', key, signature, signed)) return eventIn(body);
    }
  }
  throw refused('invalid_signature');
}

export interface TestEvent {
  readonly eventType: LedgerpostEvent['eventType'] | (string & {});
  readonly payload: object;
  /** Default: a new UUID. */
  readonly id?: string | undefined;
  /** Default: now. */
  readonly generatedDate?: string | undefined;
}

export interface SignOptions {
  /** Of the message; the same for all its deliveries. Default: a new one. */
  readonly webhookId?: string | undefined;
  /** Seconds since 1970. Default: now. */
  readonly timestamp?: number | undefined;
}

/** An event as the server would deliver it: the body to post, and the headers that belong to it. For tests of a receiver. */
async function signTestEvent(
  secret: string,
  event: TestEvent,
  options: SignOptions = {},
): Promise<{ readonly headers: Record<string, string>; readonly body: string }> {
  const now = systemClock.now();
  const timestamp = String(options.timestamp ?? Math.floor(now / 1_000));
  const webhookId = options.webhookId ?? `msg_${uuid().replaceAll('-', '')}`;
  const { id = uuid(), eventType, generatedDate = new Date(now).toISOString(), payload } = event;
  const body = JSON.stringify({ id, eventType, generatedDate, payload });
  const signed = utf8(`${webhookId}.${timestamp}.${body}`);
  const signature = await crypto.subtle.sign('HMAC', await keyOf(secret, 'sign'), signed);
  const headers = {
    'content-type': 'application/json',
    'webhook-id': webhookId,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${base64(new Uint8Array(signature))}`,
  };
  return { headers, body };
}

/** Proves events that came in, and signs ones for tests. Needs no client. */
export const webhooks = { verify, signTestEvent } as const;

function headerIn(headers: WebhookHeaders, part: 'id' | 'timestamp' | 'signature'): string | undefined {
  for (const name of [`webhook-${part}`, `svix-${part}`]) {
    const value = typeof headers['get'] === 'function' ? headers.get(name) : valueNamed(headers, name);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

function valueNamed(headers: WebhookHeaders, name: string): unknown {
  const value: unknown = Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
  return Array.isArray(value) ? value[0] : value;
}

function signatureIn(text: string): Uint8Array<ArrayBuffer>[] {
  const [version, signature = ''] = text.split(',', 2);
  const bytes = version === 'v1' ? decoded(signature) : undefined;
  return bytes === undefined ? [] : [bytes];
}

async function keyOf(secret: string, use: 'sign' | 'verify') {
  const bytes = decoded(secret.replace(/^whsec_/, ''));
  if (bytes === undefined || bytes.length === 0) {
    throw badRequest('The secret is not one of a webhook: whsec_ and Base64', 'invalid_secret');
  }
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [use]);
}

function decoded(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function eventIn(body: Uint8Array): WebhookEvent {
  const text = new TextDecoder().decode(body);
  try {
    const event: unknown = JSON.parse(text);
    if (isObject(event) && typeof event['eventType'] === 'string') return event as object as WebhookEvent;
  } catch {
    // Told below.
  }
  throw new LedgerpostError('json_decode_error', 'The body is signed, and holds no event', { rawBody: text });
}

function refused(detail: string): LedgerpostError {
  return new LedgerpostError('unauthorized', `The webhook is refused: ${detail}`, { detail });
}
