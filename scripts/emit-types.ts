/**
 * Writes client/src/generated/records.ts, the TypeScript types of all records, from the models. With --check it writes nothing and
 * fails when the committed file is not what would be written.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { allModels } from '../server/src/models/all-models.ts';
import { modelName, type Field, type Fields, type PushModel } from '../server/src/models/model.ts';

const file = path.resolve(import.meta.dirname, '../client/src/generated/records.ts');
const emitted = await renderTypes();
if (!process.argv.includes('--check')) {
  await writeFile(file, emitted);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== emitted) {
  process.stderr.write(
    'client/src/generated/records.ts is out of date: run `node scripts/emit-types.ts` and commit it\n',
  );
  process.exitCode = 1;
}

async function renderTypes(): Promise<string> {
  const head =
    '/** The records of all writable data types. Generated from the models by scripts/emit-types.ts: do not edit. */\n';
  const options = await resolveConfig(file);
  return format(`${head}\n${allModels.map(interfaceOf).join('\n\n')}\n`, { ...options, parser: 'typescript' });
}

function interfaceOf(model: PushModel): string {
  return `/** ${model.description} */\nexport interface ${modelName(model)} {\n${membersOf(model.fields)}\n}`;
}

function membersOf(fields: Fields): string {
  return Object.entries(fields)
    .map(
      ([name, field]) =>
        `${docOf(field)}${field.readOnly === true ? 'readonly ' : ''}${name}${mark(field)}: ${typeOf(field)};`,
    )
    .join('\n');
}

/** What only reading fills is there in what is read, and need not be in what is written. */
function mark(field: Field): string {
  return field.required === true && field.readOnly !== true ? '' : '?';
}

function docOf(field: Field): string {
  const meaning = field.description === '' ? field.displayName : field.description;
  return `/** ${meaning.replaceAll('*/', '* /')} */\n`;
}

function typeOf(field: Field): string {
  const type = plainTypeOf(field);
  return field.required === true ? type : `${type} | null | undefined`;
}

function plainTypeOf(field: Field): string {
  switch (field.type) {
    case 'Boolean':
      return 'boolean';
    case 'Number':
      return 'number';
    case 'DateTime':
      return 'string';
    case 'String': {
      const isClosed = field.options !== undefined && field.optionsAreExamples !== true;
      return isClosed ? `(${field.options.map(({ value }) => JSON.stringify(value)).join(' | ')})` : 'string';
    }
    case 'Object':
      return field.anyMembers === true ? 'Record<string, unknown>' : `{\n${membersOf(field.fields ?? {})}\n}`;
    case 'Array':
      return field.listOf === 'String' ? 'string[]' : `{\n${membersOf(field.fields ?? {})}\n}[]`;
  }
}
