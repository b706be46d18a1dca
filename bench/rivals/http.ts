/** The HTTP side of the rivals: a bare Fastify with one route, at the same path and for the same body as ours. */
import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import type { Invoice } from './invoice.ts';
import type { PushJob } from './push-work.ts';

export interface RivalSettings {
  readonly databaseUrl: string;
  readonly sandboxUrl: string;
  readonly sandboxToken: string;
}

/** Given by the run (programs.ts) as the only argument. */
export function readRivalSettings(): RivalSettings {
  return JSON.parse(process.argv[2] ?? '') as RivalSettings;
}

interface PushPath {
  readonly companyId: string;
  readonly connectionId: string;
}

/** Tells the run its address when it listens. The id of the connection is that of the books at the sandbox. */
export async function serve(accept: (job: PushJob) => Promise<void>): Promise<void> {
  const app = Fastify({ logger: false, bodyLimit: 1_000_000 });
  app.post<{ Params: PushPath; Body: Invoice }>(
    '/companies/:companyId/connections/:connectionId/push/invoices',
    async (request) => {
      const job = { pushId: randomUUID(), books: request.params.connectionId, invoice: request.body };
      await accept(job);
      return { pushOperationKey: job.pushId, ...request.params, status: 'Pending', statusCode: 202 };
    },
  );
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  process.send?.({ url });
  process.once('disconnect', () => process.exit(0));
}
