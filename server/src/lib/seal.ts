/**
 * Seals secrets at rest: AES-256-GCM under a key derived from the secret key of the installation. What was sealed for
 * one purpose and row opens for no other, so that a sealed value copied between rows is noticed.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export interface Sealer {
  readonly seal: (purpose: string, id: string, plaintext: string) => Buffer;
  /** Throws when the value was altered, belongs elsewhere, or was sealed with another secret key. */
  readonly open: (purpose: string, id: string, sealed: Buffer) => string;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + NONCE_BYTES;
const TEXT_CHARS_MIN = 32;

/** `secretKey`: 32 bytes in base64 or hex, or any text of 32 characters and more. */
export function makeSealer(secretKey: string): Sealer {
  const key = Buffer.from(hkdfSync('sha256', keyMaterial(secretKey), '', 'ledgerpost seal v1', 32));
  return {
    seal: (purpose, id, plaintext) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(purpose, id));
      const text = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from([VERSION]), nonce, text, cipher.getAuthTag()]);
    },
    open: (purpose, id, sealed) => {
      if (sealed.length < HEADER_BYTES + TAG_BYTES || sealed[0] !== VERSION) {
        throw new Error(`The sealed ${purpose} of ${id} is not in a form that this version knows`);
      }
      const nonce = sealed.subarray(1, HEADER_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(boundTo(purpose, id))
        .setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        const text = decipher.update(sealed.subarray(HEADER_BYTES, -TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch (error) {
        throw new Error(
          `The ${purpose} of ${id} does not open: it was sealed with another LEDGERPOST_SECRET_KEY, or altered`,
          { cause: error },
        );
      }
    },
  };
}

/** The length of the purpose keeps ("ab", "c") and ("a", "bc") apart. */
function boundTo(purpose: string, id: string): Buffer {
  return Buffer.from(`${purpose.length}:${purpose}:${id}`);
}

function keyMaterial(secretKey: string): Buffer {
  if (/^[0-9a-f]{64}$/i.test(secretKey)) return Buffer.from(secretKey, 'hex');
  // Node's decoder reads the URL-safe alphabet as well.
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(secretKey)) return Buffer.from(secretKey, 'base64');
  if (secretKey.length >= TEXT_CHARS_MIN) return Buffer.from(secretKey, 'utf8');
  throw new Error('The secret key must be 32 bytes in base64 or hex, or a text of at least 32 characters');
}
