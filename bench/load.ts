/**
 * Sends requests, in a process of its own so that its work is not counted as the server's. Each client sends its next
 * request when the last one was answered, over a connection that stays open.
 */
import { Agent, request } from 'node:http';

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LoadOrder {
  /** Taken in turn. */
  readonly targets: readonly Target[];
  readonly clients: number;
  /** Ends after so many requests, if that is given, or so much time, whichever comes first. */
  readonly requestsMax?: number;
  readonly msMax: number;
}

export interface LoadReport {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** What the first request that was not answered with 200 got instead. */
  readonly failure: string | undefined;
}

async function applyLoad(order: LoadOrder): Promise<LoadReport> {
  const { requestsMax = Infinity } = order;
  const agent = new Agent({ keepAlive: true, maxSockets: order.clients });
  const latenciesMs: number[] = [];
  let sent = 0;
  let failure: string | undefined;
  const start = performance.now();

  const client = async () => {
    while (sent < requestsMax && performance.now() - start < order.msMax && failure === undefined) {
      const target = order.targets[sent % order.targets.length];
      if (target === undefined) return;
      sent += 1;
      const before = performance.now();
      const { statusCode, text } = await send(target, agent);
      latenciesMs.push(performance.now() - before);
      if (statusCode !== 200) failure ??= `${statusCode} ${text.slice(0, 500)}`;
    }
  };
  await Promise.all(Array.from({ length: order.clients }, client));

  const seconds = (performance.now() - start) / 1_000;
  agent.destroy();
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)] ?? 0;
  return { requests: latenciesMs.length, seconds, p50Ms: at(0.5), p99Ms: at(0.99), failure };
}

function send(target: Target, agent: Agent): Promise<{ readonly statusCode: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { ...target.headers, 'content-length': String(Buffer.byteLength(target.body)) };
    const sending = request(target.url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ statusCode: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    sending.on('error', reject);
    sending.end(target.body);
  });
}

process.on('message', (order: LoadOrder) => {
  applyLoad(order).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ requests: 0, seconds: 1, p50Ms: 0, p99Ms: 0, failure: String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));
