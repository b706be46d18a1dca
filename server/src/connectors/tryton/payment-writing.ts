/** What a payment becomes in Tryton's ledger, and what is wrong with one before anything is written. */
import { compare, decimalText, sum, type Decimal } from '../../lib/decimal.ts';
import type { DataType } from '../../models/data-types.ts';
import type { PushModel } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import type { WriteRequest } from '../contract.ts';
import {
  companyCurrency,
  converted,
  currencyBy,
  dayIn,
  fractionOf,
  journalOf,
  rateOn,
  type Currency,
} from './company-facts.ts';
import { partyAccount, unknownParty } from './document-writing.ts';
import { decimalIn, given, moveValues, negative, netOf, nothing, refId, refuseDay, type NewLine } from './moves.ts';
import type { PaymentKind } from './payments.ts';
import { unknownReferences } from './references.ts';
import { refusal } from './refusal.ts';
import type { Refusal } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { encodeId, idOf, idsIn, type Members } from './values.ts';

/** One line on the account of what is owed. */
export interface Settlement {
  /** `Lines[0].Links[0]` */
  readonly at: string;
  readonly type: string;
  readonly id: unknown;
  /** Of the link: below zero where it lowers what is owed. */
  readonly amount: Decimal;
}

/** Those of all lines in their order. A line without links is on account. */
export function settlementsIn(body: Members): readonly Settlement[] {
  const lines = Array.isArray(body['lines']) ? body['lines'].filter(isMembers) : [];
  return lines.flatMap((line, index): readonly Settlement[] => {
    const at = `Lines[${index}]`;
    const links = Array.isArray(line['links']) ? line['links'].filter(isMembers) : [];
    if (links.length === 0) {
      return [{ at, type: 'PaymentOnAccount', id: undefined, amount: negative(given(line['amount'])) }];
    }
    return links.map(({ type, id, amount }, place) => ({
      at: `${at}.Links[${place}]`,
      type: String(type),
      id,
      amount: given(amount),
    }));
  });
}

export function isOfDocument({ type }: Settlement): boolean {
  return type !== 'PaymentOnAccount';
}

export async function refusePayment(
  model: PushModel,
  kind: PaymentKind,
  { body = {} }: WriteRequest,
  session: TrytonSession,
): Promise<Refusal | undefined> {
  const unknown =
    (await unknownParty(session, model, kind.contact, body)) ?? (await refuseDay(model, 'Date', body['date'], session));
  if (unknown !== undefined) return unknown;
  const currency = await currencyBy(session, body['currency']);
  const complain = (itemId: string, complaint: string) => refusal(model, itemId, complaint);
  if (currency === undefined) return complain('Currency', `is unknown: Tryton has no such currency.`);
  const settlements = settlementsIn(body);
  const ids = settlements.filter(isOfDocument).flatMap(({ id }) => encodeId(id) ?? []);
  const found = ids.length === 0 ? [] : await documents(session, ids);
  for (const settlement of settlements) {
    const wrong = wrongWith(model, kind, settlement, found, {
      party: refId(body[kind.contact]),
      currency: currency.id,
    });
    if (wrong !== undefined) return wrong;
  }
  return (
    refuseTooMuch(model, settlements, found) ??
    (await refuseDearer(model, { body, settlements, found }, currency, session))
  );
}

function documents(session: TrytonSession, ids: readonly number[]) {
  const fields = [
    'type',
    'state',
    'party',
    'currency',
    'total_amount',
    'amount_to_pay',
    'lines_to_pay',
    'payment_lines',
  ];
  return session.find('account.invoice', [['id', 'in', ids]], fields);
}

function wrongWith(
  model: PushModel,
  { owed, document }: PaymentKind,
  settlement: Settlement,
  found: readonly Members[],
  { party, currency }: { readonly party: number | undefined; readonly currency: number },
): Refusal | undefined {
  const { at, type, id, amount } = settlement;
  if (!isOfDocument(settlement)) {
    return compare(amount, nothing) > 0
      ? refusal(model, `${at}.Amount`, 'must not be above zero on account.')
      : undefined;
  }
  const isCredit = type === 'CreditNote';
  const side = owed === 'receivable' ? 'out' : 'in';
  const theirs = found.find((each) => each['id'] === encodeId(id));
  const isNegative = compare(decimalIn(theirs?.['total_amount']), nothing) < 0;
  if (theirs === undefined || theirs['type'] !== side || isNegative !== isCredit) {
    const references: readonly DataType[] = [referenced(document, isCredit)];
    return unknownReferences(model, [{ itemId: `${at}.Id`, value: id, references }]);
  }
  const { state } = theirs;
  if (state === 'paid') return refusal(model, `${at}.Id`, 'names a document that is paid already.');
  if (state !== 'posted')
    return refusal(model, `${at}.Id`, `names a document that is not posted, but ${String(state)}.`);
  if (idOf(theirs['party']) !== party) return refusal(model, `${at}.Id`, 'names a document of somebody else.');
  if (idOf(theirs['currency']) !== currency) return refusal(model, `${at}.Id`, 'names a document in another currency.');
  const isRight = isCredit ? compare(amount, nothing) > 0 : compare(amount, nothing) < 0;
  if (isRight) return undefined;
  return refusal(model, `${at}.Amount`, isCredit ? 'must be above zero: it uses credit.' : 'must be below zero.');
}

