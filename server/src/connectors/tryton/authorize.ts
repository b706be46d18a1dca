/** Linking: whether the address, the database, the user and the company are what they are said to be, and ready for use. */
import { isMembers } from '../../models/validate.ts';
import type { Authorization, AuthorizeOutcome, ConnectorIO, Link, LinkField } from '../contract.ts';
import { POSTING_POLICIES, trytonLink, WARNING_POLICIES, type TrytonLink } from './link.ts';
import type { Logins } from './logins.ts';
import { troubleText } from './outcomes.ts';
import { callRpc } from './rpc.ts';
import { NoResult, TrytonSession, type Failure } from './session.ts';
import { encodeDate, listOf, type Members } from './values.ts';

const text = { required: true, secret: false } as const;

export const linkFields: readonly LinkField[] = [
  { ...text, name: 'url', label: 'URL', description: 'Where Tryton answers, such as https://tryton.example:8000.' },
  { ...text, name: 'database', label: 'Database', description: "The database's name in Tryton." },
  { ...text, name: 'user', label: 'User', description: 'Log-in of a user of Tryton for this gateway alone.' },
  { ...text, name: 'password', label: 'Password', description: "That user's password.", secret: true },
  {
    name: 'company',
    label: 'Company',
    description: 'Name or number of the company, if the user has several.',
    required: false,
    secret: false,
  },
  {
    name: 'posting',
    label: 'Documents',
    description: 'Whether documents are posted once they are written, or left as drafts for a person to post.',
    required: false,
    secret: false,
    choices: [
      { value: 'post', label: 'Post them' },
      { value: 'draft', label: 'Leave them as drafts' },
    ],
  },
  {
    name: 'warnings',
    label: 'Warnings',
    description: 'What happens when Tryton warns of something and asks whether to go on.',
    required: false,
    secret: false,
    choices: [
      { value: 'refuse', label: 'Stop: the write fails with the warning' },
      { value: 'accept', label: 'Go on, and show the warning' },
    ],
  },
];

type Refused = Extract<AuthorizeOutcome, { kind: 'refused' }>;

/** The modules without which some data type has no home, by a model that each brings. */
const MODULES: readonly (readonly [module: string, model: string])[] = [
  ['party', 'party.party'],
  ['company', 'company.company'],
  ['currency', 'currency.currency'],
  ['account', 'account.move'],
  ['account_invoice', 'account.invoice'],
  ['account_product', 'product.template'],
  ['account_statement', 'account.statement'],
  ['analytic_account', 'analytic_account.account'],
  ['bank', 'bank.account'],
  ['purchase', 'purchase.purchase'],
];

export async function authorize({ fields }: Authorization, logins: Logins, io: ConnectorIO): Promise<AuthorizeOutcome> {
  const given = linkOf(fields);
  if ('kind' in given) return given;
  try {
    const version = await serverVersion(given, io);
    if (typeof version !== 'string') return version;
    return await linked(given, fields['company'] ?? '', version, { logins, io });
  } catch (error) {
    if (error instanceof NoResult) return failed(error.answer);
    throw error;
  }
}

