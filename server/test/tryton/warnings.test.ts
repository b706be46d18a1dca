/** A warning of Tryton's, met by a push: the setting of the connection decides whether the write goes on. */
import { beforeAll, expect, test } from 'vitest';
import type { TrytonClient } from '../../../scripts/tryton/client.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { useServer } from '../clients/official-clients.ts';
import { describeTryton, makeCompany, type TestCompany } from './fixture.ts';
import { balances, linkTo, pushed } from './linked-company.ts';

describeTryton('a warning of Tryton', () => {
  const rig = useServer({ LEDGERPOST_ROLES: 'api,engine' });
  let company: TestCompany;
  let books: TrytonClient;
  let body: (invoiceNumber: string) => unknown;

  beforeAll(async () => {
    company = await makeCompany();
    books = await company.books();
    const customer = await books.create('party.party', { name: 'Corner Shop' });
    const account = await books.firstId('account.account', [['code', '=', '4100']]);
    // Due last year: Tryton asks whether that is meant.
    const day = `${systemClock.now().getUTCFullYear() - 1}-12-30T00:00:00`;
    body = (invoiceNumber) => ({
      invoiceNumber,
      customerRef: { id: String(customer) },
      issueDate: day,
      dueDate: day,
      lineItems: [{ quantity: 1, unitAmount: 40, accountRef: { id: String(account) } }],
    });
  });

  const push = async (warnings: string, invoiceNumber: string) =>
    pushed(rig().server, await linkTo(rig().server, company, { warnings }), 'POST', 'invoices', body(invoiceNumber));
  const inBooks = (reference: string) => books.search('account.invoice', [['reference', '=', reference]], ['state']);
  const inThePast = expect.objectContaining({ message: expect.stringContaining('in the past') });

  test('is the error of the push where warnings are refused, and nothing is written', async () => {
    const refused = await push('refuse', 'W-1');
    expect(refused).toMatchObject({ status: 'Failed', statusCode: 400, validation: { errors: [inThePast] } });
    expect(await inBooks('W-1')).toEqual([]);
    expect(await balances(company)).toEqual({});
  });

  test('stands in the validation of the push where warnings are accepted, and the invoice is posted', async () => {
    const accepted = await push('accept', 'W-2');
    expect(accepted).toMatchObject({ status: 'Success', validation: { errors: [], warnings: [inThePast] } });
    expect(await inBooks('W-2')).toMatchObject([{ state: 'posted' }]);
    expect(await balances(company)).toEqual({ '1100': 40, '4100': -40 });
  });
});
