// What the sandbox can be told to do wrong: the settings of `/control`, their fields and their checks.
import type { ClockSetting } from '../clock.ts';
import { checkFields, choice, date, group, list, report, required, text } from '../fields.ts';
import type { Field } from '../fields.ts';
import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { refuseProblems } from '../problems.ts';
import type { Problem } from '../problems.ts';

export const faultKinds = [
  'status-before',
  'status-after',
  'cut-before',
  'cut-after',
  'truncate-after',
  'garbage-before',
  'garbage-after',
  'stall-before',
  'stall-after',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  readonly method?: string;
  /** A prefix, or a regular expression when it begins with `^`. */
  readonly path?: string;
  readonly books?: string;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  readonly delayMs?: number;
  readonly times?: number | 'always';
  readonly skip?: number;
  readonly probability?: number;
}

export interface ControlSettings {
  readonly latencyMs: number;
  readonly offline: false | 'cut' | '503';
  readonly rateLimit: { readonly perMinute: number } | null;
  readonly idempotency: 'honour' | 'ignore';
  readonly auditTrail: 'on' | 'off';
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly clock: ClockSetting;
}

export const harmless: ControlSettings = {
  latencyMs: 0,
  offline: false,
  rateLimit: null,
  idempotency: 'honour',
  auditTrail: 'on',
  seed: 1,
  faults: [],
  clock: null,
};

export type ControlChange = Partial<ControlSettings> & { readonly advanceMs?: number };

/** A day: longer waits are surely a slip of the pen. */
const waitMsMax = 86_400_000;

function number(min: number, max: number, isWhole = true): Field<number> {
  return {
    check(value, at, checking) {
      if (typeof value !== 'number') return report(checking, at, 'wrong_type', 'must be a number');
      if (value < min || value > max || (isWhole && !Number.isInteger(value)))
        return report(checking, at, 'out_of_range', `must be a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}`);
      return value;
    },
  };
}

const times: Field<number | 'always'> = {
  check: (value, at, checking) => (value === 'always' ? value : number(1, 1_000_000).check(value, at, checking)),
};

const offline: Field<false | 'cut' | '503'> = {
  check: (value, at, checking) =>
    value === false || value === 'cut' || value === '503'
      ? value
      : report(checking, at, 'invalid_choice', 'must be false, "cut" or "503"'),
};

const path: Field<string> = {
  check(value, at, checking) {
    const given = text(300).check(value, at, checking);
    if (given === undefined || !given.startsWith('^') || isPattern(given)) return given;
    return report(checking, at, 'invalid', 'must be a valid regular expression, as it begins with ^');
  },
};

function isPattern(given: string): boolean {
  try {
    return new RegExp(given) instanceof RegExp;
  } catch {
    return false;
  }
}

const faultFields = {
  kind: required(choice(...faultKinds)),
  method: choice('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
  path,
  books: text(64),
  status: number(400, 599),
  retryAfterSeconds: number(0, 86_400),
  delayMs: number(0, waitMsMax),
  times,
  skip: number(0, 1_000_000),
  probability: number(0, 1, false),
};

const changeFields = {
  latencyMs: number(0, waitMsMax),
  offline,
  rateLimit: group({ perMinute: required(number(0, 1_000_000)) }),
  idempotency: choice('honour', 'ignore'),
  auditTrail: choice('on', 'off'),
  seed: number(0, 2 ** 32 - 1),
  faults: list(group(faultFields), 100),
  clock: group({ now: date(), offsetMs: number(-1e13, 1e13) }),
  advanceMs: number(-1e13, 1e13),
};

export function checkControlChange(input: JsonObject): ControlChange {
  const problems: Problem[] = [];
  const faults = input['faults'];
  const plain = Array.isArray(faults) ? { ...input, faults: faults.map(endless) } : input;
  const {
    rateLimit,
    clock,
    faults: checkedFaults,
    ...checked
  } = checkFields(changeFields, plain, '', { problems, find: () => undefined });
  const clockSetting = clock === undefined ? undefined : clockOf(clock, problems);
  refuseProblems(problems);
  return {
    ...checked,
    ...(checkedFaults && { faults: checkedFaults.map((one) => ({ ...one, kind: one.kind ?? 'status-before' })) }),
    ...(rateLimit?.perMinute !== undefined && { rateLimit: { perMinute: rateLimit.perMinute } }),
    ...(clockSetting !== undefined && { clock: clockSetting }),
    // For these two, null is a value of its own: "off".
    ...(input['rateLimit'] === null && { rateLimit: null }),
    ...(input['clock'] === null && { clock: null }),
  };
}

function endless(fault: Json): Json {
  return isObject(fault) && fault['times'] === null ? { ...fault, times: 'always' } : fault;
}

function clockOf(given: { now?: string; offsetMs?: number }, problems: Problem[]): ClockSetting | undefined {
  if (given.now !== undefined && given.now.length > 10) return { now: given.now };
  if (given.now === undefined && given.offsetMs !== undefined) return { offsetMs: given.offsetMs };
  problems.push({ field: 'clock', code: 'invalid', message: 'takes now, a date and time, or offsetMs' });
  return undefined;
}