function linkOf(fields: Authorization['fields']): TrytonLink | Refused {
  const value = (name: string) => (fields[name] ?? '').trim();
  const missing = linkFields.find(({ name, required }) => required && value(name) === '');
  if (missing !== undefined) return refused(missing.name, `${missing.label} must be given.`);
  const url = value('url').replace(/\/+$/, '');
  if (!/^https?:\/\/[^/?#\s]+$/.test(url) || !URL.canParse(url)) {
    return refused('url', 'URL must be an address such as https://tryton.example:8000, without a path.');
  }
  const posting = value('posting') === '' ? 'post' : POSTING_POLICIES.find((each) => each === value('posting'));
  if (posting === undefined) return refused('posting', `posting must be one of ${POSTING_POLICIES.join(', ')}.`);
  const warnings = value('warnings') === '' ? 'refuse' : WARNING_POLICIES.find((each) => each === value('warnings'));
  if (warnings === undefined) return refused('warnings', `warnings must be one of ${WARNING_POLICIES.join(', ')}.`);
  const { password = '' } = fields;
  return { url, database: value('database'), user: value('user'), password, company: 0, posting, warnings };
}

function refused(field: string, message: string): Refused {
  return { kind: 'refused', field, message };
}

/** Asked first, and of the server alone: it tells "no Tryton there" from "no such database". */
async function serverVersion({ url }: TrytonLink, io: ConnectorIO): Promise<string | AuthorizeOutcome> {
  const answer = await callRpc(io.fetch, { url, database: '', method: 'common.server.version', params: [] });
  if (answer.kind === 'result' && typeof answer.value === 'string') return answer.value;
  if (answer.kind === 'not-sent') return { kind: 'unreachable', reason: answer.reason };
  const said = answer.kind === 'result' ? 'It answered without a version.' : troubleText(answer);
  return refused('url', `No Tryton answers at ${url}. ${said}`);
}

function failed(failure: Failure): AuthorizeOutcome {
  switch (failure.kind) {
    case 'wrong-password':
    case 'unauthorized':
      return refused('password', 'Tryton refused the user and the password.');
    case 'unknown-database':
      return refused('database', 'Tryton has no database of this name.');
    case 'throttled':
      return refused('password', 'Tryton refuses further log-ins of this user for a while: too many were wrong.');
    case 'user-error':
    case 'forbidden':
    case 'platform-bug':
    case 'user-warning':
    case 'concurrency':
      return { kind: 'refused', message: `The user may not read what is needed. ${troubleText(failure)}` };
    case 'not-sent':
    case 'unknown':
    case 'transient-lock':
      return { kind: 'unreachable', reason: troubleText(failure) };
  }
}

interface World {
  readonly logins: Logins;
  readonly io: ConnectorIO;
}

async function linked(
  given: TrytonLink,
  wanted: string,
  version: string,
  { logins, io }: World,
): Promise<AuthorizeOutcome> {
  const first = new TrytonSession(given, io, logins);
  const lacking = await missingModule(first);
  if (lacking !== undefined) {
    return refused('database', `The database lacks the module ${lacking}. Activate it in Tryton and link again.`);
  }
  const companies = await first.find('company.company', [], ['party.name', 'rec_name']);
  const company = companyIn(companies, wanted, (await first.login()).context['company']);
  if (company === undefined) return refused('company', companyComplaint(companies, wanted));
  const link: TrytonLink = { ...given, company: company.id };
  const session = new TrytonSession(link, io, logins);
  const today = io.now().toISOString().slice(0, 10);
  const date = encodeDate(today);
  const periods = await session.ids(
    'account.period',
    [
      ['company', '=', company.id],
      ['start_date', '<=', date],
      ['end_date', '>=', date],
      ['state', '=', 'open'],
    ],
    { limit: 1 },
  );
  if (periods.length === 0) {
    const message = `${company.name} has no open fiscal year with a period for ${today}. Create one in Tryton and link again.`;
    return refused('company', message);
  }
  return {
    kind: 'linked',
    link: sealed(link),
    info: { url: link.url, database: link.database, company: company.name, version, posting: link.posting },
  };
}

/** A link is JSON; the interface has no index signature. */
function sealed(link: TrytonLink): Link {
  return { ...link };
}

async function missingModule(session: TrytonSession): Promise<string | undefined> {
  const names = MODULES.map(([, model]) => model);
  const models = await session.find('ir.model', [['model', 'in', names]], ['model']);
  const present = new Set(models.map(({ model }) => model));
  return MODULES.find(([, model]) => !present.has(model))?.[0];
}

interface Company {
  readonly id: number;
  readonly name: string;
}

function companyIn(found: readonly Members[], wanted: string, usual: unknown): Company | undefined {
  const companies = found.flatMap(named);
  const name = wanted.trim().toLowerCase();
  if (name !== '') return companies.find((each) => String(each.id) === name || each.name.toLowerCase() === name);
  return companies.find(({ id }) => id === usual) ?? (companies.length === 1 ? companies[0] : undefined);
}

function named({ id, rec_name: name, party }: Members): readonly Company[] {
  const own = isMembers(party) ? party['name'] : name;
  return typeof id === 'number' ? [{ id, name: typeof own === 'string' ? own : String(id) }] : [];
}

function companyComplaint(found: readonly Members[], wanted: string): string {
  const names = listOf(found)
    .flatMap(named)
    .map(({ name }) => name);
  if (names.length === 0) return 'The user sees no company in this database. Give it one in Tryton and link again.';
  const which = names.slice(0, 10).join(', ');
  return wanted.trim() === ''
    ? `The user has several companies: ${which}.`
    : `The user has no such company, but ${which}.`;
}

export function secretsOf(link: Link): readonly string[] {
  const { password } = trytonLink(link);
  return password === '' ? [] : [password];
}
