/**
 * Sessions at Tryton, kept between pushes: a log-in costs a fifth of a second of its processor, every other call some
 * milliseconds. What is kept is bounded, known by a digest of the credentials, and lives in memory alone.
 */
import { createHash } from 'node:crypto';
import type { ConnectorIO } from '../contract.ts';
import { isMembers } from '../../models/validate.ts';
import type { TrytonLink } from './link.ts';
import { makeRecent } from './recent.ts';
import { callRpc, type RpcAnswer } from './rpc.ts';
import type { Members } from './values.ts';

export interface Login {
  readonly userId: number;
  /** The value of the Authorization header. */
  readonly authorization: string;
  /** The user's preferences, with the company of the link: the last parameter of every call. */
  readonly context: Members;
  /** What was looked up once and seldom changes, such as which journal is for sales. */
  readonly known: Map<string, { readonly value: unknown; readonly untilMs: number }>;
}

export type LoginOutcome =
  { readonly kind: 'logged-in'; readonly login: Login } | Exclude<RpcAnswer, { kind: 'result' }>;

export interface Logins {
  /** The session that stands, or a new one. Several who ask at once share one log-in. */
  get(link: TrytonLink, io: ConnectorIO): Promise<LoginOutcome>;
  /** Tryton no longer takes this one. */
  forget(link: TrytonLink, login: Login): void;
  /** What was looked up for a link and is large. Forgotten by hand, or after a while. */
  recent<T>(link: TrytonLink, name: string, look: () => Promise<T>): Promise<T>;
  forgetRecent(link: TrytonLink): void;
  /** One after the other, for each company of each database: writes at the same time only get in each other's way. */
  alone<T>(link: TrytonLink, work: () => Promise<T>): Promise<T>;
}

/** The wording of messages follows the language of the log-in, and errors are understood by their wording. */
const LANGUAGE = 'en';

/** The fields of a model, or a model with its choices, are some ten to a hundred kilobytes. */
const RECENT_MAX = 300;
/** A new account shows in the choices after this, or at once when somebody asks for it. */
const RECENT_MS = 60_000;

export function makeLogins(loginsMax = 1_000): Logins {
  const kept = new Map<string, Promise<LoginOutcome>>();
  const queues = new Map<string, Promise<unknown>>();
  const recent = makeRecent({ entriesMax: RECENT_MAX, ttlMs: RECENT_MS });
  return {
    async get(link, io) {
      const key = digestOf(link);
      const present = kept.get(key);
      if (present !== undefined) return present;
      const outcome = logIn(link, io);
      kept.set(key, outcome);
      const [oldest] = kept.keys();
      if (kept.size > loginsMax && oldest !== undefined) kept.delete(oldest);
      const settled = await outcome;
      if (settled.kind !== 'logged-in' && kept.get(key) === outcome) kept.delete(key);
      return settled;
    },
    forget(link, login) {
      const key = digestOf(link);
      void kept.get(key)?.then((outcome) => {
        if (outcome.kind === 'logged-in' && outcome.login === login) kept.delete(key);
      });
    },
    recent: (link, name, look) => recent.get(digestOf(link), name, look),
    forgetRecent: (link) => recent.forget(digestOf(link)),
    async alone(link, work) {
      const key = `${link.url} ${link.database} ${link.company}`;
      const before = queues.get(key) ?? Promise.resolve();
      const turn = before.then(work, work);
      const done = turn.catch(() => undefined);
      queues.set(key, done);
      try {
        return await turn;
      } finally {
        if (queues.get(key) === done) queues.delete(key);
      }
    },
  };
}

function digestOf({ url, database, user, password, company }: TrytonLink): string {
  return createHash('sha256')
    .update(JSON.stringify([url, database, user, password, company]))
    .digest('hex');
}

async function logIn(link: TrytonLink, io: ConnectorIO): Promise<LoginOutcome> {
  const { url, database, user, password } = link;
  const fetch = io.ask ?? io.fetch;
  const params = [user, { password }, LANGUAGE];
  const answer = await callRpc(fetch, { url, database, method: 'common.db.login', params });
  if (answer.kind === 'unauthorized') return { kind: 'wrong-password' };
  if (answer.kind !== 'result') return answer;
  const [userId, session] = Array.isArray(answer.value) ? (answer.value as readonly unknown[]) : [];
  if (typeof userId !== 'number' || typeof session !== 'string') {
    // A second factor is asked for in this place, which no gateway can give.
    return { kind: 'unknown', reason: 'Tryton did not answer the log-in with a session.' };
  }
  const authorization = `Session ${Buffer.from(`${user}:${userId}:${session}`).toString('base64')}`;
  const method = 'model.res.user.get_preferences';
  const preferences = await callRpc(fetch, { url, database, method, params: [true, {}], authorization });
  if (preferences.kind !== 'result') return preferences;
  const context = { ...(isMembers(preferences.value) ? preferences.value : {}), language: LANGUAGE };
  return {
    kind: 'logged-in',
    login: {
      userId,
      authorization,
      context: link.company === 0 ? context : { ...context, company: link.company },
      known: new Map(),
    },
  };
}
