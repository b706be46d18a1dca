import { expect, test } from 'vitest';
import { objectsAt, textAt } from '../src/json.ts';
import { bill, invoice, openDesk } from './support/money.ts';
import type { Desk } from './support/money.ts';
import { codeOf, problemsOf, shareSandbox, startForTest, temporaryFolder } from './support/sandbox.ts';
import type { Reply } from './support/sandbox.ts';
import { isObject } from '../src/json.ts';
import { startSandbox } from '../src/start.ts';
import { clientOf } from './support/sandbox.ts';

const shared = shareSandbox();

interface File {
  readonly name?: string;
  readonly type?: string;
  readonly bytes?: Uint8Array<ArrayBuffer> | string;
  readonly headers?: Record<string, string>;
}

async function upload(desk: Desk, path: string, file: File = {}): Promise<Reply> {
  const { name = 'receipt.pdf', type = 'application/pdf', bytes = '%PDF-1.7', headers = {} } = file;
  const response = await fetch(`${desk.client.url}${desk.at}/${path}/attachments`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer sandbox-token',
      'content-type': type,
      ...(name !== '' && { 'x-file-name': name }),
      ...headers,
    },
    body: bytes,
  });
  const parsed: unknown = await response.json();
  return { status: response.status, body: isObject(parsed) ? parsed : {}, headers: response.headers };
}

function download(desk: Desk, path: string): Promise<Response> {
  return fetch(`${desk.client.url}${desk.at}/${path}`, { headers: { authorization: 'Bearer sandbox-token' } });
}

