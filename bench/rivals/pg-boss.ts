/**
 * A gateway on pg-boss. Settings for throughput: LISTEN/NOTIFY wakes the workers, a full batch fetches on at once, one
 * batch stores its outcomes in one statement, and pg-boss finishes a whole batch in one statement.
 */
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { readRivalSettings, serve } from './http.ts';
import { callSandbox, createTables, storeOutcomes, type PushJob } from './push-work.ts';

const queue = 'pushes';
const settings = readRivalSettings();
const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 8 });
await createTables(pool);

const boss = new PgBoss({ connectionString: settings.databaseUrl, max: 16, useListenNotify: true });
boss.on('error', (error) => console.error(error));
await boss.start();
await boss.createQueue(queue, { notify: true, retryLimit: 10, retryBackoff: true });

// 2 × 64 calls at once are as many as our own engine makes: 16 connections × 8. Smaller batches were slower.
await boss.work<PushJob>(
  queue,
  { batchSize: 64, localConcurrency: 2, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 },
  async (jobs) => {
    const outcomes = await Promise.all(
      jobs.map((job) => callSandbox(settings.sandboxUrl, settings.sandboxToken, job.data)),
    );
    await storeOutcomes(pool, outcomes);
  },
);

await serve(async (job) => {
  await boss.send(queue, job);
});
