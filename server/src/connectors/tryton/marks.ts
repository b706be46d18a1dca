/**
 * How a write is marked, so that it can be found again when its answer was lost: the push's key is written in the same
 * transaction, into a field of the record that Tryton can search. An update replaces the mark of the write before it.
 */
import type { Codec, Pair } from '../mapping.ts';
import type { Domain } from './session.ts';
import { listOf, type Members } from './values.ts';

export interface Mark {
  /** What has to be read of a record so that its mark can be replaced. */
  readonly reads: readonly string[];
  readonly domain: (pushOperationKey: string) => Domain;
  /** The values of a create, or of an update of `present`, with the mark in them. */
  readonly put: (values: Members, pushOperationKey: string, present?: Members) => Members;
}

const markForm = /\s*\[ledgerpost:[0-9a-f-]{36}\]/g;

export function markText(pushOperationKey: string): string {
  return `[ledgerpost:${pushOperationKey}]`;
}

export function isMark(value: unknown): boolean {
  return typeof value === 'string' && value.replaceAll(markForm, '') === '' && value !== '';
}

/** A text as people wrote it. */
export function withoutMark(text: string): string {
  return text.replaceAll(markForm, '');
}

/** At the end of a text that people may write into as well. Some of Tryton's texts take no line breaks. */
export function textMark(field: string, before: '\n' | ' ' = '\n'): Mark {
  return {
    reads: [field],
    domain: (key) => [[field, 'ilike', `%${markText(key)}%`]],
    put(values, key, present) {
      const given = Object.hasOwn(values, field) ? values[field] : present?.[field];
      const text = typeof given === 'string' ? withoutMark(given) : '';
      return { ...values, [field]: text === '' ? markText(key) : `${text}${before}${markText(key)}` };
    },
  };
}

/** An element of its own in a list such as a party's identifiers. */
export function listMark(list: string, field: string, others: Members = {}): Mark {
  return {
    reads: [`${list}.${field}`],
    domain: (key) => [[`${list}.${field}`, '=', markText(key)]],
    put(values, key, present) {
      const given: unknown = values[list];
      const former = listOf(present?.[list]).filter((element) => isMark(element[field]));
      const ids = former.map(({ id }) => id);
      return {
        ...values,
        [list]: [
          ...(Array.isArray(given) ? (given as readonly unknown[]) : []),
          ...(ids.length === 0 ? [] : [['delete', ids]]),
          ['create', [{ ...others, [field]: markText(key) }]],
        ],
      };
    },
  };
}

const unmarked: Codec = {
  toTheirs: (value) => value,
  toOurs: (value) => (typeof value === 'string' && withoutMark(value) !== '' ? withoutMark(value) : undefined),
};

/** A text of ours in the field that also holds the mark. */
export const markedText = (ours: string, theirs = ours): Pair => ({ ours, theirs, codec: unmarked });
