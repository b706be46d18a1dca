/** ledgerpost options: what the platform wants to know of a record. */
import type { Command } from 'commander';
import { connectionOf, findCompany } from '../companies-and-connections.ts';
import { contextOf } from '../context.ts';
import { connectionOption } from '../options.ts';
import type { Row } from '../output.ts';

interface OptionNode {
  readonly type: string;
  readonly displayName: string;
  readonly required: boolean;
  readonly properties?: Readonly<Record<string, OptionNode>> | null;
  readonly options?: readonly { readonly value: string }[] | null;
}

const CHOICES_SHOWN_MAX = 4;

export function addOptions(program: Command): void {
  program
    .command('options')
    .description('the fields that a create or update of a data type accepts')
    .argument('<company>', 'its id or name')
    .argument('<dataType>', 'such as bills, or accounts')
    .option('--json-schema', 'as JSON Schema')
    .option('--required', 'only the fields that must be given')
    .addOption(connectionOption())
    .addHelpText('after', '\nExample:\n  ledgerpost options "Toft Stores" bills --required')
    .action(async (company: string, dataType: string, wanted: Wanted) => {
      const { output, server } = await contextOf(program);
      const found = await findCompany(server, company);
      const { id } = connectionOf(found, wanted.connection);
      const path = `/companies/${found.id}/connections/${id}/options/${encodeURIComponent(dataType)}`;
      const format = wanted.jsonSchema === true ? 'json-schema' : undefined;
      const model = await server.call<OptionNode>('GET', path, { query: { format } });
      if (output.json || format !== undefined) return output.value(model);
      output.table(fieldRows(model).filter((row) => wanted.required !== true || row['required'] === 'yes'));
    });
}

interface Wanted {
  readonly connection?: string;
  readonly jsonSchema?: true;
  readonly required?: true;
}

/** Below an optional field, what is required is so only when that field is given. */
function fieldRows(node: OptionNode, { path = '', isSure = true } = {}): Row[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, field]) => {
    const here = `${path}${name}${field.type === 'Array' ? '[]' : ''}`;
    const choices = (field.options ?? []).map(({ value }) => value);
    const more = choices.length > CHOICES_SHOWN_MAX ? ` … (${choices.length})` : '';
    const row: Row = {
      field: here,
      type: field.type,
      required: field.required ? (isSure ? 'yes' : 'within it') : '',
      choices: `${choices.slice(0, CHOICES_SHOWN_MAX).join(', ')}${more}`,
    };
    return [row, ...fieldRows(field, { path: `${here}.`, isSure: isSure && field.required })];
  });
}
