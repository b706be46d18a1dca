/** ledgerpost records: what was read from a company's books, as a table, as NDJSON or as CSV. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { Option, type Command } from 'commander';
import { connectionOf, findCompany } from '../companies-and-connections.ts';
import { contextOf, type CommandContext } from '../context.ts';
import { makeCsv } from '../csv.ts';
import { connectionOption, limitOption } from '../options.ts';
import { firstOf } from '../paging.ts';
import type { Row } from '../output.ts';

type WireRecord = Readonly<Record<string, unknown>>;

interface Selection {
  readonly connection?: string;
  readonly bankAccount?: string;
  readonly query?: string;
  readonly orderBy?: string;
  readonly modifiedAfter?: string;
}

const COLUMNS_SHOWN_MAX = 7;
const EXPORT_PAGE_SIZE = 500;

export function addRecords(program: Command): void {
  const records = program.command('records').description("list, get and export records of a company's books");

  withSelection(records.command('list', { isDefault: true }).description('list records'))
    .addOption(limitOption(50))
    .action(async (company: string, dataType: string, options: Selection & { limit: number }) => {
      const context = await contextOf(program);
      const { output } = context;
      const size = Math.min(options.limit, 1_000);
      const found = await firstOf(await pagesOf(context, company, dataType, options, size), options.limit);
      if (output.json) return output.value(found);
      output.table(tableRows(found));
    });

  records
    .command('get')
    .description('get one record')
    .argument('<company>', 'its id or name')
    .argument('<dataType>', 'such as bills, or accounts')
    .argument('<recordId>')
    .addOption(connectionOption())
    .action(async (company: string, dataType: string, recordId: string, { connection }: Selection) => {
      const { output, server } = await contextOf(program);
      const found = await findCompany(server, company);
      const path = `/companies/${found.id}/connections/${connectionOf(found, connection).id}/data`;
      output.value(await server.call('GET', `${path}/${encodeURIComponent(dataType)}/${encodeURIComponent(recordId)}`));
    });

  withSelection(records.command('export').description('write all records that match to a file or to standard output'))
    .addOption(new Option('--format <format>').choices(['ndjson', 'csv']).default('ndjson'))
    .option('--output <file>', 'where to; standard output unless given')
    .addHelpText(
      'after',
      '\nExamples:\n  ledgerpost records export "Toft Stores" invoices --format csv --output invoices.csv\n' +
        '  ledgerpost records export "Toft Stores" bills --query "status=Open" | jq .amountDue',
    )
    .action(async (company: string, dataType: string, options: Selection & { format: string; output?: string }) => {
      const context = await contextOf(program);
      const pages = await pagesOf(context, company, dataType, options, EXPORT_PAGE_SIZE);
      const target = await openTarget(context, options.output);
      const csv = options.format === 'csv' ? makeCsv(dataType) : undefined;
      let done = 0;
      for await (const { elements, total } of pages) {
        await target.write(csv === undefined ? asNdjson(elements) : csv.render(elements));
        done += elements.length;
        context.output.progress(done, total, dataType);
      }
      context.output.endProgress();
      await target.end();
      const leftOut = csv?.leftOut() ?? [];
      if (leftOut.length > 0) context.output.note(`Without a column, and left out: ${leftOut.join(', ')}`);
      if (options.output !== undefined) context.output.note(`${done} records written to ${options.output}`);
    });
}

function withSelection(command: Command): Command {
  return command
    .argument('<company>', 'its id or name')
    .argument('<dataType>', 'such as bills, or accounts')
    .option('--query <filter>', 'only those that match, such as "status=Open && amountDue > 100"')
    .option('--order-by <field>', 'a field to sort by; -field for descending')
    .option('--modified-after <moment>', 'only those that changed after it, in ISO 8601')
    .option('--bank-account <accountId>', 'the bank account of bank transactions')
    .addOption(connectionOption());
}

async function pagesOf(
  { server }: CommandContext,
  company: string,
  dataType: string,
  { connection, bankAccount, query, orderBy, modifiedAfter }: Selection,
  pageSize: number,
) {
  const found = await findCompany(server, company);
  const below = bankAccount === undefined ? '' : `bankAccounts/${encodeURIComponent(bankAccount)}/`;
  const path = `/companies/${found.id}/connections/${connectionOf(found, connection).id}/data/${below}`;
  return server.all<WireRecord>(`${path}${encodeURIComponent(dataType)}`, { query, orderBy, modifiedAfter }, pageSize);
}

/** The plain members that most records have, in the order of the first one. */
function tableRows(found: readonly WireRecord[]): Row[] {
  const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
  const names = Object.entries(found[0] ?? {}).flatMap(([name, value]) => (isPlain(value) ? [name] : []));
  const shown = names.slice(0, COLUMNS_SHOWN_MAX);
  return found.map((record) =>
    Object.fromEntries(shown.map((name) => [name, isPlain(record[name]) ? String(record[name]) : undefined])),
  );
}

function asNdjson(found: readonly WireRecord[]): string {
  return found.map((record) => `${JSON.stringify(record)}\n`).join('');
}

interface Target {
  readonly write: (text: string) => Promise<void>;
  readonly end: () => Promise<void>;
}

async function openTarget({ output }: CommandContext, file: string | undefined): Promise<Target> {
  if (file === undefined) return { write: output.write, end: async () => undefined };
  const stream = createWriteStream(file);
  await once(stream, 'open');
  return {
    write: async (text) => {
      if (!stream.write(text)) await once(stream, 'drain');
    },
    end: async () => {
      stream.end();
      await once(stream, 'finish');
    },
  };
}
