/** ledgerpost sync: read a company's books now, and see how reading goes. */
import type { Command } from 'commander';
import { findCompany } from '../companies-and-connections.ts';
import { contextOf } from '../context.ts';
import { limitOption } from '../options.ts';
import { firstOf } from '../paging.ts';

interface DataStatus {
  readonly dataType: string;
  readonly currentStatus: string;
  readonly lastSuccessfulSync?: string;
}

interface PullOperation {
  readonly id: string;
  readonly dataType: string;
  readonly status: string;
  readonly progress: number;
  readonly requested: string;
  readonly completed?: string;
  readonly errorMessage?: string;
}

export function addSync(program: Command): void {
  const sync = program.command('sync').description("read a company's books, and see how reading goes");

  sync
    .command('start')
    .description('read one data type, or all of them, as soon as possible')
    .argument('<company>', 'its id or name')
    .argument('[dataType]', 'such as invoices; all unless given')
    .option('--connection <id>', 'which connection of the company')
    .action(async (company: string, dataType: string | undefined, { connection }: { connection?: string }) => {
      const { output, server } = await contextOf(program);
      const { id } = await findCompany(server, company);
      if (dataType === undefined) {
        await server.call('POST', `/companies/${id}/data/all`);
        if (output.json) return output.value({ queued: 'all' });
        return output.note('Queued; "ledgerpost sync status" shows how it goes');
      }
      const queued = await server.call<PullOperation>(
        'POST',
        `/companies/${id}/data/queue/${encodeURIComponent(dataType)}`,
        { query: { connectionId: connection } },
      );
      if (output.json) return output.value(queued);
      output.table([pullRow(queued)]);
    });

  sync
    .command('status', { isDefault: true })
    .description('show how each data type stands')
    .argument('<company>', 'its id or name')
    .action(async (company: string) => {
      const { output, server } = await contextOf(program);
      const { id } = await findCompany(server, company);
      const byType = await server.call<Readonly<Record<string, DataStatus>>>('GET', `/companies/${id}/dataStatus`);
      if (output.json) return output.value(byType);
      output.table(
        Object.values(byType).map(({ dataType, currentStatus, lastSuccessfulSync }) => ({
          'data type': dataType,
          status: currentStatus,
          'last success': lastSuccessfulSync?.slice(0, 19),
        })),
      );
    });

  sync
    .command('history')
    .description('list past and running reads, newest first')
    .argument('<company>', 'its id or name')
    .option('--query <filter>', 'only those that match, such as "status!=Complete"')
    .addOption(limitOption(50))
    .action(async (company: string, { query, limit }: { query?: string; limit: number }) => {
      const { output, server } = await contextOf(program);
      const { id } = await findCompany(server, company);
      const pages = server.all<PullOperation>(`/companies/${id}/data/history`, { query }, Math.min(limit, 1_000));
      const found = await firstOf(pages, limit);
      if (output.json) return output.value(found);
      output.table(found.map(pullRow));
    });
}

function pullRow({ id, dataType, status, progress, requested, completed, errorMessage }: PullOperation) {
  return {
    id,
    'data type': dataType,
    status,
    progress: `${progress} %`,
    requested: requested.slice(0, 19),
    completed: completed?.slice(0, 19),
    message: errorMessage?.slice(0, 60),
  };
}
