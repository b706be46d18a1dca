/** What any text from outside must be before it can be stored. */

/** PostgreSQL refuses the null character in text, and half of a surrogate pair in JSON. */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}
