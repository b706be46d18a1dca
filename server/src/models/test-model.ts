/** For this folder's own tests: a small model with a field and a rule of every kind. */
import { choices, commonFields, currency, flag, list, moment, number, object, text } from './fields.ts';
import type { PushModel } from './model.ts';

const side = () => ({ paid: number('Paid', ''), unit: text('Unit', '') });

const amount = number('Amount', '', { required: true, decimalPlacesMax: 2 });

export const parcel: PushModel = {
  dataType: 'chartOfAccounts',
  displayName: 'Parcel',
  description: 'Something to send.',
  fields: {
    ...commonFields(),
    nominalCode: text('Code', '', { required: true, maxLength: 10 }),
    name: text('Name', 'What it is called.', { required: true, maxLength: 150 }),
    note: text('Note', '', { nullable: true }),
    colour: text('Colour', '', { options: choices('DarkRed', 'Green') }),
    owner: text('Owner', '', { options: choices('Ines'), optionsAreExamples: true }),
    tag: text('Tag', '', { pattern: { expression: '^[a-z]{4}$', meaning: 'four small letters' } }),
    currency: currency('Currency', ''),
    weight: number('Weight', '', { minimum: 0, maximum: 100 }),
    sentOn: moment('Sent on', ''),
    isInsured: flag('Insured', ''),
    insurance: object('Insurance', '', { amount }, { onlyWhen: 'isInsured' }),
    lines: list(
      'Lines',
      '',
      { amount, ref: object('Ref', '', { id: text('Id', '', { required: true }) }) },
      {
        itemsMin: 2,
        itemsMax: 5,
        sumsToZero: 'amount',
      },
    ),
    stops: list(
      'Stops',
      '',
      { at: moment('At', '', { required: true }), fee: number('Fee', '') },
      { chronologicalBy: 'at' },
    ),
    fees: number('Fees', '', { sumOf: { list: 'stops', member: 'fee' } }),
    discount: number('Discount', '', { sumOf: { list: 'stops', member: 'fee', isNegated: true } }),
    price: number('Price', ''),
    payer: object('Payer', '', { name: text('Name', '', { required: true }) }, { required: true, unlessZero: 'price' }),
    kind: text('Kind', '', { options: choices('In', 'Out') }),
    change: number('Change', '', { signBy: { sibling: 'kind', positive: 'In', negative: 'Out' } }),
    sender: object('Sender', '', side()),
    receiver: object('Receiver', '', side(), { mirrors: { sibling: 'sender', amount: 'paid', whileSame: 'unit' } }),
  },
  example: { nominalCode: '1', name: 'One', price: 0 },
};
