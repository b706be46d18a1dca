/**
 * Tells the engine, the webhooks and the readers of other processes that there is something to do, for processes that do
 * not run those roles themselves. Only a hint: each of them also looks by itself every second.
 */
import type { DatabaseConnection } from '../db/connection.ts';
import { listen } from '../db/listen.ts';
import type { Database } from '../db/pool.ts';
import type { Log } from '../lib/log.ts';

export interface Hints {
  readonly tell: (about: HintAbout, id?: string) => void;
  /** Begins to hear; gives what ends it. */
  readonly hear: (about: HintAbout, onHint: (id: string) => void) => () => Promise<void>;
}

type HintAbout = 'pushes' | 'events' | 'datasets';

export function crossProcessHints(deps: {
  readonly db: Database;
  readonly connection: DatabaseConnection;
  readonly log: Log;
}): Hints {
  return {
    tell: (about, id = '') => {
      const told = deps.db.execute('hint_tell', 'SELECT pg_notify($1, $2)', [channelOf(about), id]);
      told.catch((error: unknown) => deps.log.debug('A hint was not told', { error: String(error) }));
    },
    hear: (about, onHint) => {
      const { connection, log } = deps;
      // The listener also speaks, without an id, when its connection came back; the next look finds what it missed.
      const onNotify = (id: string) => (about === 'pushes' && id === '' ? undefined : onHint(id));
      return listen({ connection, channel: channelOf(about), onNotify, log }).stop;
    },
  };
}

function channelOf(about: HintAbout): string {
  return `ledgerpost_${about}`;
}
