/**
 * For `node --import`: the name localhost is not resolved while the file named by HELD_NAMES is there. The process that loads this
 * knows nothing of it; to it the resolver is merely slow.
 */
import dns from 'node:dns';
import { existsSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** A server that listens resolves its address too. */
const HELD = 'localhost';
const gate = process.env['HELD_NAMES'] ?? '';
const resolve: (...args: unknown[]) => void = dns.lookup.bind(dns) as never;

function lookupWhenAllowed(...args: unknown[]): void {
  if (args[0] === HELD && existsSync(gate)) setTimeout(lookupWhenAllowed, 10, ...args);
  else resolve(...args);
}

Reflect.set(dns, 'lookup', lookupWhenAllowed);
syncBuiltinESMExports();
