// Files kept with records: which are taken, and how they are written.
import { report } from './fields.ts';
import { textAt } from './json.ts';
import { Refusal, refuseProblems } from './problems.ts';
import type { Problem } from './problems.ts';
import { audit } from './records.ts';
import type { WriteRequest } from './records.ts';
import { recordId } from './resource.ts';
import type { Resource } from './resource.ts';
import type { AttachmentRow } from './queries/attachments.ts';
import type { StoredRecord } from './queries/records.ts';
import type { Store } from './store.ts';

export const attachmentBytesMax = 10_485_760;

/** The types that documents come in. Web pages and programs are not among them. */
const contentTypes: ReadonlySet<string> = new Set([
  'application/pdf',
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/tiff',
  'image/bmp',
  'image/heic',
  'image/heif',
  'text/plain',
  'text/csv',
  'text/xml',
  'text/rtf',
  'application/xml',
  'application/json',
  'application/rtf',
  'application/zip',
  'message/rfc822',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.presentation',
]);

const programNames =
  /\.(exe|com|dll|scr|msi|msp|bat|cmd|ps1|psm1|vbs|vbe|js|mjs|cjs|jse|wsf|wsh|hta|jar|sh|bash|app|apk|deb|rpm|dmg|pkg|lnk|reg|cpl|pif|so|py|rb|pl|php)[. ]*$/i;

/** How programs begin: for Windows, Linux and macOS, and scripts that name their interpreter. */
const programStarts = ['4d5a', '7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', '2321'];

export interface UploadedFile {
  /** Percent-encoded, as in the header. */
  readonly name: string | undefined;
  readonly contentType: string | undefined;
  readonly bytes: Uint8Array;
}

export function attach(
  store: Store,
  request: WriteRequest,
  resource: Resource,
  record: StoredRecord,
  file: UploadedFile,
): object {
  const { bytes } = file;
  const name = decodeName(file.name);
  const contentType = typeOf(file.contentType);
  checkFile(name, bytes);
  const row = { name, contentType, size: bytes.length, createdAt: request.now };
  const seq = store.insertAttachment(record.seq, row, bytes);
  audit(store, request, 'attached', resource.path, textAt(record.body, 'id') ?? '');
  return attachmentBody({ seq, ...row });
}

export function attachmentBody({ seq, name, contentType, size, createdAt }: AttachmentRow): object {
  return { id: recordId('att', seq), name, contentType, size, createdAt, updatedAt: createdAt };
}

function decodeName(encoded: string | undefined): string {
  if (encoded === undefined) throw new Refusal('bad_header', 'X-File-Name must give the name of the file');
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new Refusal('bad_header', 'X-File-Name must be percent-encoded UTF-8');
  }
}

function typeOf(header: string | undefined): string {
  const type = (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (contentTypes.has(type)) return type;
  throw new Refusal('unsupported_media_type', `files of type "${type.slice(0, 100)}" are not taken`);
}

const nameLengthMax = 255;

function checkFile(name: string, bytes: Uint8Array): void {
  const problems: Problem[] = [];
  const checking = { problems, find: () => undefined };
  if (name.length > nameLengthMax)
    report(checking, 'X-File-Name', 'too_long', `must be at most ${nameLengthMax} characters`, nameLengthMax);
  if (name.trim() === '' || /[/\\\p{Cc}]/u.test(name))
    report(checking, 'X-File-Name', 'invalid', 'must be a plain name, without slashes and control characters');
  if (programNames.test(name)) report(checking, 'X-File-Name', 'not_allowed', 'names a program');
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (bytes.length === 0) report(checking, 'content', 'required', 'must not be empty');
  if (programStarts.some((one) => start.startsWith(one))) report(checking, 'content', 'not_allowed', 'is a program');
  refuseProblems(problems);
}
