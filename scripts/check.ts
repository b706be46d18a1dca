/**
 * Everything that must hold before a change goes in; what CI runs. All steps run even when an early one fails, so that
 * one run shows all there is to mend; each failed step counts as one failure in the last line.
 */
import path from 'node:path';
import { runProgram } from './run-program.ts';
import { runTests } from './test.ts';

const STEPS_AT_ONCE = 2;
const root = path.resolve(import.meta.dirname, '..');

interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** The longest first. */
const steps: readonly Step[] = [
  { name: 'format', command: 'prettier', args: ['--check', '--log-level=warn', '.'] },
  { name: 'lint', command: 'oxlint', args: [] },
  { name: 'types', command: 'tsc', args: ['--noEmit'] },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
  { name: 'emitted files', command: 'node', args: ['scripts/emit-openapi.ts', '--check'] },
  { name: 'emitted types', command: 'node', args: ['scripts/emit-types.ts', '--check'] },
  { name: 'tables in documents', command: 'node', args: ['scripts/emit-docs.ts', '--check'] },
];

const failedSteps: Step[] = [];
const left = [...steps];
// Most of them keep one processor busy.
await Promise.all(Array.from({ length: STEPS_AT_ONCE }, runOneAfterAnother));

async function runOneAfterAnother(): Promise<void> {
  for (let step = left.shift(); step !== undefined; step = left.shift()) {
    const { name, command, args } = step;
    const { code, written } = await runProgram(path.join(root, 'node_modules/.bin', command), args, 'at its end');
    console.log(`\n== ${name}: ${command} ${args.join(' ')}`);
    process.stdout.write(written);
    if (code !== 0) failedSteps.push(step);
  }
}

console.log('\n== tests');
const { passed, failed } = await runTests([]);
const failures = failed + failedSteps.length;
if (failedSteps.length > 0) console.log(`failed steps: ${failedSteps.map((step) => step.name).join(', ')}`);
process.exitCode = failures === 0 ? 0 : 1;
console.log(`${passed} passed, ${failures} failed`);
