/** Checking bodies against a model: all findings, by name, and never an exception. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chartOfAccounts } from './chart-of-accounts.ts';
import { refine } from './model.ts';
import { parseKeepingDigits } from './scalar-rules.ts';
import { parcel } from './test-model.ts';
import { checkBody } from './validate.ts';

const good = { nominalCode: '1', name: 'One', price: 0 };

function errorsOf(body: unknown): readonly string[] {
  return checkBody(parcel, body).errors.map(({ message }) => message.replace('Failed to push to Account as ', ''));
}

/** Every JSON number is legal JSON text, so this is how infinities and long digits really arrive. */
function fromJson(text: string): unknown {
  return JSON.parse(text);
}

describe('checking a body', () => {
  test('a good body has no findings', () => {
    expect(checkBody(parcel, good)).toEqual({ errors: [], warnings: [] });
  });

  test('the documented length error has the documented words, path and name', () => {
    expect(checkBody(parcel, { ...good, nominalCode: '350045006500' }).errors).toEqual([
      {
        itemId: 'NominalCode',
        message: 'Failed to push to Account as NominalCode must not be longer than 10 characters long.',
        validatorName: 'Account',
      },
    ]);
  });

  test('everything that is wrong is told in one answer', () => {
    const body = { price: 0, name: ' ', weight: 'heavy', lines: [{ amount: 1.234, ref: {} }, 7], isInsured: true };
    expect(errorsOf(body)).toEqual([
      'NominalCode must be provided.',
      'Name must be provided.',
      'Weight must be a number.',
      'Insurance must be provided when IsInsured is true.',
      'Lines[0].Amount must not have more than 2 decimal places.',
      'Lines[0].Ref.Id must be provided.',
      'Lines[1] must be an object.',
    ]);
  });

  test.each([
    [{ name: null }, 'Name must be provided.'],
    [{ price: 1 }, 'Payer must be provided.'],
    [{ price: null, payer: null }, 'Payer must be provided.'],
    [{ name: 5 }, 'Name must be a text.'],
    [{ name: 'a\u0000b' }, 'Name must be plain text without null characters.'],
    [{ name: '\ud800' }, 'Name must be plain text without null characters.'],
    [{ colour: 'Blue' }, 'Colour must be one of DarkRed, Green.'],
    [{ tag: 'ABCD' }, 'Tag must be four small letters.'],
    [{ currency: 'gbp' }, 'Currency must be an ISO 4217 currency code, such as GBP.'],
    [{ currency: 'ZZZ' }, 'Currency must be an ISO 4217 currency code, such as GBP.'],
    [{ weight: -1 }, 'Weight must not be less than 0.'],
    [{ weight: 101 }, 'Weight must not be greater than 100.'],
    [{ weight: 1 / 3 }, 'Weight must not have more than 15 significant digits.'],
    [{ isInsured: 'true' }, 'IsInsured must be true or false.'],
    [{ isInsured: false, insurance: { amount: 1 } }, 'Insurance must be absent unless IsInsured is true.'],
    [{ lines: {} }, 'Lines must be a list.'],
    [{ lines: [{ amount: 0 }] }, 'Lines must have at least 2 elements.'],
    [{ lines: Array.from({ length: 6 }, () => ({})) }, 'Lines must not have more than 5 elements.'],
    [{ lines: [{ amount: 0.3 }, { amount: -0.1 }] }, 'Lines must add up to zero over Amount, but adds up to 0.2.'],
    [
      { stops: [{ at: '2026-03-02' }, { at: '2026-03-01T23:59:59Z' }] },
      'Stops[1].At must not be before that of Stops[0].',
    ],
    [
      { stops: [{ at: '2026-03-02T01:00:00+02:00' }, { at: '2026-03-01T22:59:59' }] },
      'Stops[1].At must not be before that of Stops[0].',
    ],
    [
      {
        fees: 0.31,
        stops: [
          { at: '2026-03-02', fee: 0.1 },
          { at: '2026-03-02', fee: 0.2 },
        ],
      },
      'Fees must be the sum of Fee over Stops, which is 0.3.',
    ],
    [
      { discount: 0.1, stops: [{ at: '2026-03-02', fee: 0.1 }] },
      'Discount must be the sum of Fee over Stops with its sign turned round, which is -0.1.',
    ],
    [
      { sender: { paid: 5, unit: 'GBP' }, receiver: { paid: 4, unit: 'GBP' } },
      'Receiver must have the same Paid as Sender while both have the same Unit.',
    ],
  ])('%j is refused by name', (part, message) => {
    expect(errorsOf({ ...good, ...part })).toEqual([message]);
  });

  test.each([
    '2021-11-15',
    '2021-11-15T01:00:00',
    '2023-03-21T17:17:58.9235368Z',
    '2021-11-15T01:00:00-05:00',
    '2024-02-29',
  ])('%s is a date', (sentOn) => {
    expect(errorsOf({ ...good, sentOn })).toEqual([]);
  });

  test.each(['2021-02-29', '2021-13-01', '2021-11-15T24:00:00', '15/11/2021', '2021-11-15 01:00', '', 'now', 20211115])(
    '%s is no date',
    (sentOn) => {
      expect(errorsOf({ ...good, sentOn })).toHaveLength(1);
    },
  );

  test('debits and credits that cancel in decimals are in order, though they would not in binary', () => {
    expect(errorsOf({ ...good, lines: [{ amount: 0.1 }, { amount: 0.2 }, { amount: -0.3 }] })).toEqual([]);
  });

  test.each([
    { fees: 5, stops: [] },
    { fees: 5, stops: [{ at: '2026-03-02' }] },
    { stops: [{ at: '2026-03-01T23:30:00-05:00' }, { at: '2026-03-02T04:30:00Z' }] },
    { sender: { paid: 5, unit: 'GBP' }, receiver: { paid: 4, unit: 'EUR' } },
    { sender: { paid: 5 }, receiver: { paid: 4 } },
  ])('%j has nothing to add up or to compare, and is in order', (part) => {
    expect(errorsOf({ ...good, ...part })).toEqual([]);
  });

  test('a sign that does not agree with the kind is a warning, and no error', () => {
    const message = 'Change has a sign that does not agree with Kind.';
    for (const [kind, change] of [
      ['In', -1],
      ['Out', 1],
    ]) {
      const { errors, warnings } = checkBody(parcel, { ...good, kind, change });
      expect({ errors, messages: warnings.map((one) => one.message) }).toEqual({ errors: [], messages: [message] });
    }
    expect(checkBody(parcel, { ...good, kind: 'Out', change: -1 }).warnings).toEqual([]);
  });

  test('what a client sends back from reading is silently ignored', () => {
    const body = { ...good, id: 7, modifiedDate: 'yesterday', sourceModifiedDate: null, metadata: { isDeleted: 3 } };
    expect(checkBody(parcel, body)).toEqual({ errors: [], warnings: [] });
  });

  test('a member that the model does not know is a warning, each by name', () => {
    const body = fromJson('{"nominalCode":"1","name":"One","price":0,"__proto__":{"x":1},"constructor":2,"Name":"x"}');
    const { errors, warnings } = checkBody(parcel, body);
    expect(errors).toEqual([]);
    expect(warnings.map(({ itemId }) => itemId)).toEqual(['__proto__', 'Constructor', 'Name']);
  });

  test('example options do not shut out other values', () => {
    expect(errorsOf({ ...good, owner: 'Theo' })).toEqual([]);
  });

  test('the body of a misnamed SDK argument fails for its required fields', () => {
    const model = refine(chartOfAccounts, { nominalCode: { required: true }, name: { required: true } });
    const body = { companyId: 'c', connectionId: 'n', timeoutInMinutes: 5 };
    expect(checkBody(model, body).errors.map(({ itemId }) => itemId)).toEqual(['NominalCode', 'Name']);
  });

  test.each([null, undefined, [], 'x', 5, true])('%j instead of an object is one error', (body) => {
    expect(errorsOf(body)).toEqual(['the body must be a JSON object.']);
  });

  test('numbers beyond all bounds and deep nesting are findings, not crashes', () => {
    const deep = `{"nominalCode":"1","name":"One","price":0,"weight":1e999,"note":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;
    expect(errorsOf(fromJson(deep))).toEqual(['Note must be a text.', 'Weight must be a number.']);
  });

  test('findings are bounded, however much is wrong', () => {
    const noise = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`x${index}`, 1]));
    expect(checkBody(parcel, noise).warnings.length).toBeLessThanOrEqual(100);
  });

  test('no JSON whatever makes it throw', () => {
    const names = fc.constantFrom(...Object.keys(parcel.fields), 'amount', 'ref', 'id', '__proto__');
    const body = fc.dictionary(names, fc.oneof(fc.jsonValue(), fc.array(fc.dictionary(names, fc.jsonValue()))));
    fc.assert(
      fc.property(body, (value) => {
        for (const { message } of checkBody(parcel, value).errors)
          expect(message).toMatch(/^Failed to push to Account/);
      }),
      { numRuns: 500 },
    );
  });
});

test('a number with more digits than a double carries is complained about by name instead of becoming another number', () => {
  const price = (digits: string) =>
    checkBody(parcel, parseKeepingDigits(`{"nominalCode":"1","name":"One","price":${digits}}`)).errors;
  const tooLong = expect.objectContaining({
    itemId: 'Price',
    message: expect.stringContaining('significant digits'),
  }) as unknown;
  for (const digits of ['1.0000000000000000001', '12345678901234567890', '0.1234567890123456789e3']) {
    expect(price(digits), digits).toContainEqual(tooLong);
  }
  for (const digits of ['1.50', '100000000000000000', '0.000000012', '123456789012.345']) {
    expect(price(digits), digits).not.toContainEqual(tooLong);
  }
});
