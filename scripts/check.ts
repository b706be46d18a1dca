/**
 * Everything that must hold before a change goes in; what CI runs. All steps run even when an early one fails, so that
 * one run shows all there is to mend; each failed step counts as one failure in the last line.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { runTests } from './test.ts';

const root = path.resolve(import.meta.dirname, '..');

const steps: readonly { readonly name: string; readonly command: string; readonly args: readonly string[] }[] = [
  { name: 'format', command: 'prettier', args: ['--check', '--log-level=warn', '.'] },
  { name: 'lint', command: 'oxlint', args: [] },
  { name: 'types', command: 'tsc', args: ['--noEmit'] },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
  { name: 'emitted files', command: 'node', args: ['scripts/emit-openapi.ts', '--check'] },
  { name: 'emitted types', command: 'node', args: ['scripts/emit-types.ts', '--check'] },
  { name: 'tables in documents', command: 'node', args: ['scripts/emit-docs.ts', '--check'] },
];

const failedSteps = steps.filter(({ name, command, args }) => {
  console.log(`\n== ${name}: ${command} ${args.join(' ')}`);
  const run = spawnSync(path.join(root, 'node_modules/.bin', command), args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return run.status !== 0;
});

console.log('\n== tests');
const { passed, failed } = await runTests([]);
const failures = failed + failedSteps.length;
if (failedSteps.length > 0) console.log(`failed steps: ${failedSteps.map((step) => step.name).join(', ')}`);
process.exitCode = failures === 0 ? 0 : 1;
console.log(`${passed} passed, ${failures} failed`);
