/** A direct cost or income as we have it, from the lines of its entry. */
import { multiply, sum, toNumber, type Decimal } from '../../lib/decimal.ts';
import type { PlatformRecord } from '../contract.ts';
import { companyCurrency, moneyAccounts, taxes } from './company-facts.ts';
import { describedIn, type DirectKind } from './direct-lines.ts';
import { documentAmount, isParty, namedRef, negative, nothing, secondCode, rateIn } from './moves.ts';
import type { TrytonSession } from './session.ts';
import { idOf, listOf, type Members } from './values.ts';

export async function wholeDirect(
  { money }: DirectKind,
  record: Record<string, unknown>,
  theirs: Members,
  session: TrytonSession,
): Promise<PlatformRecord> {
  const accounts = new Set(await moneyAccounts(session));
  const lines = listOf(theirs['lines']).toSorted((a, b) => Number(a['id']) - Number(b['id']));
  const isMoney = (line: Members) => accounts.has(idOf(line['account']) ?? 0);
  const [paid] = lines.filter(isMoney);
  const contact = lines.find((line) => isParty(line) !== undefined);
  const signed = (line: Members) => (money === 'credit' ? documentAmount(line) : negative(documentAmount(line)));
  const booked = lines.filter((line) => !isMoney(line) && isParty(line) === undefined);
  const lineItems = await itemsOf(booked, signed, session, money);
  const total = sum(booked.map(signed));
  const tax = sum(booked.filter((line) => taxOf(line, 'tax') !== undefined).map(signed));
  const date = record['issueDate'];
  const currency = secondCode(paid) ?? (await companyCurrency(session)).code;
  const reference = paid?.['description'];
  const party = namedRef(contact?.['party']);
  return {
    ...record,
    ...(typeof reference === 'string' && reference !== '' ? { reference } : {}),
    currency,
    ...(await rateIn(booked, session)),
    ...(party === undefined || contact === undefined
      ? {}
      : { contactRef: { id: party['id'], dataType: isParty(contact) === 'payable' ? 'suppliers' : 'customers' } }),
    lineItems,
    paymentAllocations: [
      {
        payment: {
          id: String(theirs['id']),
          ...(paid === undefined ? {} : { accountRef: namedRef(paid['account']) }),
          currency,
          ...(date === undefined ? {} : { paidOnDate: date }),
          totalAmount: toNumber(total),
        },
        allocation: {
          currency,
          ...(date === undefined ? {} : { allocatedOnDate: date }),
          totalAmount: toNumber(total),
        },
      },
    ],
    subTotal: toNumber(sum([total, negative(tax)])),
    taxAmount: toNumber(tax),
    totalAmount: toNumber(total),
  };
}

/** The tax that a line is the base of, or is itself. */
function taxOf(line: Members, type: 'base' | 'tax'): number | undefined {
  return idOf(listOf(line['tax_lines']).find((each) => each['type'] === type)?.['tax']);
}

/** A line of tax belongs to the last line before it that is the base of that tax. */
async function itemsOf(
  booked: readonly Members[],
  signed: (line: Members) => Decimal,
  session: TrytonSession,
  money: DirectKind['money'],
): Promise<readonly Members[]> {
  const known = booked.some((line) => taxOf(line, 'base') !== undefined) ? await taxes(session) : undefined;
  return booked.flatMap((line, index) => {
    if (taxOf(line, 'tax') !== undefined) return [];
    const { description, quantity, unitAmount } = describedIn(textOf(line['description']));
    const net = signed(line);
    const taxId = taxOf(line, 'base');
    const follower = booked[index + 1];
    const isLevied = taxId !== undefined && follower !== undefined && taxOf(follower, 'tax') === taxId;
    const tax = isLevied ? signed(follower) : nothing;
    const rate = taxId === undefined ? undefined : known?.get(taxId);
    const percent =
      rate?.rate === undefined ? {} : { effectiveTaxRate: toNumber(multiply(rate.rate, { units: 100n, scale: 0 })) };
    return [
      {
        ...(description === '' ? {} : { description }),
        unitAmount: unitAmount ?? toNumber(net),
        quantity,
        subTotal: toNumber(net),
        taxAmount: toNumber(tax),
        totalAmount: toNumber(sum([net, tax])),
        accountRef: namedRef(line['account']),
        ...(taxId === undefined ? {} : { taxRateRef: { id: String(taxId), name: rate?.name, ...percent } }),
        ...(money === 'credit' ? { tracking: { recordRefs: [] } } : {}),
      },
    ];
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