function referenced(document: PaymentKind['document'], isCredit: boolean): DataType {
  if (document === 'Invoice') return isCredit ? 'creditNotes' : 'invoices';
  return isCredit ? 'billCreditNotes' : 'bills';
}

/** Tryton would take it, and show a negative amount as due. */
function refuseTooMuch(model: PushModel, settlements: readonly Settlement[], found: readonly Members[]) {
  for (const theirs of found) {
    const own = settlements.filter((each) => isOfDocument(each) && encodeId(each.id) === theirs['id']);
    const paid = negative(sum(own.map(({ amount }) => amount)));
    const due = decimalIn(theirs['amount_to_pay']);
    const isTooMuch = due.units < 0n ? compare(paid, due) < 0 : compare(paid, due) > 0;
    const [first] = own;
    if (isTooMuch && first !== undefined) return refusal(model, `${first.at}.Amount`, 'is more than is due.');
  }
  return undefined;
}

interface ToSettle {
  readonly body: Members;
  readonly settlements: readonly Settlement[];
  readonly found: readonly Members[];
}

/**
 * In the currency of the books Tryton takes no more against a document than it came to, though nothing is left due in its own:
 * said before the entry is posted, which would have to be reversed.
 */
async function refuseDearer(
  model: PushModel,
  { body, settlements, found }: ToSettle,
  currency: Currency,
  session: TrytonSession,
): Promise<Refusal | undefined> {
  const own = await companyCurrency(session);
  if (currency.id === own.id || found.length === 0) return undefined;
  const inBooks = await conversion(session, body, dayIn(body['date']) ?? '');
  const ids = found.flatMap(({ lines_to_pay: owed, payment_lines: paid }) => [...idsIn(owed), ...idsIn(paid)]);
  const lines = await session.find('account.move.line', [['id', 'in', ids]], ['debit', 'credit']);
  const size = (list: unknown) => {
    const net = sum(lines.filter(({ id }) => idsIn(list).includes(Number(id))).map(netOf));
    return net.units < 0n ? negative(net) : net;
  };
  for (const { id, lines_to_pay: owed, payment_lines: paid } of found) {
    const links = settlements.filter((each) => isOfDocument(each) && encodeId(each.id) === id);
    const added = sum(links.map(({ amount }) => inBooks(amount).amount));
    const whole = sum([size(paid), added.units < 0n ? negative(added) : added]);
    const [first] = links;
    if (first === undefined || compare(whole, size(owed)) <= 0) continue;
    const itemId = typeof body['currencyRate'] === 'number' ? 'CurrencyRate' : `${first.at}.Amount`;
    const worth = `${decimalText(whole)} ${own.code} of the ${decimalText(size(owed))} ${own.code} that it came to`;
    return refusal(model, itemId, `would settle ${worth}. Tryton takes no more: pay at the document's rate.`);
  }
  return undefined;
}

export async function paymentValues(
  { owed, contact }: PaymentKind,
  { body = {} }: WriteRequest,
  session: TrytonSession,
): Promise<Members> {
  const day = dayIn(body['date']) ?? '';
  const inBooks = await conversion(session, body, day);
  const party = refId(body[contact]);
  const account = await partyAccount(session, party, `account_${owed}`);
  const reference = typeof body['reference'] === 'string' ? body['reference'] : undefined;
  const settled = settlementsIn(body).map(({ amount }): NewLine => {
    const signed = owed === 'receivable' ? amount : negative(amount);
    return { account, party, description: reference, ...inBooks(signed) };
  });
  // What is left of the sum of the others, so that rounding them one by one leaves no difference.
  const rest = negative(sum(settled.map(({ amount }) => amount)));
  const second = settled[0]?.second;
  const restSecond = negative(sum(settled.map((line) => line.second?.amount ?? nothing)));
  const money: NewLine = {
    account: refId(body['accountRef']),
    description: reference,
    amount: rest,
    ...(second === undefined ? {} : { second: { currency: second.currency, amount: restSecond } }),
  };
  const note = body['note'];
  return moveValues(session, {
    day,
    journal: await journalOf(session, 'cash', 'statement'),
    description: typeof note === 'string' ? note : undefined,
    lines: compare(given(body['totalAmount']), nothing) === 0 && rest.units === 0n ? settled : [money, ...settled],
  });
}

/** From the currency of a body to that of the books. */
export async function conversion(
  session: TrytonSession,
  { currency: code, currencyRate }: Members,
  day: string,
): Promise<(amount: Decimal) => Pick<NewLine, 'amount' | 'second'>> {
  const [own, currency] = [await companyCurrency(session), await currencyBy(session, code)];
  if (currency === undefined || currency.id === own.id) return (amount) => ({ amount });
  const rate = typeof currencyRate === 'number' ? fractionOf(currencyRate) : await rateOn(session, currency, day);
  return (amount) => ({
    amount: rate === undefined ? amount : converted(amount, rate, own.digits),
    second: { currency: currency.id, amount },
  });
}
