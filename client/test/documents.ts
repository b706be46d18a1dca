/** The examples of the README and of doc comments, as programs with what they print. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Example {
  /** `README.md:30` */
  readonly place: string;
  readonly code: string;
  /** What `// prints:` lines promise; undefined where the example needs an address of its own. */
  readonly printed: string;
}

const ROOT = path.join(import.meta.dirname, '..');

export function examples(): readonly Example[] {
  const sources = readdirSync(path.join(ROOT, 'src')).filter((name) => name.endsWith('.ts'));
  return [
    ...examplesIn('README.md', readFileSync(path.join(ROOT, 'README.md'), 'utf8')),
    ...sources.flatMap((name) => examplesIn(name, undocumented(readFileSync(path.join(ROOT, 'src', name), 'utf8')))),
  ];
}

/** The text of doc comments, line by line where it stood; all else is blank. */
function undocumented(source: string): string {
  return source
    .split('\n')
    .map((line) => /^ *\*( (?<text>.*))?$/.exec(line)?.groups?.['text'] ?? '')
    .join('\n');
}

function examplesIn(file: string, text: string): Example[] {
  return [...text.matchAll(/^```ts\n(?<code>[^]*?)^```$/gm)].map((match) => {
    const code = match.groups?.['code'] ?? '';
    const promised = [...code.matchAll(/^ *\/\/ prints: (?<line>.*)$/gm)].map((line) => line.groups?.['line']);
    const line = text.slice(0, match.index).split('\n').length;
    return { place: `${file}:${line}`, code, printed: promised.map((each) => `${each}\n`).join('') };
  });
}
