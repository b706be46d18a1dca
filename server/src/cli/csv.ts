/** Records as lines of comma-separated values: one column a plain member, dots for what is nested, JSON for lists. */
import { allModels } from '../models/all-models.ts';
import { dataTypeFromPath } from '../models/data-types.ts';
import type { Fields } from '../models/model.ts';

type Members = Readonly<Record<string, unknown>>;

export interface Csv {
  /** The lines of these records; before the first ones the line of columns. */
  readonly render: (records: readonly Members[]) => string;
  /** Members that have no column, because they first appeared after the head was written. */
  readonly leftOut: () => readonly string[];
}

/** The columns are those of the data model, and whatever else the first records have. */
export function makeCsv(dataType: string): Csv {
  const leftOut = new Set<string>();
  let columns: readonly string[] | undefined;
  return {
    render: (records) => {
      const flat = records.map((record) => flattened(record));
      const head = columns === undefined ? headOf(dataType, flat) : undefined;
      columns ??= head ?? [];
      const known = new Set(columns);
      for (const name of flat.flatMap((each) => Object.keys(each))) if (!known.has(name)) leftOut.add(name);
      const lines = flat.map((each) => lineOf(known, each));
      return [...(head === undefined ? [] : [`${head.join(',')}\n`]), ...lines].join('');
    },
    leftOut: () => [...leftOut],
  };
}

function headOf(dataType: string, first: readonly Members[]): string[] {
  const model = allModels.find((each) => each.dataType === dataTypeFromPath(dataType));
  return [...new Set(['id', ...columnsOf(model?.fields ?? {}), ...first.flatMap((each) => Object.keys(each))])];
}

function columnsOf(fields: Fields, path = ''): string[] {
  return Object.entries(fields).flatMap(([name, { type, fields: inner }]) =>
    type === 'Object' && inner !== undefined ? columnsOf(inner, `${path}${name}.`) : [`${path}${name}`],
  );
}

function lineOf(columns: ReadonlySet<string>, record: Members): string {
  return `${[...columns].map((column) => cell(record[column])).join(',')}\n`;
}

function flattened(record: Members, path = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]): [string, unknown][] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(flattened(value as Members, `${path}${name}.`))
        : [[`${path}${name}`, value]],
    ),
  );
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // A spreadsheet would take such a text for a formula and run it.
  const harmless = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
