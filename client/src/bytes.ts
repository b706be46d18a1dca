/** Texts and files as bytes. */

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Of whatever holds bytes; a text is taken as UTF-8. */
export async function bytesOf(content: string | Uint8Array | ArrayBuffer | Blob): Promise<Uint8Array> {
  if (typeof content === 'string') return utf8(content);
  if (content instanceof Uint8Array) return content;
  return new Uint8Array(content instanceof Blob ? await content.arrayBuffer() : content);
}

export function concatenated(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
