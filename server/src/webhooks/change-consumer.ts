/** Registering, reading and deleting webhook consumers. Refusals are PublicErrors that name the field or the id. */
import { randomBytes } from 'node:crypto';
import type { Database } from '../db/pool.ts';
import { PublicError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { uuidv7 } from '../lib/ids.ts';
import type { Sealer } from '../lib/seal.ts';
import { consumerFields, type Consumer, type ConsumerInput } from './consumer.ts';
import {
  findConsumer,
  insertConsumer,
  lockConsumers,
  markConsumerDeleted,
  selectConsumers,
  selectSealedSecret,
} from './queries.ts';

export interface ConsumersContext {
  readonly db: Database;
  readonly clock: Clock;
  readonly sealer: Sealer;
  /** Whether consumers may be on loopback or private addresses. */
  readonly allowPrivateWebhooks: boolean;
}

const CONSUMERS_MAX = 50;
const SECRET_BYTES = 24;
const SEALED_SECRET = 'webhook secret';

/** The secret is shown here and by `getSecret`, never in lists. */
export async function createConsumer(
  context: ConsumersContext,
  input: ConsumerInput,
): Promise<{ readonly consumer: Consumer; readonly secret: string }> {
  const createdAt = context.clock.now();
  const consumer: Consumer = {
    id: uuidv7(createdAt.getTime()),
    ...consumerFields(input, context.allowPrivateWebhooks),
    createdAt,
  };
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  await context.db.transaction(async (tx) => {
    await lockConsumers(tx);
    if ((await selectConsumers(tx)).length >= CONSUMERS_MAX) {
      throw new PublicError('conflict', `There are ${CONSUMERS_MAX} webhook consumers already, which is the most`);
    }
    await insertConsumer(tx, consumer, context.sealer.seal(SEALED_SECRET, consumer.id, secret));
  });
  return { consumer, secret };
}

export function listConsumers({ db }: Pick<ConsumersContext, 'db'>): Promise<Consumer[]> {
  return selectConsumers(db);
}

export async function getConsumer({ db }: Pick<ConsumersContext, 'db'>, id: string): Promise<Consumer> {
  const consumer = await findConsumer(db, id);
  if (consumer === undefined) throw new PublicError('consumer_not_found', id);
  return consumer;
}

/** Nothing more is sent to it from now on; what still waited is dropped by the delivery's upkeep, batch by batch. */
export async function deleteConsumer({ db, clock }: ConsumersContext, id: string): Promise<void> {
  if (!(await markConsumerDeleted(db, id, clock.now()))) throw new PublicError('consumer_not_found', id);
}

export async function getSecret({ db, sealer }: ConsumersContext, id: string): Promise<string> {
  const sealed = await selectSealedSecret(db, id);
  if (sealed === undefined) throw new PublicError('consumer_not_found', id);
  return openSecret(sealer, id, sealed);
}

export function openSecret(sealer: Sealer, consumerId: string, secretSealed: Buffer): string {
  return sealer.open(SEALED_SECRET, consumerId, secretSealed);
}
