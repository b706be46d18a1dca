/** ledgerpost migrate: bring the database to the form this version needs, before or without a server. */
import type { Command } from 'commander';
import { readMigrations } from '../../db/migrate.ts';
import { holdDataDir } from '../../launch/data-dir.ts';
import { migrateReachable, reachDatabase } from '../../launch/database.ts';
import { systemClock } from '../../lib/clock.ts';
import { makeLog } from '../../lib/log.ts';
import { configOrFail, outputOf } from '../context.ts';

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('apply what the database lacks; a server does the same when it starts')
    .action(async () => {
      const output = outputOf(program);
      const config = configOrFail();
      const log = makeLog('warn', systemClock);
      const stops: (() => Promise<void>)[] = [];
      try {
        // The embedded database is ours only while no server runs on the same folder.
        if (config.databaseUrl === undefined) stops.push((await holdDataDir(config.dataDir)).release);
        const connection = await reachDatabase(config, log, stops);
        const applied = await migrateReachable(config, connection, log);
        const known = (await readMigrations()).length;
        if (output.json) return output.value({ applied, known });
        for (const name of applied) output.line(`applied ${name}`);
        output.line(applied.length === 0 ? `up to date: all ${known} migrations are applied` : 'up to date');
      } finally {
        for (const stop of stops.toReversed()) await stop();
      }
    });
}
