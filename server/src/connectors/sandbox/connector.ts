/**
 * The connector for our sandbox accounting platform, which it knows by its REST interface alone. A link holds the set of
 * books and perhaps a token, never an address: the sandbox may come back elsewhere.
 */
import type {
  Authorization,
  AuthorizeOutcome,
  Connector,
  ConnectorIO,
  Link,
  PlatformCard,
  Read,
  Write,
  WriteKind,
} from '../contract.ts';
import { accounts } from './accounts.ts';
import { sandboxAttach, sandboxAttachments } from './attachments.ts';
import { bankAccounts } from './bank-accounts.ts';
import { bankTransactions, bankTransactionsRead } from './bank-transactions.ts';
import { bills } from './bills.ts';
import {
  accountTransactions,
  moneyMovers,
  paymentMethods,
  readCompanyInfo,
  taxRates,
  trackingCategories,
} from './companions.ts';
import { customers, suppliers } from './contacts.ts';
import { billCreditNotes, creditNotes } from './credit-notes.ts';
import { directCosts, directIncomes } from './direct-transactions.ts';
import { callSandbox, type SandboxAnswer, type SandboxSession } from './http.ts';
import { invoices } from './invoices.ts';
import { items } from './items.ts';
import { journalEntries } from './journal-entries.ts';
import { journals } from './journals.ts';
import { DEFAULT_MEMORY, SANDBOX_MEMORIES, sandboxMemory } from './memory.ts';
import { billPayments, payments } from './payments.ts';
import { purchaseOrders } from './purchase-orders.ts';
import { sandboxCustomRead, sandboxRead } from './reads.ts';
import type { SandboxResource } from './resource.ts';
import { stampOf } from './stamps.ts';
import { transfers } from './transfers.ts';
import { sandboxWrite } from './writes.ts';

const platform: PlatformCard = {
  key: 'mqjo',
  integrationId: '1a2c8f0e-6d5b-4c57-9f5e-0b7a4d3c9e11',
  sourceId: '8e4d2b16-3f7a-4b0c-a6d9-52c1f07e8b34',
  name: 'Sandbox',
  sourceType: 'Accounting',
  linkFields: [
    {
      name: 'books',
      label: 'Books',
      description: 'Which set of books to link. Left empty, the connection gets a set of its own.',
      required: false,
      secret: false,
      choices: [
        { value: '', label: 'A new set of books' },
        { value: 'riverside-cafe', label: 'Riverside Café' },
        { value: 'oakfield-joinery', label: 'Oakfield Joinery Ltd' },
        { value: 'lantern-software', label: 'Lantern Software Studio' },
      ],
    },
    {
      name: 'token',
      label: 'Token',
      description: 'Token of the sandbox, if it is not the one that this server is set up with.',
      required: false,
      secret: true,
    },
    {
      name: 'memory',
      label: 'Memory',
      description: 'For trials: what the platform is taken to remember of a request whose answer was lost.',
      required: false,
      secret: false,
      choices: [
        { value: '', label: 'Its writes can be searched' },
        { value: 'deduplicates', label: 'It recognises a repeated request, and cannot be searched' },
        { value: 'none', label: 'Neither' },
      ],
    },
    {
      name: 'callsPerMinute',
      label: 'Calls per minute',
      description: 'For trials: how many calls a minute the platform is taken to allow this connection.',
      required: false,
      secret: false,
    },
  ],
};

