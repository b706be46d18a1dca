/**
 * Entries in Tryton's ledger, which payments, transfers, direct costs and direct incomes are as well. A draft is deleted;
 * one that is posted is reversed by an entry of its own. Both then count as deleted, since together they are nothing.
 */
import { decimalFromNumber, decimalText, parseDecimal, subtract, toNumber, type Decimal } from '../../lib/decimal.ts';
import type { PushModel } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import { companyCurrency, dayIn, periodOf, rateBetween } from './company-facts.ts';
import { textMark } from './marks.ts';
import { refusal } from './refusal.ts';
import type { Refusal, Removal, Step } from './resource.ts';
import type { RpcAnswer } from './rpc.ts';
import type { CallOptions, Domain, TrytonSession } from './session.ts';
import { decimalOf, encodeDate, encodeDecimal, encodeId, idOf, listOf, type Members } from './values.ts';
import { runWizard } from './wizard.ts';

export const MOVE = 'account.move';

export const moveMark = textMark('description', ' ');

export const moveReads = [
  'state',
  'date',
  'description',
  'origin',
  'journal.rec_name',
  'lines.account.rec_name',
  'lines.account.type.receivable',
  'lines.account.type.payable',
  'lines.party.rec_name',
  'lines.debit',
  'lines.credit',
  'lines.description',
  'lines.second_currency.code',
  'lines.amount_second_currency',
  'lines.reconciliation',
  'lines.invoice_payment',
  'lines.tax_lines.tax',
  'lines.tax_lines.type',
];

/** A line of an entry to be written, in the company's currency and, where it is another one, in that of the document. */
export interface NewLine {
  readonly account: number | null | undefined;
  readonly party?: number | undefined;
  /** Above zero for a debit. */
  readonly amount: Decimal;
  readonly second?: { readonly currency: number; readonly amount: Decimal };
  readonly description?: string | undefined;
  readonly taxLines?: readonly Members[];
  /** Analytic accounts, each of which the whole amount counts towards. */
  readonly counted?: readonly number[];
}

export const nothing: Decimal = { units: 0n, scale: 0 };

export function negative(amount: Decimal): Decimal {
  return subtract(nothing, amount);
}

export function decimalIn(value: unknown): Decimal {
  return parseDecimal(decimalOf(value) ?? '') ?? nothing;
}

export function encoded(amount: Decimal): unknown {
  return encodeDecimal(decimalText(amount));
}

function lineValues(
  { account, party, amount, second, description, taxLines, counted = [] }: NewLine,
  date: unknown,
): Members {
  const isDebit = amount.units >= 0n;
  const sides = {
    debit: encoded(isDebit ? amount : nothing),
    credit: encoded(isDebit ? nothing : negative(amount)),
  };
  const analytic = counted.map((each) => ({ account: each, date, ...sides }));
  return {
    account: account ?? null,
    ...sides,
    ...(analytic.length === 0 ? {} : { analytic_lines: [['create', analytic]] }),
    ...(party === undefined ? {} : { party }),
    ...(description === undefined ? {} : { description: oneLine(description) }),
    ...(second === undefined
      ? {}
      : { second_currency: second.currency, amount_second_currency: encoded(second.amount) }),
    ...(taxLines === undefined || taxLines.length === 0 ? {} : { tax_lines: [['create', taxLines]] }),
  };
}

/** Tryton takes no line breaks here. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\t\n\v\f\r]+/g, ' ');
}

export interface NewMove {
  readonly day: string;
  readonly journal: number | null;
  readonly description?: string | undefined;
  readonly lines: readonly NewLine[];
}

/** The values of an entry; of an update, its lines take the place of those that there are. Throws a NoResult. */
export async function moveValues(session: TrytonSession, move: NewMove, present?: Members): Promise<Members> {
  const { day, journal, description, lines } = move;
  const ids = listOf(present?.['lines']).map(({ id }) => id);
  return {
    ...(present === undefined ? { company: session.link.company } : {}),
    journal,
    period: await periodOf(session, day),
    date: encodeDate(day),
    ...(description === undefined ? {} : { description: oneLine(description) }),
    lines: [
      ...(ids.length === 0 ? [] : [['delete', ids]]),
      ['create', lines.map((line) => lineValues(line, encodeDate(day)))],
    ],
  };
}

/** Tryton would complain of a period, which no sender has named. */
export async function refuseDay(
  model: PushModel,
  member: string,
  value: unknown,
  session: TrytonSession,
): Promise<Refusal | undefined> {
  const day = dayIn(value);
  if (day === undefined || (await periodOf(session, day)) !== null) return undefined;
  return refusal(model, member, 'falls into no period: Tryton has no open fiscal year or period for that day.');
}

/** More reversals than this, and those beyond show both entries. */
const REVERSALS_MAX = 10_000;

/** Entries of the company without those that are reversed, and without the reversals. Throws a NoResult. */
export async function standing(session: TrytonSession): Promise<Domain> {
  const own = [['company', '=', session.link.company]];
  const domain = [...own, ['origin', 'like', `${MOVE},%`]];
  const reversals = await session.find(MOVE, domain, ['origin', 'state'], { limit: REVERSALS_MAX });
  const gone = reversals.flatMap(({ id, origin, state }) => [
    Number(id),
    // A reversal that is not posted yet is half of one: it is still to be brought to its end.
    ...(state === 'posted' ? [Number(String(origin).split(',')[1])] : []),
  ]);
  return gone.length === 0 ? own : [...own, ['id', 'not in', gone]];
}

