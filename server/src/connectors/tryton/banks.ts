/** What stands behind a bank account of ours in Tryton beside its account in the chart: journal, number, bank. */
import { isMembers } from '../../models/validate.ts';
import { companyParty } from './party-roles.ts';
import { resultOf, type TrytonSession } from './session.ts';
import { idOf, listOf, type Members } from './values.ts';

const BANK_ACCOUNT = 'bank.account';
export const STATEMENT_JOURNAL = 'account.statement.journal';
const JOURNALS_MAX = 1_000;
/** Tryton wants a bank for every number; where nobody named it, this one stands for it. */
const UNNAMED_BANK = 'Unnamed bank';

const JOURNAL_READS = [
  'account',
  'currency.code',
  'bank_account.bank.party.name',
  'bank_account.numbers.type',
  'bank_account.numbers.number',
  'bank_account._timestamp',
  'bank_account.numbers._timestamp',
  '_timestamp',
];

/** Of the company. Throws a NoResult. */
export function statementJournals(session: TrytonSession): Promise<readonly Members[]> {
  const domain = [['company', '=', session.link.company]];
  return session.find(STATEMENT_JOURNAL, domain, JOURNAL_READS, { limit: JOURNALS_MAX });
}

/** The journal over an account, as it is now. Throws a NoResult. */
export async function journalOf(session: TrytonSession, account: number): Promise<Members | undefined> {
  const domain = [
    ['company', '=', session.link.company],
    ['account', '=', account],
  ];
  const [journal] = await session.find(STATEMENT_JOURNAL, domain, JOURNAL_READS, { limit: 1 });
  return journal;
}

export interface BankDetails {
  readonly sortCode?: string;
  readonly accountNumber?: string;
  readonly iBan?: string;
  readonly institution?: string;
}

/** Branch and number stand in one text, as people write them: `20-00-00 55779911`. */
const branchForm = /^(\d\d-\d\d-\d\d) (.*)$/;

export function detailsOf(journal: Members | undefined): BankDetails {
  const account = journal?.['bank_account'];
  if (!isMembers(account)) return {};
  const number = (type: string) => listOf(account['numbers']).find((each) => each['type'] === type)?.['number'];
  const plain = text(number('other'));
  const [, sortCode = '', accountNumber = plain] = branchForm.exec(plain) ?? [];
  const bank = account['bank'];
  const party = isMembers(bank) && isMembers(bank['party']) ? text(bank['party']['name']) : '';
  return withoutEmpty({
    sortCode,
    accountNumber,
    iBan: text(number('iban')).replaceAll(' ', ''),
    institution: party === UNNAMED_BANK ? '' : party,
  });
}

/** What a body says of them, laid over what there is. */
export function detailsWanted(body: Members, present: BankDetails): BankDetails {
  const names = ['sortCode', 'accountNumber', 'iBan', 'institution'] as const;
  const value = (name: (typeof names)[number]) =>
    Object.hasOwn(body, name) ? text(body[name]) : (present[name] ?? '');
  return withoutEmpty({
    sortCode: value('sortCode'),
    accountNumber: value('accountNumber'),
    iBan: value('iBan').replaceAll(' ', ''),
    institution: value('institution'),
  });
}

export function areSame(a: BankDetails, b: BankDetails): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function numbersOf({ sortCode = '', accountNumber = '', iBan = '' }: BankDetails): readonly Members[] {
  const plain = [sortCode, accountNumber].filter((part) => part !== '').join(' ');
  return [
    ...(iBan === '' ? [] : [{ type: 'iban', number: iBan }]),
    ...(plain === '' ? [] : [{ type: 'other', number: plain }]),
  ];
}

/** The account at the bank with these numbers: the one that there is, or a new one. Throws a NoResult. */
export async function bankAccountFor(
  session: TrytonSession,
  details: BankDetails,
  currency: number,
): Promise<number | null> {
  const numbers = numbersOf(details);
  const [first] = numbers;
  if (first === undefined) return null;
  const owner = await companyParty(session);
  const domain = [
    ['numbers.number_compact', '=', text(first['number']).replaceAll(' ', '')],
    ['owners', '=', owner],
  ];
  const [standing] = await session.ids(BANK_ACCOUNT, domain, { limit: 1 }).catch(() => []);
  if (standing !== undefined) return standing;
  const values = {
    bank: await bankFor(session, details.institution ?? UNNAMED_BANK),
    currency,
    owners: [['add', [owner]]],
    numbers: [['create', numbers]],
  };
  return firstId(resultOf(await session.call(BANK_ACCOUNT, 'create', [[values]])));
}

/** Throws a NoResult. */
export async function renumber(session: TrytonSession, journal: Members, details: BankDetails): Promise<void> {
  const account = journal['bank_account'];
  const there = isMembers(account) ? listOf(account['numbers']).map(({ id }) => id) : [];
  const values = {
    bank: await bankFor(session, details.institution ?? UNNAMED_BANK),
    numbers: [...(there.length > 0 ? [['delete', there]] : []), ['create', numbersOf(details)]],
  };
  resultOf(await session.call(BANK_ACCOUNT, 'write', [[idOf(account)], values]));
}

async function bankFor(session: TrytonSession, name: string): Promise<number> {
  const [standing] = await session.ids('bank', [['party.name', '=', name]], { limit: 1 });
  if (standing !== undefined) return standing;
  const party = { name, addresses: [['create', [{}]]] };
  const partyId = firstId(resultOf(await session.call('party.party', 'create', [[party]])));
  return firstId(resultOf(await session.call('bank', 'create', [[{ party: partyId }]])));
}

/** Throws a NoResult. */
export function currencyId(session: TrytonSession, code: string): Promise<number | undefined> {
  return session.known(`currency ${code}`, async () => {
    const [id] = await session.ids('currency.currency', [['code', '=', code]], { limit: 1 });
    return id;
  });
}

function firstId(made: unknown): number {
  return Array.isArray(made) ? Number(made[0]) : 0;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function withoutEmpty(details: Readonly<Record<keyof BankDetails, string>>): BankDetails {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== ''));
}
