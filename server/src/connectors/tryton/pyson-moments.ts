/** Dates and times of Tryton's condition language: some parts set, then some added, as `dateutil.relativedelta` does it. */
import { millisecondsOf, type Members } from './pyson-values.ts';
import { isMembers } from '../../models/validate.ts';

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'microsecond';

export interface MomentWords {
  readonly set: Readonly<Record<string, Part>>;
  readonly add: Readonly<Record<string, Part>>;
}

interface Given {
  readonly words: MomentWords;
  readonly now: Date;
}

/** Undefined where the parts make no date: months of 40, years of millions, texts. */
export function moved(kind: 'Date' | 'DateTime', told: Members, { words, now }: Given): Members | undefined {
  const set = numbersOf(told, words.set);
  const add = numbersOf(told, words.add);
  if (set === undefined || add === undefined) return undefined;
  const start = startOf(kind, told['start'], now);
  const months = (set.month ?? start.month) - 1 + (add.month ?? 0);
  const year = (set.year ?? start.year) + (add.year ?? 0) + Math.floor(months / 12);
  const month = ((months % 12) + 12) % 12;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(set.day ?? start.day, lastDay) + (add.day ?? 0);
  const micros = (set.microsecond ?? start.microsecond) + (add.microsecond ?? 0);
  const seconds = (set.second ?? start.second) + (add.second ?? 0) + Math.floor(micros / 1e6);
  const hours = (set.hour ?? start.hour) + (add.hour ?? 0);
  const minutes = (set.minute ?? start.minute) + (add.minute ?? 0);
  const moment = new Date(Date.UTC(year, month, day, hours, minutes, seconds));
  if (!isPythonDate(moment)) return undefined;
  return kind === 'Date' ? dateOf(moment) : dateTimeOf(moment, ((micros % 1e6) + 1e6) % 1e6);
}

function isPythonDate(moment: Date): boolean {
  const year = moment.getUTCFullYear();
  return year >= 1 && year <= 9_999;
}

function numbersOf(
  told: Members,
  words: Readonly<Record<string, Part>>,
): { readonly [P in Part]?: number } | undefined {
  const numbers: { [P in Part]?: number } = {};
  for (const [word, part] of Object.entries(words)) {
    const value = told[word];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'number' || !Number.isInteger(value)) return undefined;
    numbers[part] = value;
  }
  return numbers;
}

/** A day begins at its midnight; a moment of Tryton is in UTC. */
function startOf(kind: 'Date' | 'DateTime', start: unknown, now: Date): Readonly<Record<Part, number>> {
  const isGiven = isMembers(start) && (start['__class__'] === 'date' || start['__class__'] === 'datetime');
  const moment = isGiven ? new Date(millisecondsOf(start)) : now;
  const micros = isGiven ? start['microsecond'] : now.getUTCMilliseconds() * 1_000;
  const time = {
    hour: moment.getUTCHours(),
    minute: moment.getUTCMinutes(),
    second: moment.getUTCSeconds(),
    microsecond: typeof micros === 'number' ? micros : 0,
  };
  const midnight = { hour: 0, minute: 0, second: 0, microsecond: 0 };
  const date = { year: moment.getUTCFullYear(), month: moment.getUTCMonth() + 1, day: moment.getUTCDate() };
  return { ...date, ...(kind === 'Date' ? midnight : time) };
}

function dateOf(moment: Date): Members {
  const [year, month, day] = [moment.getUTCFullYear(), moment.getUTCMonth() + 1, moment.getUTCDate()];
  return { __class__: 'date', year, month, day };
}

function dateTimeOf(moment: Date, microsecond: number): Members {
  const time = { hour: moment.getUTCHours(), minute: moment.getUTCMinutes(), second: moment.getUTCSeconds() };
  return { ...dateOf(moment), __class__: 'datetime', ...time, microsecond };
}