test('the bytes of a file come back as they were, under their name and type, across a restart', async () => {
  const dir = temporaryFolder();
  const before = await startSandbox({ dir });
  const desk = await openDesk(clientOf(before.url));
  const id = await desk.make('bills', bill(desk.known));
  const bytes = Uint8Array.from({ length: 3000 }, (_, n) => (n * 7) % 256);
  const reply = await upload(desk, `bills/${id}`, { name: 'Qu%C3%ADttung%20(1).png', type: 'image/png; x=1', bytes });
  expect(reply.status).toBe(201);
  expect(reply.body).toMatchObject({ name: 'Quíttung (1).png', contentType: 'image/png', size: 3000 });
  await before.close();
  const client = await startForTest({ dir });
  const again = { ...desk, client };
  const at = `bills/${id}/attachments`;
  expect((await client.get(`${desk.at}/${at}`)).body).toMatchObject({ items: [reply.body], total: 1 });
  const one = `${at}/${textAt(reply.body, 'id')}`;
  expect((await client.get(`${desk.at}/${one}`)).body).toEqual(reply.body);
  const content = await download(again, `${one}/content`);
  expect(content.headers.get('content-type')).toBe('image/png');
  expect(content.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''Qu%C3%ADttung%20%281%29.png");
  expect(new Uint8Array(await content.arrayBuffer())).toEqual(bytes);
});

test('files are taken where they belong and nowhere else', async () => {
  const desk = await openDesk(shared());
  const first = async (path: string) => `${path}/${textAt(objectsAt(await desk.get(path), 'items')[0], 'id')}`;
  for (const path of [
    'invoices',
    'bills',
    'supplier-credit-notes',
    'expenses',
    'receipts',
    'transfers',
    'customers',
    'suppliers',
    'purchase-orders',
  ]) {
    const record = await first(path);
    expect((await upload(desk, record)).status, path).toBe(201);
    expect(await desk.total(`${record}/attachments`), path).toBe(1);
  }
  for (const path of ['credit-notes', 'payments', 'journals', 'accounts', 'bank-accounts'])
    expect(codeOf(await upload(desk, await first(path))), path).toBe('not_found');
  expect(codeOf(await upload(desk, 'bills/bil_zzzzzzzzz'))).toBe('record_not_found');
  const bills = objectsAt(await desk.get('bills'), 'items');
  const held = `bills/${textAt(bills[0], 'id')}/attachments`;
  const attachmentId = textAt(objectsAt(await desk.get(held), 'items')[0], 'id');
  const elsewhere = `bills/${textAt(bills[1], 'id')}/attachments/${attachmentId}`;
  for (const path of [elsewhere, `${elsewhere}/content`, `${held}/att_zzzzzzzzz`, `${held}/x`])
    expect(codeOf(await desk.client.get(`${desk.at}/${path}`)), path).toBe('record_not_found');
  expect((await desk.delete(held)).headers.get('allow')).toBe('GET, POST');
  expect((await desk.delete(`${held}/${attachmentId}`)).headers.get('allow')).toBe('GET');
});

test.each<[string, File, number, string]>([
  ['no name', { name: '' }, 400, 'bad_header'],
  ['a badly encoded name', { name: '%E0%A4%A' }, 400, 'bad_header'],
  ['a blank name', { name: '%20' }, 422, 'X-File-Name invalid'],
  ['a path', { name: '..%2Fx.pdf' }, 422, 'X-File-Name invalid'],
  ['a line break', { name: 'x%0Ay.pdf' }, 422, 'X-File-Name invalid'],
  ['a long name', { name: `${'x'.repeat(252)}.pdf` }, 422, 'X-File-Name too_long'],
  ['a program by its name', { name: 'setup.EXE' }, 422, 'X-File-Name not_allowed'],
  ['a script by its name', { name: 'run.sh', type: 'text/plain' }, 422, 'X-File-Name not_allowed'],
  ['a Windows program', { bytes: 'MZ\u0000\u0000' }, 422, 'content not_allowed'],
  ['a Linux program', { bytes: '\u007fELF' }, 422, 'content not_allowed'],
  ['a script', { bytes: '#!/bin/sh', type: 'text/plain' }, 422, 'content not_allowed'],
  ['nothing', { bytes: '' }, 422, 'content required'],
  ['no real type', { type: 'application/octet-stream' }, 415, 'unsupported_media_type'],
  ['a program by its type', { type: 'application/x-msdownload' }, 415, 'unsupported_media_type'],
  ['a web page', { type: 'text/html' }, 415, 'unsupported_media_type'],
  ['something that is no type', { type: 'pdf' }, 415, 'unsupported_media_type'],
  ['too much', { bytes: new Uint8Array(10_485_761).fill(65) }, 413, 'body_too_large'],
])('%s is refused', async (_name, file, status, code) => {
  const desk = await openDesk(shared());
  const id = await desk.make('bills', bill(desk.known));
  const reply = await upload(desk, `bills/${id}`, file);
  expect([reply.status, problemsOf(reply)[0] ?? codeOf(reply)]).toEqual([status, code]);
  expect(await desk.total(`bills/${id}/attachments`)).toBe(0);
});

test('10 MB are taken, and so is a JSON file as it is', async () => {
  const desk = await openDesk(shared());
  const id = await desk.make('bills', bill(desk.known));
  expect((await upload(desk, `bills/${id}`, { bytes: new Uint8Array(10_485_760).fill(65) })).status).toBe(201);
  const json = await upload(desk, `bills/${id}`, { name: 'a.json', type: 'application/json', bytes: '{ not json' });
  expect(json.body).toMatchObject({ contentType: 'application/json', size: 10 });
});

test('a file is attached once under one key, and the audit trail has it', async () => {
  const desk = await openDesk(shared());
  const id = await desk.make('invoices', invoice(desk.known));
  const headers = { 'idempotency-key': 'file-1', 'client-reference': 'file-ref' };
  const first = await upload(desk, `invoices/${id}`, { headers });
  const second = await upload(desk, `invoices/${id}`, { headers });
  expect(second.body).toEqual(first.body);
  expect(second.headers.get('idempotent-replay')).toBe('true');
  expect(await desk.total(`invoices/${id}/attachments`)).toBe(1);
  expect(await desk.get(`invoices/${id}`)).toMatchObject({ version: 1 });
  expect(objectsAt(await desk.get('audit-trail?reference=file-ref'), 'items')).toMatchObject([
    { action: 'attached', resource: 'invoices', recordId: id },
  ]);
});

test('a fault after the work leaves the file attached; deleting the record takes its files along', async () => {
  const client = await startForTest();
  const desk = await openDesk(client);
  const id = await desk.make('invoices', invoice(desk.known));
  await client.call('POST', '/control/faults', {
    kind: 'status-after',
    path: '^/books/.*/attachments$',
    method: 'POST',
  });
  expect((await upload(desk, `invoices/${id}`)).status).toBe(500);
  expect(await desk.total(`invoices/${id}/attachments`)).toBe(1);
  expect((await desk.delete(`invoices/${id}`)).status).toBe(204);
  expect(codeOf(await client.get(`${desk.at}/invoices/${id}/attachments`))).toBe('record_not_found');
});
