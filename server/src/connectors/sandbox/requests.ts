/** How a write of ours is put to the sandbox: one HTTP request, marked with the push's key in two ways. */
import type { PlatformRequest, WriteRequest } from '../contract.ts';
import { toTheirs, withMemberAt } from '../mapping.ts';
import type { SandboxRequest, SandboxSession } from './http.ts';
import type { SandboxResource, SandboxSource } from './resource.ts';
import { preconditionOf } from './stamps.ts';

export type SandboxWriteKind = 'create' | 'update' | 'delete';
type Members = Readonly<Record<string, unknown>>;

const methods = { create: 'POST', update: 'PUT', delete: 'DELETE' } as const satisfies Record<
  SandboxWriteKind,
  SandboxRequest['method']
>;

export function booksPath(session: SandboxSession): string {
  return `/books/${encodeURIComponent(session.books)}`;
}

/** Where a data type's records stand. `parentId` is the record that they belong to, where there is one. */
export function listPath(session: SandboxSession, resource: SandboxSource, parentId: string | undefined): string {
  const { below, path } = resource;
  if (below === undefined) return `${booksPath(session)}/${path}`;
  return `${booksPath(session)}/${below.parent}/${encodeURIComponent(parentId ?? '')}/${below.path}`;
}

export function recordPath(session: SandboxSession, resource: SandboxSource, recordId: string): string {
  return `${listPath(session, resource, undefined)}/${encodeURIComponent(recordId)}`;
}

/**
 * The idempotency key makes the sandbox answer a repeated request from memory; the reference goes into its audit trail
 * together with the write, so that a write whose answer was lost can be found.
 */
export function keyHeaders({ pushOperationKey }: WriteRequest): Readonly<Record<string, string>> {
  return { 'idempotency-key': pushOperationKey, 'client-reference': pushOperationKey };
}

export function writeRequest(
  session: SandboxSession,
  resource: SandboxResource,
  kind: SandboxWriteKind,
  request: WriteRequest,
): SandboxRequest {
  const path =
    kind === 'create'
      ? listPath(session, resource, request.parentId)
      : recordPath(session, resource, request.recordId ?? '');
  const headers = { ...keyHeaders(request), ...(kind === 'update' ? preconditionOf(request.expectedStamp) : {}) };
  const sent = { method: methods[kind], path, headers };
  return kind === 'delete' ? sent : { ...sent, body: bodyOf(resource, kind, request) };
}

function bodyOf(resource: SandboxResource, kind: 'create' | 'update', request: WriteRequest): Members {
  const { body = {}, supplementalData } = request;
  const mapped = toTheirs(resource.pairs, prepared(resource, writtenBody(kind, body, supplementalData)));
  if (kind === 'update' || supplementalData === undefined) return mapped;
  return Object.entries(supplementalData).reduce<Members>(
    (theirs, [path, value]) => withMemberAt(theirs, path, value),
    mapped,
  );
}

function prepared(resource: SandboxResource, body: Members): Members {
  return resource.prepare === undefined ? body : resource.prepare(body);
}

/**
 * Supplemental data is set when a record is created and never changed by an update, on any platform. Where it has been
 * mapped to properties already, the body's own is not written beside them.
 */
function writtenBody(kind: 'create' | 'update', body: Members, mapped: WriteRequest['supplementalData']): Members {
  const { supplementalData, ...others } = body;
  return kind === 'create' && mapped === undefined ? { ...others, supplementalData } : others;
}

/** For showing: the token stays out of it, as `callSandbox` adds it on the way. */
export function shownRequest({ method, path, headers = {}, body, file }: SandboxRequest): PlatformRequest {
  const content = file === undefined ? body : { contentType: file.contentType, bytes: file.bytes.byteLength };
  return { method, path, headers, ...(content === undefined ? {} : { body: content }) };
}
