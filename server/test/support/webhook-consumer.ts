/** A real HTTP server that plays a webhook consumer: it keeps what it received and answers as the test says. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface TestConsumer {
  readonly url: string;
  readonly received: readonly Received[];
  /** The most requests that were open at once. */
  readonly openMax: () => number;
  /** Ends its connections, the waiting ones included. */
  readonly close: () => Promise<void>;
}

export type Answering = (request: Received, response: http.ServerResponse) => void;

export const answer =
  (statusCode: number, body = ''): Answering =>
  (_, response) => {
    response.writeHead(statusCode).end(body);
  };

/** The connection stays open, and nothing comes. */
export const neverAnswer: Answering = () => undefined;

export async function startTestConsumer(answering: Answering = answer(204)): Promise<TestConsumer> {
  const received: Received[] = [];
  let open = 0;
  let openMax = 0;
  const server = http.createServer((request, response) => {
    openMax = Math.max(openMax, ++open);
    response.on('close', () => (open -= 1));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      const each = { path: request.url ?? '', headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(each);
      answering(each, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    openMax: () => openMax,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
