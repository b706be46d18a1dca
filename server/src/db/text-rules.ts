/**
 * How texts are compared without regard to case, and sorted: by the root rules of Unicode, which every database has, whatever
 * it was made with. Its own would differ: the embedded one knows the case of ASCII alone and sorts by bytes. Both sides of a
 * comparison have to go through the same function here, in SQL.
 */
export const UNICODE_COLLATION = 'und-x-icu';

const byUnicode = (text: string) => `${text} COLLATE "${UNICODE_COLLATION}"`;

/** Upper case, which unlike lower case hangs on no letter beside it: a sigma is written otherwise where a word ends. */
export function caseless(text: string): string {
  return `upper(${byUnicode(text)})`;
}

/** As columns with an index keep their texts. An index serves only under the collation that it was made with. */
export function lowered(text: string): string {
  return `lower(${byUnicode(text)}) COLLATE "default"`;
}

/** For ORDER BY: `apple`, `Ångström`, `Strasse`. */
export function inHumanOrder(text: string): string {
  return byUnicode(text);
}
