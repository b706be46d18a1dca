/** Webhook consumers: who is told of events, with which secret, and what became of the messages. */
import type { Calls } from './calls.ts';
import type { ListRequest, Page, Stream } from './lists.ts';
import { modifiedDates, type Moment } from './modified-dates.ts';
import type { CallOptions, WriteCallOptions } from './transport.ts';
import { webhooks } from './webhooks.ts';
import type { EventType } from './webhook-events.ts';

/** A name, or a pattern in which `*` stands for anything: `*`, `bills.write.*`. */
export type EventTypePattern = EventType | (string & {});

export interface ConsumerFacts {
  readonly url: string;
  /** At least one. */
  readonly eventTypes: readonly EventTypePattern[];
  /** `key:value`; hears of companies that bear any of them. None: of all companies. */
  readonly companyTags?: readonly string[] | null | undefined;
  readonly disabled?: boolean | null | undefined;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  /** Hears of this company alone. */
  readonly hearsOf?: string | null | undefined;
  /** Messages a second, at most. */
  readonly rateLimit?: number | null | undefined;
  /** Further headers of each delivery; their values are never shown again. */
  readonly deliveryHeaders?: Readonly<Record<string, string>> | null | undefined;
}

export interface Consumer {
  readonly id: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly companyTags: readonly string[];
  readonly disabled: boolean;
  readonly disabledReason?: string;
  readonly name?: string;
  readonly description?: string;
  readonly companyId?: string;
  readonly rateLimit?: number;
  readonly headerNames?: readonly string[];
  /** The first failed attempt since the last success. */
  readonly failingSince?: string;
  /** Until then the secret before the last rotation signs as well. */
  readonly previousSecretExpires?: string;
  readonly createdDate?: string;
}

/** One event on its way to one consumer. */
export interface WebhookMessage {
  /** What the consumer got as `webhook-id`. */
  readonly id: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  /** `Sending`: no attempt yet; `Attempting`: more to come; `Failure`: given up. */
  readonly status: 'Sending' | 'Attempting' | 'Success' | 'Failure';
  readonly attempts: number;
  readonly nextAttemptDate?: string;
  readonly createdDate: string;
  readonly completedDate?: string;
  /** An example that somebody asked for. */
  readonly test?: boolean;
}

export interface WebhookAttempt {
  readonly messageId: string;
  readonly eventType: string;
  readonly number: number;
  readonly status: 'Success' | 'Failure';
  readonly startedDate: string;
  readonly durationMs: number;
  readonly request: { readonly method: string; readonly url: string; readonly body: string };
  readonly response?: { readonly statusCode: number; readonly body: string };
  /** Why there was no whole answer. */
  readonly error?: string;
}

export interface SentTest {
  /** Of the message. */
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
}

export interface WebhookRecovery {
  readonly id: string;
  readonly type: string;
  readonly status: 'Running' | 'Complete';
  readonly since: string;
  readonly messages: number;
  readonly createdDate: string;
  readonly completedDate?: string;
}

type ConsumerId = { readonly webhookId: string };
type MessageId = ConsumerId & { readonly messageId: string };
type Since = ConsumerId & { readonly since?: Moment | null | undefined } & WriteCallOptions;

export function makeConsumers({ read, write, page, all }: Calls) {
  const path = ({ webhookId }: ConsumerId, ...more: string[]) => ['webhooks', webhookId, ...more];
  const messages = (request: ConsumerId) => path(request, 'messages');
  const since = (request: Since) => ({ since: modifiedDates.toParam(request.since) });

  return {
    ...webhooks,
    /** Registers a consumer; the answer has the secret that signs what it gets. */
    createConsumer: (request: ConsumerFacts & WriteCallOptions): Promise<Consumer & { readonly secret: string }> =>
      write('POST', ['webhooks'], request, consumerBody(request)),
    listConsumers: async (request?: CallOptions): Promise<readonly Consumer[]> =>
      (await read<{ results: Consumer[] }>(['webhooks'], request)).results,
    getConsumer: (request: ConsumerId & CallOptions): Promise<Consumer> => read(path(request), request),
    /** Changes what is given; the rest stays. `disabled: false` enables it again. */
    updateConsumer: (request: ConsumerId & Partial<ConsumerFacts> & WriteCallOptions): Promise<Consumer> =>
      write('PATCH', path(request), request, consumerBody(request)),
    deleteConsumer: (request: ConsumerId & WriteCallOptions): Promise<void> => write('DELETE', path(request), request),
    getSecret: async (request: ConsumerId & CallOptions): Promise<string> =>
      (await read<{ secret: string }>(path(request, 'secret'), request)).secret,
    /** A new secret; the old one signs as well for `overlapSeconds`: 86 400 by default, at most 604 800. */
    rotateSecret: (
      request: ConsumerId & { readonly overlapSeconds?: number; readonly secret?: string } & WriteCallOptions,
    ): Promise<{ readonly secret: string; readonly previousSecretExpires: string }> => {
      const { overlapSeconds, secret } = request;
      return write('POST', path(request, 'secret', 'rotate'), request, { overlapSeconds, secret });
    },
    /** Sends an example of an event type, to this consumer alone. */
    sendTest: (request: ConsumerId & { readonly eventType: EventType } & WriteCallOptions): Promise<SentTest> =>
      write('POST', path(request, 'test'), request, { eventType: request.eventType }),
    /** Messages, the newest first. */
    listMessages: (request: ConsumerId & ListRequest<WebhookMessage>): Promise<Page<WebhookMessage>> =>
      page(messages(request), request),
    streamMessages: (request: ConsumerId & ListRequest<WebhookMessage>): Stream<WebhookMessage> =>
      all(messages(request), request),
    getMessage: (request: MessageId & CallOptions): Promise<WebhookMessage> =>
      read([...messages(request), request.messageId], request),
    /** Every attempt to deliver a message, with the request and the answer. */
    listAttempts: (request: MessageId & ListRequest<WebhookAttempt>): Promise<Page<WebhookAttempt>> =>
      page([...messages(request), request.messageId, 'attempts'], request),
    /** Sends a message once more, at once. */
    resend: (request: MessageId & WriteCallOptions): Promise<WebhookMessage> =>
      write('POST', [...messages(request), request.messageId, 'resend'], request),
    /** Sends again all messages that failed since a time. */
    recover: (request: Since): Promise<WebhookRecovery> =>
      write('POST', path(request, 'recover'), request, since(request)),
    /** Sends the events for which there never was a message, up to two weeks back. */
    replay: (request: Since): Promise<WebhookRecovery> =>
      write('POST', path(request, 'replay'), request, since(request)),
    getRecovery: (request: ConsumerId & { readonly recoveryId: string } & CallOptions): Promise<WebhookRecovery> =>
      read(path(request, 'recoveries', request.recoveryId), request),
  };
}

/** Options of the call have `headers` of their own, and calls elsewhere a `companyId`. */
function consumerBody(facts: Partial<ConsumerFacts>) {
  const { url, eventTypes, companyTags, disabled, name, description, rateLimit } = facts;
  const { hearsOf: companyId, deliveryHeaders: headers } = facts;
  return { url, eventTypes, companyTags, disabled, name, description, rateLimit, companyId, headers };
}
