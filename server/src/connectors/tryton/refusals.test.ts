/** From what Tryton answers to what the sender reads: each kind of error, in words recorded from a running Tryton. */
import { describe, expect, test } from 'vitest';
import { bills } from '../../models/bills.ts';
import type { Members } from './values.ts';
import { makeLogins } from './logins.ts';
import type { Refused } from './outcomes.ts';
import { same } from '../mapping.ts';
import { datePair, decimalPair, idPair, partsPair } from './pairs.ts';
import { refusalOf } from './refusals.ts';
import type { TrytonResource } from './resource.ts';
import { TrytonSession } from './session.ts';

const field = (string: string, relation?: string): Members => ({
  string,
  type: 'char',
  ...(relation ? { relation } : {}),
});
const described: Readonly<Record<string, Members>> = {
  'account.invoice': {
    party: field('Party', 'party.party'),
    invoice_date: field('Invoice Date'),
    journal: field('Journal', 'account.journal'),
    reference: field('Reference'),
    lines: field('Lines', 'account.invoice.line'),
  },
  'account.invoice.line': {
    account: field('Account', 'account.account'),
    unit_price: field('Unit Price'),
    description: field('Description'),
  },
};
const labels = [
  { id: 1, model: 'account.invoice', name: 'Invoice' },
  { id: 2, model: 'account.invoice.line', name: 'Invoice Line' },
];

/** A Tryton that tells of its fields, and in which account 5 is the only one for expenses. */
const answers: Readonly<Record<string, (params: readonly unknown[]) => unknown>> = {
  'common.db.login': () => [1, 'session'],
  'model.res.user.get_preferences': () => ({}),
  'model.account.invoice.fields_get': () => described['account.invoice'],
  'model.account.invoice.line.fields_get': () => described['account.invoice.line'],
  'model.ir.model.search_read': () => labels,
  'model.account.account.search': ([domain]) => (JSON.stringify(domain).includes('expense') ? [5] : []),
};

function sessionWith(available = answers): TrytonSession {
  const fetch = async (_url: unknown, init?: { readonly body?: unknown }) => {
    const { method, params } = JSON.parse(String(init?.body)) as { method: string; params: readonly unknown[] };
    const answer = available[method];
    const body = answer === undefined ? { id: 1, error: [`no ${method}`, ''] } : { id: 1, result: answer(params) };
    return new Response(JSON.stringify(body));
  };
  const secrets = { url: 'http://tryton.test', database: 'acme', user: 'gateway', password: 'secret' };
  const link = { ...secrets, company: 1, posting: 'post', warnings: 'refuse' } as const;
  return new TrytonSession(link, { fetch, now: () => new Date(0) }, makeLogins());
}

const resource: TrytonResource = {
  dataType: 'bills',
  theirs: 'account.invoice',
  model: bills,
  pairs: [
    same('reference'),
    idPair('supplierRef.id', 'party'),
    datePair('issueDate', 'invoice_date'),
    partsPair('lineItems', 'lines', [
      idPair('accountRef.id', 'account'),
      decimalPair('unitAmount', 'unit_price'),
      same('description'),
    ]),
  ],
  reads: [],
  scope: () => [],
  mark: { reads: [], domain: () => [], put: (values) => values },
};

const line = (account: string, unitAmount: number) => ({ accountRef: { id: account }, unitAmount });
const body: Members = {
  supplierRef: { id: '7' },
  issueDate: '2026-11-20T00:00:00',
  lineItems: [line('5', 10), line('6', 1.123456789)],
};

function refusal(failure: Refused, changed: Members = {}, session = sessionWith()) {
  const request = { pushOperationKey: 'k', recordId: '9', body: { ...body, ...changed } };
  return refusalOf({ resource, request, session, failure });
}

const userError = (message: string, domain: unknown = null): Refused => ({
  kind: 'user-error',
  message,
  description: '',
  domain,
});

