/** A real sandbox process on a port of its own, as the conformance suite wants a platform. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ConformanceFault, ConformancePlatform, Counted } from '../../src/connectors/conformance-run.ts';
import type { Connector, Link } from '../../src/connectors/contract.ts';
import { makeConnectors } from '../../src/connectors/registry.ts';
import type { DataType } from '../../src/models/data-types.ts';

const token = 'conformance-token-4711';
const rateLimitPauseMs = 7_000;
const json = { 'content-type': 'application/json' };

const faults: Readonly<Record<ConformanceFault, object>> = {
  'rate-limited': { kind: 'status-before', status: 429, retryAfterSeconds: rateLimitPauseMs / 1_000 },
  'cut-before': { kind: 'cut-before' },
  'cut-after': { kind: 'cut-after' },
  'error-before': { kind: 'status-before', status: 503 },
  'error-after': { kind: 'status-after', status: 500 },
  'garbage-before': { kind: 'garbage-before' },
  'garbage-after': { kind: 'garbage-after' },
  'truncated-after': { kind: 'truncate-after' },
};

/** The sandbox's own words for what it holds. */
const paths: { readonly [D in DataType]?: string } = {
  bankAccounts: 'bank-accounts',
  billCreditNotes: 'supplier-credit-notes',
  billPayments: 'supplier-payments',
  chartOfAccounts: 'accounts',
  creditNotes: 'credit-notes',
  directCosts: 'expenses',
  directIncomes: 'receipts',
  journalEntries: 'journal-entries',
  purchaseOrders: 'purchase-orders',
};

function pathOf({ dataType, parentId, filesOf }: Counted): string {
  if (parentId !== undefined) return `/bank-accounts/${parentId}/transactions`;
  const list = `/${paths[dataType] ?? dataType}`;
  return filesOf === undefined ? list : `${list}/${filesOf}/attachments`;
}

export interface SandboxProcess extends ConformancePlatform {
  readonly url: string;
  /** Asks the sandbox itself: `/account-categories` of the linked books. */
  readonly ask: (link: Link, path: string) => Promise<unknown>;
}

export function sandboxConnectorAt(url: () => string): Connector {
  const connector = makeConnectors({ sandboxUrl: url, sandboxToken: token }).connectorFor('mqjo');
  if (connector === undefined) throw new Error('The sandbox connector is not registered');
  return connector;
}

export async function startSandboxProcess(): Promise<SandboxProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'ledgerpost-conformance-'));
  const program = fileURLToPath(new URL('../../../sandbox/src/main.ts', import.meta.url));
  const child = spawn(process.execPath, [program, '--port', '0', '--dir', dir, '--token', token], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await readyAddress(child);
  const refused = await closedAddress();
  const ask = async (link: Link, path: string): Promise<unknown> => {
    const address = `${url}/books/${String(link['books'])}${path}`;
    const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
    return answer.json();
  };
  return {
    url,
    ask,
    connector: sandboxConnectorAt(() => url),
    unreachable: sandboxConnectorAt(() => refused),
    badLink: (link) => ({ ...link, token: 'revoked' }),
    secrets: [token],
    rateLimitPauseMs,
    unknownRecordId: 'no-such-record',
    count: async (link, counted) => totalOf(await ask(link, `${pathOf(counted)}?pageSize=1`)),
    failNextWrite: (fault) => addFault(url, faults[fault]),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function readyAddress(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The sandbox has no output');
  for await (const line of createInterface(child.stdout)) {
    const address = /http:\/\/\S+/.exec(line)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error('The sandbox ended before it was ready');
}

/** An address that nobody listens on: a port that was just free. */
async function closedAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return `http://127.0.0.1:${address.port}`;
}

async function addFault(url: string, fault: object): Promise<void> {
  const body = JSON.stringify({ ...fault, path: '/books', times: 1 });
  const answer = await fetch(`${url}/control/faults`, { method: 'POST', headers: json, body });
  if (!answer.ok) throw new Error(`The fault was refused: ${await answer.text()}`);
}

function totalOf(list: unknown): number {
  const total: unknown = typeof list === 'object' && list !== null ? Reflect.get(list, 'total') : undefined;
  if (typeof total !== 'number') throw new Error(`Not a list of the sandbox: ${JSON.stringify(list)}`);
  return total;
}
