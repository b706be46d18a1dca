/** What may be stored about a company: names, tags, and what a change keeps or clears. */
import { describe, expect, it } from 'vitest';
import { cleanName, companyFields, updatedFields } from './company.ts';

describe('a company name', () => {
  it.each([
    ['Toft & Söhne, Ltd.', 'Toft & Söhne, Ltd.'],
    ["O'Neil-Smith @ 7? Yes!", "O'Neil-Smith @ 7? Yes!"],
    ['株式会社トフト', '株式会社トフト'],
    ['हिन्दी', 'हिन्दी'],
    ['<b>Toft</b> (UK) #1', 'bToftb UK 1'],
    ['  Toft\n\t\u0000 ', 'Toft'],
  ])('loses only what is not allowed: %j becomes %j', (given, kept) => {
    expect(cleanName(given)).toBe(kept);
  });

  it.each(['', '   ', '<>#%', 'x'.repeat(501)])('is refused by name: %j', (given) => {
    expect(() => cleanName(given)).toThrow(/^name: /);
  });
});

describe('changing a company', () => {
  const before = { name: 'Toft', description: 'Shop', tags: { region: 'uk' } };

  it('keeps what is left out or null', () => {
    expect(updatedFields(before, {})).toEqual(before);
    expect(updatedFields(before, { name: null, description: null })).toEqual(before);
  });

  it.each([null, {}])('clears the tags with %j', (tags) => {
    expect(updatedFields(before, { tags })).toEqual({ ...before, tags: {} });
  });

  it('by replacing it wipes what is left out', () => {
    expect(companyFields({ name: 'Toft' })).toEqual({ name: 'Toft', description: undefined, tags: {} });
  });
});

describe('tags', () => {
  const withTags = (tags: Record<string, string>) => () => companyFields({ name: 'Toft', tags });

  it('are at most ten, of at most 100 characters', () => {
    const ten = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`tag${index}`, 'x'.repeat(100)]));
    expect(withTags(ten)).not.toThrow();
    expect(withTags({ ...ten, more: 'x' })).toThrow(/^tags: /);
    expect(withTags({ region: 'x'.repeat(101) })).toThrow(/^tags\.region: /);
  });

  it('that the database could not store are refused, not a server error', () => {
    expect(withTags({ region: 'a\u0000' })).toThrow(/^tags\.region: /);
    expect(withTags({ region: '\ud800' })).toThrow(/^tags\.region: /);
  });
});
