/** Supplemental data as callers see it on what was read. */
import { expect, test } from 'vitest';
import { withPulled } from './pulled.ts';

test('a property that the platform has not got is null, even one that every object of ours inherits', () => {
  const pulled = {
    crm: { made: 'constructor', told: 'toString', proto: '__proto__', person: 'contactName', age: 'age' },
  };
  const record = { id: '1', platformProperties: { contactName: 'Ada' } };
  expect(withPulled(record, pulled)).toEqual({
    id: '1',
    supplementalData: { content: { crm: { made: null, told: null, proto: null, person: 'Ada', age: null } } },
  });
});

test('a name of the caller is kept whatever it is, and what the platform calls by such a name is told', () => {
  const platformProperties = Object.fromEntries([['constructor', 'Brunel']]);
  const { supplementalData } = withPulled({ platformProperties }, { crm: { constructor: 'constructor' } });
  expect(supplementalData).toEqual({ content: { crm: Object.fromEntries([['constructor', 'Brunel']]) } });
});
