/**
 * A gateway on graphile-worker. Settings for throughput, from its own page on performance: a local queue fetches jobs in
 * batches, finished jobs are reported in batches, and many jobs run at once.
 */
import { Logger, run } from 'graphile-worker';
import pg from 'pg';
import { readRivalSettings, serve } from './http.ts';
import { callSandbox, createTables, storeOutcomes, type PushJob } from './push-work.ts';

const settings = readRivalSettings();
const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 24 });
pool.on('error', (error) => console.error(error));
pool.on('connect', (client) => client.on('error', (error) => console.error(error)));
await createTables(pool);

const runner = await run({
  pgPool: pool,
  noHandleSignals: true,
  logger: new Logger(() => (level, message) => {
    if (level === 'error') console.error(message);
  }),
  taskList: {
    push: async (payload) => {
      await storeOutcomes(pool, [await callSandbox(settings.sandboxUrl, settings.sandboxToken, payload as PushJob)]);
    },
  },
  preset: {
    // As many calls at once as our own engine makes: 16 connections × 8.
    worker: {
      concurrentJobs: 128,
      localQueue: { size: 256 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
      pollInterval: 500,
    },
  },
});

await serve(async (job) => {
  await runner.addJob('push', job, { maxAttempts: 10 });
});
