/** Calls that a careful client makes: with an idempotency key, repeated at any of the servers until one answers. */
import { randomUUID } from 'node:crypto';
import { API_KEY, type Ground } from './ground.ts';

const ATTEMPT_MS_MAX = 20_000;
const ATTEMPTS_MAX = 400;
const PAUSE_MS = 150;

export async function callUntilAnswered<Body>(
  { servers }: Pick<Ground, 'servers'>,
  method: string,
  target: string,
  body?: unknown,
): Promise<Body> {
  const key = randomUUID();
  let last = '';
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const server = servers[(attempt + key.charCodeAt(0)) % servers.length];
    try {
      const answer = await fetch(`${server?.url}${target}`, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(API_KEY).toString('base64')}`,
          ...(body !== undefined && { 'content-type': 'application/json', 'idempotency-key': key }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ATTEMPT_MS_MAX),
      });
      const text = await answer.text();
      if (answer.ok) return JSON.parse(text) as Body;
      last = `${answer.status} ${text}`;
      if (answer.status < 500 && answer.status !== 429 && answer.status !== 409) break;
    } catch (error) {
      last = String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`${method} ${target} was never answered: ${last}`);
}
