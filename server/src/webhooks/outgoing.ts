/** What one attempt sends: address, headers, body and certificate, made anew each time, since the signature has a time. */
import type { Queryable } from '../db/pool.ts';
import type { Sealer } from '../lib/seal.ts';
import { SEALED_CERTIFICATE, SEALED_HEADERS } from './change-consumer.ts';
import type { ClientCertificate } from './client-certificate.ts';
import type { ConsumerHeaders } from './consumer-headers.ts';
import { envelope, signatureHeaders, webhookId } from './envelope.ts';
import type { PostRequest } from './post.ts';
import { alertSender } from './profile.ts';
import type { ClaimedConsumer, ClaimedMessage } from './queries.ts';
import { alertBody } from './rule.ts';
import { openSecret } from './secret.ts';

export interface Outgoing {
  readonly post: PostRequest;
  /** As it is kept with the attempt: values that a caller has sealed do not show. */
  readonly shownHeaders: Readonly<Record<string, string>>;
}

const HIDDEN = '(hidden)';

/** Throws where something sealed does not open. */
export function outgoing(
  message: ClaimedMessage,
  deps: { readonly db: Queryable; readonly sealer: Sealer },
  at: Date,
): Promise<Outgoing> | Outgoing {
  return message.consumer.ruleType === undefined ? delivery(message, deps.sealer, at) : alert(message, deps);
}

function delivery({ id, consumer, event }: ClaimedMessage, sealer: Sealer, at: Date): Outgoing {
  const body = envelope(event);
  const ours = signatureHeaders(secretsOf(consumer, sealer, at), { id: webhookId(id), at, body });
  const theirs = openHeaders(consumer, sealer);
  return {
    post: {
      url: consumer.url,
      // Lower case, so that a header of theirs replaces one of ours instead of standing beside it.
      headers: { ...theirs, ...ours },
      body,
      certificate: openCertificate(consumer, sealer),
    },
    shownHeaders: { ...Object.fromEntries(Object.keys(theirs).map((name) => [name, HIDDEN])), ...ours },
  };
}

function secretsOf(consumer: ClaimedConsumer, sealer: Sealer, at: Date): string[] {
  const { id, previousSecretSealed, previousSecretUntil } = consumer;
  const isOverlapping = previousSecretUntil !== undefined && at < previousSecretUntil;
  const sealed = [consumer.secretSealed, ...(isOverlapping && previousSecretSealed ? [previousSecretSealed] : [])];
  return sealed.map((each) => openSecret(sealer, id, each));
}

function openHeaders({ id, headersSealed }: ClaimedConsumer, sealer: Sealer): ConsumerHeaders {
  if (headersSealed === undefined) return {};
  const headers = JSON.parse(sealer.open(SEALED_HEADERS, id, headersSealed)) as ConsumerHeaders;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function openCertificate({ id, certificateSealed }: ClaimedConsumer, sealer: Sealer): ClientCertificate | undefined {
  if (certificateSealed === undefined) return undefined;
  return JSON.parse(sealer.open(SEALED_CERTIFICATE, id, certificateSealed)) as ClientCertificate;
}

async function alert(
  message: ClaimedMessage,
  { db, sealer }: { readonly db: Queryable; readonly sealer: Sealer },
): Promise<Outgoing> {
  const sender = await alertSender(db, sealer);
  const headers = { 'x-codat-clientid': sender.clientId };
  const { authorization } = sender;
  return {
    post: {
      url: message.consumer.url,
      headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
      body: alertBody(message, sender),
      followRedirects: { secretHeaders: ['authorization'] },
    },
    shownHeaders: { ...headers, ...(authorization === undefined ? {} : { authorization: HIDDEN }) },
  };
}
