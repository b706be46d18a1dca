/** What is answered on a connection that does not speak HTTP well enough for a request to come about. */
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { newCorrelationId } from '../lib/ids.ts';
import { errorMessage } from './error-answers.ts';

const TEXTS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The headers or the address are too long',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time',
};

export function answerBrokenHttp(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  closeWith(socket, '400 Bad Request', TEXTS[error.code ?? ''] ?? 'This is not a well-formed HTTP request');
}

/** What Node would answer by itself, without a body, or not at all. */
export function answerOddRequests(server: Server): void {
  server.on('checkExpectation', ({ socket }: { readonly socket: Socket }) =>
    closeWith(socket, '417 Expectation Failed', 'Header Expect can only be 100-continue'),
  );
  server.on('connect', (_request, socket) =>
    closeWith(socket, '405 Method Not Allowed', 'CONNECT is not allowed here'),
  );
}

function closeWith(socket: Duplex, status: string, text: string): void {
  const code = status.startsWith('405') ? 'method_not_allowed' : 'malformed_request';
  const body = JSON.stringify({
    ...errorMessage(code, text, newCorrelationId()),
    statusCode: Number.parseInt(status, 10),
  });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
