/**
 * Writes client/src/generated/: records.ts, the TypeScript types of all records, and data-types.ts, the names by which the
 * wire knows them; both from the models. With --check it writes nothing and fails when a committed file is not what would
 * be written.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { allModels } from '../server/src/models/all-models.ts';
import { readOnlyTypes, writableTypes } from '../server/src/models/data-types.ts';
import { modelName, type Field, type Fields, type PushModel } from '../server/src/models/model.ts';
import { modelOfType, type ReadModel } from '../server/src/models/read-models.ts';

const folder = path.resolve(import.meta.dirname, '../client/src/generated');
for (const [name, code] of [
  ['records.ts', renderRecords()],
  ['data-types.ts', renderDataTypes()],
] as const) {
  const file = path.join(folder, name);
  const emitted = await format(code, { ...(await resolveConfig(file)), parser: 'typescript' });
  if (!process.argv.includes('--check')) {
    await writeFile(file, emitted);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== emitted) {
    process.stderr.write(
      `client/src/generated/${name} is out of date: run \`node scripts/emit-types.ts\` and commit it\n`,
    );
    process.exitCode = 1;
  }
}

function renderRecords(): string {
  const head =
    '/** The records of all data types. Generated from the models by scripts/emit-types.ts: do not edit. */\n';
  const readOnly = (Object.keys(readOnlyTypes) as (keyof typeof readOnlyTypes)[]).map(modelOfType);
  return [
    head,
    ...allModels.map(interfaceOf),
    ...readOnly.map((model) => readInterfaceOf(model, model.name)),
    readInterfaceOf(modelOfType('company'), 'CompanyInfo'),
  ].join('\n\n');
}

function renderDataTypes(): string {
  const all = { ...writableTypes, ...readOnlyTypes };
  const types = Object.entries(all).map(([dataType, { name }]) => ({ dataType, name, singular: uncapitalized(name) }));
  const pathOf = new Map<string, string>(
    Object.entries(writableTypes).map(([dataType, { path: word }]) => [dataType, word]),
  );
  for (const { dataType, singular } of types) {
    const byRule = (pathOf.get(dataType) ?? dataType).replace(/ies$/, 'y').replace(/s$/, '');
    if (byRule !== singular)
      throw new Error(`The client would call a record of ${dataType} ${byRule}, not ${singular}`);
  }
  const namesOf = ({ dataType, singular }: (typeof types)[number]) =>
    `${dataType}: { path: '${pathOf.get(dataType) ?? dataType}'; singular: '${singular}'; recordId: '${singular}Id' };`;
  return `/** The data types by their names on the wire. Generated from the models by scripts/emit-types.ts: do not edit. */
import type { ${types
    .map(({ name }) => name)
    .toSorted()
    .join(', ')} } from './records.ts';

/** What can be written. */
export const writableTypes = ${JSON.stringify(Object.keys(writableTypes))} as const;

/** What comes from the platform and can only be read. */
export const readOnlyTypes = ${JSON.stringify(Object.keys(readOnlyTypes))} as const;

export type WritableDataType = (typeof writableTypes)[number];

/** \`path\`: the word in paths; \`recordId\`: the id of a record in requests. */
export interface TypeNames { ${types.map(namesOf).join('\n')} }

/** The record of each data type. */
export interface Records { ${types.map(({ dataType, name }) => `${dataType}: ${name};`).join('\n')} }
`;
}

function uncapitalized(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}

function interfaceOf(model: PushModel): string {
  return `/** ${model.description} */\nexport interface ${modelName(model)} {\n${membersOf(model.fields)}\n}`;
}

/** Nobody writes it, so all of it is filled by reading. */
function readInterfaceOf({ fields }: ReadModel, name: string): string {
  return `export interface ${name} {\n${membersOf(readOnlyOf(fields))}\n}`;
}

function readOnlyOf(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, { ...field, readOnly: true }]));
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
