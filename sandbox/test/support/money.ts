// Books of a test's own inside a shared sandbox, and the bodies of the records that move money.
import type { Json, JsonObject } from '../../src/json.ts';
import { objectAt, textAt } from '../../src/json.ts';
import { billBody, invoiceBody, knownIds, problemsOf } from './sandbox.ts';
import type { Client, Known, Reply } from './sandbox.ts';

export type Desk = Awaited<ReturnType<typeof openDesk>>;

/** A client that knows its books and what is in them. */
export async function openDesk(client: Client) {
  const opened = await client.post('/books', { name: 'Own books', template: 'trading' });
  const at = `/books/${textAt(opened.body, 'id')}`;
  const known = await knownIds(client, at);
  const system = objectAt(opened.body, 'systemAccounts');
  const post = (path: string, body: Json, headers?: Record<string, string>) =>
    client.post(`${at}/${path}`, body, headers);
  return {
    client,
    at,
    known,
    system: (role: string) => textAt(system, role) ?? '',
    post,
    get: async (path: string): Promise<JsonObject> => (await client.get(`${at}/${path}`)).body,
    put: (path: string, body: Json, headers?: Record<string, string>) => client.put(`${at}/${path}`, body, headers),
    delete: (path: string, headers?: Record<string, string>) => client.delete(`${at}/${path}`, headers),
    total: (path: string) => client.total(`${at}/${path}`),
    /** Creates a record that must be taken, and answers its id. */
    async make(path: string, body: JsonObject): Promise<string> {
      const reply = await post(path, body);
      if (reply.status !== 201) throw new Error(`${path}: ${JSON.stringify(reply.body)}`);
      return textAt(reply.body, 'id') ?? '';
    },
    async balance(accountId: string): Promise<number> {
      const { body } = await client.get(
        `${at}/${accountId.startsWith('bnk') ? 'bank-accounts' : 'accounts'}/${accountId}`,
      );
      return Math.round(Number(body['balance']) * 100);
    },
    async isBalanced(): Promise<boolean> {
      return (await client.get(`${at}/trial-balance`)).body['isBalanced'] === true;
    },
  };
}

/** 120.00 with tax. */
export function invoice(known: Known, change: JsonObject = {}): JsonObject {
  return invoiceBody(known, change);
}

/** 96.00 with tax. */
export function bill(known: Known, change: JsonObject = {}): JsonObject {
  return billBody(known, change);
}

/** 24.00 with tax. */
export function creditNote(known: Known, change: JsonObject = {}): JsonObject {
  const lines = [{ unitAmount: '20.00', accountId: known.salesId, taxRateId: known.taxRateId }];
  return { customerId: known.customerId, issueDate: '2026-05-05', status: 'submitted', lines, ...change };
}

/** 24.00 with tax. */
export function supplierCreditNote(known: Known, change: JsonObject = {}): JsonObject {
  const lines = [{ unitAmount: '20.00', accountId: known.costsId, taxRateId: known.taxRateId }];
  return { supplierId: known.supplierId, issueDate: '2026-05-05', status: 'submitted', lines, ...change };
}

export type AllocationTuple = readonly [type: string, recordId: string, amount: string];

export function line(amount: string, ...allocations: AllocationTuple[]): JsonObject {
  return {
    amount,
    allocations: allocations.map(([type, recordId, part]) => ({
      type,
      amount: part,
      ...(recordId !== '' && { recordId }),
    })),
  };
}

export function payment(known: Known, lines: JsonObject[], change: JsonObject = {}): JsonObject {
  return { customerId: known.customerId, accountId: known.bankId, date: '2026-05-20', lines, ...change };
}

export function supplierPayment(known: Known, lines: JsonObject[], change: JsonObject = {}): JsonObject {
  return { supplierId: known.supplierId, accountId: known.bankId, date: '2026-05-20', lines, ...change };
}

/** 60.00 with tax. */
export function cash(known: Known, accountId: string, change: JsonObject = {}): JsonObject {
  return {
    accountId: known.bankId,
    contactId: known.supplierId,
    issueDate: '2026-05-06',
    lines: [{ unitAmount: '50.00', accountId, taxRateId: known.taxRateId, description: 'At once' }],
    ...change,
  };
}

export function refusal(reply: Reply): JsonObject {
  return { status: reply.status, problems: problemsOf(reply) };
}
