/** ledgerpost push: write a record into a company's books. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Option, type Command } from 'commander';
import { connectionOf, findCompany } from '../companies-and-connections.ts';
import { contextOf } from '../context.ts';
import { CommandFailure } from '../exit-codes.ts';
import { connectionOption, wholeNumber } from '../options.ts';
import { exitAsEnded, showPush, waitForEnd, type WirePush } from '../pushes.ts';

interface PushOptions {
  readonly update?: string;
  readonly delete?: string;
  readonly bankAccount?: string;
  readonly connection?: string;
  readonly timeout?: number;
  readonly wait?: number | true;
  readonly dryRun?: true;
  readonly force?: true;
  readonly idempotencyKey?: string;
}

const WAIT_SECONDS = 120;

export function addPush(program: Command): void {
  program
    .command('push')
    .description('create, update or delete a record')
    .argument('<company>', 'its id or name')
    .argument('<dataType>', 'such as bills, or accounts')
    .argument('[file]', 'the record as JSON; standard input unless given, or as -')
    .option('--update <recordId>', 'update this record instead of creating one')
    .addOption(new Option('--delete <recordId>', 'delete this record').conflicts('update'))
    .option('--bank-account <accountId>', 'the bank account of bank transactions')
    .option('--timeout <minutes>', 'a deadline: after it, nothing is sent any more', wholeNumber(1, 1_000_000))
    .option('--wait [seconds]', `wait for the end, ${WAIT_SECONDS} seconds unless said`, wholeNumber(1, 86_400))
    .option('--dry-run', 'write nothing; say what a write would come to')
    .option('--force', 'update even if somebody else changed the record meanwhile')
    .option('--idempotency-key <key>', 'repeating the command with this key writes nothing twice')
    .addOption(connectionOption())
    .addHelpText(
      'after',
      `
Examples:
  ledgerpost push "Toft Stores" accounts account.json --wait
  echo '{"customerName": "Bob"}' | ledgerpost push "Toft Stores" customers --wait 30 --timeout 5
  ledgerpost push "Toft Stores" bills bill.json --dry-run
  ledgerpost push "Toft Stores" customers --delete 17 --wait`,
    )
    .action(async (company: string, dataType: string, file: string | undefined, options: PushOptions) => {
      const { output, server } = await contextOf(program);
      const found = await findCompany(server, company);
      const connection = connectionOf(found, options.connection);
      const { method, path } = requestLine(`/companies/${found.id}/connections/${connection.id}`, dataType, options);
      const body = method === 'DELETE' ? undefined : await recordText(file);
      const answer = await server.call<WirePush>(method, path, {
        body,
        query: {
          timeoutInMinutes: options.timeout,
          dryRun: options.dryRun,
          forceUpdate: options.force,
        },
        // Repeating a lost request must not write twice; a dry run writes nothing.
        headers: options.dryRun === true ? {} : { 'idempotency-key': options.idempotencyKey ?? randomUUID() },
      });
      if (options.dryRun === true) {
        output.value(answer);
        return exitAsForeseen(answer);
      }
      if (options.wait === undefined) return output.json ? output.value(answer) : showPush(output, answer);
      const seconds = options.wait === true ? WAIT_SECONDS : options.wait;
      const ended = await waitForEnd(server, { companyId: found.id, key: answer.pushOperationKey }, { seconds });
      if (output.json) output.value(ended);
      else showPush(output, ended);
      exitAsEnded(ended);
    });
}

function requestLine(connectionPath: string, dataType: string, options: PushOptions) {
  const type = encodeURIComponent(dataType);
  const record = options.update ?? options.delete;
  if (record === undefined) {
    const below = options.bankAccount === undefined ? '' : `bankAccounts/${encodeURIComponent(options.bankAccount)}/`;
    return { method: 'POST', path: `${connectionPath}/push/${below}${type}` };
  }
  const method = options.update === undefined ? 'DELETE' : 'PUT';
  return { method, path: `${connectionPath}/push/${type}/${encodeURIComponent(record)}` };
}

/** Sent on as it stands, so that every digit of every amount stays; only its form is looked at. */
async function recordText(file: string | undefined): Promise<string> {
  const fromInput = file === undefined || file === '-';
  if (fromInput && process.stdin.isTTY) throw new CommandFailure('usage', 'Name a file, or pipe the record in as JSON');
  const record = fromInput ? await text(process.stdin) : await fileText(file);
  try {
    JSON.parse(record);
  } catch {
    throw new CommandFailure('usage', `${fromInput ? 'Standard input' : file} holds no JSON`);
  }
  return record;
}

async function fileText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new CommandFailure('usage', `${file} cannot be read`);
  }
}

function exitAsForeseen(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || !('wouldSucceed' in answer)) return;
  if (answer.wouldSucceed === false) throw new CommandFailure('pushFailed', 'The write would fail');
  if (answer.wouldSucceed === null) throw new CommandFailure('outcomeUnknown', 'What would come of it cannot be told');
}
