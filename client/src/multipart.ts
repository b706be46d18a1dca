/** A file as multipart/form-data, written by hand: the same bytes at every try, or a repeated upload would be another one. */
import { bytesOf, concatenated, utf8 } from './bytes.ts';
import { badRequest } from './errors.ts';

/** A File or Blob as browsers have them, or bytes with a name. */
export type Upload =
  | Blob
  | {
      readonly name: string;
      readonly content: Uint8Array | ArrayBuffer | Blob | string;
      readonly contentType?: string;
    };

export async function multipart(file: Upload, fileName?: string): Promise<{ contentType: string; bytes: Uint8Array }> {
  const given =
    file instanceof Blob ? { name: undefined, content: file, contentType: file.type, ...nameOf(file) } : file;
  const name = fileName ?? given.name ?? '';
  if (name === '') throw badRequest('A file needs a name: give { name, content }, or fileName');
  const bytes = await bytesOf(given.content);
  // What is no line of its own would end the header.
  const contentType = /^[\x20-\x7e]+$/.exec(given.contentType ?? '')?.[0] ?? 'application/octet-stream';
  const boundary = boundaryFor(bytes);
  // As browsers escape names: nothing in them may end the header.
  const escaped = name.replace(/[\r\n"]/g, (sign) => encodeURIComponent(sign));
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${escaped}"\r\ncontent-type: ${contentType}\r\n\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: concatenated([utf8(head), bytes, utf8(`\r\n--${boundary}--\r\n`)]),
  };
}

/** A File is a Blob with a name. */
function nameOf(file: Blob): { readonly name?: string } {
  return 'name' in file && typeof file.name === 'string' ? { name: file.name } : {};
}

/** Not by chance, so that the same file under the same Idempotency-Key is the same request. */
function boundaryFor(bytes: Uint8Array): string {
  const text = new TextDecoder('latin1').decode(bytes);
  let boundary = 'ledgerpost-file';
  for (let n = 1; text.includes(`--${boundary}`); n++) boundary = `ledgerpost-file-${n}`;
  return boundary;
}
