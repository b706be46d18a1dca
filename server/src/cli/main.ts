/** The command line: puts the commands together, runs the one that was asked for and turns its end into an exit code. */
import { Command, CommanderError } from 'commander';
import { StartupError } from '../db/startup-error.ts';
import { addCompanies } from './commands/companies.ts';
import { addConfig } from './commands/config.ts';
import { addConnections } from './commands/connections.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvents } from './commands/events.ts';
import { addKeys } from './commands/keys.ts';
import { addListen } from './commands/listen.ts';
import { addMigrate } from './commands/migrate.ts';
import { addOperations } from './commands/operations.ts';
import { addOptions } from './commands/options.ts';
import { addPrograms } from './commands/programs.ts';
import { addPush } from './commands/push.ts';
import { addRecords } from './commands/records.ts';
import { addSync } from './commands/sync.ts';
import { CommandFailure, EXIT_CODES } from './exit-codes.ts';

const ADD_COMMANDS = [
  addPrograms,
  addMigrate,
  addDoctor,
  addConfig,
  addKeys,
  addCompanies,
  addConnections,
  addOptions,
  addPush,
  addOperations,
  addRecords,
  addSync,
  addEvents,
  addListen,
];

export function makeProgram(): Command {
  const program = new Command('ledgerpost')
    .description('Writes to accounting software that land exactly once.')
    .option('--json', 'print JSON, for programs')
    .option('--url <address>', 'the server; LEDGERPOST_SERVER_URL unless given, else where the settings let it listen')
    .option('--key-file <file>', 'the file that holds the API key; LEDGERPOST_API_KEY or the data folder unless given')
    .showHelpAfterError('(add --help for what it takes)')
    .showSuggestionAfterError()
    .addHelpText('after', `\nExit codes:\n${exitCodeLines()}`);
  for (const addTo of ADD_COMMANDS) addTo(program);
  // Errors of the command line are thrown, so that all ends have their code from one place.
  everyCommand(program, (command) => command.exitOverride());
  return program;
}

/** Gives the exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    await makeProgram().parseAsync([...args], { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : EXIT_CODES.done.code;
  } catch (error) {
    return endOf(error);
  }
}

function endOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done.code : EXIT_CODES.usage.code;
  if (error instanceof CommandFailure) {
    process.stderr.write(`${error.message}\n`);
    return EXIT_CODES[error.exit].code;
  }
  // Whoever reads our output has seen enough: `ledgerpost records export … | head`.
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return EXIT_CODES.done.code;
  if (error instanceof StartupError) process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT_CODES.unexpected.code;
}

function exitCodeLines(): string {
  return Object.values(EXIT_CODES)
    .map(({ code, meaning }) => `  ${String(code).padStart(2)}  ${meaning}`)
    .join('\n');
}

function everyCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const below of command.commands) everyCommand(below, visit);
}
