/** What a consumer receives: the body of a delivery and the headers that prove where it comes from. */
import { Webhook } from 'standardwebhooks';

export interface EnvelopeFacts {
  readonly id: string;
  readonly eventType: string;
  readonly generatedAt: Date;
  /** As stored: JSON text. */
  readonly payloadText: string;
  /** An example that somebody asked for: marked, so that nobody books it. */
  readonly isTest: boolean;
}

/** The same text at every attempt. The stored payload goes in as it is, so that no digit is read and written anew. */
export function envelope(event: EnvelopeFacts): string {
  const head = JSON.stringify({
    id: event.id,
    eventType: event.eventType,
    generatedDate: event.generatedAt.toISOString(),
    ...(event.isTest ? { test: true } : {}),
  });
  return `${head.slice(0, -1)},"payload":${event.payloadText}}`;
}

/** The consumer's key against doubles: constant over all attempts of a message. */
export function webhookId(messageId: string): string {
  return `msg_${messageId.replaceAll('-', '')}`;
}

/** The message that `webhookId` names; undefined for what is none. */
export function messageIdOf(webhookIdOrUuid: string): string | undefined {
  const hex = webhookIdOrUuid.toLowerCase().replace(/^msg_/, '').replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * Standard Webhooks, and the same under the names that Svix's libraries look for first. During a rotation both secrets
 * sign; a verifier is content with one signature of the list.
 */
export function signatureHeaders(
  secrets: readonly string[],
  { id, at, body }: { readonly id: string; readonly at: Date; readonly body: string },
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' ');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
    'svix-id': id,
    'svix-timestamp': timestamp,
    'svix-signature': signature,
  };
}
