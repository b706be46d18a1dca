// Receives Ledgerpost's webhooks: checks the signature of each delivery, drops repeats, and prints what happened.
import { createServer, type IncomingMessage } from 'node:http';
import { Webhook } from 'svix';

interface LedgerpostEvent {
  readonly id: string;
  readonly eventType: string;
  readonly generatedDate: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const webhook = new Webhook(process.env['WEBHOOK_SECRET'] ?? '');
const seen = new Set<string>();

async function receive(request: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  // The signature covers the bytes as they came: check before parsing. What does not fit is thrown out here.
  const body = Buffer.concat(chunks).toString('utf8');
  const event = webhook.verify(body, request.headers as Record<string, string>) as LedgerpostEvent;
  // A delivery may come twice, always under the same id.
  const id = String(request.headers['webhook-id']);
  if (seen.has(id)) return;
  seen.add(id);
  console.log(`${event.eventType}: ${String(event.payload['status'])}`);
}

const server = createServer((request, response) => {
  receive(request).then(
    () => response.writeHead(204).end(),
    () => response.writeHead(400).end(),
  );
});
server.listen(Number(process.argv[2] ?? 4199), '127.0.0.1');
