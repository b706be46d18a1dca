/** A short name for exactly this model: for caches and clients that want to know whether anything about it has changed. */
import { createHash } from 'node:crypto';
import type { PushModel } from './model.ts';

const versionLength = 16;

/** Changes with every fact of the model, the choices of a company's own books included. */
export function modelVersion(model: PushModel): string {
  const facts = JSON.stringify(inOneOrder(model));
  return createHash('sha256').update(facts).digest('hex').slice(0, versionLength);
}

/** Members sorted by name, so that two programs that build the same model differently agree on its version. */
function inOneOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOneOrder);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, inner]) => [name, inOneOrder(inner)]));
}
