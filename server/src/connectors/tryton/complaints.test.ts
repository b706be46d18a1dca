/** Each sentence as a running Tryton 6.0 said it, and what is read out of it. */
import { describe, expect, test } from 'vitest';
import { readComplaint } from './complaints.ts';

describe('what Tryton says is understood', () => {
  test.each([
    [
      'A value is required for field "Party" in "Invoice".',
      { meaning: 'required', statusCode: 400, fieldLabel: 'Party', modelLabel: 'Invoice' },
    ],
    [
      'The value for field "Journal" in "Invoice" is not valid according to its domain.',
      { meaning: 'domain', statusCode: 400, fieldLabel: 'Journal', modelLabel: 'Invoice' },
    ],
    [
      'The value for field "Code" in "Party" is too long (300 > 255).',
      { meaning: 'too-long', statusCode: 400, fieldLabel: 'Code', modelLabel: 'Party' },
    ],
    [
      'The number of digits in the value "Decimal(\'1.123456789\')" for field "Unit Price" in "Invoice Line" exceeds the limit of "4".',
      {
        meaning: 'digits',
        statusCode: 400,
        fieldLabel: 'Unit Price',
        modelLabel: 'Invoice Line',
        value: '1.123456789',
      },
    ],
    [
      'The value "a "quoted" one" for field "Name" in "Party" contains some invalid chars "\u0000".',
      { meaning: 'characters', statusCode: 400, fieldLabel: 'Name', modelLabel: 'Party', value: 'a "quoted" one' },
    ],
    [
      'The value "Mars/North" for field "Timezone" in "Company" is not one of the allowed options.',
      { meaning: 'not-an-option', statusCode: 400, fieldLabel: 'Timezone', modelLabel: 'Company', value: 'Mars/North' },
    ],
    [
      'The value "999999" for field "Party" in "Invoice" does not exist.',
      { meaning: 'no-such-record', statusCode: 400, fieldLabel: 'Party', modelLabel: 'Invoice', value: '999999' },
    ],
    [
      'The code on party must be unique.',
      { meaning: 'not-unique', statusCode: 400, fieldLabel: 'code', modelLabel: 'party' },
    ],
    [
      'Code of active product must be unique.',
      { meaning: 'not-unique', statusCode: 400, fieldLabel: 'Code', modelLabel: 'product' },
    ],
    [
      'The records could not be deleted because they are used by field "Journal" of "Account Move".',
      { meaning: 'in-use', statusCode: 400, fieldLabel: 'Journal', modelLabel: 'Account Move' },
    ],
    ['You are not allowed to access "Invoice".', { meaning: 'not-allowed', statusCode: 403, modelLabel: 'Invoice' }],
    [
      'You are not allowed to access "Invoice.Party".',
      { meaning: 'not-allowed', statusCode: 403, modelLabel: 'Invoice', fieldLabel: 'Party' },
    ],
    [
      'You are not allowed to write to records "9, 12" of "Party" because of at least one of these rules:\nUser in companies',
      { meaning: 'not-allowed', statusCode: 403, modelLabel: 'Party', recordIds: ['9', '12'] },
    ],
    [
      'You are not allowed to create records of "Invoice" because they fail on at least one of these rules:\nx',
      { meaning: 'not-allowed', statusCode: 403, modelLabel: 'Invoice' },
    ],
    [
      'Calling button "post on "account.invoice" is not allowed.',
      { meaning: 'not-allowed', statusCode: 403, fieldLabel: 'post', modelLabel: 'account.invoice' },
    ],
    ['You are not allowed to delete this record.', { meaning: 'not-allowed', statusCode: 403 }],
    [
      'You are trying to read records "9" of "Party" that don\'t exist anymore.',
      { meaning: 'gone', statusCode: 404, modelLabel: 'Party', recordIds: ['9'] },
    ],
    [
      'You are trying to write to records "9, 10" of "Party" that don\'t exist anymore.',
      { meaning: 'gone', statusCode: 404, modelLabel: 'Party', recordIds: ['9', '10'] },
    ],
    [
      'To continue, you must create a period for the date "11/20/2031".',
      { meaning: 'no-period', statusCode: 400, value: '11/20/2031' },
    ],
    [
      'To continue, you must create a fiscal year for the date "11/20/2031".',
      { meaning: 'no-period', statusCode: 400, value: '11/20/2031' },
    ],
    [
      'To number the invoice "[PAST]", you must set an accounting date after "09/21/2026" because the sequence "INV" has already been used for invoice "[LATER]".',
      { meaning: 'too-early', statusCode: 400, value: '09/21/2026' },
    ],
    ['To post move "19", you must balance all its lines debits and credits.', { meaning: 'other', statusCode: 400 }],
    ['', { meaning: 'other', statusCode: 400 }],
  ])('%s', (message, complaint) => {
    expect(readComplaint(message)).toEqual(complaint);
  });
});
