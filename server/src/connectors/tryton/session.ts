/**
 * One connection to one company in Tryton. Makes calls with the session and the context that belong to it, and logs in
 * anew when Tryton no longer takes the session: it ends when it lies idle, for `post` long before it does for reads.
 */
import type { ConnectorIO } from '../contract.ts';
import { monotonicMs } from '../../lib/clock.ts';
import type { TrytonLink } from './link.ts';
import type { Login, Logins } from './logins.ts';
import { callRpc, type RpcAnswer } from './rpc.ts';
import { listOf, unfolded, type Members } from './values.ts';

/** A search domain of Tryton's: `[["company", "=", 1]]`. */
export type Domain = readonly unknown[];

export interface CallOptions {
  /** Beside what every call carries. */
  readonly context?: Members;
  /** The one call that the push's timeline keeps: the first that changes anything, or the look-up of a lost one. */
  readonly isKept?: true;
}

export interface SearchOptions extends CallOptions {
  readonly offset?: number;
  readonly limit?: number;
  readonly order?: readonly (readonly [field: string, direction: 'ASC' | 'DESC'])[];
}

/** A call that did not give what was asked for, on its way to whoever turns it into an outcome. */
export class NoResult extends Error {
  readonly answer: Failure;

  constructor(answer: Failure) {
    super(`Tryton gave no result: ${answer.kind}`);
    this.answer = answer;
  }
}

export type Failure = Exclude<RpcAnswer, { kind: 'result' }>;

/** What was looked up is believed for so long; nobody renames the sales journal more often. */
const KNOWN_MS = 60_000;
const KNOWN_MAX = 500;

export class TrytonSession {
  readonly link: TrytonLink;
  readonly io: ConnectorIO;
  private readonly logins: Logins;
  private readonly looked = new Map<string, Promise<unknown>>();
  /** What was remembered from before and is relied on here. */
  private readonly trusted = new Set<string>();

  constructor(link: TrytonLink, io: ConnectorIO, logins: Logins) {
    this.link = link;
    this.io = io;
    this.logins = logins;
  }

  /** `call('party.party', 'create', [[values]])`: the context is added as the last parameter. */
  call(model: string, method: string, params: readonly unknown[], options: CallOptions = {}): Promise<RpcAnswer> {
    return this.callMethod(`model.${model}.${method}`, params, options);
  }

  /** By the full name of the method, for wizards and reports. */
  async callMethod(method: string, params: readonly unknown[], options: CallOptions = {}): Promise<RpcAnswer> {
    const first = await this.callOnce(method, params, options);
    if (first.kind !== 'unauthorized') return first;
    // Turned away at the door, so the same call can be made again. With wrong credentials the log-in says so this time.
    return this.callOnce(method, params, options);
  }

  private async callOnce(method: string, params: readonly unknown[], options: CallOptions): Promise<RpcAnswer> {
    const outcome = await this.logins.get(this.link, this.io);
    // Whatever became of the log-in, the call itself was not made.
    if (outcome.kind !== 'logged-in') return notMade(outcome);
    const { login } = outcome;
    const answer = await callRpc(options.isKept === true ? this.io.fetch : (this.io.ask ?? this.io.fetch), {
      url: this.link.url,
      database: this.link.database,
      method,
      params: [...params, { ...login.context, ...options.context }],
      authorization: login.authorization,
    });
    if (answer.kind === 'unauthorized') this.logins.forget(this.link, login);
    return answer;
  }

  /** Throws a NoResult where there is none. For steps on the way to an outcome, which all end alike when one fails. */
  async result(model: string, method: string, params: readonly unknown[], options?: CallOptions): Promise<unknown> {
    return resultOf(await this.call(model, method, params, options));
  }

  /** Records with what stands behind dots in its place. Throws a NoResult. */
  async find(
    model: string,
    domain: Domain,
    fields: readonly string[],
    { offset = 0, limit = 1_000, order = [['id', 'ASC']], ...options }: SearchOptions = {},
  ): Promise<readonly Members[]> {
    const answer = await this.call(model, 'search_read', [domain, offset, limit, order, fields], options);
    return listOf(resultOf(answer)).map(unfolded);
  }

  /** Ids alone. Throws a NoResult. */
  async ids(
    model: string,
    domain: Domain,
    { offset = 0, limit = 1_000, order = [['id', 'ASC']], ...options }: SearchOptions = {},
  ) {
    const value = resultOf(await this.call(model, 'search', [domain, offset, limit, order], options));
    return Array.isArray(value) ? value.filter((id) => typeof id === 'number') : [];
  }

  /** Looked up once a minute at most. Throws a NoResult. */
  async known<T>(name: string, look: () => Promise<T>, forMs: (value: T) => number = () => KNOWN_MS): Promise<T> {
    const login = await this.login();
    const present = login.known.get(name);
    if (present !== undefined && present.untilMs > monotonicMs()) {
      this.trusted.add(name);
      return present.value as T;
    }
    const value = await look();
    if (login.known.size >= KNOWN_MAX) login.known.clear();
    login.known.set(name, { value, untilMs: monotonicMs() + forMs(value) });
    return value;
  }

  /** Forgets what was relied on and may be out of date by now. False where all of it was looked up for this push. */
  async distrust(): Promise<boolean> {
    const outcome = await this.logins.get(this.link, this.io);
    const isAny = this.trusted.size > 0;
    if (outcome.kind === 'logged-in') for (const name of this.trusted) outcome.login.known.delete(name);
    this.trusted.clear();
    this.looked.clear();
    return isAny;
  }

  /** Forgets what was looked up, as when Tryton refused what was built on it. */
  async forgetKnown(): Promise<void> {
    const outcome = await this.logins.get(this.link, this.io);
    if (outcome.kind === 'logged-in') outcome.login.known.clear();
    this.logins.forgetRecent(this.link);
  }

  /** As `known`, for what is large: of all connections together only so much is kept. Throws a NoResult. */
  recent<T>(name: string, look: () => Promise<T>): Promise<T> {
    return this.logins.recent(this.link, name, look);
  }

  /** Looked up once for the push that the session was opened for. Throws a NoResult. */
  once<T>(name: string, look: () => Promise<T>): Promise<T> {
    const present = this.looked.get(name) ?? look();
    this.looked.set(name, present);
    return present as Promise<T>;
  }

  /** Throws a NoResult. */
  async login(): Promise<Login> {
    const outcome = await this.logins.get(this.link, this.io);
    if (outcome.kind !== 'logged-in') throw new NoResult(notMade(outcome));
    return outcome.login;
  }

  /** Changes of one company are made one after the other. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.logins.alone(this.link, work);
  }
}

/** A log-in without an answer changes nothing in the books: what was to follow it was not sent. */
function notMade(failure: Failure): Failure {
  return failure.kind === 'unknown' ? { kind: 'not-sent', reason: failure.reason } : failure;
}

export function resultOf(answer: RpcAnswer): unknown {
  if (answer.kind !== 'result') throw new NoResult(answer);
  return answer.value;
}
