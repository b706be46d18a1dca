/** What a consumer receives: the body of a delivery and the headers that prove where it comes from. */
import { Webhook } from 'standardwebhooks';

export interface EnvelopeFacts {
  readonly eventId: string;
  readonly eventType: string;
  readonly generatedAt: Date;
  /** As stored: JSON text. */
  readonly payloadText: string;
}

/** The same text at every attempt. The stored payload goes in as it is, so that no digit is read and written anew. */
export function envelope(event: EnvelopeFacts): string {
  const head = JSON.stringify({
    id: event.eventId,
    eventType: event.eventType,
    generatedDate: event.generatedAt.toISOString(),
  });
  return `${head.slice(0, -1)},"payload":${event.payloadText}}`;
}

/** The consumer's key against doubles: constant over all attempts of a message. */
export function webhookId(messageId: string): string {
  return `msg_${messageId.replaceAll('-', '')}`;
}

/** Standard Webhooks, and the same under the names that Svix's libraries look for first. */
export function signatureHeaders(
  secret: string,
  { id, at, body }: { readonly id: string; readonly at: Date; readonly body: string },
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = new Webhook(secret).sign(id, at, body);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
    'svix-id': id,
    'svix-timestamp': timestamp,
    'svix-signature': signature,
  };
}
