/** JSON as PostgreSQL takes it: its text holds no NUL and no half of a surrogate pair; what others wrote may. */

const UNSTORABLE = /\\u0000|\\ud[89a-f]/i;

export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!UNSTORABLE.test(json)) return json;
  return JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member === 'string') return storableText(member);
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).map(([name, inner]) => [storableText(name), inner]));
  });
}

export function storableText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}
