/** Which JavaScript value each PostgreSQL type becomes, where pg's own choice would lose something. */
import pg from 'pg';

const { builtins } = pg.types;
const INT8_ARRAY = 1016;

/** int8 as a number while that is exact; beyond, its digits. Counts and sizes never get there. */
function int8(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

const asText = (text: string) => text;

const OVERRIDES: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [builtins.INT8, int8],
  [
    INT8_ARRAY,
    (text: string) =>
      text
        .slice(1, -1)
        .split(',')
        .filter(Boolean)
        .map((each) => (each === 'NULL' ? null : int8(each))),
  ],
  // pg would read these two in the machine's time zone.
  [builtins.DATE, asText],
  [builtins.TIMESTAMP, asText],
  [builtins.NUMERIC, asText],
]);

export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser: (type, format) => {
    const override = format === 'binary' ? undefined : OVERRIDES.get(type);
    return override ?? pg.types.getTypeParser(type, format);
  },
};
