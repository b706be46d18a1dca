/**
 * What a platform made of a body: a finding for every member that was sent and that the record, as the platform gave it
 * back, has otherwise or not at all. Turns a silent rounding or a computed total into a warning that can be read.
 */
import { isDeepStrictEqual } from 'node:util';
import { commonFields } from './fields.ts';
import { modelName, pascalCase, type Field, type Fields, type PushModel } from './model.ts';
import { isMembers } from './validate.ts';
import type { ValidationItem } from './validation.ts';

type Members = Readonly<Record<string, unknown>>;

const findingsMax = 50;
const valueShown = 60;
/** Given by the platform or by us: a client sends back what it last read, and that is no wish. */
const neverCompared = new Set(Object.keys(commonFields()));

export function differences(model: PushModel, body: Members, record: Members): readonly ValidationItem[] {
  const found: ValidationItem[] = [];
  const report = (path: string, complaint: string) => {
    if (found.length >= findingsMax) return;
    found.push({ itemId: path, message: `${path} ${complaint}`, validatorName: modelName(model) });
  };
  const wished = Object.fromEntries(Object.entries(body).filter(([name]) => !neverCompared.has(name)));
  compareMembers(model.fields, wished, record, '', report);
  return found;
}

type Report = (path: string, complaint: string) => void;

function compareMembers(fields: Fields, sent: Members, kept: Members, above: string, report: Report): void {
  for (const [name, value] of Object.entries(sent)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined || value === null || value === undefined || value === '') continue;
    const path = above === '' ? pascalCase(name) : `${above}.${pascalCase(name)}`;
    compareValue(field, value, Object.hasOwn(kept, name) ? kept[name] : undefined, path, report);
  }
}

function compareValue(field: Field, sent: unknown, kept: unknown, path: string, report: Report): void {
  if (field.fields !== undefined && isMembers(sent)) {
    compareMembers(field.fields, sent, isMembers(kept) ? kept : {}, path, report);
  } else if (field.fields !== undefined && Array.isArray(sent)) {
    compareLists(field.fields, sent, Array.isArray(kept) ? kept : [], path, report);
  } else if (!isDeepStrictEqual(sent, kept) && !(field.type === 'DateTime' && isSameDay(sent, kept))) {
    if (kept !== undefined) report(path, `was sent as ${shown(sent)}, and the platform has ${shown(kept)}.`);
    else if (field.readOnly !== true) report(path, 'was not kept by the platform.');
  }
}

const bareDay = /^(\d{4}-\d{2}-\d{2})(?:T00:00:00)?$/;

/** Where the books have a day, of what was sent the day counts as it is written: they have no time of day, and no zone. */
function isSameDay(sent: unknown, kept: unknown): boolean {
  const day = typeof kept === 'string' ? bareDay.exec(kept)?.[1] : undefined;
  return day !== undefined && typeof sent === 'string' && sent.slice(0, 10) === day;
}

function compareLists(
  fields: Fields,
  sent: readonly unknown[],
  kept: readonly unknown[],
  path: string,
  report: Report,
): void {
  sent.forEach((item, index) => {
    const counterpart = kept[index];
    if (isMembers(item)) {
      compareMembers(fields, item, isMembers(counterpart) ? counterpart : {}, `${path}[${index}]`, report);
    }
  });
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, valueShown);
}
