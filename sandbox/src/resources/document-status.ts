// The life of a document that is paid or used up: which status it may be given, and which its payments give it.
import { report } from '../fields.ts';
import type { JsonObject } from '../json.ts';
import { earnedStatus, refuseUsed } from './open-items.ts';
import type { OpenItemKind } from './open-items.ts';
import { Refusal } from '../problems.ts';
import type { Writing } from '../resource.ts';

export type DocumentStatus = 'draft' | 'submitted' | 'open' | 'partially-paid' | 'paid' | 'void';

interface Move {
  readonly asked: DocumentStatus | undefined;
  readonly was: string | undefined;
  readonly openStatus: 'submitted' | 'open';
  readonly totals: { readonly paid: bigint; readonly due: bigint };
  readonly writing: Writing;
}

export function documentStatus({ asked = 'draft', was, openStatus, totals, writing }: Move): DocumentStatus {
  const refuse = (message: string): DocumentStatus => {
    report(writing, 'status', 'invalid_status_move', message);
    return asked;
  };
  if (asked === 'draft')
    return was === undefined || was === 'draft' ? 'draft' : refuse(`cannot go from ${was} back to draft`);
  if (asked === 'void') {
    if (was === undefined) return refuse('a new document cannot be void');
    return totals.paid === 0n ? 'void' : refuse('a document with payments cannot become void');
  }
  const earned = earnedStatus(openStatus, totals.paid, totals.due);
  if (asked !== openStatus && asked !== earned)
    return refuse(`cannot be ${asked}: by its payments the document is ${earned}`);
  return earned;
}

export function refuseDocumentChange(
  kind: Pick<OpenItemKind, 'members'>,
  body: JsonObject,
  change: 'update' | 'delete',
): Refusal | undefined {
  const used = refuseUsed(kind, body, change);
  if (used !== undefined) return used;
  return refuseVoidUpdate(body, change);
}

export function refuseVoidUpdate(body: JsonObject, change: 'update' | 'delete'): Refusal | undefined {
  if (change === 'update' && body['status'] === 'void')
    return new Refusal('document_void', 'a void document cannot be updated');
  return undefined;
}
