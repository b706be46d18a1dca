/** ledgerpost operations: what became of pushes. */
import type { Command } from 'commander';
import { findCompany } from '../companies-and-connections.ts';
import { contextOf } from '../context.ts';
import { limitOption, wholeNumber } from '../options.ts';
import { firstOf } from '../paging.ts';
import { exitAsEnded, showPush, waitForEnd, waitingText, type WirePush } from '../pushes.ts';

interface Step {
  readonly step: string;
  readonly outcome: string;
  readonly movedTo?: string;
  readonly startedOnUtc: string;
  readonly durationMs: number;
  readonly detail?: string;
  readonly response?: { readonly statusCode: number };
}

const FOLLOW_SECONDS = 86_400;

export function addOperations(program: Command): void {
  const operations = program.command('operations').description('list push operations, show one, follow one to its end');

  operations
    .command('list', { isDefault: true })
    .description('list the push operations of a company, newest first')
    .argument('<company>', 'its id or name')
    .option('--query <filter>', 'only those that match, such as "status=Failed && dataType=bills"')
    .option('--order-by <field>', 'a field to sort by; -field for descending')
    .addOption(limitOption(50))
    .addHelpText('after', '\nExample:\n  ledgerpost operations list "Toft Stores" --query "status=Failed"')
    .action(async (company: string, options: { query?: string; orderBy?: string; limit: number }) => {
      const { output, server } = await contextOf(program);
      const { id } = await findCompany(server, company);
      const { query, orderBy, limit } = options;
      const pages = server.all<WirePush>(`/companies/${id}/push`, { query, orderBy }, Math.min(limit, 1_000));
      const found = await firstOf(pages, limit);
      if (output.json) return output.value(found);
      output.table(found.map(pushRow));
    });

  operations
    .command('show')
    .description('show one push operation with everything that was tried')
    .argument('<company>', 'its id or name')
    .argument('<key>', 'the push operation key')
    .action(async (company: string, key: string) => {
      const { output, server } = await contextOf(program);
      const { id } = await findCompany(server, company);
      const path = `/companies/${id}/push/${encodeURIComponent(key)}`;
      const push = await server.call<WirePush>('GET', path);
      const { results: timeline } = await server.call<{ readonly results: readonly Step[] }>('GET', `${path}/timeline`);
      if (output.json) return output.value({ ...push, timeline });
      showPush(output, push);
      output.line();
      output.table(timeline.map(stepRow));
    });

  operations
    .command('follow')
    .description('say what a push waits for until it has ended')
    .argument('<company>', 'its id or name')
    .argument('<key>', 'the push operation key')
    .option('--wait <seconds>', 'give up after so long', wholeNumber(1, FOLLOW_SECONDS), FOLLOW_SECONDS)
    .action(async (company: string, key: string, { wait }: { wait: number }) => {
      const { output, server } = await contextOf(program);
      const { id: companyId } = await findCompany(server, company);
      let said = '';
      const onUpdate = ({ status, waitingOn }: WirePush) => {
        const now = waitingOn === undefined ? status : `${status}, waits for ${waitingText(waitingOn)}`;
        if (now !== said && !output.json) output.note(now);
        said = now;
      };
      const ended = await waitForEnd(server, { companyId, key }, { seconds: wait, onUpdate });
      if (output.json) output.value(ended);
      else showPush(output, ended);
      exitAsEnded(ended);
    });
}

function pushRow({ pushOperationKey, dataType, status, requestedOnUtc, changes, errorMessage }: WirePush) {
  return {
    key: pushOperationKey,
    'data type': dataType,
    status,
    requested: requestedOnUtc.slice(0, 19),
    record: changes[0]?.recordRef.id,
    message: errorMessage?.slice(0, 60),
  };
}

function stepRow({ step, outcome, movedTo, startedOnUtc, durationMs, detail, response }: Step) {
  return {
    started: startedOnUtc.slice(0, 23),
    ms: durationMs,
    step,
    outcome,
    'moved to': movedTo,
    answer: response?.statusCode,
    detail: detail?.slice(0, 100),
  };
}
