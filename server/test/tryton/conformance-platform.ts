/** A company in a real Tryton, behind a proxy that can strike the next write, as the conformance suite wants a platform. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { inject } from 'vitest';
import type { TrytonClient } from '../../../scripts/tryton/client.ts';
import type { ConformanceFault, ConformancePlatform, Counted } from '../../src/connectors/conformance-run.ts';
import type { Connector, Link } from '../../src/connectors/contract.ts';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { closedAddress, makeCompany } from './fixture.ts';
import { linkBy } from './linked-company.ts';
import { domainOf } from './tables.ts';

const rateLimitPauseMs = 7_000;

export async function startTrytonPlatform(posting: 'draft' | 'post'): Promise<ConformancePlatform> {
  const company = await makeCompany();
  const books = await company.books();
  const proxy = await startStrikingProxy(inject('tryton')?.url ?? '');
  const connector = makeTrytonConnector();
  await oweAndBeOwed(books, connector, await linkBy(connector, company));
  return {
    connector,
    unreachable: elsewhere(connector, await closedAddress()),
    // The examples have dates that may be past, of which Tryton warns when it posts.
    linkWith: { ...company.fields, url: proxy.url, posting, warnings: 'accept' },
    badLink: (link) => ({ ...link, password: 'not-the-password' }),
    secrets: [company.password],
    rateLimitPauseMs,
    unknownRecordId: '99999999',
    count: (_, counted) => countIn(books, counted),
    failNextWrite: async (fault) => proxy.strikeNext(fault),
    stop: proxy.close,
  };
}

/** Posted documents of the party that is offered first: payments settle nothing else. */
async function oweAndBeOwed(books: TrytonClient, connector: Connector, link: Link): Promise<void> {
  const session = connector.open(link, { fetch: globalThis.fetch, now: systemClock.now });
  const party = { id: String(await books.firstId('party.party', [])) };
  const issueDate = `${systemClock.now().toISOString().slice(0, 10)}T00:00:00`;
  for (const [dataType, contact, kind] of [
    ['invoices', 'customerRef', 'revenue'],
    ['bills', 'supplierRef', 'expense'],
  ] as const) {
    const accountRef = { id: String(await books.firstId('account.account', [[`type.${kind}`, '=', true]])) };
    const lineItems = [{ quantity: 1, unitAmount: 1_000_000, accountRef }];
    const body = { [contact]: party, issueDate, lineItems };
    const outcome = await connector.writes[dataType]?.create?.send(session, { pushOperationKey: randomUUID(), body });
    if (outcome?.kind !== 'written') throw new Error(JSON.stringify(outcome));
  }
}

/** The address stands in the link, so it is changed on the way in. */
function elsewhere(connector: Connector, url: string): Connector {
  return { ...connector, open: (link, io) => connector.open({ ...link, url }, io) };
}

async function countIn(books: TrytonClient, counted: Counted): Promise<number> {
  const { model, domain } = await domainOf(books, counted);
  return books.count(model, domain);
}

interface StrikingProxy {
  readonly url: string;
  readonly strikeNext: (fault: ConformanceFault) => void;
  readonly close: () => Promise<void>;
}

/** The call by which a write is made: the first that bears a mark, or changes the record itself. */
function isWrite(body: string): boolean {
  const method = /"method":"([^"]+)"/.exec(body)?.[1] ?? '';
  if (/^model\.(ir\.sequence|party\.category|product\.category|res\.)/.test(method)) return false;
  return /^model\..*\.(create|write|delete|cancel|draft|post)$/.test(method) || /^wizard\..*\.execute$/.test(method);
}

async function startStrikingProxy(target: string): Promise<StrikingProxy> {
  let next: ConformanceFault | undefined;
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const fault = isWrite(body) ? next : undefined;
    if (fault !== undefined) next = undefined;
    if (fault === 'cut-before') return void response.destroy();
    if (fault === 'error-before') return void response.writeHead(503).end();
    if (fault === 'garbage-before') return void response.writeHead(200).end('<html>Not at all</html>');
    if (fault === 'rate-limited') {
      return void response.writeHead(429, { 'retry-after': String(rateLimitPauseMs / 1_000) }).end();
    }
    const { authorization } = request.headers;
    const answer = await fetch(target + (request.url ?? ''), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
      body,
    });
    const text = await answer.text();
    if (fault === 'cut-after') return void response.destroy();
    if (fault === 'error-after') return void response.writeHead(500).end('Internal Server Error');
    if (fault === 'garbage-after') return void response.writeHead(200).end('<html>Not at all</html>');
    if (fault === 'truncated-after') {
      response.writeHead(200, { 'content-length': String(Buffer.byteLength(text) + 10) });
      response.write(text.slice(0, -1), () => response.destroy());
      return;
    }
    response.writeHead(answer.status).end(text);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    strikeNext: (fault) => {
      next = fault;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
