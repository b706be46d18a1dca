/**
 * A network of bad quality: an HTTP proxy between a server and a platform. A test says for each request how it fares;
 * whatever comes to the proxy is kept with the time of its first byte.
 */
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { systemClock } from '../../src/lib/clock.ts';

export interface Passage {
  readonly method: string;
  readonly path: string;
  /** The idempotency key: which push it is about. */
  readonly key: string | undefined;
  readonly arrivedAtMs: number;
}

export interface Fare {
  /**
   * - `cut-unread`: the connection breaks, and the sandbox hears nothing of it.
   * - `cut-midway`: the sandbox gets the head and half of the body, then both connections break.
   * - `cut-committed`: the sandbox answers, and the answer is dropped whole.
   * - `cut-answer`: the head and half of the answer's body come through.
   */
  readonly cut?: 'cut-unread' | 'cut-midway' | 'cut-committed' | 'cut-answer';
  /** The request is carried out, or with `isLost` is not, and either way this is the answer. */
  readonly says?: { readonly status: number; readonly body: string; readonly isLost?: boolean };
  /** What the request waits for before it goes on to the sandbox, and its answer before it comes back. */
  readonly before?: Promise<unknown>;
  readonly after?: Promise<unknown>;
}

export interface PlatformProxy {
  readonly url: string;
  readonly passages: readonly Passage[];
  /** How a request fares, asked once its body has come; without an answer it passes. */
  treat: (passage: Passage, body: string) => Fare | undefined;
  /** So many connections are cut as they are made, before a byte is read. */
  connectionsToCut: number;
  readonly close: () => Promise<void>;
}

export async function startPlatformProxy(sandboxUrl: () => string): Promise<PlatformProxy> {
  const passages: Passage[] = [];
  const server = http.createServer((request, response) => {
    const key = request.headers['idempotency-key'];
    const passage: Passage = {
      method: request.method ?? '',
      path: request.url ?? '',
      key: typeof key === 'string' ? key : undefined,
      arrivedAtMs: systemClock.now().getTime(),
    };
    passages.push(passage);
    void carry(new URL(sandboxUrl()), request, response, (body) => proxy.treat(passage, body) ?? {});
  });
  server.on('connection', (socket) => {
    if (proxy.connectionsToCut <= 0) return;
    proxy.connectionsToCut -= 1;
    socket.resetAndDestroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: PlatformProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passages,
    treat: () => undefined,
    connectionsToCut: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

async function carry(
  sandbox: URL,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  treat: (body: string) => Fare,
) {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const fare = treat(body.toString());
    if (fare.cut === 'cut-unread') return void request.socket.resetAndDestroy();
    await fare.before;
    if (fare.cut === 'cut-midway') await sendHalf(sandbox, request, body);
    if (fare.cut === 'cut-midway') return void request.socket.resetAndDestroy();
    const answer = fare.says?.isLost === true ? undefined : await forward(sandbox, request, body);
    await fare.after;
    giveBack(fare.says === undefined ? answer : said(fare.says), request, response, fare);
  } catch {
    request.socket.destroy();
  }
}

function said({ status, body }: NonNullable<Fare['says']>): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
}

function giveBack(
  answer: Answer | undefined,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  fare: Fare,
): void {
  if (answer === undefined || fare.cut === 'cut-committed') return void request.socket.resetAndDestroy();
  response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
  if (fare.cut === undefined) return void response.end(answer.body);
  response.write(answer.body.subarray(0, answer.body.length / 2), () => request.socket.destroy());
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

function forward(sandbox: URL, { method, url, headers }: http.IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = sandbox;
    const call = http.request({ hostname, port, method, path: url, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const { 'transfer-encoding': _chunked, connection: _connection, ...kept } = answer.headers;
        resolve({ status: answer.statusCode ?? 502, headers: kept, body: Buffer.concat(chunks) });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** The head promises the whole body, half of it comes, and then the connection ends. */
function sendHalf(sandbox: URL, { method, url, rawHeaders }: http.IncomingMessage, body: Buffer): Promise<void> {
  const lines = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : []));
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(sandbox.port), sandbox.hostname, () => {
      socket.write(`${method} ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      socket.write(body.subarray(0, body.length / 2), () => {
        socket.resetAndDestroy();
        resolve();
      });
    });
    socket.on('error', reject);
  });
}
