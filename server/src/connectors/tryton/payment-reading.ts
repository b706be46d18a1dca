/** A payment as we have it, from the lines of its entry. */
import { sum, toNumber, type Decimal } from '../../lib/decimal.ts';
import type { PlatformRecord } from '../contract.ts';
import { companyCurrency } from './company-facts.ts';
import { documentAmount, isParty, namedRef, negative, rateIn, secondCode } from './moves.ts';
import type { PaymentKind } from './payments.ts';
import type { TrytonSession } from './session.ts';
import { idOf, listOf, type Members } from './values.ts';

export async function wholePayment(
  { owed, contact, document }: PaymentKind,
  record: Record<string, unknown>,
  theirs: Members,
  session: TrytonSession,
): Promise<PlatformRecord> {
  const lines = listOf(theirs['lines']).toSorted((a, b) => Number(a['id']) - Number(b['id']));
  const settled = lines.filter((line) => isParty(line) === owed);
  const money = lines.filter((line) => isParty(line) !== owed);
  const signed = (line: Members): Decimal =>
    owed === 'receivable' ? documentAmount(line) : negative(documentAmount(line));
  const party = namedRef(settled.find(({ party: each }) => idOf(each) !== undefined)?.['party']);
  const reference = lines.find(({ description }) => typeof description === 'string' && description !== '')?.[
    'description'
  ];
  const account = namedRef(money[0]?.['account']);
  const nameMember = contact === 'customerRef' ? 'companyName' : 'supplierName';
  const currency = secondCode(settled[0]) ?? (await companyCurrency(session)).code;
  return {
    ...record,
    ...(party === undefined ? {} : { [contact]: { id: party['id'], [nameMember]: party['name'] } }),
    ...(account === undefined ? {} : { accountRef: account }),
    totalAmount: toNumber(sum(money.map(signed))),
    currency,
    ...(await rateIn(settled, session)),
    ...(reference === undefined ? {} : { reference }),
    lines: grouped(settled.map((line) => linkOf(line, signed(line), document))).map((links) => ({
      amount: zeroFree(-toNumber(sum(links.map(({ exact }) => exact)))),
      links: links.map(({ exact, ...link }) => ({ ...link, amount: toNumber(exact) })),
      allocatedOnDate: record['date'],
    })),
  };
}

function linkOf(line: Members, exact: Decimal, document: PaymentKind['document']) {
  const invoice = idOf(line['invoice_payment']);
  const type = exact.units > 0n ? 'CreditNote' : document;
  return invoice === undefined ? { type: 'PaymentOnAccount', exact } : { type, id: String(invoice), exact };
}

/** Tryton does not know which links were one line. What uses credit goes with what is paid by it, all else stands alone. */
function grouped<Link extends { readonly exact: Decimal }>(links: readonly Link[]): readonly (readonly Link[])[] {
  return links.some(({ exact }) => exact.units > 0n) ? [links] : links.map((link) => [link]);
}

function zeroFree(value: number): number {
  return value === 0 ? 0 : value;
}
