/** Registering, reading, changing and deleting webhook consumers. Refusals are PublicErrors that name the field or the id. */
import type { Database } from '../db/pool.ts';
import { PublicError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { uuidv7 } from '../lib/ids.ts';
import type { Sealer } from '../lib/seal.ts';
import { checkedCertificate } from './client-certificate.ts';
import { checkedHeaders, type ConsumerHeaders } from './consumer-headers.ts';
import {
  findConsumer,
  findConsumerForUpdate,
  insertConsumer,
  lockConsumers,
  markConsumerDeleted,
  selectConsumers,
  storePace,
  updateConsumer,
  type ConsumerChange,
} from './consumer-queries.ts';
import { changedFields, consumerFields, type Consumer, type ConsumerFields, type ConsumerInput } from './consumer.ts';
import { requirePublicName, type UrlRules } from './consumer-url.ts';
import { newSecret, sealSecret } from './secret.ts';

export interface ConsumersContext extends UrlRules {
  readonly db: Database;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly webhookConsumersMax: number;
  /** Where the addresses in example events begin. */
  readonly publicUrl: () => string;
  /** Called after events or messages were committed, so that their delivery can start at once. */
  readonly eventsStored: () => void;
}

export const SEALED_HEADERS = 'webhook headers';
export const SEALED_CERTIFICATE = 'webhook certificate';

/** The secret is shown here and by `getSecret`, never in lists. */
export async function createConsumer(
  context: ConsumersContext,
  input: ConsumerInput,
): Promise<{ readonly consumer: Consumer; readonly secret: string }> {
  const createdAt = context.clock.now();
  const id = uuidv7(createdAt.getTime());
  const fields = consumerFields(input, context);
  const parts = partsOf(context, { id, url: fields.url }, input);
  await requirePublicName(fields.url, context);
  const consumer: Consumer = {
    ...fields,
    id,
    createdAt,
    headerNames: parts.headerNames ?? [],
    certificate: parts.shown,
    previousSecretUntil: undefined,
    ...disabledFacts(undefined, fields, createdAt),
    failingSince: undefined,
    ruleType: undefined,
  };
  const secret = newSecret();
  await context.db.transaction(async (tx) => {
    await lockConsumers(tx);
    const most = context.webhookConsumersMax;
    if ((await selectConsumers(tx, 'webhook')).length >= most) {
      throw new PublicError('conflict', `There are ${most} webhook consumers already, which is the most`);
    }
    const { headers, certificate } = parts.sealed;
    const sealed = { secret: sealSecret(context.sealer, id, secret), headers, certificate };
    await insertConsumer(tx, consumer, { kind: 'webhook', sealed });
    await storePace(tx, consumer, createdAt);
  });
  return { consumer, secret };
}

export function listConsumers({ db }: Pick<ConsumersContext, 'db'>): Promise<Consumer[]> {
  return selectConsumers(db, 'webhook');
}

export async function getConsumer({ db }: Pick<ConsumersContext, 'db'>, id: string): Promise<Consumer> {
  const consumer = await findConsumer(db, 'webhook', id);
  if (consumer === undefined) throw new PublicError('consumer_not_found', id);
  return consumer;
}

/** What is left out stays. */
export function updateConsumerFields(context: ConsumersContext, id: string, input: ConsumerInput): Promise<Consumer> {
  return changeConsumer(context, id, input, (before) => changedFields(before, input, context));
}

/** What is left out is wiped, save headers and certificate, which no caller could read back and send along. */
export function replaceConsumer(context: ConsumersContext, id: string, input: ConsumerInput): Promise<Consumer> {
  const fields = consumerFields(input, context);
  return changeConsumer(context, id, input, () => fields);
}

async function changeConsumer(
  context: ConsumersContext,
  id: string,
  input: ConsumerInput,
  change: (before: Consumer) => ConsumerFields,
): Promise<Consumer> {
  const { url } = change(await getConsumer(context, id));
  await requirePublicName(url, context);
  const now = context.clock.now();
  const after = await context.db.transaction(async (tx) => {
    const before = await findConsumerForUpdate(tx, 'webhook', id);
    if (before === undefined) throw new PublicError('consumer_not_found', id);
    const fields = change(before);
    const parts = partsOf(context, { id, url: fields.url }, input);
    const consumer: Consumer = {
      ...before,
      ...fields,
      ...(parts.headerNames === undefined ? {} : { headerNames: parts.headerNames }),
      ...('certificate' in parts.sealed ? { certificate: parts.shown } : {}),
      ...disabledFacts(before, fields, now),
      ...(fields.disabled ? {} : { failingSince: before.disabled ? undefined : before.failingSince }),
    };
    await updateConsumer(tx, { consumer, sealed: parts.sealed, now });
    await storePace(tx, consumer, now);
    return consumer;
  });
  // What waited while it was disabled goes on.
  context.eventsStored();
  return after;
}

function disabledFacts(
  before: Pick<Consumer, 'disabled' | 'disabledAt' | 'disabledReason'> | undefined,
  { disabled }: ConsumerFields,
  now: Date,
): Pick<Consumer, 'disabledAt' | 'disabledReason'> {
  if (!disabled) return { disabledAt: undefined, disabledReason: undefined };
  if (before?.disabled === true) return { disabledAt: before.disabledAt, disabledReason: before.disabledReason };
  return { disabledAt: now, disabledReason: 'request' };
}

/** What is sealed; a part that was left out is absent. */
function partsOf(
  { sealer }: ConsumersContext,
  { id, url }: { readonly id: string; readonly url: string },
  { headers, clientCertificate }: ConsumerInput,
) {
  const given = clientCertificate === undefined || clientCertificate === null ? undefined : clientCertificate;
  const checked = given === undefined ? undefined : checkedCertificate(given, url);
  const sealed: ConsumerChange['sealed'] = {
    ...(headers === undefined ? {} : { headers: sealedHeaders(sealer, id, headers ?? {}) }),
    ...(clientCertificate === undefined
      ? {}
      : { certificate: checked && sealer.seal(SEALED_CERTIFICATE, id, JSON.stringify(checked.certificate)) }),
  };
  return {
    sealed,
    headerNames: headers === undefined ? undefined : Object.keys(headers ?? {}),
    shown: checked?.shown,
  };
}

function sealedHeaders(sealer: Sealer, id: string, headers: ConsumerHeaders): Buffer | undefined {
  const checked = checkedHeaders(headers);
  if (Object.keys(checked).length === 0) return undefined;
  return sealer.seal(SEALED_HEADERS, id, JSON.stringify(checked));
}

/** Nothing more is sent to it from now on; what still waited is dropped by the delivery's upkeep, batch by batch. */
export async function deleteConsumer({ db, clock }: Pick<ConsumersContext, 'db' | 'clock'>, id: string): Promise<void> {
  const wasThere = await markConsumerDeleted(db, { id, kind: 'webhook', now: clock.now() });
  if (!wasThere) throw new PublicError('consumer_not_found', id);
}
