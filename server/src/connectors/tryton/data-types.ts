/** All data types of the Tryton connector, and what can be done with each. */
import type { Connector, Write, WriteKind } from '../contract.ts';
import { trytonAttach, trytonAttachments } from './attachments.ts';
import { customers, suppliers } from './parties.ts';
import { trytonRead } from './reads.ts';
import type { TrytonResource } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { trytonWrite } from './writes.ts';

export const writes: Connector<TrytonSession>['writes'] = {
  customers: writesOf(customers, 'create', 'update', 'delete', 'attach'),
  suppliers: writesOf(suppliers, 'create', 'update', 'delete', 'attach'),
};

export const reads: Connector<TrytonSession>['reads'] = {
  customers: readWithFiles(customers),
  suppliers: readWithFiles(suppliers),
};

function writesOf(resource: TrytonResource, ...kinds: readonly WriteKind[]) {
  const write = (kind: WriteKind) => (kind === 'attach' ? trytonAttach(resource) : trytonWrite(resource, kind));
  const entries = kinds.map((kind) => [kind, write(kind)] as const);
  // Object.fromEntries forgets the keys' type.
  return Object.fromEntries(entries) as { readonly [K in WriteKind]?: Write<TrytonSession> };
}

function readWithFiles(resource: TrytonResource) {
  return { ...trytonRead(resource), attachments: trytonAttachments(resource) };
}
