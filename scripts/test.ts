/**
 * Runs all tests, or those named by the arguments, and ends with one line `N passed, N failed`. Vitest's own summary
 * counts files and tests apart and leaves files that do not load out of the latter; here they count as failed.
 *
 * The suite against Tryton goes file after file and waits for Tryton most of its time, so it runs beside the others, which
 * Vitest itself cannot do: it lets projects with different numbers of workers follow each other.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from './run-program.ts';

const root = path.resolve(import.meta.dirname, '..');

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** The members of Vitest's JSON report that are read here. */
interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export async function runTests(args: readonly string[]): Promise<Tally> {
  if (args.length > 0) return runVitest(args, 'at once');
  const tallies = await Promise.all([
    runVitest(['--project', 'unit', '--project', 'real'], 'at once'),
    runVitest(['--project', 'tryton'], 'at its end'),
  ]);
  const sum = (member: keyof Tally) => tallies.reduce((all, each) => all + each[member], 0);
  return { passed: sum('passed'), failed: sum('failed') };
}

async function runVitest(args: readonly string[], writes: 'at once' | 'at its end'): Promise<Tally> {
  const reportDir = mkdtempSync(path.join(tmpdir(), 'ledgerpost-tests-'));
  const reportFile = path.join(reportDir, 'report.json');
  try {
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
    const { code, written } = await runProgram(process.execPath, [vitest, 'run', ...reporters, ...args], writes);
    process.stdout.write(written);
    return tally(reportFile, code === 0);
  } finally {
    rmSync(reportDir, { recursive: true, force: true });
  }
}

function tally(reportFile: string, hasSucceeded: boolean): Tally {
  const files = readReport(reportFile)?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === 'passed').length;
  const failedTests = tests.filter((test) => test.status === 'failed').length;
  const filesNotLoaded = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = failedTests + filesNotLoaded;
  // Vitest also fails for errors outside any test, such as a rejection nobody handled, or for finding no tests.
  return { passed, failed: hasSucceeded ? failed : Math.max(failed, 1) };
}

function readReport(reportFile: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const { passed, failed } = await runTests(process.argv.slice(2));
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`${passed} passed, ${failed} failed`);
}
