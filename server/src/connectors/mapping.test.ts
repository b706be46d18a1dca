/** The mapping between our data model and a platform: out, in, and the way back of complaints. */
import { describe, expect, test } from 'vitest';
import {
  amount,
  asText,
  date,
  derived,
  ids,
  itemIdOf,
  list,
  object,
  same,
  toOurs,
  toTheirs,
  withMemberAt,
  word,
  type Pair,
} from './mapping.ts';

const pairs: readonly Pair[] = [
  derived(same('id')),
  same('customerRef.id', 'customerId'),
  word('status', 'status', { Draft: 'draft', Submitted: 'submitted' }),
  object('billItem', 'purchase', [amount('unitPrice'), same('accountRef.id', 'accountId')]),
  list('lineItems', 'lines', [
    amount('unitAmount'),
    derived(amount('totalAmount', 'total')),
    ids('trackingCategoryRefs', 'trackingCategoryIds'),
    ids('tracking.categoryRefs', 'trackingCategoryIds'),
    same('tracking.projectRef.id', 'tracking.projectId'),
  ]),
];

describe('a mapping', () => {
  test('goes out and comes back to what it was', () => {
    const body = {
      customerRef: { id: 'c1' },
      status: 'Submitted',
      billItem: { unitPrice: 0.1, accountRef: { id: 'a1' } },
      lineItems: [{ unitAmount: 1e-7, tracking: { categoryRefs: [{ id: 't1' }], projectRef: { id: 'p1' } } }],
    };
    const theirs = toTheirs(pairs, body);
    expect(theirs).toEqual({
      customerId: 'c1',
      status: 'submitted',
      purchase: { unitPrice: '0.1', accountId: 'a1' },
      lines: [{ unitAmount: '0.0000001', trackingCategoryIds: ['t1'], tracking: { projectId: 'p1' } }],
    });
    expect(toOurs(pairs, theirs)).toMatchObject(body);
  });

  test('keeps absent absent and null null, also below a cleared object', () => {
    expect(toTheirs(pairs, {})).toEqual({});
    expect(toTheirs(pairs, { customerRef: null, status: null, billItem: undefined })).toEqual({
      customerId: null,
      status: null,
    });
    expect(toTheirs(pairs, { customerRef: {} })).toEqual({});
  });

  test('never writes what the platform derives, and reads it', () => {
    expect(toTheirs(pairs, { id: 'x', lineItems: [{ totalAmount: 5 }] })).toEqual({ lines: [{}] });
    expect(toOurs(pairs, { id: 'x', lines: [{ total: '5.00' }] })).toEqual({
      id: 'x',
      lineItems: [{ totalAmount: 5 }],
    });
  });

  test('joins two of our members that share one of theirs', () => {
    const line = { trackingCategoryRefs: [{ id: 'a' }], tracking: { categoryRefs: [{ id: 'a' }, { id: 'b' }] } };
    expect(toTheirs(pairs, { lineItems: [line] })).toEqual({ lines: [{ trackingCategoryIds: ['a', 'b'] }] });
    const cleared = { trackingCategoryRefs: [{ id: 'a' }], tracking: null };
    expect(toTheirs(pairs, { lineItems: [cleared] })).toMatchObject({ lines: [{ trackingCategoryIds: ['a'] }] });
  });

  test('reads a word of theirs that is new to us as Unknown', () => {
    expect(toOurs(pairs, { status: 'archived-by-auditor' })).toEqual({ status: 'Unknown' });
  });

  test('leaves out what is null or of another kind on their side', () => {
    expect(toOurs(pairs, { customerId: null, status: 7, purchase: 'x', lines: [{ total: 'n/a' }] })).toEqual({
      lineItems: [{}],
    });
  });

  test.each([
    ['customerId', 'CustomerRef.Id'],
    ['lines', 'LineItems'],
    ['lines[3]', 'LineItems[3]'],
    ['lines[0].unitAmount', 'LineItems[0].UnitAmount'],
    ['lines[0].trackingCategoryIds[1]', 'LineItems[0].TrackingCategoryRefs[1].Id'],
    ['lines[0].tracking.projectId', 'LineItems[0].Tracking.ProjectRef.Id'],
    ['lines[0].somethingNew', 'LineItems[0]'],
    ['purchase.accountId', 'BillItem.AccountRef.Id'],
  ])("their %s is the sender's %s", (field, itemId) => {
    expect(itemIdOf(pairs, field)).toBe(itemId);
  });

  test.each(['warehouse', '', '__proto__', 'constructor.name'])('their %s is nothing the sender knows', (field) => {
    expect(itemIdOf(pairs, field)).toBeUndefined();
  });
});

describe('a date', () => {
  const due: readonly Pair[] = [date('dueDate', 'due')];

  test.each(['2026-01-05', '2026-01-05T00:00:00', '2026-01-05T00:00:00Z', '2026-01-05T23:30:00.5-05:00'])(
    'that they have as %s is the midnight of that day with us',
    (theirs) => {
      expect(toOurs(due, { due: theirs })).toEqual({ dueDate: '2026-01-05T00:00:00' });
    },
  );

  test.each(['2026-01-05', '2026-01-05T00:00:00', '2026-01-05T09:30:00Z', null])('goes out as it is: %s', (dueDate) => {
    expect(toTheirs(due, { dueDate })).toEqual({ due: dueDate });
  });

  test.each(['', 'soon', '2026-01-055', 20_260_105, null])('%j is none', (value) => {
    expect(toOurs(due, { due: value })).toEqual({});
  });
});

describe('a list of ours that has but one element on their side', () => {
  const single: readonly Pair[] = [
    same('allocations[0].payment.accountRef.id', 'accountId'),
    amount('allocations[0].amount', 'total'),
    derived(asText('version')),
  ];

  test('goes out from its first element and comes back as a list', () => {
    const body = { allocations: [{ payment: { accountRef: { id: 'a1' } }, amount: 12.5 }] };
    expect(toTheirs(single, body)).toEqual({ accountId: 'a1', total: '12.5' });
    expect(toOurs(single, { accountId: 'a1', total: '12.5', version: 3 })).toEqual({ ...body, version: '3' });
  });

  test.each([{}, { allocations: [] }, { allocations: 'none' }, { allocations: [null] }])(
    '%j has no first element to write',
    (body) => {
      const written = Object.values(toTheirs(single, body)).filter((value) => value !== null);
      expect(written).toEqual([]);
    },
  );

  test('is named with its position in complaints', () => {
    expect(itemIdOf(single, 'accountId')).toBe('Allocations[0].Payment.AccountRef.Id');
  });
});

describe('setting a member at a dotted path', () => {
  test('keeps what stands beside it, replaces what is no object, and changes nothing in place', () => {
    const target = { a: { b: 1 }, c: 2 };
    expect(withMemberAt(target, 'a.d.e', 3)).toEqual({ a: { b: 1, d: { e: 3 } }, c: 2 });
    expect(withMemberAt(target, 'c.d', 3)).toEqual({ a: { b: 1 }, c: { d: 3 } });
    expect(target).toEqual({ a: { b: 1 }, c: 2 });
  });

  test('takes __proto__ for a name like any other', () => {
    const result = withMemberAt({}, '__proto__.polluted', true);
    expect(Object.hasOwn(result, '__proto__')).toBe(true);
    expect({}).not.toHaveProperty('polluted');
  });
});
