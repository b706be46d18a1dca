/**
 * The rules for a single value: each returns how the sentence "… as <field> " goes on when the value breaks one, or
 * undefined when it is in order.
 */
import { decimalFromNumber, decimalPlaces, decimalText, significantDigits } from '../lib/decimal.ts';
import type { Field } from './model.ts';

export type Complaint = string | undefined;

/** More digits than this may not survive the way through a JSON number, so what we read may not be what was meant. */
const significantDigitsMax = 15;

/**
 * Parses a body that is known to be JSON. A number with more digits than a double carries would come out as another one,
 * with nobody the wiser: it becomes NaN, which no JSON can hold, and is complained about by name.
 */
export function parseKeepingDigits(text: string): unknown {
  if (!/\d[\d.]{15}/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_name, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && digitsOf(context?.source ?? '') > significantDigitsMax ? Number.NaN : value,
  );
}

/** Digits from the first that is not zero to the last that is not. */
function digitsOf(source: string): number {
  const [mantissa = ''] = source.toLowerCase().split('e');
  return mantissa.replace(/\D/g, '').replace(/^0+|0+$/g, '').length;
}

/** How many choices a message spells out. */
const choicesShown = 40;

export const currencies: readonly string[] = [...Intl.supportedValuesOf('currency'), 'XXX'];
const knownCurrencies = new Set(currencies);

/** Neither null characters, which databases refuse, nor halves of characters, which no encoding has. */
export const plainTextPattern = '^[^\\u0000\\ud800-\\udfff]*$';

export function checkText(field: Field, value: unknown): Complaint {
  if (typeof value !== 'string') return 'must be a text.';
  if (!value.isWellFormed() || value.includes('\u0000')) return 'must be plain text without null characters.';
  if (isLonger(value, field.maxLength)) return `must not be longer than ${field.maxLength} characters long.`;
  if (field.minLength !== undefined && value.length < field.minLength) {
    return field.minLength === 1 ? 'must be provided.' : `must be at least ${field.minLength} characters long.`;
  }
  if (field.pattern !== undefined && !new RegExp(field.pattern.expression, 'u').test(value)) {
    return `must be ${field.pattern.meaning}.`;
  }
  if (field.format === 'currency' && !knownCurrencies.has(value))
    return 'must be an ISO 4217 currency code, such as GBP.';
  if (field.options !== undefined && field.optionsAreExamples !== true) return checkChoice(field.options, value);
  return undefined;
}

/** Characters are code points; counting them is only worth it near the limit. */
function isLonger(value: string, maxLength: number | undefined): boolean {
  if (maxLength === undefined || value.length <= maxLength) return false;
  return value.length > maxLength * 2 || [...value].length > maxLength;
}

function checkChoice(options: NonNullable<Field['options']>, value: string): Complaint {
  if (options.some((option) => option.value === value)) return undefined;
  const shown = options.slice(0, choicesShown).map((option) => option.value);
  return `must be one of ${shown.join(', ')}${options.length > choicesShown ? ' and others' : ''}.`;
}

export function checkNumber(field: Field, value: unknown): Complaint {
  if (Number.isNaN(value)) return `must not have more than ${significantDigitsMax} significant digits.`;
  const exact = typeof value === 'number' ? decimalFromNumber(value) : undefined;
  if (typeof value !== 'number' || exact === undefined) return 'must be a number.';
  if (field.minimum !== undefined && value < field.minimum)
    return `must not be less than ${plainNumber(field.minimum)}.`;
  if (field.maximum !== undefined && value > field.maximum)
    return `must not be greater than ${plainNumber(field.maximum)}.`;
  if (field.decimalPlacesMax !== undefined && decimalPlaces(exact) > field.decimalPlacesMax) {
    return `must not have more than ${field.decimalPlacesMax} decimal places.`;
  }
  if (significantDigits(exact) > significantDigitsMax) {
    return `must not have more than ${significantDigitsMax} significant digits.`;
  }
  return undefined;
}

/** Without an exponent: 0.000000001 and not 1e-9. */
export function plainNumber(value: number): string {
  const exact = decimalFromNumber(value);
  return exact === undefined ? String(value) : decimalText(exact);
}

export function checkFlag(value: unknown): Complaint {
  return typeof value === 'boolean' ? undefined : 'must be true or false.';
}

export function checkMoment(value: unknown): Complaint {
  if (typeof value === 'string' && momentForm.test(value)) return undefined;
  return 'must be a date, such as 2021-11-15, 2021-11-15T01:00:00, 2021-11-15T01:00:00Z or 2021-11-15T01:00:00-05:00.';
}

/**
 * A date that exists, alone or with a time, in any of the three flavours: UTC, unqualified, with an offset. One pattern
 * says it all, leap years included, so that JSON Schema and this check cannot come to differ.
 */
export const momentPattern = momentExpression();

function momentExpression(): string {
  const leapYear = '(?:\\d{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
  const longMonth = '(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])';
  const shortMonth = '(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)';
  const date = `(?!0000)(?:\\d{4}-(?:${longMonth}|${shortMonth}|02-(?:0[1-9]|1\\d|2[0-8]))|${leapYear}-02-29)`;
  const time = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?';
  const offset = '(?:Z|[+-](?:0\\d|1[0-4]):[0-5]\\d)';
  return `^${date}(?:T${time}${offset}?)?$`;
}

const momentForm = new RegExp(momentPattern, 'u');
