/**
 * Fills the tables of the documentation from the code: settings, wire statuses, coverage, errors. Each stands between a
 * `<!-- generated: name -->` and an `<!-- end of name -->` line. With --check it writes nothing and fails when a table is
 * not what would be written.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { STATUS_CODE_OF_STATE, STATUS_OF_STATE } from '../server/src/api/push-operation.ts';
import type { Command } from 'commander';
import { EXIT_CODES } from '../server/src/cli/exit-codes.ts';
import { makeProgram } from '../server/src/cli/main.ts';
import { SETTINGS } from '../server/src/config.ts';
import type { Connector } from '../server/src/connectors/contract.ts';
import { datatypeFeatures } from '../server/src/connectors/features.ts';
import { DELETING } from '../server/src/connectors/tryton/deleting.ts';
import { makeConnectors } from '../server/src/connectors/registry.ts';
import { ERRORS, errorKind, type ErrorCode } from '../server/src/errors.ts';
import { isWritable, writableTypes } from '../server/src/models/data-types.ts';
import { PUSH_STATES } from '../server/src/push/state.ts';

const root = path.resolve(import.meta.dirname, '..');

const TABLES = {
  settings: settingsTable,
  statuses: statusesTable,
  coverage: coverageTables,
  'tryton-settings': () => linkFieldsTable(connectorWith('tryt')),
  'tryton-coverage': () => coverageTable(connectorWith('tryt')),
  'tryton-deleting': () => table(['Data type', 'What becomes of a record that is deleted'], deletingRows()),
  errors: errorsTable,
  commands: commandsTable,
  'exit codes': exitCodesTable,
} as const satisfies Record<string, () => string>;
type TableName = keyof typeof TABLES;

/** Which document holds which tables. */
export const TABLES_OF_DOCUMENT: Readonly<Record<string, readonly TableName[]>> = {
  'README.md': ['settings', 'statuses', 'coverage'],
  'docs/errors.md': ['errors'],
  'docs/connectors/tryton.md': ['tryton-settings', 'tryton-coverage', 'tryton-deleting'],
  'docs/cli.md': ['commands', 'exit codes'],
};

/** The document with its tables as the code has them now. */
export function renderDocument(file: string, text: string): string {
  let rendered = text;
  for (const name of TABLES_OF_DOCUMENT[file] ?? []) {
    const begin = `<!-- generated: ${name} -->\n`;
    const end = `<!-- end of ${name} -->`;
    const [before, rest, ...more] = rendered.split(begin);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`${file} must have the lines "${begin.trim()}" and "${end}" once each`);
    }
    rendered = `${before}${begin}\n${TABLES[name]()}\n\n${end}${after}`;
  }
  return rendered;
}

function settingsTable(): string {
  const rows = Object.entries(SETTINGS).map(([name, { shownDefault, meaning }]) => [
    code(name),
    shownDefault.startsWith('(') || shownDefault.includes(' ') ? shownDefault : code(shownDefault),
    meaning,
  ]);
  return table(['Setting', 'Default', 'Meaning'], rows);
}

function statusesTable(): string {
  const rows = PUSH_STATES.map((state) => [
    code(state),
    code(STATUS_OF_STATE.codat[state]),
    code(STATUS_OF_STATE.extended[state]),
    String(STATUS_CODE_OF_STATE[state]),
  ]);
  return table(
    ['State', 'Status', 'With `Ledgerpost-Statuses: extended`', '`statusCode`, unless a refusal says more'],
    rows,
  );
}

const { connectorFor, listConnectors } = makeConnectors({ sandboxUrl: () => '', sandboxToken: '' });

function connectorWith(platformKey: string): Connector {
  const connector = connectorFor(platformKey);
  if (connector === undefined) throw new Error(`No connector has the platform key ${platformKey}`);
  return connector;
}

function coverageTables(): string {
  return listConnectors().map(coverageTable).join('\n\n');
}

/** What the link page asks for. */
function linkFieldsTable({ platform }: Connector): string {
  const rows = platform.linkFields.map(({ name, description, required, choices }) => [
    code(name),
    required ? 'yes' : '',
    choices === undefined ? description : `${description} ${choices.map(({ value }) => code(value)).join(' or ')}.`,
  ]);
  return table(['Setting', 'Required', 'Meaning'], rows);
}

function deletingRows(): readonly (readonly string[])[] {
  return Object.entries(DELETING).map(([dataType, sentence]) => [code(dataType), sentence]);
}

function coverageTable(connector: Connector): string {
  const { name, key } = connector.platform;
  const rows = datatypeFeatures(connector)
    .map(({ dataType, supportedFeatures }) => {
      const mark = (feature: (typeof supportedFeatures)[number]['featureType']) =>
        supportedFeatures.some((each) => each.featureType === feature && each.featureState === 'Release') ? 'yes' : '';
      const marks = [mark('Get'), mark('Post'), mark('Put'), mark('Delete'), mark('UploadAttachment')];
      const fields = Object.entries(connector.writes[dataType]?.create?.model.fields ?? {});
      const required = fields.flatMap(([field, { required: isRequired }]) =>
        isRequired === true ? [code(field)] : [],
      );
      return {
        marks,
        row: [
          code(dataType),
          code(isWritable(dataType) ? writableTypes[dataType].path : dataType),
          ...marks,
          required.join(', '),
        ],
      };
    })
    .filter(({ marks }) => marks.some((mark) => mark !== ''));
  const head = ['Data type', 'In push paths', 'Read', 'Create', 'Update', 'Delete', 'Attach', 'Required to create'];
  return `**${name}** (platform key ${code(key)})\n\n${table(
    head,
    rows.map(({ row }) => row),
  )}`;
}

function errorsTable(): string {
  const rows = Object.keys(ERRORS).map((each) => {
    const kind = errorKind(each as ErrorCode);
    const text = kind.text('…');
    return [
      code(each),
      String(kind.statusCode),
      text === '…' ? 'says what is wrong' : text,
      code(kind.canBeRetried ?? 'Unknown'),
      code(kind.service ?? 'PublicApi'),
    ];
  });
  return table(['Code', 'HTTP', '`error`', '`canBeRetried`', '`service`'], rows);
}

/** The commands that do something, those below others with their full names. */
function commandsTable(): string {
  const leaves = (command: Command, path: string): string[][] =>
    command.commands.flatMap((below) => {
      const name = `${path}${below.name()}`;
      if (below.commands.length > 0) return leaves(below, `${name} `);
      const takes = below.registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`));
      return [[code([name, ...takes].join(' ')), below.description()]];
    });
  return table(['Command', 'What it does'], leaves(makeProgram(), ''));
}

function exitCodesTable(): string {
  const rows = Object.values(EXIT_CODES).map(({ code: exitCode, meaning }) => [String(exitCode), meaning]);
  return table(['Code', 'Meaning'], rows);
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function emit(isCheck: boolean): void {
  for (const file of Object.keys(TABLES_OF_DOCUMENT)) {
    const text = readFileSync(path.join(root, file), 'utf8');
    const rendered = renderDocument(file, text);
    if (rendered === text) continue;
    if (isCheck) {
      process.stderr.write(`${file} is out of date: run \`node scripts/emit-docs.ts\` and commit what it writes\n`);
      process.exitCode = 1;
    } else {
      writeFileSync(path.join(root, file), rendered);
    }
  }
}

if (import.meta.main) emit(process.argv.includes('--check'));
