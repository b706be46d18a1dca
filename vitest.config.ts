// The test layers: unit tests beside their files, and the slower ones that need a real database, sandbox or server.
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Waiting is bounded by what a busy machine may need, not by what an idle one takes. */
const bounds = {
  expect: { poll: { timeout: 60_000, interval: 50 } },
  testTimeout: 240_000,
  hookTimeout: 240_000,
};

/** These take longest, most of the time waiting. Begun late, one of them would go on alone at the end. */
const LONG_FILES =
  /(simulation|embedded|coverage|coverage-models|commands|package|runtimes|fuzz|reading|live|tour|refusals|roles|conformance\/sandbox|faults\/[a-z-]+)\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const [long, short] = [true, false].map((isLong) =>
      sorted.filter(({ moduleId }) => LONG_FILES.test(moduleId) === isLong),
    );
    return [...(long ?? []), ...(short ?? [])];
  }
}

export default defineConfig({
  test: {
    // Most tests wait for processes, databases and deadlines; one file at a time would leave the machine idle.
    maxWorkers: 2,
    // node:sqlite, in the sandbox, still announces itself as experimental.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Tests start hundreds of programs; each is compiled once, which halves what a start costs.
    env: { NODE_COMPILE_CACHE: path.join(import.meta.dirname, 'node_modules/.cache/node-compile') },
    // Node runs TypeScript itself, and keeps what it compiled; Vitest's own loader would do it once more for each file.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          // Pure tests leave nothing behind, so that they share a process and what it has loaded.
          isolate: false,
          include: [
            'server/src/**/*.test.ts',
            'client/src/**/*.test.ts',
            'sandbox/src/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          ...bounds,
        },
      },
      {
        test: {
          name: 'real',
          include: ['server/test/**/*.test.ts', 'sandbox/test/**/*.test.ts', 'client/test/**/*.test.ts'],
          exclude: ['server/test/tryton/**'],
          // What a file shares with others is what it has loaded: its servers, databases and books are its own. A process
          // for each file costs nearly two seconds of a processor, a third of what most files take.
          isolate: false,
          setupFiles: ['server/test/support/compile-cache.ts'],
          globalSetup: ['server/test/support/database-setup.ts'],
          ...bounds,
        },
      },
      {
        test: {
          name: 'tryton',
          include: ['server/test/tryton/**/*.test.ts'],
          isolate: false,
          setupFiles: ['server/test/support/compile-cache.ts'],
          globalSetup: ['server/test/support/database-setup.ts', 'server/test/tryton/tryton-setup.ts'],
          // One Tryton with one interpreter lock serves all files: one after the other, each with time for a busy machine.
          fileParallelism: false,
          ...bounds,
        },
      },
    ],
  },
});
