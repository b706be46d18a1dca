/** What a direct cost or income becomes in Tryton's ledger: lines, tax, contact and money. */
import { compare, decimalText, multiply, round, sum, type Decimal } from '../../lib/decimal.ts';
import type { PushModel } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import type { WriteRequest } from '../contract.ts';
import { currencyBy, dayIn, journalOf, moneyAccounts, taxes, type Tax } from './company-facts.ts';
import { withQuantity, type DirectKind } from './direct-lines.ts';
import { partyAccount } from './document-writing.ts';
import { encoded, given, moveValues, negative, nothing, refId, refuseDay, type NewLine } from './moves.ts';
import { missingReferences, unknownReferences } from './references.ts';
import { conversion } from './payment-writing.ts';
import { refusal } from './refusal.ts';
import type { Preparing, Refusal } from './resource.ts';
import type { TrytonSession } from './session.ts';
import type { Members } from './values.ts';

interface Item {
  readonly account: number | undefined;
  readonly text: string;
  readonly net: Decimal;
  readonly tax?: Tax;
  readonly taxAmount: Decimal;
}

/** The lines of a body with their taxes, in the currency of the body. */
function itemsIn(body: Members, known: ReadonlyMap<number, Tax>, digits: number): readonly Item[] {
  const lines = Array.isArray(body['lineItems']) ? body['lineItems'].filter(isMembers) : [];
  return lines.map((line): Item => {
    const { description, quantity, unitAmount, accountRef, taxRateRef, taxAmount } = line;
    const net = round(multiply(given(unitAmount), given(quantity)), digits);
    const tax = known.get(refId(taxRateRef) ?? 0);
    const worked = tax?.rate === undefined ? nothing : round(multiply(net, tax.rate), digits);
    return {
      account: refId(accountRef),
      text: withQuantity(typeof description === 'string' ? description : '', Number(quantity), Number(unitAmount)),
      net,
      ...(tax === undefined ? {} : { tax }),
      taxAmount: tax !== undefined && typeof taxAmount === 'number' ? given(taxAmount) : worked,
    };
  });
}

export async function refuseDirect(
  model: PushModel,
  { body = {} }: WriteRequest,
  session: TrytonSession,
): Promise<Refusal | undefined> {
  const missing = await missingReferences(session, model, body);
  if (missing.length > 0) return unknownReferences(model, missing);
  const currency = await currencyBy(session, body['currency']);
  if (currency === undefined) return refusal(model, 'Currency', 'is unknown: Tryton has no such currency.');
  const items = itemsIn(body, await taxes(session), currency.digits);
  const money = await moneyAccounts(session);
  if (!money.includes(refId(paidIn(body, 'payment')['accountRef']) ?? 0)) {
    const path = 'PaymentAllocations[0].Payment.AccountRef.Id';
    return refusal(model, path, 'must be an account where money is kept.');
  }
  for (const [index, { tax, account }] of items.entries()) {
    if (money.includes(account ?? 0)) {
      return refusal(model, `LineItems[${index}].AccountRef.Id`, 'must not be an account where money is kept.');
    }
    if (tax !== undefined && (tax.rate === undefined || tax.account === undefined)) {
      return refusal(model, `LineItems[${index}].TaxRateRef.Id`, 'must be a tax of one rate, with an account.');
    }
  }
  const total = totalOf(items);
  if (compare(total, nothing) <= 0) return refusal(model, 'LineItems', 'must come to more than nothing.');
  const stated = allocationIn(body)['totalAmount'];
  if (typeof stated === 'number' && compare(given(stated), total) !== 0) {
    const path = 'PaymentAllocations[0].Allocation.TotalAmount';
    return refusal(model, path, `must be the total of the lines with tax, which is ${decimalText(total)}.`);
  }
  return refuseDay(model, 'IssueDate', body['issueDate'], session);
}

function totalOf(items: readonly Item[]): Decimal {
  return sum(items.flatMap(({ net, taxAmount }) => [net, taxAmount]));
}

