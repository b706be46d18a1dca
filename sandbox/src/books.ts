// Sets of books and the company each belongs to.
import { address, phone } from './resources/contact.ts';
import { checkFields, choice, currency, date, freeObject, group, list, name, readOnly, text } from './fields.ts';
import type { Checking } from './fields.ts';
import { textAt } from './json.ts';
import type { JsonObject } from './json.ts';
import { Refusal, refuseProblems } from './problems.ts';
import type { Problem } from './problems.ts';
import type { Books } from './resource.ts';
import type { Store } from './store.ts';
import { addSystemAccounts, fillFromTemplate, isTemplate, templateNames } from './templates/fill.ts';

const companyFields = {
  name: name(150),
  legalName: text(150),
  registrationNumber: text(50),
  taxNumber: text(50),
  addresses: list(address, 20),
  phones: list(phone, 20),
  webLinks: list(group({ type: choice('website', 'social', 'other'), url: text(500) }), 20),
  financialYearStart: date(),
  lockDate: date(),
  customFields: freeObject(20_000),
  baseCurrency: readOnly(),
  template: readOnly(),
  systemAccounts: readOnly(),
};

const newBooksFields = { id: text(64), name: name(150), template: text(50), baseCurrency: currency() };

export interface BooksShelf {
  find(id: string): Books | undefined;
  /** Inside a transaction. `isNew` is false when the id was taken: then nothing changed. */
  create(input: JsonObject, now: string): { books: Books; isNew: boolean };
  /** Inside a transaction. */
  change(books: Books, input: JsonObject, now: string): Books;
  /** Inside a transaction, when a folder of an earlier version may have been opened. */
  bringUpToDate(now: string): void;
  /** What is remembered of a transaction that did not commit must go. */
  forget(): void;
}

export function openShelf(store: Store): BooksShelf {
  let known = new Map<string, Books>();

  function find(id: string): Books | undefined {
    const remembered = known.get(id);
    if (remembered !== undefined) return remembered;
    const row = store.booksById(id);
    if (row === undefined) return undefined;
    const company: JsonObject = JSON.parse(row.body);
    return remember({ no: row.no, id, company });
  }

  function remember(books: Books): Books {
    known.set(books.id, books);
    return books;
  }

  function freshId(): string {
    for (let n = store.countBooks() + 1; ; n++) {
      const id = `books-${String(n).padStart(4, '0')}`;
      if (find(id) === undefined) return id;
    }
  }

  return {
    find,
    create(input, now) {
      const draft = checkNewBooks(input);
      const existing = draft.id === undefined ? undefined : find(draft.id);
      if (existing !== undefined) return { books: existing, isNew: false };
      const id = draft.id ?? freshId();
      const company = {
        id,
        name: draft.name,
        baseCurrency: draft.baseCurrency,
        template: draft.template,
        createdAt: now,
        updatedAt: now,
        version: 1,
      };
      const no = store.insertBooks(id, JSON.stringify(company));
      const filled = fillFromTemplate(store, { no, id, company }, draft.template, now);
      store.updateBooks(no, JSON.stringify(filled));
      return { books: remember({ no, id, company: filled }), isNew: true };
    },
    change(books, input, now) {
      const company = changedCompany(books.company, input, now);
      store.updateBooks(books.no, JSON.stringify(company));
      return remember({ ...books, company });
    },
    bringUpToDate(now) {
      for (const body of store.listBooks(store.countBooks(), 0)) {
        const { id }: JsonObject = JSON.parse(body);
        const books = typeof id === 'string' ? find(id) : undefined;
        const company = books && addSystemAccounts(store, books, now);
        if (books === undefined || company === undefined) continue;
        store.updateBooks(books.no, JSON.stringify(company));
        remember({ ...books, company });
      }
    },
    forget: () => {
      known = new Map();
    },
  };
}

function checkNewBooks(input: JsonObject) {
  const problems: Problem[] = [];
  const checking: Checking = { problems, find: () => undefined };
  const { id: givenId, ...rest } = input;
  const checked = checkFields(newBooksFields, { ...rest, ...(givenId !== undefined && { id: givenId }) }, '', checking);
  const template = checked.template ?? 'trading';
  if (checked.id !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(checked.id))
    problems.push({ field: 'id', code: 'invalid', message: 'may hold letters, digits, "-" and "_" only' });
  if (!isTemplate(template))
    problems.push({ field: 'template', code: 'invalid_choice', message: `must be one of ${templateNames.join(', ')}` });
  refuseProblems(problems);
  if (!isTemplate(template)) throw new Refusal('bad_body', 'unknown template');
  return { id: checked.id, name: checked.name ?? '', template, baseCurrency: checked.baseCurrency ?? 'GBP' };
}

function changedCompany(company: JsonObject, input: JsonObject, now: string): JsonObject {
  const problems: Problem[] = [];
  const merged = { ...company, ...input };
  const checked = checkFields(companyFields, merged, '', { problems, find: () => undefined });
  refuseProblems(problems);
  const { lockDate } = checked;
  return JSON.parse(
    JSON.stringify({
      id: company['id'],
      ...checked,
      ...(lockDate !== undefined && { lockDate: lockDate.slice(0, 10) }),
      baseCurrency: company['baseCurrency'],
      template: company['template'],
      systemAccounts: company['systemAccounts'],
      createdAt: textAt(company, 'createdAt'),
      updatedAt: now,
      version: Number(company['version']) + 1,
    }),
  ) as JsonObject;
}
