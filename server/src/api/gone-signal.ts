/** Tells those who hold an answer back that its caller is gone. */
import type { ServerResponse } from 'node:http';

export function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}
