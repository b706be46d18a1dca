/**
 * Readers that keep a mirror of a company's books, each in the way that its guide tells: by the latest modifiedDate, through
 * links or page numbers, by the watermark of the change feed, and on being told by a webhook.
 */
import type { Body } from '../support/reading.ts';

/** A GET that is answered by whichever server is up. */
export type Ask = <Answer>(path: string) => Promise<Answer>;

export type Mirror = ReadonlyMap<string, Body>;

export interface Reader {
  readonly name: string;
  /** Reads on from where it stopped; answers whether anything was new. */
  readonly readOn: () => Promise<boolean>;
  readonly mirrorOf: (dataType: string) => Mirror;
}

interface Page {
  readonly results: readonly Body[];
  readonly _links: { readonly next?: { readonly href: string } };
}

const PAGE_SIZE = 1_000;
/** So that there are pages to walk. */
const SMALL_PAGE_SIZE = 10;

function makeMirrors(dataTypes: readonly string[]) {
  const mirrors = new Map(dataTypes.map((dataType) => [dataType, new Map<string, Body>()]));
  return {
    of: (dataType: string): Map<string, Body> => {
      const mirror = mirrors.get(dataType);
      if (mirror === undefined) throw new Error(`There is no mirror of ${dataType}`);
      return mirror;
    },
    keep(dataType: string, record: Body): void {
      const mirror = this.of(dataType);
      const isDeleted = (record['metadata'] as { isDeleted?: boolean } | undefined)?.isDeleted === true;
      if (isDeleted) mirror.delete(String(record['id']));
      else mirror.set(String(record['id']), record);
    },
  };
}

interface WayOfReading {
  readonly name: string;
  readonly by: 'links' | 'numbers';
}

/** Stores the latest modifiedDate that it has seen, and never a time of its own. */
export function modifiedAfterReader(
  { name, by }: WayOfReading,
  ask: Ask,
  companyId: string,
  dataTypes: readonly string[],
) {
  const pageSize = by === 'links' ? PAGE_SIZE : SMALL_PAGE_SIZE;
  const mirrors = makeMirrors(dataTypes);
  const latest = new Map<string, string>();

  async function readType(dataType: string): Promise<boolean> {
    const after = latest.get(dataType);
    let newest = after;
    let isNew = false;
    const since = after === undefined ? '' : `&modifiedAfter=${encodeURIComponent(after)}`;
    const list = `/companies/${companyId}/data/${dataType}?pageSize=${pageSize}&orderBy=modifiedDate${since}`;
    let next: string | undefined = list;
    for (let page = 2; next !== undefined; page++) {
      const { results, _links }: Page = await ask<Page>(next);
      for (const record of results) {
        mirrors.keep(dataType, record);
        const modified = String(record['modifiedDate']);
        if (newest === undefined || modified > newest) newest = modified;
        isNew = true;
      }
      next = by === 'links' || _links.next === undefined ? _links.next?.href : `${list}&page=${page}`;
    }
    if (newest !== undefined) latest.set(dataType, newest);
    return isNew;
  }

  const reader: Reader = {
    name,
    mirrorOf: mirrors.of,
    readOn: async () => {
      let isNew = false;
      for (const dataType of dataTypes) isNew = (await readType(dataType)) || isNew;
      return isNew;
    },
  };
  return { ...reader, readType };
}

export function watermarkReader(ask: Ask, companyId: string, dataTypes: readonly string[]): Reader {
  const mirrors = makeMirrors(dataTypes);
  let watermark: string | undefined;
  return {
    name: 'watermark',
    mirrorOf: mirrors.of,
    readOn: async () => {
      let isNew = false;
      for (;;) {
        const after = watermark === undefined ? '' : `&after=${encodeURIComponent(watermark)}`;
        const path = `/companies/${companyId}/changes?dataTypes=${dataTypes.join(',')}&pageSize=${PAGE_SIZE}${after}`;
        const answer = await ask<{ results: readonly Body[]; watermark: string; hasMore: boolean }>(path);
        for (const { dataType, record } of answer.results) mirrors.keep(String(dataType), record as Body);
        isNew ||= answer.results.length > 0;
        ({ watermark } = answer);
        if (!answer.hasMore) return isNew;
      }
    },
  };
}

/** Reads only what it was told of. Being told again, or of nothing new, does no harm. */
export function toldReader(ask: Ask, companyId: string, dataTypes: readonly string[]) {
  const { readType, mirrorOf } = modifiedAfterReader({ name: 'webhook', by: 'links' }, ask, companyId, dataTypes);
  const told = new Set<string>();
  const reader: Reader = {
    name: 'webhook',
    mirrorOf,
    readOn: async () => {
      let isNew = false;
      for (const dataType of told) {
        told.delete(dataType);
        isNew = (await readType(dataType)) || isNew;
      }
      return isNew;
    },
  };
  return {
    ...reader,
    onMessage: (event: { readonly eventType: string; readonly payload: Body }) => {
      if (event.eventType.startsWith('read.completed')) {
        const reads = event.payload['dataTypes'] as readonly { readonly dataType: string }[];
        for (const { dataType } of reads) if (dataTypes.includes(dataType)) told.add(dataType);
      } else {
        const [dataType = ''] = event.eventType.split('.write.');
        if (dataTypes.includes(dataType)) told.add(dataType);
      }
    },
  };
}
