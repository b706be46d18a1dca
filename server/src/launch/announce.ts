/** What a person sees once everything is ready: where it is, and with which key. */
import path from 'node:path';
import type { Config } from '../config.ts';
import type { Keys } from './keys.ts';

export interface Announcement {
  readonly config: Config;
  readonly address: string;
  readonly sandboxUrl: string;
  readonly keys: Keys;
  readonly tookMs: number;
}

export function announce(facts: Announcement, write = (text: string) => process.stdout.write(text)): void {
  const { config, address, sandboxUrl, keys } = facts;
  const lines = [
    ['API', address],
    ['Docs', `${address}/docs`],
    ['API key', keys.apiKeyIsNew ? `${keys.apiKey}   (shown this once)` : shownKeyPlace(config)],
    ['Sandbox', sandboxUrl],
    ['Data', config.dataDir],
    ['Roles', [...config.roles].join(', ')],
  ] as const;
  const table = lines.map(([name, value]) => `  ${name.padEnd(9)}${value}`).join('\n');
  write(`Ledgerpost is ready after ${(facts.tookMs / 1000).toFixed(1)} s.\n\n${table}\n\nCtrl-C stops it.\n`);
}

function shownKeyPlace(config: Config): string {
  return config.apiKey === undefined ? `in ${path.join(config.dataDir, 'api-key')}` : 'as set in LEDGERPOST_API_KEY';
}
