// A sandbox of a test's own, in a folder of its own, and a small client that speaks to it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { isObject, objectsAt, textAt } from '../../src/json.ts';
import type { Json, JsonObject } from '../../src/json.ts';
import { startSandbox } from '../../src/start.ts';
import type { Sandbox, SandboxOptions } from '../../src/start.ts';

export interface Reply {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Headers;
}

export type Client = ReturnType<typeof clientOf>;

export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'ledger-sandbox-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function startForTest(options: Partial<SandboxOptions> = {}): Promise<Client> {
  const sandbox = await startSandbox({ dir: temporaryFolder(), ...options });
  onTestFinished(() => sandbox.close());
  return clientOf(sandbox.url);
}

/** One sandbox for all tests of a `describe` or file, for tests that leave no trace. */
export function shareSandbox(): () => Client {
  let client: Client | undefined;
  let sandbox: Sandbox | undefined;
  const dir = mkdtempSync(join(tmpdir(), 'ledger-sandbox-'));
  beforeAll(async () => {
    sandbox = await startSandbox({ dir });
    client = clientOf(sandbox.url);
  });
  afterAll(async () => {
    await sandbox?.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return () => {
    if (client === undefined) throw new Error('the shared sandbox has not started');
    return client;
  };
}

export function clientOf(url: string, token = 'sandbox-token') {
  async function call(method: string, path: string, body?: Json, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? {} : JSON.parse(text);
    return { status: response.status, body: isObject(parsed) ? parsed : {}, headers: response.headers };
  }
  return {
    url,
    call,
    get: (path: string) => call('GET', path),
    post: (path: string, body: Json, headers?: Record<string, string>) => call('POST', path, body, headers),
    put: (path: string, body: Json, headers?: Record<string, string>) => call('PUT', path, body, headers),
    delete: (path: string, headers?: Record<string, string>) => call('DELETE', path, undefined, headers),
    control: (change: JsonObject) => call('PUT', '/control', change),
    async total(path: string): Promise<number> {
      return Number((await call('GET', path)).body['total']);
    },
  };
}

export function problemsOf(reply: Reply): string[] {
  const error = reply.body['error'];
  if (!isObject(error)) return [];
  return objectsAt(error, 'problems')
    .map((one) => `${textAt(one, 'field')} ${textAt(one, 'code')}`)
    .toSorted();
}

export function codeOf(reply: Reply): string | undefined {
  const error = reply.body['error'];
  return isObject(error) ? textAt(error, 'code') : undefined;
}

export const books = '/books/oakfield-joinery';

/** Ids that the documents of a test refer to. */
export interface Known {
  readonly customerId: string;
  readonly supplierId: string;
  readonly salesId: string;
  readonly costsId: string;
  readonly taxRateId: string;
  readonly bankId: string;
  readonly soldItemId: string;
  readonly labelIds: readonly string[];
}

export async function knownIds(client: Client, at = books): Promise<Known> {
  const first = async (path: string) =>
    textAt(objectsAt((await client.get(`${at}/${path}`)).body, 'items')[0], 'id') ?? '';
  const labels = objectsAt((await client.get(`${at}/tracking-categories`)).body, 'items');
  return {
    customerId: await first('customers'),
    supplierId: await first('suppliers'),
    salesId: await first('accounts?number=4000'),
    costsId: await first('accounts?number=5100'),
    taxRateId: await first('tax-rates?number=STD20'),
    bankId: await first('bank-accounts'),
    soldItemId: await first('items'),
    labelIds: labels.filter((one) => one['parentId'] !== undefined).map((one) => textAt(one, 'id') ?? ''),
  };
}

export function invoiceBody(known: Known, change: JsonObject = {}): JsonObject {
  return {
    customerId: known.customerId,
    issueDate: '2026-05-04',
    status: 'submitted',
    lines: [
      { description: 'Work', quantity: '2', unitAmount: '50.00', accountId: known.salesId, taxRateId: known.taxRateId },
    ],
    ...change,
  };
}

export function billBody(known: Known, change: JsonObject = {}): JsonObject {
  return {
    supplierId: known.supplierId,
    issueDate: '2026-05-04',
    status: 'open',
    lines: [
      {
        description: 'Timber',
        quantity: '1',
        unitAmount: '80.00',
        accountId: known.costsId,
        taxRateId: known.taxRateId,
      },
    ],
    ...change,
  };
}

/** The same numbers from the same seed: a failing history can be run again. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
