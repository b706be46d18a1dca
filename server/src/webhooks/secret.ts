/** Signing secrets: made, shown, rotated with a time in which the old one signs as well, and opened for a delivery. */
import { randomBytes } from 'node:crypto';
import { PublicError } from '../errors.ts';
import type { Sealer } from '../lib/seal.ts';
import type { ConsumersContext } from './change-consumer.ts';
import { replaceSecret, selectSealedSecret } from './consumer-queries.ts';

const SECRET_BYTES = 24;
const SEALED_SECRET = 'webhook secret';
const OVERLAP_SECONDS_DEFAULT = 86_400;
const OVERLAP_SECONDS_MAX = 7 * 86_400;

export function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

export function sealSecret(sealer: Sealer, consumerId: string, secret: string): Buffer {
  return sealer.seal(SEALED_SECRET, consumerId, secret);
}

export function openSecret(sealer: Sealer, consumerId: string, secretSealed: Buffer): string {
  return sealer.open(SEALED_SECRET, consumerId, secretSealed);
}

export async function getSecret({ db, sealer }: Pick<ConsumersContext, 'db' | 'sealer'>, id: string): Promise<string> {
  const sealed = await selectSealedSecret(db, id);
  if (sealed === undefined) throw new PublicError('consumer_not_found', id);
  return openSecret(sealer, id, sealed);
}

export interface Rotation {
  /** For how long the old secret signs as well. */
  readonly overlapSeconds?: number | null | undefined;
  /** A secret of the caller's own instead of a random one. */
  readonly secret?: string | null | undefined;
}

export async function rotateSecret(
  { db, sealer, clock }: Pick<ConsumersContext, 'db' | 'sealer' | 'clock'>,
  id: string,
  rotation: Rotation,
): Promise<{ readonly secret: string; readonly previousUntil: Date }> {
  const seconds = rotation.overlapSeconds ?? OVERLAP_SECONDS_DEFAULT;
  if (!(seconds >= 0 && seconds <= OVERLAP_SECONDS_MAX)) {
    throw new PublicError('malformed_request', `overlapSeconds: must be a number from 0 to ${OVERLAP_SECONDS_MAX}`);
  }
  const secret = checkedSecret(rotation.secret ?? newSecret());
  const previousUntil = new Date(clock.now().getTime() + seconds * 1_000);
  const secretSealed = sealSecret(sealer, id, secret);
  if (!(await replaceSecret(db, { id, secretSealed, previousUntil }))) throw new PublicError('consumer_not_found', id);
  return { secret, previousUntil };
}

/** The key has 24 to 64 bytes, as Standard Webhooks asks. */
function checkedSecret(secret: string): string {
  const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const { length } = Buffer.from(encoded, 'base64');
  if (length >= 24 && length <= 64 && encoded.length % 4 === 0) return secret;
  throw new PublicError('malformed_request', 'secret: must be whsec_ and 24 to 64 bytes in base64');
}