export function makeSandboxConnector(sandboxUrl: () => string, sandboxToken: string): Connector<SandboxSession> {
  const tokenOf = ({ token }: Link) => (typeof token === 'string' ? token : sandboxToken);
  const open = (link: Link, io: ConnectorIO): SandboxSession => {
    const { books } = link;
    const memory = sandboxMemory(link['memory']) ?? DEFAULT_MEMORY;
    return { url: sandboxUrl(), books: typeof books === 'string' ? books : '', token: tokenOf(link), memory, io };
  };
  return {
    platform,
    // The sandbox answers in milliseconds; after a broken call, three seconds are ages for it to finish what it began.
    limits: { callsInFlight: 8, callTimeoutMs: 10_000, lateCommitMs: 3_000 },
    writes: {
      bankAccounts: writes(bankAccounts, 'create', 'update'),
      bankTransactions: writes(bankTransactions, 'create'),
      billCreditNotes: writes(billCreditNotes, 'create', 'update', 'attach'),
      billPayments: writes(billPayments, 'create', 'delete'),
      bills: writes(bills, 'create', 'update', 'delete', 'attach'),
      chartOfAccounts: writes(accounts, 'create'),
      creditNotes: writes(creditNotes, 'create', 'update'),
      customers: writes(customers, 'create', 'update'),
      directCosts: writes(directCosts, 'create', 'delete', 'attach'),
      directIncomes: writes(directIncomes, 'create', 'attach'),
      invoices: writes(invoices, 'create', 'update', 'delete', 'attach'),
      items: writes(items, 'create'),
      journalEntries: writes(journalEntries, 'create', 'delete'),
      journals: writes(journals, 'create'),
      payments: writes(payments, 'create'),
      purchaseOrders: writes(purchaseOrders, 'create', 'update'),
      suppliers: writes(suppliers, 'create', 'update'),
      transfers: writes(transfers, 'create', 'attach'),
    },
    reads: {
      accountTransactions: { ...sandboxRead(accountTransactions), followsFrom: moneyMovers },
      // Balances move with every posting, and leave the account's own stamp alone.
      bankAccounts: { ...sandboxRead(bankAccounts), changesUnstamped: true },
      bankTransactions: bankTransactionsRead,
      billCreditNotes: readWithFiles(billCreditNotes),
      billPayments: sandboxRead(billPayments),
      bills: readWithFiles(bills),
      chartOfAccounts: { ...sandboxRead(accounts), changesUnstamped: true },
      creditNotes: sandboxRead(creditNotes),
      customers: readWithFiles(customers),
      directCosts: readWithFiles(directCosts),
      directIncomes: readWithFiles(directIncomes),
      invoices: readWithFiles(invoices),
      items: sandboxRead(items),
      journalEntries: sandboxRead(journalEntries),
      journals: sandboxRead(journals),
      paymentMethods: sandboxRead(paymentMethods),
      payments: sandboxRead(payments),
      purchaseOrders: readWithFiles(purchaseOrders),
      suppliers: readWithFiles(suppliers),
      taxRates: sandboxRead(taxRates),
      trackingCategories: sandboxRead(trackingCategories),
      transfers: readWithFiles(transfers),
    },
    // 1: dates, which had been shown as the sandbox has them, have a time.
    mappingRevision: 1,
    customRead: sandboxCustomRead,
    companyInfo: readCompanyInfo,
    authorize: (authorization, io) => authorize(authorization, (link) => open(link, io)),
    secretsOf: (link) => [sandboxToken, tokenOf(link)].filter((secret) => secret !== ''),
    open,
    rates: ({ callsPerMinute }) =>
      typeof callsPerMinute === 'number' ? { perConnection: { calls: callsPerMinute, windowMs: 60_000 } } : {},
    stampOf,
  };
}

function writes(resource: SandboxResource, ...kinds: readonly WriteKind[]) {
  const write = (kind: WriteKind) => (kind === 'attach' ? sandboxAttach(resource) : sandboxWrite(resource, kind));
  const entries = kinds.map((kind) => [kind, write(kind)] as const);
  // Object.fromEntries forgets the keys' type.
  return Object.fromEntries(entries) as { readonly [K in WriteKind]?: Write<SandboxSession> };
}

function readWithFiles(resource: SandboxResource): Read<SandboxSession> {
  return { ...sandboxRead(resource), attachments: sandboxAttachments(resource) };
}

const bookIdForm = /^[A-Za-z0-9_-]{1,64}$/;
const bookNameMax = 150;
const callsPerMinuteForm = /^([1-9]\d{0,5})?$/;

async function authorize(
  { connectionId, companyName, fields }: Authorization,
  open: (link: Link) => SandboxSession,
): Promise<AuthorizeOutcome> {
  const { books: wanted = '', token = '', memory = '', callsPerMinute = '' } = fields;
  const books = wanted === '' ? connectionId : wanted;
  if (!bookIdForm.test(books))
    return { kind: 'refused', field: 'books', message: 'Books must be the id of a set of books.' };
  if (memory !== '' && sandboxMemory(memory) === undefined)
    return { kind: 'refused', field: 'memory', message: `Memory must be one of ${SANDBOX_MEMORIES.join(', ')}.` };
  if (!callsPerMinuteForm.test(callsPerMinute))
    return { kind: 'refused', field: 'callsPerMinute', message: 'Calls per minute must be a whole number from 1.' };
  const link: Link = {
    books,
    ...(token === '' ? {} : { token }),
    ...(memory === '' ? {} : { memory }),
    ...(callsPerMinute === '' ? {} : { callsPerMinute: Number(callsPerMinute) }),
  };
  const session = open(link);
  const answer =
    wanted === ''
      ? await callSandbox(session, { method: 'POST', path: '/books', body: { id: books, name: bookName(companyName) } })
      : await callSandbox(session, { method: 'GET', path: `/books/${books}` });
  return authorizeOutcome(answer, link, books);
}

function bookName(companyName: string): string {
  const name = companyName.trim().slice(0, bookNameMax);
  return name === '' ? 'Company' : name;
}

function authorizeOutcome(answer: SandboxAnswer, link: Link, books: string): AuthorizeOutcome {
  if (answer.kind !== 'answer') return { kind: 'unreachable', reason: answer.reason };
  const { status, json } = answer;
  const name = json?.['name'];
  if ((status === 200 || status === 201) && typeof name === 'string') {
    return { kind: 'linked', link, info: { books, name } };
  }
  if (status === 401 || status === 403)
    return { kind: 'refused', field: 'token', message: 'The sandbox refused the token.' };
  if (status === 404) return { kind: 'refused', field: 'books', message: `The sandbox has no books ${books}.` };
  if (status === 422) return { kind: 'refused', message: 'The sandbox refused to open books for this company.' };
  return { kind: 'unreachable', reason: `The sandbox answered ${status}.` };
}
