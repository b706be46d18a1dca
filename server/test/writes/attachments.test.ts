/** Files: uploaded as a push, kept by the platform, and read back byte for byte. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pushToEnd, recordIdOf, untilEnded, type WirePush } from '../support/pushes.ts';
import {
  authorization,
  endServer,
  startLinkedCompany,
  type LinkedCompany,
  type ServerProcess,
} from '../support/server.ts';
import { recordsIn } from '../support/books.ts';

let server: ServerProcess;
let company: LinkedCompany;
let billId: string;
beforeAll(async () => {
  ({ server, company } = await startLinkedCompany());
  const [supplier] = await recordsIn(server.sandboxUrl, company, 'suppliers');
  const account = (await recordsIn(server.sandboxUrl, company, 'accounts')).at(-1);
  const body = {
    supplierRef: { id: supplier?.id },
    issueDate: '2026-11-01T00:00:00',
    dueDate: '2026-12-01T00:00:00',
    status: 'Open',
    lineItems: [{ description: 'Timber', unitAmount: 10, quantity: 1, accountRef: { id: account?.id } }],
  };
  billId = recordIdOf(await pushToEnd(server, company, { method: 'POST', path: 'bills', body }));
});
afterAll(() => endServer(server));

const headers = () => ({ authorization: authorization(server.apiKey) });

function upload(part: string, bytes: Uint8Array<ArrayBuffer>, name = 'receipt é.pdf', spelling = 'attachments') {
  const form = new FormData();
  form.append('note', 'passed over');
  form.append(part, new Blob([bytes], { type: 'application/pdf' }), name);
  return fetch(`${server.url}${company.push}/bills/${billId}/${spelling}`, {
    method: 'POST',
    headers: headers(),
    body: form,
  });
}

const pdf = new TextEncoder().encode('%PDF-1.7 receipt \u0000 end');
const files = () =>
  `/companies/${company.companyId}/connections/${company.connectionId}/data/bills/${billId}/attachments`;

test.each(['attachments', 'attachment'])(
  'an upload to …/%s is attached, listed and read back byte for byte',
  async (spelling) => {
    const answer = await upload('file', pdf, 'receipt é.pdf', spelling);
    expect(answer.status).toBe(200);
    const requested = (await answer.json()) as WirePush;
    const push = await untilEnded(server, company, requested.pushOperationKey);
    expect(push).toMatchObject({
      status: 'Success',
      changes: [{ type: 'AttachmentUploaded', recordRef: { id: billId, dataType: 'bills' } }],
    });
    const attachmentId = push.changes[0]?.attachmentId ?? '';
    const listed = await server.call<{ attachments: { id: string; name: string }[] }>('GET', files());
    expect(listed.body.attachments).toContainEqual(
      expect.objectContaining({
        id: attachmentId,
        name: 'receipt é.pdf',
        contentType: 'application/pdf',
        fileSize: pdf.length,
      }),
    );
    expect((await server.call('GET', `${files()}/${attachmentId}`)).body).toMatchObject({ id: attachmentId });
    const download = await fetch(`${server.url}${files()}/${attachmentId}/download`, { headers: headers() });
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(new Uint8Array(pdf));
    expect(download.headers.get('content-type')).toContain('application/pdf');
  },
);

test('a file as large as may be attached is read back whole', async () => {
  const bytes = randomBytes(10 * 1_048_576);
  const requested = (await (await upload('file', new Uint8Array(bytes), 'large.pdf')).json()) as WirePush;
  const push = await untilEnded(server, company, requested.pushOperationKey);
  const path = `${files()}/${push.changes[0]?.attachmentId ?? ''}/download`;
  const download = await fetch(server.url + path, { headers: headers() });
  expect(download.status).toBe(200);
  expect(bytes.equals(new Uint8Array(await download.arrayBuffer()))).toBe(true);
});

test.each([
  ['without a part named file', () => upload('document', pdf), 400, 'file'],
  ['with an empty file', () => upload('file', new Uint8Array()), 400, 'empty'],
  ['larger than ten megabytes', () => upload('file', new Uint8Array(10 * 1_048_576 + 1)), 413, 'file'],
])('an upload %s is refused by name and leaves no push', async (_name, send, status, named) => {
  const before = await server.call<{ totalResults: number }>('GET', `/companies/${company.companyId}/push`);
  const answer = await send();
  expect(answer.status).toBe(status);
  expect(await answer.text()).toContain(named);
  const after = await server.call<{ totalResults: number }>('GET', `/companies/${company.companyId}/push`);
  expect(after.body.totalResults).toBe(before.body.totalResults);
});

test('an upload that is no multipart body is refused as such', async () => {
  const answer = await server.call<{ error: string }>('POST', `${company.push}/bills/${billId}/attachments`, { a: 1 });
  expect(answer.status).toBe(415);
});

test('an upload to a record that is not there fails and its event names the record', async () => {
  const form = new FormData();
  form.append('file', new Blob([pdf], { type: 'application/pdf' }), 'a.pdf');
  const answer = await fetch(`${server.url}${company.push}/bills/bil_nobody/attachments`, {
    method: 'POST',
    headers: headers(),
    body: form,
  });
  const push = await untilEnded(server, company, ((await answer.json()) as WirePush).pushOperationKey);
  expect(push).toMatchObject({ status: 'Failed', statusCode: 404 });
});

test('a type without attachments answers 405', async () => {
  const form = new FormData();
  form.append('file', new Blob([pdf]), 'a.pdf');
  const path = `${server.url}${company.push}/journalEntries/je_1/attachments`;
  expect((await fetch(path, { method: 'POST', headers: headers(), body: form })).status).toBe(405);
});
