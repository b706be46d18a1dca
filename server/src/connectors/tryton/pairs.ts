/** Pairs for the mapping between our data model and Tryton's fields, beside those that every platform has. */
import type { Codec, Pair } from '../mapping.ts';
import { midnightOf, toOurs, toTheirs } from '../mapping.ts';
import { isMembers } from '../../models/validate.ts';
import { dayOf, encodeDate, encodeDecimal, encodeId, idOf, listOf, numberOf } from './values.ts';

/** A JSON number on our side, a Decimal on theirs. */
const decimal: Codec = {
  toTheirs: (value) => (typeof value === 'number' || typeof value === 'string' ? encodeDecimal(value) : value),
  toOurs: numberOf,
};

const date: Codec = {
  toTheirs: (value) => (typeof value === 'string' ? encodeDate(value) : value),
  toOurs(value) {
    const day = dayOf(value);
    return day === undefined ? undefined : midnightOf(day);
  },
};

/** Our ids are texts, theirs are numbers. An id that can be none of theirs is refused before anything is sent. */
const id: Codec = {
  toTheirs: encodeId,
  toOurs(value) {
    const number = idOf(value);
    return number === undefined ? undefined : String(number);
  },
};

/** A list that belongs to the record. An update puts new elements in the place of those that there are. */
function partsCodec(pairs: readonly Pair[]): Codec {
  return {
    toTheirs: (value) =>
      Array.isArray(value) ? [['create', value.filter(isMembers).map((item) => toTheirs(pairs, item))]] : value,
    toOurs: (value) => listOf(value).map((item) => toOurs(pairs, item)),
    inner: pairs,
  };
}

export const decimalPair = (ours: string, theirs: string): Pair => ({ ours, theirs, codec: decimal });
export const datePair = (ours: string, theirs: string): Pair => ({ ours, theirs, codec: date });
/** `idPair('supplierRef.id', 'party')` */
export const idPair = (ours: string, theirs: string): Pair => ({ ours, theirs, codec: id });
export const partsPair = (ours: string, theirs: string, pairs: readonly Pair[]): Pair => ({
  ours,
  theirs,
  codec: partsCodec(pairs),
});
