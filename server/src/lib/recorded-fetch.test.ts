/** The network as connectors see it. */
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { makeRecordedFetch } from './recorded-fetch.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(answer as never);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('what is kept of a call shows neither the link’s secrets nor any header that is not known to be harmless', async () => {
  const url = await serve((request, response) => {
    response.setHeader('set-cookie', 'session=s3cr3t-token');
    response.end(JSON.stringify({ echo: request.headers.authorization }));
  });
  const network = makeRecordedFetch({ timeoutMs: 2_000, secrets: ['s3cr3t-token'], clock: systemClock });
  const answer = await network.fetch(`${url}/x?token=s3cr3t-token`, {
    method: 'POST',
    headers: { authorization: 'Bearer s3cr3t-token', 'idempotency-key': 'k1', 'content-type': 'application/json' },
    body: '{"password":"s3cr3t-token"}',
  });
  expect(await answer.json()).toEqual({ echo: 'Bearer s3cr3t-token' });
  expect(JSON.stringify(network.calls)).not.toContain('s3cr3t');
  expect(network.calls).toMatchObject([
    { request: { method: 'POST', headers: { 'idempotency-key': 'k1' } }, response: { statusCode: 200 } },
  ]);
});

test('an answer that breaks off in the middle rejects and is recorded as no answer', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(201, { 'content-length': '100' });
    response.write('{"id":', () => response.destroy());
  });
  const network = makeRecordedFetch({ timeoutMs: 2_000, secrets: [], clock: systemClock });
  await expect(network.fetch(url)).rejects.toThrow();
  expect(network.calls).toHaveLength(1);
  expect(network.calls[0]?.response).toBeUndefined();
});

test('a platform that never answers is given up after the time allowed', async () => {
  const url = await serve(() => undefined);
  const network = makeRecordedFetch({ timeoutMs: 50, secrets: [], clock: systemClock });
  await expect(network.fetch(url)).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('an endless answer is cut off at the bound', async () => {
  const url = await serve((_request, response) => {
    const chunk = Buffer.alloc(100_000, 'x');
    const more = () => {
      if (!response.destroyed) response.write(chunk, more);
    };
    more();
  });
  const network = makeRecordedFetch({ timeoutMs: 10_000, secrets: [], clock: systemClock });
  await expect(network.fetch(url)).rejects.toThrow(/larger than/);
});

test('a redirect is handed to the connector, not followed with its credentials', async () => {
  const url = await serve((_request, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end());
  const network = makeRecordedFetch({ timeoutMs: 2_000, secrets: [], clock: systemClock });
  expect((await network.fetch(url)).status).toBe(307);
});

test('bytes, forms and compressed answers come through as they are', async () => {
  const url = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'x-type': request.headers['content-type'] ?? '' });
      response.end(gzipSync(Buffer.concat(chunks)));
    });
  });
  const { fetch } = makeRecordedFetch({ timeoutMs: 2_000, secrets: [], clock: systemClock });
  const bytes = new Uint8Array([0, 255, 128, 10]);
  const echoed = await fetch(url, { method: 'POST', body: bytes });
  expect(new Uint8Array(await echoed.arrayBuffer())).toEqual(bytes);
  const form = new FormData();
  form.set('name', 'Toft');
  const answer = await fetch(url, { method: 'POST', body: form });
  expect(answer.headers.get('x-type')).toMatch(/^multipart\/form-data; boundary=/);
  expect(await answer.text()).toContain('Toft');
});

test('what is held back by the fence is told apart from what left and was not answered', async () => {
  const url = await serve((_request, response) => response.end('{}'));
  const network = makeRecordedFetch({ timeoutMs: 2_000, secrets: [], clock: systemClock });
  network.fence(() => false);
  await expect(network.fetch(url)).rejects.toMatchObject({ cause: { syscall: 'connect' } });
  expect(network.wasHeldBack()).toBe(true);
  network.fence(() => true);
  expect((await network.fetch(url)).status).toBe(200);
  network.fence(() => false);
  // Now over a connection that stands already.
  await expect(network.fetch(url)).rejects.toMatchObject({ cause: { syscall: 'connect' } });
  expect(network.wasHeldBack()).toBe(true);
});

test('a handshake that never ends, and a connection that is refused, are known to have carried nothing', async () => {
  const silent = net.createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const { fetch } = makeRecordedFetch({ timeoutMs: 200, secrets: [], clock: systemClock });
  const nothingLeft = (code: string) => ({ cause: { code, syscall: 'connect' } });
  await expect(fetch(`https://127.0.0.1:${port}/`)).rejects.toMatchObject(nothingLeft('ETIMEDOUT'));
  silent.close();
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject(nothingLeft('ECONNREFUSED'));
});
