/** Transfers: entries that move money from one account where it is kept to another. */
import { compare, toNumber } from '../../lib/decimal.ts';
import { choices } from '../../models/fields.ts';
import { refine, without, type PushModel } from '../../models/model.ts';
import { transfers as transferModel } from '../../models/transfers.ts';
import { isMembers } from '../../models/validate.ts';
import type { PlatformRecord, WriteRequest } from '../contract.ts';
import { bankedAccounts } from './accounts.ts';
import { companyCurrency, currencyBy, dayIn, journalOf, moneyAccounts } from './company-facts.ts';
import { markedText } from './marks.ts';
import {
  documentAmount,
  given,
  moveAsWritten,
  moveMark,
  moveReads,
  moveRemovals,
  moveValues,
  MOVE,
  namedRef,
  negative,
  netOf,
  nothing,
  onlyPost,
  refId,
  refuseDay,
  secondCode,
  standing,
  undoMove,
  type NewLine,
} from './moves.ts';
import { offerMoney } from './offers.ts';
import { datePair } from './pairs.ts';
import { conversion } from './payment-writing.ts';
import { refusal } from './refusal.ts';
import type { Preparing, Refusal, TrytonResource } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { idOf, listOf, type Members } from './values.ts';

const AMOUNT_MAX = 999_999_999_999;

const sideLimits = (side: 'from' | 'to') => ({
  [side]: { required: true as const },
  [`${side}.accountRef`]: { required: true as const },
  [`${side}.accountRef.id`]: { required: true as const },
  [`${side}.amount`]: { required: true as const, decimalPlacesMax: 2, maximum: AMOUNT_MAX },
});

const model: PushModel = refine(
  {
    // Tryton keeps nobody with it.
    ...without(transferModel, 'contactRef', 'trackingCategoryRefs'),
    description: `${transferModel.description} Only a draft can be changed.`,
  },
  {
    ...sideLimits('from'),
    ...sideLimits('to'),
    date: { required: true },
    status: { options: choices('Unreconciled'), description: 'Tryton does not say whether a transfer is reconciled.' },
    depositedRecordRefs: { itemsMax: 0 },
  },
  { ...transferModel.example, from: plainSide('from'), to: plainSide('to') },
);

/** Which sort of account it is follows from its id. */
function plainSide(side: 'from' | 'to'): Members {
  const given = transferModel.example[side];
  const { accountRef, ...rest } = isMembers(given) ? given : {};
  return { ...rest, accountRef: { id: isMembers(accountRef) ? accountRef['id'] : '' } };
}

export const transfers: TrytonResource = {
  dataType: 'transfers',
  theirs: MOVE,
  model,
  pairs: [markedText('description'), datePair('date', 'date')],
  reads: moveReads,
  parts: ['lines'],
  async scope(session) {
    const money = await moneyAccounts(session);
    return [
      ...(await standing(session)),
      ['lines', 'where', [['account', 'in', money]]],
      ['lines', 'not where', [['account', 'not in', money]]],
    ];
  },
  mark: moveMark,
  fills: ['company', 'period', 'journal'],
  refuse,
  prepare,
  asWritten: moveAsWritten,
  next: (record, _request, session) => onlyPost(record, session),
  undo: undoMove,
  offer,
  removals: moveRemovals,
  complete,
};

/** Whoever takes the first choice on both sides should not move money from an account to itself. */
async function offer(live: PushModel, session: TrytonSession): Promise<PushModel> {
  const offered = await offerMoney(live, session, 'from.accountRef.id', 'to.accountRef.id');
  const [first, ...others] = offered.fields['to']?.fields?.['accountRef']?.fields?.['id']?.options ?? [];
  if (first === undefined || others.length === 0) return offered;
  return refine(offered, { 'to.accountRef.id': { options: [...others, first] } });
}

async function refuse({ body = {} }: WriteRequest, session: TrytonSession): Promise<Refusal | undefined> {
  const money = await moneyAccounts(session);
  const own = await companyCurrency(session);
  const [from, to] = [sideIn(body, 'from'), sideIn(body, 'to')];
  for (const [member, side] of [
    ['From', from],
    ['To', to],
  ] as const) {
    const id = refId(side['accountRef']);
    if (id !== undefined && !money.includes(id))
      return refusal(model, `${member}.AccountRef.Id`, 'must be an account where money is kept.');
    if ((await currencyBy(session, side['currency'])) === undefined)
      return refusal(model, `${member}.Currency`, 'is unknown: Tryton has no such currency.');
  }
  const [one, other] = [from['currency'] ?? own.code, to['currency'] ?? own.code];
  if (one !== other && one !== own.code && other !== own.code)
    return refusal(model, 'To.Currency', `must be that of From, or one of both ${own.code}.`);
  if (one === other && compare(given(from['amount']), given(to['amount'])) !== 0)
    return refusal(model, 'To.Amount', 'must be the same as From.Amount in the same currency.');
  if (refId(from['accountRef']) === refId(to['accountRef']))
    return refusal(model, 'To.AccountRef.Id', 'must be another account than that of From.');
  return refuseDay(model, 'Date', body['date'], session);
}

function sideIn(body: Members, side: 'from' | 'to'): Members {
  const value = body[side];
  return isMembers(value) ? value : {};
}

async function prepare(values: Members, { body = {} }: WriteRequest, { session, present }: Preparing) {
  const day = dayIn(body['date']) ?? '';
  const [from, to] = [sideIn(body, 'from'), sideIn(body, 'to')];
  const own = await companyCurrency(session);
  const inBooks = async (side: Members, isIn: boolean): Promise<NewLine> => {
    const amount = given(side['amount']);
    const convert = await conversion(session, { currency: side['currency'] }, day);
    return { account: refId(side['accountRef']), ...convert(isIn ? amount : negative(amount)) };
  };
  const [out, into] = [await inBooks(from, false), await inBooks(to, true)];
  // Where one side is in the currency of the books, its amount is what the other one is worth.
  const isOutOwn = (await currencyBy(session, from['currency']))?.id === own.id;
  const settled = isOutOwn
    ? [out, { ...into, amount: negative(out.amount) }]
    : [{ ...out, amount: negative(into.amount) }, into];
  const { description } = values;
  const journal = await journalOf(session, 'statement', 'cash');
  const text = typeof description === 'string' ? description : undefined;
  return moveValues(session, { day, journal, description: text, lines: settled }, present);
}

async function complete(
  record: Record<string, unknown>,
  theirs: Members,
  session: TrytonSession,
): Promise<PlatformRecord> {
  const { code } = await companyCurrency(session);
  const banked = await bankedAccounts(session);
  const lines = listOf(theirs['lines']);
  const side = (line: Members | undefined, isIn: boolean) => {
    if (line === undefined) return undefined;
    const account = namedRef(line['account']);
    const dataType = banked.has(idOf(line['account']) ?? 0) ? 'bankAccounts' : 'accounts';
    const amount = documentAmount(line);
    return {
      accountRef: { id: account?.['id'], dataType },
      currency: secondCode(line) ?? code,
      amount: toNumber(isIn ? amount : negative(amount)),
    };
  };
  const from = side(
    lines.find((line) => compare(netOf(line), nothing) < 0),
    false,
  );
  const to = side(
    lines.find((line) => compare(netOf(line), nothing) > 0),
    true,
  );
  return {
    ...record,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    status: 'Unreconciled',
  };
}
