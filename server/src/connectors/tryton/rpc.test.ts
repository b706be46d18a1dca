/** Everything that Tryton's door can answer, and what it means for a write: surely not made, surely refused, or in doubt. */
import { describe, expect, test } from 'vitest';
import { isRefusal, notWritten } from './outcomes.ts';
import { callRpc, type RpcAnswer } from './rpc.ts';

const html = (title: string) => `<!doctype html>\n<html lang=en>\n<title>${title}</title>`;
const error = (...parts: readonly unknown[]) => JSON.stringify({ id: 1, error: parts });

function answerTo(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Promise<RpcAnswer> {
  const request = { url: 'http://tryton.test', database: 'acme', method: 'model.party.party.create', params: [] };
  return callRpc(async () => new Response(body, { status, headers }), request);
}

const outcomeOf = (answer: RpcAnswer) => {
  if (answer.kind === 'result') return 'done';
  return isRefusal(answer) ? 'rejected' : notWritten(answer).kind;
};

describe('an answer of Tryton', () => {
  test.each([
    [200, '{"id":1,"result":[7]}', 'result', 'done'],
    [200, '{"id":1,"result":null}', 'result', 'done'],
    [200, error('UserError', ['A value is required …', '', null]), 'user-error', 'rejected'],
    [200, error('UserWarning', ['w_1', 'In the past.', '']), 'user-warning', 'rejected'],
    [200, error('ConcurrencyException', 'Records were modified in the meanwhile'), 'concurrency', 'rejected'],
    [200, error("'nosuch'", ''), 'platform-bug', 'rejected'],
    [200, error("invalid literal for int() with base 10: 'tomorrow'", ''), 'platform-bug', 'rejected'],
    [200, error('could not obtain lock on row in relation "ir_sequence_strict"\n', ''), 'transient-lock', 'not-sent'],
    [200, error('could not serialize access due to concurrent update\n', ''), 'transient-lock', 'not-sent'],
    [200, error('server closed the connection unexpectedly\n', ''), 'unknown', 'unknown'],
    [200, error('terminating connection due to administrator command\n', ''), 'unknown', 'unknown'],
    [200, error('', ''), 'unknown', 'unknown'],
    [200, html('A proxy of somebody'), 'unknown', 'unknown'],
    [200, '{"id":2,"result":[7]}', 'unknown', 'unknown'],
    [200, '{"id":1,"resu', 'unknown', 'unknown'],
    [401, '', 'unauthorized', 'unlinked'],
    [403, html('403 Forbidden'), 'forbidden', 'rejected'],
    [404, html('404 Not Found'), 'unknown-database', 'not-sent'],
    [429, html('429 Too Many Requests'), 'throttled', 'not-sent'],
    [500, html('500 Internal Server Error'), 'unknown', 'unknown'],
    [302, '', 'unknown', 'unknown'],
  ])('%i %s is %s, and a write that got it is %s', async (status, body, kind, outcome) => {
    const answer = await answerTo(status, body);
    expect(answer.kind).toBe(kind);
    expect(outcomeOf(answer)).toBe(outcome);
  });

  test('that asks for a pause says for how long, within reason', async () => {
    expect(await answerTo(429, '', { 'retry-after': '7' })).toMatchObject({ retryAfterMs: 7_000 });
    expect(await answerTo(429, '', { 'retry-after': '999999' })).toMatchObject({ retryAfterMs: 3_600_000 });
    expect(await answerTo(429, '', { 'retry-after': 'soon' })).toMatchObject({ retryAfterMs: undefined });
  });
});

test('a connection that is refused surely carried nothing; one that breaks may have', async () => {
  const request = { url: 'http://tryton.test', database: '', method: 'common.server.version', params: [] };
  const broken = (code: string) => () =>
    Promise.reject(new TypeError('failed', { cause: Object.assign(new Error(), { code }) }));
  expect(await callRpc(broken('ECONNREFUSED'), request)).toMatchObject({ kind: 'not-sent' });
  expect(await callRpc(broken('ECONNRESET'), request)).toMatchObject({ kind: 'unknown' });
});
