/** ledgerpost companies: whose books there are. */
import type { Command } from 'commander';
import { findCompany, type WireCompany } from '../companies-and-connections.ts';
import { contextOf } from '../context.ts';
import { limitOption, pairs } from '../options.ts';
import { firstOf } from '../paging.ts';

export function addCompanies(program: Command): void {
  const companies = program.command('companies').description('list, show, create and delete companies');

  companies
    .command('list', { isDefault: true })
    .description('list companies')
    .option('--query <filter>', 'only those that match, such as "name=Toft Stores"')
    .option('--tags <filter>', 'only those whose tags match, such as "region = uk"')
    .addOption(limitOption())
    .action(async ({ limit, ...query }: { limit: number; query?: string; tags?: string }) => {
      const { output, server } = await contextOf(program);
      const found = await firstOf(server.all<WireCompany>('/companies', query), limit);
      if (output.json) return output.value(found);
      output.table(found.map(companyRow));
    });

  companies
    .command('show')
    .description('show one company and its connections')
    .argument('<company>', 'its id or name')
    .action(async (company: string) => {
      const { output, server } = await contextOf(program);
      const found = await findCompany(server, company);
      if (output.json) return output.value(found);
      output.table([companyRow(found)]);
      output.line();
      output.table(
        found.dataConnections.map(({ id, platformName, status }) => ({
          connection: id,
          platform: platformName,
          status,
        })),
      );
    });

  companies
    .command('create')
    .description('create a company')
    .argument('<name>')
    .option('--description <text>')
    .option('--tag <name=value>', 'a tag; may be given several times', pairs, {})
    .addHelpText('after', '\nExample:\n  ledgerpost companies create "Toft Stores" --tag region=uk')
    .action(async (name: string, { description, tag }: { description?: string; tag: Record<string, string> }) => {
      const { output, server } = await contextOf(program);
      const created = await server.call<WireCompany>('POST', '/companies', { body: { name, description, tags: tag } });
      if (output.json) return output.value(created);
      output.line(created.id);
    });

  companies
    .command('delete')
    .description('delete a company with its connections and what was read from its books; the books stay as they are')
    .argument('<company>', 'its id or name')
    .requiredOption('--yes', 'do it: there is no way back')
    .action(async (company: string) => {
      const { output, server } = await contextOf(program);
      const { id } = await findCompany(server, company);
      await server.call('DELETE', `/companies/${id}`);
      if (output.json) return output.value({ deleted: id });
      output.note(`Deleted ${id}`);
    });
}

function companyRow({ id, name, created, dataConnections }: WireCompany) {
  const linked = dataConnections.filter(({ status }) => status === 'Linked').length;
  return { id, name, created: created.slice(0, 19), connections: dataConnections.length, linked };
}
