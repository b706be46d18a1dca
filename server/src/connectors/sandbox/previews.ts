/** Previews: the sandbox runs all its rules on the very request that a write would be, and keeps nothing of it. */
import { modelName, pascalCase } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import type { ValidationItem } from '../../models/validation.ts';
import type { PreviewOutcome, WriteRequest } from '../contract.ts';
import { callSandbox, type SandboxRequest, type SandboxSession } from './http.ts';
import { previewVerdict } from './outcomes.ts';
import { listPath, shownRequest, writeRequest, type SandboxWriteKind } from './requests.ts';
import type { SandboxResource } from './resource.ts';

/** How many records of the same number a warning names. */
const namesakesShown = 5;

export async function previewWrite(
  session: SandboxSession,
  resource: SandboxResource,
  kind: SandboxWriteKind,
  request: WriteRequest,
): Promise<PreviewOutcome> {
  const sent = writeRequest(session, resource, kind, request);
  const refusal = resource.refuse?.(request);
  if (refusal !== undefined) return { request: shownRequest(sent), verdict: { kind: 'would-reject', ...refusal } };
  const verdict = previewVerdict(await callSandbox(session, validateOnly(sent)), { resource, request, kind });
  if (verdict.kind !== 'would-write' || kind !== 'create') return { request: shownRequest(sent), verdict };
  const warnings = [...(verdict.warnings ?? []), ...(await namesakes(session, resource, request))];
  return { request: shownRequest(sent), verdict: { ...verdict, ...(warnings.length > 0 ? { warnings } : {}) } };
}

/** Keys mark writes that are to be found again; a preview leaves nothing to find. */
export function validateOnly(sent: SandboxRequest): SandboxRequest {
  const { 'idempotency-key': _, 'client-reference': __, ...headers } = sent.headers ?? {};
  return { ...sent, headers: { ...headers, 'validate-only': 'true' } };
}

/** Records with the same number in the eyes of people, where the sandbox itself lets two have one. */
async function namesakes(
  session: SandboxSession,
  resource: SandboxResource,
  { body = {} }: WriteRequest,
): Promise<readonly ValidationItem[]> {
  const member = resource.naturalNumber;
  const value = member === undefined ? undefined : body[member];
  if (member === undefined || typeof value !== 'string' || value === '') return [];
  const query = `?${member}=${encodeURIComponent(value)}&pageSize=${namesakesShown}`;
  const answer = await callSandbox(session, { method: 'GET', path: listPath(session, resource, undefined) + query });
  const items: unknown = answer.kind === 'answer' && answer.status === 200 ? answer.json?.['items'] : undefined;
  const ids = Array.isArray(items) ? items.filter(isMembers).map(({ id }) => String(id)) : [];
  if (ids.length === 0) return [];
  const itemId = pascalCase(member);
  const message = `${itemId} ${value} is in use already, by ${ids.join(', ')}.`;
  return [{ itemId, message, validatorName: modelName(resource.model) }];
}
