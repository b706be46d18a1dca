/** Reading from the sandbox: its records in order of creation, or one of them. */
import { isMembers } from '../../models/validate.ts';
import type { CustomRead, CustomSource, PageQuery, Read, ReadOutcome, RecordPage } from '../contract.ts';
import { callSandbox, type SandboxSession } from './http.ts';
import { readOutcome } from './outcomes.ts';
import { errorCode } from './refusals.ts';
import { toRecord, type SandboxSource } from './resource.ts';
import { booksPath, listPath, recordPath } from './requests.ts';

type Members = Readonly<Record<string, unknown>>;

/** The sandbox gives no more at once. */
const pageSizeMax = 1_000;

/** What can be deleted there, by whoever works in the books. */
const deletable = new Set([
  'invoices',
  'bills',
  'credit-notes',
  'supplier-credit-notes',
  'expenses',
  'receipts',
  'transfers',
  'purchase-orders',
  'journal-entries',
  'payments',
  'supplier-payments',
]);

/** What is archived there and never deleted. */
const lasting = new Set([
  'accounts',
  'bank-accounts',
  'bank-transactions',
  'customers',
  'suppliers',
  'items',
  'journals',
  'tax-rates',
  'tracking-categories',
  'payment-methods',
]);

/** What follows from the rest of the books, and tells itself what is no more. */
const derived = 'account-transactions';

/** The last pages of a reading of changes: what was deleted. */
const deletions = 'deleted:';

export function sandboxRead(resource: SandboxSource): Read<SandboxSession> {
  return {
    page(session, query) {
      return query.after?.startsWith(deletions) === true
        ? deletionPage(session, resource, query)
        : recordPage(session, resource, query);
    },
    async get(session, recordId, _parentId, properties) {
      const path = recordPath(session, resource, recordId);
      return readOutcome(await callSandbox(session, { method: 'GET', path }), ({ status, json }) => {
        if (status === 200 && json !== undefined) return { value: toRecord(resource, json, properties) };
        const error = json?.['error'];
        const isMissing = status === 404 && isMembers(error) && error['code'] === 'record_not_found';
        return isMissing ? { value: undefined } : undefined;
      });
    },
  };
}

async function recordPage(
  session: SandboxSession,
  resource: SandboxSource,
  { after, pageSize, parentId, changedAfter, platformProperties }: PageQuery,
): Promise<ReadOutcome<RecordPage>> {
  const size = Math.min(pageSize, pageSizeMax);
  const query = queryOf({ pageSize: size, after, modifiedSince: changedAfter && justAfter(changedAfter) });
  const answer = await callSandbox(session, { method: 'GET', path: listPath(session, resource, parentId) + query });
  return readOutcome(answer, ({ json }) => {
    const items = itemsOf(json);
    if (items === undefined) return undefined;
    const records = items.map((item) => toRecord(resource, item, platformProperties));
    const next = nextAfter(items, size);
    if (next !== undefined) return { value: { records, next } };
    const isTold = resource.path === derived || (deletable.has(resource.path) && session.memory === 'searchable');
    const asksForDeletions = changedAfter !== undefined && isTold;
    const value: RecordPage = asksForDeletions ? { records, next: deletions } : { records };
    return { value: lasting.has(resource.path) ? { ...value, deletedIds: [] } : value };
  });
}

async function deletionPage(
  session: SandboxSession,
  resource: SandboxSource,
  { after = '', pageSize, changedAfter }: PageQuery,
): Promise<ReadOutcome<RecordPage>> {
  const size = Math.min(pageSize, pageSizeMax);
  const last = after.slice(deletions.length);
  const bounds = { pageSize: size, after: last === '' ? undefined : last };
  const since = changedAfter && justAfter(changedAfter);
  const isDerived = resource.path === derived;
  const path = isDerived
    ? listPath(session, resource, undefined) + queryOf({ deleted: 'true', ...bounds, modifiedSince: since })
    : `${booksPath(session)}/audit-trail${queryOf({ action: 'deleted', resource: resource.path, ...bounds, since })}`;
  const answer = await callSandbox(session, { method: 'GET', path });
  return readOutcome(answer, (answered) => {
    if (errorCode(answered) === 'not_offered') return { value: { records: [] } };
    const items = itemsOf(answered.json);
    if (items === undefined) return undefined;
    const ids = items.map((item) => item[isDerived ? 'id' : 'recordId']);
    const deletedIds = ids.filter((id) => typeof id === 'string');
    const next = nextAfter(items, size);
    return { value: { records: [], deletedIds, ...(next === undefined ? {} : { next: deletions + next }) } };
  });
}

/** The id to go on from; undefined on the last page. */
function nextAfter(items: readonly Members[], size: number): string | undefined {
  const lastId = items.at(-1)?.['id'];
  return items.length === size && typeof lastId === 'string' ? lastId : undefined;
}

function itemsOf(json: Members | undefined) {
  const items: unknown = json?.['items'];
  if (!Array.isArray(items)) return undefined;
  const given: readonly unknown[] = items;
  return given.filter(isMembers);
}

/** What can be listed there; behind a question mark, what the sandbox narrows a list by. */
const listable = /^\/?([a-z-]+)(?:\?(.*))?$/;
const narrowing = ['status', 'number', 'reference'];

export function sandboxCustomRead({ dataSource }: CustomSource): CustomRead<SandboxSession> {
  const [, list = '', filter = ''] = listable.exec(dataSource) ?? [];
  const isListed = deletable.has(list) || (lasting.has(list) && list !== 'bank-transactions') || list === derived;
  if (!isListed) {
    return { kind: 'refused', reason: `the sandbox has no list '${dataSource.slice(0, 100)}'` };
  }
  const filters = Object.fromEntries(new URLSearchParams(filter));
  const unknown = Object.keys(filters).find((name) => !narrowing.includes(name));
  if (unknown !== undefined) {
    return { kind: 'refused', reason: `the sandbox narrows lists by ${narrowing.join(', ')} and not by '${unknown}'` };
  }
  return {
    kind: 'readable',
    page: async (session, { after, pageSize }) => {
      const size = Math.min(pageSize, pageSizeMax);
      const path = `${booksPath(session)}/${list}${queryOf({ ...filters, pageSize: size, after })}`;
      return readOutcome(await callSandbox(session, { method: 'GET', path }), ({ json }) => {
        const records = itemsOf(json);
        const next = nextAfter(records ?? [], size);
        return records && { value: { records, ...(next === undefined ? {} : { next }) } };
      });
    },
  };
}

function queryOf(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, String(value));
  return `?${query.toString()}`;
}

/** The sandbox counts in milliseconds and takes its bound as included. */
function justAfter(moment: Date): string {
  return new Date(moment.getTime() + 1).toISOString();
}
