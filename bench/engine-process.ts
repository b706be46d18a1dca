/** A program: the engine over the platform in memory, so that its memory can be measured from outside. */
import { createDatabase } from '../server/src/db/pool.ts';
import { systemClock } from '../server/src/lib/clock.ts';
import { makeLog } from '../server/src/lib/log.ts';
import { startMemoryEngine } from './memory-platform.ts';

process.once('disconnect', () => process.exit(0));
const url = process.argv[2] ?? '';
const db = createDatabase({ connection: { url }, connectionsMax: 16, log: makeLog('warn', systemClock) });
startMemoryEngine(db, () => undefined);
