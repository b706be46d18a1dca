/** What the tests of the platform's rules share: books to write to, and writes of which the books are compared around. */
import { beforeAll, expect } from 'vitest';
import type { WritableDataType } from '../../src/models/data-types.ts';
import { useServer } from '../clients/official-clients.ts';
import type { Records } from '../conformance/full-body-parts.ts';
import { recordIn } from '../support/books.ts';
import { pushToEnd, recordIdOf, type WirePush } from '../support/pushes.ts';
import { makeLinkedCompany, type LinkedCompany } from '../support/server.ts';
import { idsInBooks, makeRecords, RESOURCES, type Body } from './referable-records.ts';

type DataTypeWithRecords = keyof typeof RESOURCES;

/** Call at the top of a test file. */
export function useRuleRig() {
  const rig = useServer();
  let company: LinkedCompany;
  let records: Records;
  beforeAll(async () => {
    company = await makeLinkedCompany(rig().server);
    records = await makeRecords(place());
  });
  const place = () => ({ server: rig().server, company });
  const push = (method: string, path: string, body?: Body): Promise<WirePush> =>
    pushToEnd(rig().server, company, { method, path, ...(body !== undefined && { body }) });

  return {
    place,
    push,
    records: () => records,
    inBooks: (dataType: DataTypeWithRecords, id: string) =>
      recordIn(rig().server.sandboxUrl, company, `${RESOURCES[dataType]}/${id}`),
    /** Writes it, and gives its id. */
    accept: async (dataType: WritableDataType, body: Body, path: string = dataType): Promise<string> =>
      recordIdOf(await push('POST', path, body)),
    /** Must fail under exactly these names and leave nothing in the books. */
    assertRefused: async (
      dataType: WritableDataType,
      body: Body,
      named: readonly string[],
      path: string = dataType,
    ): Promise<WirePush> => {
      const before = await idsInBooks(place(), dataType);
      const failed = await push('POST', path, body);
      expect(failed, JSON.stringify(failed)).toMatchObject({ status: 'Failed', statusCode: 400 });
      expect(failed.validation.errors.map(({ itemId }) => itemId)).toEqual(named);
      expect(await idsInBooks(place(), dataType)).toEqual(before);
      return failed;
    },
  };
}

/** Bodies that hold no more than they need, for a rule to be broken in. */
export function plainBodies(records: () => Records) {
  const line = (unitAmount: number, more: Body = {}) => ({
    unitAmount,
    quantity: 1,
    accountRef: { id: records().account },
    ...more,
  });
  const dates = { issueDate: '2026-03-02', dueDate: '2026-04-01' };
  return {
    line,
    invoice: (more: Body = {}): Body => ({
      ...dates,
      customerRef: { id: records().customer },
      status: 'Submitted',
      lineItems: [line(100)],
      ...more,
    }),
    bill: (more: Body = {}): Body => ({
      ...dates,
      supplierRef: { id: records().supplier },
      status: 'Open',
      lineItems: [line(100)],
      ...more,
    }),
    creditNote: (amount: number): Body => ({
      customerRef: { id: records().customer },
      issueDate: '2026-03-09',
      status: 'Submitted',
      lineItems: [line(amount)],
    }),
    payment: (total: number, lines: readonly Body[]): Body => ({
      customerRef: { id: records().customer },
      accountRef: { id: records().bank },
      totalAmount: total,
      date: '2026-03-20',
      lines,
    }),
    entry: (...amounts: readonly number[]): Body => ({
      postedOn: '2026-03-31',
      journalLines: amounts.map((netAmount) => ({ netAmount, accountRef: { id: records().account } })),
    }),
    transfer: (from: Body, to: Body): Body => ({
      date: '2026-03-31',
      from: { accountRef: { id: records().bank }, ...from },
      to: { accountRef: { id: records().otherBank }, ...to },
    }),
    direct: (contact: 'customer' | 'supplier', totalAmount?: number): Body => ({
      contactRef: { id: records()[contact], dataType: `${contact}s` },
      issueDate: '2026-03-12',
      lineItems: [line(20), line(10.5)],
      paymentAllocations: [
        {
          payment: { accountRef: { id: records().bank } },
          allocation: { ...(totalAmount !== undefined && { totalAmount }) },
        },
      ],
    }),
  };
}
