/** Journal entries: all of Tryton's entries, those that documents made among them. Debit and credit are one number here. */
import { toNumber } from '../../lib/decimal.ts';
import { choices } from '../../models/fields.ts';
import { journalEntries as journalEntryModel } from '../../models/journal-entries.ts';
import { refine, type PushModel } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import type { WriteRequest } from '../contract.ts';
import { derived, same, type Codec } from '../mapping.ts';
import { companyCurrency, currencies, dayIn, journalOf } from './company-facts.ts';
import { markedText } from './marks.ts';
import {
  decimalIn,
  given,
  isParty,
  moveAsWritten,
  moveMark,
  moveReads,
  moveRemovals,
  moveValues,
  MOVE,
  namedRef,
  netOf,
  onlyPost,
  refId,
  refuseDay,
  secondCode,
  standing,
  undoMove,
  type NewLine,
} from './moves.ts';
import { datePair, decimalPair, idPair, partsPair } from './pairs.ts';
import { refusal } from './refusal.ts';
import type { Preparing, Refusal, TrytonResource } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { refuseCategories, type PlacedCategory } from './tracking.ts';
import { encodeId, idOf, listOf, momentOf, type Members } from './values.ts';

const AMOUNT_MAX = 999_999_999_999;
const moment: Codec = { toTheirs: (value) => value, toOurs: momentOf };

const model: PushModel = refine(
  {
    ...journalEntryModel,
    description: `${journalEntryModel.description} Only a draft can be changed.`,
  },
  {
    postedOn: { required: true },
    'journalRef.name': { readOnly: true },
    journalRef: { description: 'A journal of the type General if absent.' },
    journalLines: { required: true, itemsMax: 1_000 },
    'journalLines.netAmount': { required: true, decimalPlacesMax: 2, minimum: -AMOUNT_MAX, maximum: AMOUNT_MAX },
    'journalLines.transactionAmount': { decimalPlacesMax: 2, minimum: -AMOUNT_MAX, maximum: AMOUNT_MAX },
    'journalLines.accountRef': { required: true },
    'journalLines.accountRef.id': { required: true },
    'journalLines.contactRef': { description: 'For accounts of what is owed alone: there it is required by Tryton.' },
    'journalLines.tracking.recordRefs': { description: 'What the whole amount of the line counts towards.' },
    'journalLines.tracking.recordRefs.id': { required: true, references: ['trackingCategories'] },
    'journalLines.tracking.recordRefs.dataType': { options: choices('trackingCategories') },
    recordRef: { readOnly: true },
  },
);

/** A line is counted as a whole, which only accounts of this type take: others share it out. */
const counted = ['normal'];

export const journalEntries: TrytonResource = {
  dataType: 'journalEntries',
  theirs: MOVE,
  model,
  pairs: [
    markedText('description'),
    datePair('postedOn', 'date'),
    derived({ ours: 'createdOn', theirs: 'create_date', codec: moment }),
    idPair('journalRef.id', 'journal'),
    derived(same('journalRef.name', 'journal.rec_name')),
    partsPair('journalLines', 'lines', [
      same('description'),
      decimalPair('netAmount', 'debit'),
      idPair('accountRef.id', 'account'),
      derived(same('accountRef.name', 'account.rec_name')),
      idPair('contactRef.id', 'party'),
    ]),
  ],
  reads: [...moveReads, 'lines.analytic_lines.account'],
  parts: ['lines'],
  scope: standing,
  mark: moveMark,
  fills: ['company', 'period', 'journal', 'lines.debit', 'lines.credit', 'lines.party'],
  refuse,
  prepare,
  asWritten: moveAsWritten,
  next: (record, _request, session) => onlyPost(record, session),
  undo: undoMove,
  removals: moveRemovals,
  complete,
};

