/** Requesting pushes over the wire and waiting for what they come to. */
import { expect, vi } from 'vitest';
import type { LinkedCompany, ServerProcess } from './server.ts';

export interface WirePush {
  readonly pushOperationKey: string;
  readonly status: string;
  readonly statusCode: number;
  readonly errorMessage: string | null;
  readonly attempts: number;
  readonly changes: readonly {
    readonly type: string;
    readonly recordRef: { readonly id: string };
    readonly attachmentId?: string;
  }[];
  readonly validation: { readonly errors: readonly { readonly itemId?: string; readonly message?: string }[] };
  readonly waitingOn?: { readonly reason: string; readonly since: string; readonly notBefore?: string };
}

const HELD_SECONDS = 5;

/** Requests an account whose code nobody else uses, and gives the push as it was answered. */
export async function pushAccount(server: ServerProcess, company: LinkedCompany, code: string): Promise<WirePush> {
  const answer = await server.call<WirePush>('POST', `${company.push}/accounts`, {
    nominalCode: code,
    name: `Account ${code}`,
    fullyQualifiedCategory: 'Asset.Current',
  });
  expect(answer.status).toBe(200);
  return answer.body;
}

export async function getPush(server: ServerProcess, company: LinkedCompany, key: string): Promise<WirePush> {
  return (await server.call<WirePush>('GET', `/companies/${company.companyId}/push/${key}`)).body;
}

export async function listPushes(server: ServerProcess, company: LinkedCompany): Promise<WirePush[]> {
  const path = `/companies/${company.companyId}/push?pageSize=5000`;
  return (await server.call<{ results: WirePush[] }>('GET', path)).body.results;
}

/** Waits until none of the company's pushes is pending any more, and gives them all. */
export async function untilAllEnded(server: ServerProcess, company: LinkedCompany, timeoutMs = 120_000) {
  const path = `/companies/${company.companyId}/push?pageSize=1&query=${encodeURIComponent('status=Pending')}`;
  const pending = async () => (await server.call<{ totalResults: number }>('GET', path)).body.totalResults;
  await expect.poll(pending, { timeout: timeoutMs, interval: 100 }).toBe(0);
  return listPushes(server, company);
}

/** The steps that were taken for a push: `send unknown`, `find found`, … */
export async function stepsOf(server: ServerProcess, company: LinkedCompany, key: string): Promise<string[]> {
  const path = `/companies/${company.companyId}/push/${key}/timeline`;
  const { body } = await server.call<{ results: { step: string; outcome: string }[] }>('GET', path);
  return body.results.map(({ step, outcome }) => `${step} ${outcome}`);
}

/**
 * The steps, each kind of look and rescue once. A process that gets no processor for longer than its lease loses what it
 * works on and looks again, so how often is up to the machine; how often anything is sent is not.
 */
export async function distinctStepsOf(...of: Parameters<typeof stepsOf>): Promise<string[]> {
  const steps = await stepsOf(...of);
  return steps.filter((step, index) => step.startsWith('send ') || steps.indexOf(step) === index);
}

/** Waits until the push has ended, and gives it. */
export async function untilEnded(server: ServerProcess, company: LinkedCompany, key: string): Promise<WirePush> {
  // Held back by the server, so that waiting costs nothing; asked again, for the server may die meanwhile.
  const path = `/companies/${company.companyId}/push/${key}?wait=${HELD_SECONDS}`;
  const ended = async () => {
    const { body: push } = await server.call<WirePush>('GET', path);
    expect(push.status).not.toBe('Pending');
    return push;
  };
  return vi.waitFor(ended, { timeout: 90_000, interval: 50 });
}

/** Requests a push and waits for what it comes to. */
export async function pushToEnd(
  server: ServerProcess,
  company: LinkedCompany,
  request: { readonly method: string; readonly path: string; readonly body?: unknown },
): Promise<WirePush> {
  const answer = await server.call<WirePush>(request.method, `${company.push}/${request.path}`, request.body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return untilEnded(server, company, answer.body.pushOperationKey);
}

/** The id of the record that a successful push wrote. */
export function recordIdOf(push: WirePush): string {
  expect(push.status, JSON.stringify(push)).toBe('Success');
  return push.changes[0]?.recordRef.id ?? '';
}
