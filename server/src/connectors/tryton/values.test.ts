/** Values in Tryton's JSON: nothing is rounded, guessed or passed on as something else. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMark, listMark, markText, textMark, withoutMark } from './marks.ts';
import {
  bytesOf,
  dayOf,
  decimalOf,
  encodeBytes,
  encodeDate,
  encodeDecimal,
  encodeId,
  encodeMoment,
  momentOf,
  numberOf,
  unfolded,
} from './values.ts';

const key = '01920000-0000-7000-8000-0123456789ab';

describe('values', () => {
  test('decimals keep every digit, and never pass through a float', () => {
    expect(encodeDecimal('0.1000000000000000055511151231257827')).toEqual({
      __class__: 'Decimal',
      decimal: '0.1000000000000000055511151231257827',
    });
    expect(encodeDecimal(0.1)).toEqual({ __class__: 'Decimal', decimal: '0.1' });
    expect(encodeDecimal(1e21)).toEqual({ __class__: 'Decimal', decimal: '1000000000000000000000' });
    for (const wrong of ['ten', '', '1,5', Number.NaN, Infinity]) expect(encodeDecimal(wrong)).toBeUndefined();
    expect(decimalOf({ __class__: 'Decimal', decimal: '12.340' })).toBe('12.340');
    expect(numberOf({ __class__: 'Decimal', decimal: '12.340' })).toBe(12.34);
  });

  test('a day is the one that is written, whatever the time zone beside it', () => {
    expect(encodeDate('2026-03-31T23:30:00-05:00')).toEqual({ __class__: 'date', year: 2026, month: 3, day: 31 });
    expect(dayOf({ __class__: 'date', year: 2026, month: 3, day: 1 })).toBe('2026-03-01');
    for (const wrong of ['2026-02-30', '2026-13-01', 'tomorrow', '31.3.2026'])
      expect(encodeDate(wrong)).toBeUndefined();
  });

  test('moments are in UTC, to the microsecond on the way in', () => {
    const parts = { year: 2026, month: 11, day: 20, hour: 9, minute: 41, second: 4, microsecond: 320_679 };
    expect(momentOf({ __class__: 'datetime', ...parts })).toBe('2026-11-20T09:41:04.320679Z');
    const moment = new Date('2026-11-20T09:41:04.320Z');
    expect(momentOf(encodeMoment(moment))).toBe('2026-11-20T09:41:04.320000Z');
  });

  test('bytes come back as they went', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(bytesOf(encodeBytes(bytes))).toEqual(bytes);
      }),
    );
  });

  test('an id is a whole number above zero, written as one', () => {
    expect(encodeId('17')).toBe(17);
    for (const wrong of ['0', '-1', '1.0', '1e3', ' 1', '', 'abc', '9999999999', 17, null]) {
      expect(encodeId(wrong)).toBeUndefined();
    }
  });

  test('what was read behind dots stands in the place that it was asked for by', () => {
    const read = { id: 1, party: 3, 'party.': { id: 3, name: 'P' }, 'lines.': [{ id: 7, 'tax.': null }] };
    expect(unfolded(read)).toEqual({ id: 1, party: { id: 3, name: 'P' }, lines: [{ id: 7, tax: null }] });
  });
});

describe('marks', () => {
  test('stand at the end of a text, replace each other, and are not shown', () => {
    const mark = textMark('note');
    const first = mark.put({ note: 'Rent' }, key);
    expect(first).toEqual({ note: `Rent\n${markText(key)}` });
    const other = '01920000-0000-7000-8000-ba9876543210';
    expect(mark.put({}, other, first)).toEqual({ note: `Rent\n${markText(other)}` });
    expect(mark.put({ note: null }, other, first)).toEqual({ note: markText(other) });
    expect(withoutMark(String(first['note']))).toBe('Rent');
    expect(isMark(markText(key))).toBe(true);
    expect(isMark(`Rent ${markText(key)}`)).toBe(false);
  });

  test('stand in a list as an element of their own, in the place of the one before', () => {
    const mark = listMark('identifiers', 'code', { type: null });
    const present = {
      identifiers: [
        { id: 4, code: 'GB1' },
        { id: 5, code: markText(key) },
      ],
    };
    expect(mark.put({ name: 'P' }, key, present)).toEqual({
      name: 'P',
      identifiers: [
        ['delete', [5]],
        ['create', [{ type: null, code: markText(key) }]],
      ],
    });
  });
});