describe('a refusal names the field of the sender', () => {
  test.each([
    ['A value is required for field "Party" in "Invoice".', {}, 400, 'SupplierRef.Id'],
    ['The value "7" for field "Party" in "Invoice" does not exist.', {}, 400, 'SupplierRef.Id'],
    ['To continue, you must create a period for the date "11/20/2026".', {}, 400, 'IssueDate'],
    [
      'To number the invoice "[PAST]", you must set an accounting date after "12/21/2026" because the sequence "x" has already been used for invoice "y".',
      {},
      400,
      'IssueDate',
    ],
    ['The reference on invoice must be unique.', { reference: 'A1' }, 400, 'Reference'],
    [
      'The number of digits in the value "Decimal(\'1.123456789\')" for field "Unit Price" in "Invoice Line" exceeds the limit of "4".',
      {},
      400,
      'LineItems[1].UnitAmount',
    ],
    ['The value "6" for field "Account" in "Invoice Line" does not exist.', {}, 400, 'LineItems[1].AccountRef.Id'],
    [
      'A value is required for field "Account" in "Invoice Line".',
      { lineItems: [line('5', 1), { unitAmount: 2 }] },
      400,
      'LineItems[1].AccountRef.Id',
    ],
    [
      'A value is required for field "Account" in "Invoice Line".',
      { lineItems: [{ unitAmount: 1 }, { unitAmount: 2 }] },
      400,
      'LineItems.AccountRef.Id',
    ],
    ['You are not allowed to access "Invoice.Party".', {}, 403, 'SupplierRef.Id'],
  ])('%s', async (message, changed, statusCode, itemId) => {
    const { errors, ...told } = await refusal(userError(message), changed);
    expect(told.statusCode).toBe(statusCode);
    expect(told.message).toContain(message);
    expect(told.message).toMatch(new RegExp(`^Failed to push to Bill as ${itemId.replaceAll(/[[\].]/g, '\\$&')} `));
    expect(errors).toEqual([{ itemId, message: told.message, validatorName: 'Bill' }]);
  });

  test('by the domain that Tryton tells, where only that tells which line it is', async () => {
    const domain = [[['type.expense', '=', true]], {}];
    const message = 'The value for field "Account" in "Invoice Line" is not valid according to its domain.';
    const { errors, message: told } = await refusal(userError(message, domain));
    expect(errors[0]?.itemId).toBe('LineItems[1].AccountRef.Id');
    expect(told).toContain('It takes [["type.expense","=",true]]');
  });
});

describe('a refusal without a field of the sender', () => {
  test.each([
    [userError('A value is required for field "Journal" in "Invoice".'), 400],
    [userError('To post move "19", you must balance all its lines debits and credits.'), 400],
    [userError('You are not allowed to access "Invoice".'), 403],
    [userError('You are trying to write to records "9" of "Invoice" that don\'t exist anymore.'), 404],
    [userError('You are trying to read records "12" of "Party" that don\'t exist anymore.'), 400],
    [{ kind: 'concurrency', message: 'Records were modified in the meanwhile' } as const, 409],
    [{ kind: 'platform-bug', message: "'nosuch'" } as const, 502],
    [{ kind: 'forbidden' } as const, 403],
    [{ kind: 'user-warning', name: 'w_1', message: 'A date in the past.', description: '' } as const, 400],
  ])('%j has the status %i, and says what Tryton said', async (failure, statusCode) => {
    const told = await refusal(failure);
    expect(told).toMatchObject({ statusCode, errors: [{ message: told.message, validatorName: 'Bill' }] });
    expect(told.message).toMatch(/^Failed to push to Bill: /);
    if ('message' in failure && failure.kind !== 'concurrency') expect(told.message).toContain(failure.message);
  });

  test('is what remains when Tryton does not tell of its fields', async () => {
    const silent = sessionWith({ 'common.db.login': () => [1, 's'], 'model.res.user.get_preferences': () => ({}) });
    const told = await refusal(userError('A value is required for field "Party" in "Invoice".'), {}, silent);
    expect(told).toMatchObject({ statusCode: 400, errors: [{ validatorName: 'Bill' }] });
    expect(told.errors[0]).not.toHaveProperty('itemId');
  });
});