async function refuse({ body = {} }: WriteRequest, session: TrytonSession): Promise<Refusal | undefined> {
  const own = await companyCurrency(session);
  const known = await currencies(session);
  for (const [index, line] of linesIn(body).entries()) {
    const at = (member: string) => `JournalLines[${index}].${member}`;
    const { currency, transactionCurrency } = line;
    if (isText(currency) && currency !== own.code) {
      return refusal(model, at('Currency'), `must be ${own.code}: NetAmount is in the currency of the books.`);
    }
    const wrong = await refuseCategories(model, categoriesOf(line, at), session, counted);
    if (wrong !== undefined) return wrong;
    if (isText(transactionCurrency) && !known.has(String(transactionCurrency))) {
      return refusal(
        model,
        at('TransactionCurrency'),
        `is unknown: Tryton has no currency ${String(transactionCurrency)}.`,
      );
    }
  }
  return refuseDay(model, 'PostedOn', body['postedOn'], session);
}

function categoriesOf({ tracking }: Members, at: (member: string) => string): readonly PlacedCategory[] {
  const refs = isMembers(tracking) ? listOf(tracking['recordRefs']) : [];
  return refs.map(({ id }, index) => ({ itemId: at(`Tracking.RecordRefs[${index}].Id`), value: id }));
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function linesIn(body: Members): readonly Members[] {
  return Array.isArray(body['journalLines']) ? body['journalLines'].filter(isMembers) : [];
}

async function prepare(
  values: Members,
  { body = {} }: WriteRequest,
  { session, present }: Preparing,
): Promise<Members> {
  const own = await companyCurrency(session);
  const known = await currencies(session);
  const lines = linesIn(body).map((line): NewLine => {
    const { description, netAmount, transactionAmount, transactionCurrency, accountRef, contactRef } = line;
    const currency = known.get(String(transactionCurrency));
    const isForeign = currency !== undefined && currency.id !== own.id && typeof transactionAmount === 'number';
    return {
      account: refId(accountRef),
      party: refId(contactRef),
      amount: given(netAmount),
      description: typeof description === 'string' ? description : undefined,
      counted: categoriesOf(line, String).flatMap(({ value }) => encodeId(value) ?? []),
      ...(isForeign ? { second: { currency: currency.id, amount: given(transactionAmount) } } : {}),
    };
  });
  const { description } = values;
  return moveValues(
    session,
    {
      day: dayIn(body['postedOn']) ?? '',
      journal: idOf(values['journal']) ?? idOf(present?.['journal']) ?? (await journalOf(session, 'general', 'cash')),
      description: typeof description === 'string' ? description : undefined,
      lines,
    },
    present,
  );
}

async function complete(record: Record<string, unknown>, theirs: Members, session: TrytonSession): Promise<Members> {
  const { code } = await companyCurrency(session);
  const lines = listOf(theirs['lines']).toSorted((a, b) => Number(a['id']) - Number(b['id']));
  const journalLines = lines.map((line) => {
    const { description, account, party } = line;
    const second = secondCode(line);
    const contact = namedRef(party);
    const categories = [...new Set(listOf(line['analytic_lines']).map((each) => idOf(each['account'])))];
    const recordRefs = categories.map((id) => ({ id: String(id), dataType: 'trackingCategories' }));
    const dataType = isParty(line) === 'payable' ? 'suppliers' : 'customers';
    return {
      ...(typeof description === 'string' && description !== '' ? { description } : {}),
      netAmount: toNumber(netOf(line)),
      currency: code,
      ...(second === undefined
        ? {}
        : { transactionAmount: toNumber(decimalIn(line['amount_second_currency'])), transactionCurrency: second }),
      accountRef: namedRef(account),
      ...(recordRefs.length === 0 ? {} : { tracking: { recordRefs } }),
      ...(contact === undefined ? {} : { contactRef: { id: contact['id'], dataType } }),
    };
  });
  const { origin } = theirs;
  const invoice =
    typeof origin === 'string' && origin.startsWith('account.invoice,') ? origin.split(',')[1] : undefined;
  const isBill = lines.some((line) => isParty(line) === 'payable');
  const updatedOn = record['sourceModifiedDate'];
  return {
    ...record,
    ...(updatedOn === undefined ? {} : { updatedOn }),
    journalLines,
    ...(invoice === undefined ? {} : { recordRef: { id: invoice, dataType: isBill ? 'bills' : 'invoices' } }),
  };
}
