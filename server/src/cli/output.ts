/** How commands speak: tables and colours to a person at a terminal, JSON to a program, progress on the error stream. */
import { styleText } from 'node:util';

export interface Output {
  /** Wanted with --json: one JSON value, or one a line where a command streams. */
  readonly json: boolean;
  readonly line: (text?: string) => void;
  readonly value: (value: unknown) => void;
  /** `paint` may colour a cell once it is as wide as its column. */
  readonly table: (rows: readonly Row[], paint?: Paint) => void;
  /** Asides for a person; never mixed into what a program reads. */
  readonly note: (text: string) => void;
  readonly colour: (style: Style, text: string) => string;
  /** A bar that redraws itself, on a terminal only. */
  readonly progress: (done: number, total: number, label: string) => void;
  readonly endProgress: () => void;
  /** As it stands, and only as fast as the reader takes it. */
  readonly write: (text: string) => Promise<void>;
}

export type Row = Readonly<Record<string, string | number | undefined>>;
export type Paint = (text: string, column: string, row: Row) => string;
type Style = 'green' | 'red' | 'yellow' | 'dim' | 'bold';

const BAR_WIDTH = 30;

export function makeOutput(json: boolean, out = process.stdout, err = process.stderr): Output {
  // util.styleText heeds NO_COLOR and FORCE_COLOR, and whether the stream is a terminal.
  const colour = (style: Style, text: string) => styleText(style, text, { stream: out });
  const line = (text = '') => void out.write(`${text}\n`);
  let hasBar = false;
  return {
    json,
    line,
    colour,
    value: (value) => line(out.isTTY ? JSON.stringify(value, undefined, 2) : JSON.stringify(value)),
    table: (rows, paint) => renderTable(rows, paint, (text) => colour('bold', text)).forEach((text) => line(text)),
    note: (text) => void err.write(`${text}\n`),
    progress: (done, total, label) => {
      if (!err.isTTY) return;
      hasBar = true;
      const share = total === 0 ? 1 : Math.min(1, done / total);
      const bar = '█'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '░');
      err.write(`\r${bar} ${done} of ${total} ${label}`);
    },
    endProgress: () => {
      if (hasBar) err.write('\n');
      hasBar = false;
    },
    write: (text) =>
      new Promise((resolve, reject) =>
        out.write(text, (error) => (error instanceof Error ? reject(error) : resolve())),
      ),
  };
}

/** Columns as wide as their widest cell. Cells are one line each: what would break the table is shown as a blank. */
function renderTable(
  rows: readonly Row[],
  paint: Paint = (text) => text,
  heading: (text: string) => string = (text) => text,
): string[] {
  const [first] = rows;
  if (first === undefined) return ['(none)'];
  const columns = Object.keys(first).map((name) => {
    const cells = rows.map((row) => oneLine(String(row[name] ?? '')));
    const title = titleOf(name);
    return { name, title, cells, width: Math.max(title.length, ...cells.map((cell) => cell.length)) };
  });
  const head = columns.map(({ title, width }) => title.padEnd(width)).join('  ');
  const lines = rows.map((row, n) =>
    columns.map(({ name, cells, width }) => paint((cells[n] ?? '').padEnd(width), name, row)).join('  '),
  );
  return [heading(head.trimEnd()), ...lines.map((line) => line.trimEnd())];
}

/** `sourceModifiedDate` reads SOURCE MODIFIED DATE. */
function titleOf(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase();
}

// What a platform or a caller wrote could otherwise steer the terminal.
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;

function oneLine(text: string): string {
  return text.replaceAll(CONTROL, ' ');
}
