/** The documents as the tests read them: their text, code blocks and tables. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '..', '..', '..');

export function readDocument(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Every Markdown file of ours, by its path from the root. */
export function listDocuments(folder = ''): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) {
      const isOurs = !entry.name.startsWith('.') && !['node_modules', 'dist', 'coverage'].includes(entry.name);
      return isOurs ? listDocuments(file) : [];
    }
    return entry.name.endsWith('.md') ? [file] : [];
  });
}

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

/** Fenced blocks in their order. */
export function codeBlocks(text: string): CodeBlock[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({ language, code }));
}

/** The text under a heading, up to the next one of its rank or above. */
export function section(text: string, heading: string): string {
  const lines = withoutCode(text).split('\n');
  const rank = heading.indexOf(' ');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`There is no heading "${heading}"`);
  const end = lines.findIndex((line, index) => index > start && /^#+ /.test(line) && line.indexOf(' ') <= rank);
  return text
    .split('\n')
    .slice(start + 1, end < 0 ? undefined : end)
    .join('\n');
}

/** The same lines, with those inside of code blocks emptied: a `#` in a shell block is no heading. */
export function withoutCode(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, (block) => block.replaceAll(/[^\n]/g, ''));
}

/** The cells of all tables' rows, without heads; code marks are taken off. */
export function tableRows(text: string): string[][] {
  const rows = withoutCode(text).split('\n');
  return rows
    .filter((line, index) => line.startsWith('|') && !/^\| ?-/.test(line) && !/^\| ?-/.test(rows[index + 1] ?? ''))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
    );
}