/** A new entry is a draft, whatever else it is to become. */
export const moveAsWritten: Members = { state: 'draft' };

/** The one step of an entry where entries are to be posted. */
export function onlyPost(record: Members, session: TrytonSession): Step | undefined {
  const step = session.link.posting === 'post' ? postStep(record, session) : undefined;
  return step && { ...step, isLast: true };
}

/** The first step of an entry: a draft is posted. */
export function postStep({ id, state }: Members, session: TrytonSession): Step | undefined {
  if (state !== 'draft') return undefined;
  return { name: 'post', run: (options) => session.call(MOVE, 'post', [[id]], options) };
}

export function moveRemovals(record: Members, session: TrytonSession): readonly Removal[] {
  const { id, state, origin } = record;
  if (typeof origin === 'string' && origin !== '') return [belongsElsewhere(origin)];
  if (state === 'draft') return [{ name: 'delete', run: (options) => session.call(MOVE, 'delete', [[id]], options) }];
  return [{ name: 'reverse', run: (options) => reverse(record, session, options) }];
}

function belongsElsewhere(origin: string): Removal {
  const message = `The entry was made by ${origin.replace(',', ' ')}, and goes with it.`;
  return { name: 'delete', run: () => Promise.resolve({ kind: 'user-error', message, description: '', domain: null }) };
}

/** Takes back an entry of which a step was refused. */
export function undoMove(record: Members, session: TrytonSession): Promise<RpcAnswer> {
  return record['state'] === 'draft' ? session.call(MOVE, 'delete', [[record['id']]]) : reverse(record, session, {});
}

/** Frees what the entry settles, and sets an entry against it. Goes on from wherever it ended before. */
async function reverse(record: Members, session: TrytonSession, options: CallOptions): Promise<RpcAnswer> {
  const freed = await free(record, session);
  if (freed !== undefined) return freed;
  const id = Number(record['id']);
  const reversal = () => session.find(MOVE, [['origin', '=', `${MOVE},${id}`]], ['state'], { limit: 1 });
  let [made] = await reversal();
  let kept = options;
  if (made === undefined) {
    const context = { active_model: MOVE, active_id: id, active_ids: [id] };
    const steps = [{ form: 'default', state: 'cancel' }];
    const answer = await runWizard(session, 'account.move.cancel', steps, { ...options, context });
    if (answer.kind !== 'result') return answer;
    kept = {};
    [made] = await reversal();
  }
  return made?.['state'] === 'posted'
    ? { kind: 'result', value: null }
    : session.call(MOVE, 'post', [[made?.['id']]], kept);
}

async function free(record: Members, session: TrytonSession): Promise<RpcAnswer | undefined> {
  const lines = listOf(record['lines']);
  const reconciliations = [...new Set(lines.flatMap(({ reconciliation }) => idOf(reconciliation) ?? []))];
  if (reconciliations.length > 0) {
    const answer = await session.call('account.move.reconciliation', 'delete', [reconciliations]);
    if (answer.kind !== 'result') return answer;
  }
  for (const { id, invoice_payment: invoice } of lines) {
    if (idOf(invoice) === undefined) continue;
    const values = { payment_lines: [['remove', [id]]] };
    const answer = await session.call('account.invoice', 'write', [[idOf(invoice)], values]);
    if (answer.kind !== 'result') return answer;
  }
  return undefined;
}

/** The signed amount of a line, in the company's currency: above zero for a debit. */
export function netOf({ debit, credit }: Members): Decimal {
  return subtract(decimalIn(debit), decimalIn(credit));
}

/** In the currency of the document: the second one, where the line has one. */
export function documentAmount(line: Members): Decimal {
  return isMembers(line['second_currency']) ? decimalIn(line['amount_second_currency']) : netOf(line);
}

export function secondCode(line: Members | undefined): string | undefined {
  const second = line?.['second_currency'];
  return isMembers(second) && typeof second['code'] === 'string' ? second['code'] : undefined;
}

/** The rate by which an entry in another currency was written. */
export async function rateIn(lines: readonly Members[], session: TrytonSession): Promise<Members> {
  const foreign = lines.filter((line) => secondCode(line) !== undefined);
  const { digits } = await companyCurrency(session);
  const amounts = foreign.map((line) => ({ own: netOf(line), second: decimalIn(line['amount_second_currency']) }));
  const rate = rateBetween(amounts, digits);
  return rate === undefined ? {} : { currencyRate: toNumber(rate) };
}

export function isParty(line: Members): 'receivable' | 'payable' | undefined {
  const account = line['account'];
  const type = isMembers(account) ? account['type'] : undefined;
  if (!isMembers(type)) return undefined;
  if (type['receivable'] === true) return 'receivable';
  return type['payable'] === true ? 'payable' : undefined;
}

export function namedRef(value: unknown): Members | undefined {
  return isMembers(value) ? { id: String(value['id']), name: value['rec_name'] } : undefined;
}

/** The id that a reference of ours names. */
export function refId(reference: unknown): number | undefined {
  return isMembers(reference) ? encodeId(reference['id']) : undefined;
}

/** A number of a body, exactly as it was written there. */
export function given(value: unknown): Decimal {
  return (typeof value === 'number' ? decimalFromNumber(value) : undefined) ?? nothing;
}
