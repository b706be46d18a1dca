/** ledgerpost keys: who may call the API. */
import type { Command } from 'commander';
import { contextOf } from '../context.ts';

interface WireKey {
  readonly id: string;
  readonly name?: string;
  readonly createdDate: string;
}

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('list, create and delete API keys');

  keys
    .command('list', { isDefault: true })
    .description('list API keys; the keys themselves are not kept')
    .action(async () => {
      const { output, server } = await contextOf(program);
      const { results } = await server.call<{ readonly results: readonly WireKey[] }>('GET', '/apiKeys');
      if (output.json) return output.value(results);
      output.table(results.map(({ id, name, createdDate }) => ({ id, name, created: createdDate.slice(0, 19) })));
    });

  keys
    .command('create')
    .description('create an API key and show it, this once')
    .argument('[name]', 'what it is for')
    .action(async (name: string | undefined) => {
      const { output, server } = await contextOf(program);
      const created = await server.call<WireKey & { readonly apiKey: string }>('POST', '/apiKeys', { body: { name } });
      if (output.json) return output.value(created);
      output.line(created.apiKey);
    });

  keys
    .command('delete')
    .description('delete an API key')
    .argument('<id>')
    .action(async (id: string) => {
      const { output, server } = await contextOf(program);
      await server.call('DELETE', `/apiKeys/${encodeURIComponent(id)}`);
      if (output.json) return output.value({ deleted: id });
      output.note(`Deleted ${id}`);
    });
}
