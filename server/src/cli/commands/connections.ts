/** ledgerpost connections: the links between companies and their accounting software. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { connectionOf, findCompany, type WireConnection } from '../companies-and-connections.ts';
import { contextOf, type CommandContext } from '../context.ts';
import { CommandFailure } from '../exit-codes.ts';
import { pairs } from '../options.ts';

interface Fields {
  readonly field: Readonly<Record<string, string>>;
  readonly fieldFile: Readonly<Record<string, string>>;
}

export function addConnections(program: Command): void {
  const connections = program.command('connections').description('list, create, link, unlink and delete connections');

  connections
    .command('list', { isDefault: true })
    .description("list a company's connections")
    .argument('<company>', 'its id or name')
    .action(async (company: string) => {
      const { output, server } = await contextOf(program);
      const { dataConnections } = await findCompany(server, company);
      if (output.json) return output.value(dataConnections);
      output.table(dataConnections.map(connectionRow));
    });

  connections
    .command('create')
    .description('create a connection, and link it at once with --link')
    .argument('<company>', 'its id or name')
    .option('--platform <key>', 'the integration key of the accounting software', 'mqjo')
    .option('--link', 'link it with the fields below, instead of through the link page')
    .option('--field <name=value>', 'a field of the link; may be given several times', pairs, {})
    .option('--field-file <name=path>', 'a field whose value stands in a file, such as a password', pairs, {})
    .addHelpText(
      'after',
      '\nExamples:\n  ledgerpost connections create "Toft Stores" --link\n' +
        '  ledgerpost connections create "Toft Stores" --platform mqjo   # prints the page where the company links itself',
    )
    .action(async (company: string, options: Fields & { platform: string; link?: true }) => {
      const context = await contextOf(program);
      const { output, server } = context;
      const { id: companyId } = await findCompany(server, company);
      const created = await server.call<WireConnection>('POST', `/companies/${companyId}/connections`, {
        body: { platformKey: options.platform },
      });
      const connection = options.link === true ? await link(context, companyId, created.id, options) : created;
      if (output.json) return output.value(connection);
      output.line(connection.id);
      if (connection.status !== 'Linked') output.note(`Open this page to link it: ${connection.linkUrl}`);
    });

  connections
    .command('link')
    .description('link a connection without a browser')
    .argument('<company>', 'its id or name')
    .argument('[connection]', 'its id')
    .option('--field <name=value>', 'a field of the link; may be given several times', pairs, {})
    .option('--field-file <name=path>', 'a field whose value stands in a file, such as a password', pairs, {})
    .action(async (company: string, connection: string | undefined, options: Fields) => {
      const context = await contextOf(program);
      const found = await findCompany(context.server, company);
      const linked = await link(context, found.id, connectionOf(found, connection).id, options);
      if (context.output.json) return context.output.value(linked);
      context.output.table([connectionRow(linked)]);
    });

  connections
    .command('unlink')
    .description('end a link; what was read stays readable')
    .argument('<company>', 'its id or name')
    .argument('[connection]', 'its id')
    .action(async (company: string, connection: string | undefined) => {
      const { output, server } = await contextOf(program);
      const found = await findCompany(server, company);
      const path = `/companies/${found.id}/connections/${connectionOf(found, connection).id}`;
      const unlinked = await server.call<WireConnection>('PATCH', path, { body: { status: 'Unlinked' } });
      if (output.json) return output.value(unlinked);
      output.table([connectionRow(unlinked)]);
    });

  connections
    .command('delete')
    .description('delete a connection; the books stay as they are')
    .argument('<company>', 'its id or name')
    .argument('<connection>', 'its id')
    .requiredOption('--yes', 'do it: there is no way back')
    .action(async (company: string, connection: string) => {
      const { output, server } = await contextOf(program);
      const found = await findCompany(server, company);
      const { id } = connectionOf(found, connection);
      await server.call('DELETE', `/companies/${found.id}/connections/${id}`);
      if (output.json) return output.value({ deleted: id });
      output.note(`Deleted ${id}`);
    });
}

async function link({ server }: CommandContext, companyId: string, connectionId: string, { field, fieldFile }: Fields) {
  const fromFiles = await Promise.all(
    Object.entries(fieldFile).map(async ([name, file]): Promise<[string, string]> => [name, await textOf(file)]),
  );
  return server.call<WireConnection>('PUT', `/companies/${companyId}/connections/${connectionId}/authorization`, {
    body: { ...field, ...Object.fromEntries(fromFiles) },
  });
}

async function textOf(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trimEnd();
  } catch {
    throw new CommandFailure('usage', `${file} cannot be read`);
  }
}

function connectionRow({ id, platformName, integrationKey, status, created }: WireConnection) {
  return { id, platform: platformName, key: integrationKey, status, created: created.slice(0, 19) };
}
