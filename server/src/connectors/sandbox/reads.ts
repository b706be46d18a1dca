/** Reading from the sandbox: a page of a data type, or one record. */
import { isMembers } from '../../models/validate.ts';
import type { Read } from '../contract.ts';
import { callSandbox, type SandboxSession } from './http.ts';
import { readOutcome } from './outcomes.ts';
import { toRecord, type SandboxResource } from './resource.ts';
import { listPath, recordPath } from './requests.ts';

/** The sandbox refuses to count pages further than this. Nobody's books reach so far. */
const pageMax = 1_000_000;

export function sandboxRead(resource: SandboxResource): Read<SandboxSession> {
  return {
    async page(session, { page, pageSize, parentId, changedAfter }) {
      const since = changedAfter === undefined ? '' : `&modifiedSince=${encodeURIComponent(justAfter(changedAfter))}`;
      const path = `${listPath(session, resource, parentId)}?page=${Math.min(page, pageMax)}&pageSize=${pageSize}${since}`;
      return readOutcome(await callSandbox(session, { method: 'GET', path }), ({ status, json }) => {
        const items: unknown = json?.['items'];
        const totalResults = json?.['total'];
        if (status !== 200 || !Array.isArray(items) || typeof totalResults !== 'number') return undefined;
        const onThisPage: readonly unknown[] = page > pageMax ? [] : items;
        const records = onThisPage.filter(isMembers).map((item) => toRecord(resource, item));
        return { value: { records, totalResults } };
      });
    },
    async get(session, recordId) {
      const path = recordPath(session, resource, recordId);
      return readOutcome(await callSandbox(session, { method: 'GET', path }), ({ status, json }) => {
        if (status === 200 && json !== undefined) return { value: toRecord(resource, json) };
        const error = json?.['error'];
        const isMissing = status === 404 && isMembers(error) && error['code'] === 'record_not_found';
        return isMissing ? { value: undefined } : undefined;
      });
    },
  };
}

/** The sandbox counts in milliseconds and takes its bound as included. */
function justAfter(moment: Date): string {
  return new Date(moment.getTime() + 1).toISOString();
}
