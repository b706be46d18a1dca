/** What every command is handed: how it speaks, and how it reaches the server. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { readConfig, type Config } from '../config.ts';
import { CommandFailure } from './exit-codes.ts';
import { makeOutput, type Output } from './output.ts';
import { makeServerCalls, type ServerCalls } from './server-calls.ts';

export interface CommandContext {
  readonly output: Output;
  readonly server: ServerCalls;
}

interface GlobalOptions {
  readonly json?: boolean;
  readonly url?: string;
  readonly keyFile?: string;
}

/** `program` carries the options that all commands share. */
export function outputOf(program: Command): Output {
  return makeOutput(program.opts<GlobalOptions>().json === true);
}

export async function contextOf(program: Command): Promise<CommandContext> {
  const { url, keyFile } = program.opts<GlobalOptions>();
  const config = configOrFail();
  const server = { url: (url ?? serverUrl(config)).replace(/\/+$/, ''), apiKey: await apiKeyOf(config, keyFile) };
  if (!URL.canParse(server.url)) throw new CommandFailure('usage', `--url: "${server.url}" is no address`);
  return { output: outputOf(program), server: makeServerCalls(server) };
}

export function configOrFail(): Config {
  const parsed = readConfig();
  if (parsed.ok) return parsed.config;
  throw new CommandFailure('usage', parsed.problems.join('\n'));
}

/** A server that listens everywhere is reached at this machine's own address. */
function serverUrl(config: Config): string {
  if (config.serverUrl !== undefined) return config.serverUrl;
  const everywhere = ['0.0.0.0', '::'].includes(config.host);
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return `http://${everywhere ? '127.0.0.1' : host}:${config.port}`;
}

/** A key is no option: whoever looks at the list of processes would read it. */
async function apiKeyOf(config: Config, keyFile: string | undefined): Promise<string> {
  if (keyFile === undefined && config.apiKey !== undefined) return config.apiKey;
  const file = keyFile ?? path.join(config.dataDir, 'api-key');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new CommandFailure(
      'usage',
      `There is no API key: ${file} cannot be read. Set LEDGERPOST_API_KEY, name a file with --key-file, ` +
        'or run this in the folder where the server keeps its data.',
    );
  }
}
