/** Waiting for readings of a company's books, as a caller of the API sees them. */
import { expect, vi } from 'vitest';
import type { LinkedCompany, ServerProcess } from './server.ts';

type Caller = Pick<ServerProcess, 'call'>;
export type Body = Record<string, unknown>;

const NOT_ENDED = /^(Queued|Fetching|Processing)$/;
const PATIENCE = { timeout: 60_000, interval: 100 };

export async function dataStatus(server: Caller, { companyId }: Pick<LinkedCompany, 'companyId'>) {
  return (await server.call<Record<string, Body>>('GET', `/companies/${companyId}/dataStatus`)).body;
}

/** Until the first readings after a link have ended: its invoices can be listed, and nothing is under way. */
export async function untilRead(server: Caller, company: Pick<LinkedCompany, 'companyId'>): Promise<void> {
  await vi.waitFor(async () => {
    const statuses = Object.values(await dataStatus(server, company));
    const unread = statuses.filter(({ dataType, currentStatus }) =>
      dataType === 'invoices' ? currentStatus !== 'Complete' : NOT_ENDED.test(String(currentStatus)),
    );
    expect(unread).toEqual([]);
  }, PATIENCE);
}

export function queueReading(server: Caller, company: LinkedCompany, dataType: string) {
  const { companyId, connectionId } = company;
  return server.call('POST', `/companies/${companyId}/data/queue/${dataType}?connectionId=${connectionId}`);
}

/** The dataset, once it has ended. */
export async function untilReadingEnded(server: Caller, company: LinkedCompany, datasetId: unknown): Promise<Body> {
  return vi.waitFor(async () => {
    const path = `/companies/${company.companyId}/data/history/${String(datasetId)}`;
    const { body } = await server.call('GET', path);
    expect(body['isCompleted']).toBe(true);
    return body;
  }, PATIENCE);
}

/** Reads a data type again and gives the dataset as it ended. */
export async function readAgain(server: Caller, company: LinkedCompany, dataType: string): Promise<Body> {
  const queued = await queueReading(server, company, dataType);
  return untilReadingEnded(server, company, queued.body['id']);
}

/** All that is listed of a data type, page by page. */
export async function listed(
  server: Caller,
  { companyId }: Pick<LinkedCompany, 'companyId'>,
  dataType: string,
  query = '',
): Promise<Body[]> {
  const records: Body[] = [];
  for (let page = 1; ; page++) {
    const path = `/companies/${companyId}/data/${dataType}?page=${page}&pageSize=5000${query}`;
    const answer = await server.call<{ results: Body[]; totalResults: number }>('GET', path);
    if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}`);
    records.push(...answer.body.results);
    if (records.length >= answer.body.totalResults || answer.body.results.length === 0) return records;
  }
}
