/** For every arrow of the table of moves: a push that is about to take it, and how it must end whoever dies on the way. */
import type { Move, MOVES, PushState } from '../../src/push/state.ts';

export interface Scene {
  readonly from: PushState;
  readonly to: PushState;
  /** The statement that makes the move, and what it says of it. */
  readonly statement: string;
  readonly containing?: string;
  /** Members of the push's row that differ from those of a push that was just accepted. */
  readonly row?: Readonly<Record<string, string>>;
  readonly body?: 'without a name';
  /** What the sandbox does to the first write, and what it is taken to remember. */
  readonly fault?: Readonly<Record<string, unknown>>;
  readonly memory?: 'deduplicates' | 'none';
  /** The record is in the books already, as of a send whose answer was lost. */
  readonly isInBooks?: boolean;
  readonly isConnectionDeleted?: boolean;
  /** The deadline passes as the push is claimed. */
  readonly expiresWhenClaimed?: boolean;
  /** The move is an operator's, not the engine's. */
  readonly isDecided?: boolean;
  readonly ends: { readonly state: PushState; readonly records: 0 | 1 };
}

type Arrow = { [M in Move]: `${(typeof MOVES)[M]['from'][number]} ${M} ${(typeof MOVES)[M]['to']}` }[Move];

const WRITTEN = { state: 'succeeded', records: 1 } as const;
const absent = (state: PushState) => ({ state, records: 0 }) as const;

/** Of what was sent long ago, so that absence is believed at the first look. */
const LONG_IN_DOUBT = {
  state: `'in_doubt'`,
  sent_at: `now() - interval '1 hour'`,
  in_doubt_since: `now() - interval '1 hour'`,
};
const JUST_IN_DOUBT = { state: `'in_doubt'`, sent_at: 'now()', in_doubt_since: `now() + interval '1 hour'` };
const EXPIRED = { deadline_at: `now() - interval '1 second'` };
const TO_BE_REPEATED = { may_be_written: 'true' };
const UNKNOWN = {
  state: `'unknown'`,
  sent_at: `now() - interval '1 hour'`,
  in_doubt_since: `now() - interval '1 hour'`,
  completed_at: `now() - interval '1 hour'`,
};

function settled(from: PushState, to: PushState, scene: Omit<Scene, 'from' | 'to' | 'statement'>): Scene {
  return { from, to, statement: 'push_settle', containing: `"from_state":"${from}","to_state":"${to}"`, ...scene };
}

export const ARROWS: { readonly [A in Arrow]: Scene } = {
  'queued claim sending': { from: 'queued', to: 'sending', statement: 'push_claim', ends: WRITTEN },
  'sending retry queued': settled('sending', 'queued', {
    fault: { kind: 'status-before', status: 429, retryAfterSeconds: 0 },
    ends: WRITTEN,
  }),
  'in_doubt retry queued': settled('in_doubt', 'queued', { row: LONG_IN_DOUBT, ends: WRITTEN }),
  'sending lose in_doubt': settled('sending', 'in_doubt', { fault: { kind: 'cut-after' }, ends: WRITTEN }),
  'in_doubt doubtStays in_doubt': settled('in_doubt', 'in_doubt', { row: JUST_IN_DOUBT, ends: WRITTEN }),
  'sending succeed succeeded': settled('sending', 'succeeded', { ends: WRITTEN }),
  'in_doubt succeed succeeded': settled('in_doubt', 'succeeded', {
    row: LONG_IN_DOUBT,
    isInBooks: true,
    ends: WRITTEN,
  }),
  'unknown succeed succeeded': settled('unknown', 'succeeded', { row: UNKNOWN, isInBooks: true, ends: WRITTEN }),
  'queued fail failed': settled('queued', 'failed', { isConnectionDeleted: true, ends: absent('failed') }),
  'sending fail failed': settled('sending', 'failed', { body: 'without a name', ends: absent('failed') }),
  'unknown fail failed': settled('unknown', 'failed', {
    row: { ...UNKNOWN, not_before: `'infinity'` },
    isDecided: true,
    ends: absent('failed'),
  }),
  'queued expire timed_out': settled('queued', 'timed_out', { row: EXPIRED, ends: absent('timed_out') }),
  'sending expire timed_out': settled('sending', 'timed_out', { expiresWhenClaimed: true, ends: absent('timed_out') }),
  'in_doubt expire timed_out': settled('in_doubt', 'timed_out', {
    row: { ...LONG_IN_DOUBT, ...EXPIRED },
    ends: absent('timed_out'),
  }),
  'queued giveUp unknown': settled('queued', 'unknown', {
    row: { ...TO_BE_REPEATED, ...EXPIRED },
    ends: absent('unknown'),
  }),
  // Its link no longer says that the platform de-duplicates.
  'sending giveUp unknown': settled('sending', 'unknown', {
    row: TO_BE_REPEATED,
    memory: 'none',
    ends: absent('unknown'),
  }),
  'in_doubt giveUp unknown': settled('in_doubt', 'unknown', {
    row: LONG_IN_DOUBT,
    memory: 'none',
    ends: absent('unknown'),
  }),
};

/** What moves no state and yet must not be died upon; and the moves that another statement makes too. */
export const REST_OF_A_TURN: Readonly<Record<string, Scene>> = {
  'the permit to send': { from: 'sending', to: 'sending', statement: 'push_permit', ends: WRITTEN },
  'a rescue of what was not sent': {
    from: 'sending',
    to: 'queued',
    statement: 'push_rescue',
    row: { state: `'sending'`, lease_token: 'gen_random_uuid()', lease_until: 'now()' },
    ends: WRITTEN,
  },
  'a rescue of what was sent': {
    from: 'sending',
    to: 'in_doubt',
    statement: 'push_rescue',
    row: {
      state: `'sending'`,
      lease_token: 'gen_random_uuid()',
      lease_until: 'now()',
      sent_at: `now() - interval '1 hour'`,
    },
    isInBooks: true,
    ends: WRITTEN,
  },
};
