/** The feed of events, followed: page after page, held open by the server while there is nothing to tell. */
import { pause } from '../db/pause.ts';
import { CommandFailure } from './exit-codes.ts';
import type { ServerCalls } from './server-calls.ts';

export interface WireEvent {
  readonly id: string;
  readonly eventType: string;
  readonly generatedDate: string;
  readonly test?: boolean;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface FeedSelection {
  /** A cursor; `latest` for what comes from now on; undefined for all that is kept. */
  readonly after: string | undefined;
  /** Names or patterns, parted by commas. */
  readonly eventTypes: string | undefined;
  readonly companyId: string | undefined;
}

interface FeedPage {
  readonly results: readonly WireEvent[];
  readonly cursor: string;
  readonly hasMore: boolean;
}

interface Following {
  /** Go on when all has been told, until the signal fires. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  readonly onAway: (reason: string) => void;
}

const HOLD_SECONDS = 20;
const HOLD_MARGIN_MS = 15_000;
const AWAY_PAUSE_MS = 1_000;

/** The events of one answer at a time, with the cursor to go on from once they are dealt with. */
export async function* readFeed(
  server: ServerCalls,
  selection: FeedSelection,
  { follow, signal, onAway }: Following,
): AsyncGenerator<{ readonly events: readonly WireEvent[]; readonly cursor: string }> {
  let { after } = selection;
  while (!signal.aborted) {
    const page = await pageWhenThere(server, { ...selection, after }, { follow, signal, onAway });
    if (page === undefined) return;
    yield { events: page.results, cursor: page.cursor };
    after = page.cursor;
    if (!follow && !page.hasMore) return;
  }
}

/** A server that is being restarted is waited for: the cursor says where to go on. */
async function pageWhenThere(
  server: ServerCalls,
  { after, eventTypes, companyId }: FeedSelection,
  { follow, signal, onAway }: Following,
): Promise<FeedPage | undefined> {
  // The first answer is not held: whoever follows is told at once from where.
  const wait = follow && after !== 'latest' ? HOLD_SECONDS : 0;
  while (!signal.aborted) {
    try {
      return await server.call<FeedPage>('GET', '/events', {
        query: { after, eventTypes, companyId, wait },
        timeoutMs: wait * 1_000 + HOLD_MARGIN_MS,
        signal,
      });
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!follow || !(error instanceof CommandFailure) || error.exit !== 'unreachable') throw error;
      onAway(error.message);
      await pause(signal, AWAY_PAUSE_MS);
    }
  }
  return undefined;
}

/** Fires on Ctrl-C, which is how a person ends what goes on for ever. */
export function untilInterrupted(): AbortSignal {
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  process.once('SIGTERM', () => stopping.abort());
  return stopping.signal;
}
