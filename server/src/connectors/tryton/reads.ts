/**
 * Reading from Tryton: in the order of ids, which never change and are never used again, so that a record that stays is met
 * exactly once. Deletions leave no trace; they are told by what is missing from the ids.
 */
import type { IdPage, PageQuery, PlatformRecord, Read, RecordPage } from '../contract.ts';
import { reading } from './outcomes.ts';
import { withProperties } from './platform-properties.ts';
import { ACTIVE_OR_NOT, readOne, readsOf, toRecord, type TrytonReading } from './resource.ts';
import type { Domain, TrytonSession } from './session.ts';
import { encodeId, encodeMoment, idOf } from './values.ts';

/** An answer has to stay below two megabytes; a document with hundreds of lines is some hundred kilobytes. */
export const RECORDS_A_PAGE_MAX = 200;
const IDS_A_PAGE_MAX = 10_000;
/** A change bears the moment at which its transaction began, and shows when that has ended. */
const OVERLAP_MS = 120_000;

export function trytonRead(resource: TrytonReading): Read<TrytonSession> {
  return {
    page: (session, query) => reading(() => page(resource, session, query)),
    get: (session, recordId, _parentId, properties) =>
      reading(async () => {
        const id = encodeId(recordId);
        const theirs = id === undefined ? undefined : await readOne(resource, id, session);
        if (theirs === undefined) return undefined;
        const record = await toRecord(resource, theirs, session);
        return (await withProperties(session, resource.theirs, [record], properties))[0];
      }),
    ids: (session, { after, pageSize, parentId }) =>
      reading(async (): Promise<IdPage> => {
        const limit = Math.min(pageSize, IDS_A_PAGE_MAX);
        const domain = await domainOf(resource, session, { after, parentId });
        const found = await session.ids(resource.theirs, domain, { limit, ...ACTIVE_OR_NOT });
        const last = found.at(-1);
        const isLast = found.length < limit || last === undefined;
        return { ids: found.map(String), ...(isLast ? {} : { next: String(last) }) };
      }),
    ...(resource.below === undefined ? {} : { below: resource.below }),
  };
}

async function page(resource: TrytonReading, session: TrytonSession, query: PageQuery): Promise<RecordPage> {
  const { after, pageSize, parentId, changedAfter, platformProperties } = query;
  const limit = Math.min(pageSize, RECORDS_A_PAGE_MAX);
  const domain = await domainOf(resource, session, { after, parentId, changedAfter });
  const fields = await readsOf(resource, session);
  const found = await session.find(resource.theirs, domain, fields, { limit, ...ACTIVE_OR_NOT });
  const mapped: PlatformRecord[] = [];
  for (const theirs of found) mapped.push(await toRecord(resource, theirs, session));
  const records = await withProperties(session, resource.theirs, mapped, platformProperties);
  const last = idOf(found.at(-1));
  const isLast = found.length < limit || last === undefined;
  return { records, ...(isLast ? {} : { next: String(last) }) };
}

interface Wanted {
  readonly after: string | undefined;
  readonly parentId: string | undefined;
  readonly changedAfter?: Date | undefined;
}

async function domainOf(
  resource: TrytonReading,
  session: TrytonSession,
  { after, parentId, changedAfter }: Wanted,
): Promise<Domain> {
  const from = after === undefined ? undefined : encodeId(after);
  return [
    ...(from === undefined ? [] : [['id', '>', from]]),
    ...(await resource.scope(session, parentId)),
    ...(changedAfter === undefined ? [] : [changedSince(resource, changedAfter)]),
  ];
}

/** `write_date` is empty until the first change. */
function changedSince({ parts = [] }: TrytonReading, moment: Date): Domain {
  const since = encodeMoment(new Date(moment.getTime() - OVERLAP_MS));
  const changed = (at: string) => [
    [`${at}write_date`, '>', since],
    [`${at}create_date`, '>', since],
  ];
  return ['OR', ...['', ...parts.map((part) => `${part}.`)].flatMap(changed)];
}