function paidIn(body: Members, member: 'payment' | 'allocation'): Members {
  const [first] = Array.isArray(body['paymentAllocations']) ? body['paymentAllocations'].filter(isMembers) : [];
  const value = first?.[member];
  return isMembers(value) ? value : {};
}

function allocationIn(body: Members): Members {
  return paidIn(body, 'allocation');
}

export async function directValues(
  { money }: DirectKind,
  values: Members,
  { body = {} }: WriteRequest,
  { session, present }: Preparing,
): Promise<Members> {
  const day = dayIn(body['issueDate']) ?? '';
  const currency = await currencyBy(session, body['currency']);
  const items = itemsIn(body, await taxes(session), currency?.digits ?? 2);
  const inBooks = await conversion(session, body, day);
  const signed = (amount: Decimal) => (money === 'credit' ? amount : negative(amount));
  const booked = items.flatMap((item) => linesOf(item, signed, inBooks));
  // What is left of the sum of the others, so that rounding them one by one leaves no difference.
  const total = negative(sum(booked.map(({ amount }) => amount)));
  const second = booked[0]?.second;
  const whole = negative(sum(booked.map((line) => line.second?.amount ?? nothing)));
  const line = (amount: Decimal, secondAmount: Decimal) => ({
    amount,
    ...(second === undefined ? {} : { second: { currency: second.currency, amount: secondAmount } }),
  });
  const { reference, contactRef } = body;
  const contact = await contactLines(session, contactRef, money, {
    owed: line(total, whole),
    settled: line(negative(total), negative(whole)),
  });
  const paid: NewLine = {
    account: refId(paidIn(body, 'payment')['accountRef']),
    description: typeof reference === 'string' ? reference : undefined,
    ...line(total, whole),
  };
  const { description } = values;
  return moveValues(
    session,
    {
      day,
      journal: await journalOf(session, 'statement', 'cash'),
      description: typeof description === 'string' ? description : undefined,
      lines: [...booked, ...contact, paid],
    },
    present,
  );
}

type Amounts = Pick<NewLine, 'amount' | 'second'>;

/** What Tryton reports taxes by hangs on the lines: the base on that of the item, the tax on a line of its own. */
function linesOf(
  { account, text, net, tax, taxAmount }: Item,
  signed: (amount: Decimal) => Decimal,
  inBooks: (amount: Decimal) => Amounts,
): readonly NewLine[] {
  const base = inBooks(signed(net));
  const size = (amount: Decimal) =>
    encoded(amount.units < 0n === net.units < 0n ? absolute(amount) : negative(absolute(amount)));
  const taxLine = (type: 'base' | 'tax', amount: Decimal) =>
    tax === undefined ? [] : [{ type, tax: tax.id, amount: size(amount) }];
  const own: NewLine = { account, description: text, ...base, taxLines: taxLine('base', base.amount) };
  if (tax === undefined || taxAmount.units === 0n) return [own];
  const levied = inBooks(signed(taxAmount));
  return [own, { account: tax.account, ...levied, taxLines: taxLine('tax', levied.amount) }];
}

function absolute(amount: Decimal): Decimal {
  return amount.units < 0n ? negative(amount) : amount;
}

async function contactLines(
  session: TrytonSession,
  contactRef: unknown,
  money: DirectKind['money'],
  { owed, settled }: { readonly owed: Amounts; readonly settled: Amounts },
): Promise<readonly NewLine[]> {
  const party = refId(contactRef);
  if (party === undefined) return [];
  const usual = money === 'credit' ? 'suppliers' : 'customers';
  const dataType = isMembers(contactRef) && typeof contactRef['dataType'] === 'string' ? contactRef['dataType'] : usual;
  const side = dataType === 'suppliers' ? 'account_payable' : 'account_receivable';
  const account = await partyAccount(session, party, side);
  return [
    { account, party, ...owed },
    { account, party, ...settled },
  ];
}
