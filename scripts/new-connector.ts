/**
 * `npm run new-connector -- <name>`: the skeleton of a connector. It links and says what it cannot do yet, passes the
 * conformance suite over its empty list of capabilities, and is meant to be written over, piece by piece.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { makeConnectors } from '../server/src/connectors/registry.ts';

const root = path.resolve(import.meta.dirname, '..');
const templates = path.join(import.meta.dirname, 'new-connector');

/** Where each template goes; `NAME` is the connector's. */
const files: Readonly<Record<string, string>> = {
  'connector.ts.txt': 'server/src/connectors/NAME/connector.ts',
  'http.ts.txt': 'server/src/connectors/NAME/http.ts',
  'conformance.test.ts.txt': 'server/test/conformance/NAME.test.ts',
  'stand-in.ts.txt': 'server/test/conformance/NAME-stand-in.ts',
};

const nameForm = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const nameLengthMax = 30;

/** Writes the files and tells their paths. Nothing that is there is written over. */
async function writeSkeleton(name: string, into: string): Promise<readonly string[]> {
  if (!nameForm.test(name) || name.length > nameLengthMax) {
    throw new Error(`A connector's name is a folder's: lower-case letters, digits and dashes. "${name}" is not.`);
  }
  const words: Readonly<Record<string, string>> = {
    NAME: name,
    TITLE: name.split('-').map(capital).join(' '),
    SYMBOL: name.split('-').map(capital).join(''),
    KEY: freeKey(name),
    INTEGRATION_ID: randomUUID(),
    SOURCE_ID: randomUUID(),
  };
  const fill = (text: string) => text.replaceAll(/__([A-Z_]+?)__/g, (whole, word: string) => words[word] ?? whole);
  const targets = Object.entries(files).map(([template, target]) => ({
    template,
    target: target.replace('NAME', name),
  }));
  const present = targets.find(({ target }) => existsSync(path.join(into, target)));
  if (present !== undefined) throw new Error(`${present.target} is there already.`);
  const style = await resolveConfig(path.join(root, 'package.json'));
  for (const { template, target } of targets) {
    const text = fill(readFileSync(path.join(templates, template), 'utf8'));
    mkdirSync(path.dirname(path.join(into, target)), { recursive: true });
    // How lines break depends on how long the name is.
    writeFileSync(path.join(into, target), await format(text, { ...style, parser: 'typescript' }));
  }
  return targets.map(({ target }) => target);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Four letters, the first of the name where nobody has them: the platform key is part of the wire and never changes. */
function freeKey(name: string): string {
  const { connectorFor } = makeConnectors({ sandboxUrl: () => '', sandboxToken: '' });
  const letters = name
    .replaceAll(/[^a-z]/g, '')
    .padEnd(4, 'x')
    .slice(0, 4);
  for (let index = 0; index < 26; index += 1) {
    const key = index === 0 ? letters : letters.slice(0, 3) + String.fromCodePoint(96 + index);
    if (connectorFor(key) === undefined) return key;
  }
  throw new Error(`No platform key beginning with ${letters.slice(0, 3)} is free.`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { root: { type: 'string' } } });
  const [name = ''] = positionals;
  const written = await writeSkeleton(name, values.root ?? root);
  console.log(`Written:\n\n${written.map((file) => `  ${file}`).join('\n')}\n`);
  console.log(`Run it:     npx vitest run --project real server/test/conformance/${name}.test.ts`);
  console.log('Make it so: add a line to server/src/connectors/registry.ts, and read docs/connectors/writing-one.md.');
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
