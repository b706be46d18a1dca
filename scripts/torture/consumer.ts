/** A webhook consumer that keeps, for each push, the ids of the events that told of it. */
import { createServer } from 'node:http';
import { callUntilAnswered } from './calls.ts';
import type { Ground } from './ground.ts';

export interface Consumer {
  /** Push id to the ids of the messages; the same message may come twice. */
  readonly told: ReadonlyMap<string, ReadonlySet<string>>;
  readonly stop: () => Promise<void>;
}

const DATA_TYPES = ['chartOfAccounts', 'customers', 'suppliers'];

export async function startConsumer(ground: Ground): Promise<Consumer> {
  const told = new Map<string, Set<string>>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { payload } = JSON.parse(body) as { payload: { id: string } };
      const messages = told.get(payload.id) ?? new Set();
      told.set(payload.id, messages.add(String(request.headers['webhook-id'])));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The consumer does not listen');
  const eventTypes = DATA_TYPES.flatMap((type) => [`${type}.write.successful`, `${type}.write.unsuccessful`]);
  await callUntilAnswered(ground, 'POST', '/webhooks', { url: `http://127.0.0.1:${address.port}/`, eventTypes });
  return {
    told,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
