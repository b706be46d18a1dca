/**
 * Hears `pg_notify` on one channel, over a connection of its own that comes back by itself. Only ever a hint to look
 * sooner: notifications are lost while the connection is away, and nothing may depend on them.
 */
import pg from 'pg';
import type { Log } from '../lib/log.ts';
import { clientConfig, type DatabaseConnection } from './connection.ts';
import { pause } from './pause.ts';
import { describeDatabaseError } from './pool.ts';

export interface ListenOptions {
  readonly connection: DatabaseConnection;
  readonly channel: string;
  /** Also called, with an empty payload, each time the connection came back: something may have been missed. */
  readonly onNotify: (payload: string) => void;
  readonly log: Log;
}

export interface Listener {
  readonly stop: () => Promise<void>;
}

const PAUSE_MIN_MS = 100;
const PAUSE_MAX_MS = 5_000;

export function listen({ connection, channel, onNotify, log }: ListenOptions): Listener {
  const stopping = new AbortController();
  const running = keepListening();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };

  async function keepListening(): Promise<void> {
    let pauseMs = PAUSE_MIN_MS;
    while (!stopping.signal.aborted) {
      try {
        await listenOnce(() => (pauseMs = PAUSE_MIN_MS));
      } catch (error) {
        log.debug('Listening was interrupted', { channel, error: describeDatabaseError(error) });
      }
      await pause(stopping.signal, pauseMs);
      pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
    }
  }

  /** Resolves on stop, rejects when the connection is lost. */
  async function listenOnce(onConnected: () => void): Promise<void> {
    const client = new pg.Client(clientConfig(connection));
    const lost = new Promise<never>((_, reject) => {
      client.on('error', reject);
      client.on('end', () => reject(new Error('Connection terminated')));
    });
    lost.catch(() => undefined);
    client.on('notification', (message) => onNotify(message.payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      onConnected();
      onNotify('');
      await Promise.race([lost, pause(stopping.signal)]);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
