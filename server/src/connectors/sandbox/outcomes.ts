/** Reads the sandbox's answers as the facts that the engine works with. Every doubt ends as `unknown`. */
import { differences } from '../../models/differences.ts';
import type { ValidationItem } from '../../models/validation.ts';
import type { Change, FindOutcome, PreviewVerdict, ReadOutcome, WriteOutcome, WriteRequest } from '../contract.ts';
import type { SandboxAnswer } from './http.ts';
import { errorCode, isUnlinked, refusalOf, unlinkedReason, type Answered } from './refusals.ts';
import type { SandboxWriteKind } from './requests.ts';
import { toRecord, type SandboxResource } from './resource.ts';

type Unanswered = Exclude<SandboxAnswer, { kind: 'answer' }>;
type Members = Readonly<Record<string, unknown>>;

const changeType = { create: 'Created', update: 'Modified', delete: 'Deleted' } as const satisfies Record<
  SandboxWriteKind,
  Change['type']
>;

export interface Asked {
  readonly resource: SandboxResource;
  readonly request: WriteRequest;
}

/** `written` reads the answer of a write that is done; any other 2xx than `doneStatus` is somebody else's answer. */
export function writeOutcome(
  answer: SandboxAnswer,
  { resource, request, doneStatus }: Asked & { readonly doneStatus: number },
  written: (answer: Answered) => WriteOutcome | undefined,
): WriteOutcome {
  if (answer.kind === 'not-sent') return { kind: 'not-sent', waitingFor: 'platform-offline', reason: answer.reason };
  if (answer.kind === 'unanswered') return { kind: 'unknown', reason: answer.reason };
  if (answer.status === doneStatus) {
    const reason = `The sandbox answered ${answer.status} with something that is no record.`;
    return written(answer) ?? { kind: 'unknown', reason };
  }
  if (answer.status === 429) return askedToPause(answer);
  const code = errorCode(answer);
  if (code !== undefined && answer.status >= 400 && answer.status < 500) return refused(resource, request, answer);
  // Said at the door, before any work: the one 5xx after which nothing is in doubt, so that a deadline can end it.
  if (answer.status === 503 && code === 'offline') {
    return { kind: 'not-sent', waitingFor: 'platform-offline', reason: 'The sandbox says that it is offline.' };
  }
  return { kind: 'unknown', reason: `The sandbox answered ${answer.status}, which does not tell whether it wrote.` };
}

/** Undefined when the answer holds no record. */
export function writtenRecord(
  resource: SandboxResource,
  kind: SandboxWriteKind,
  request: WriteRequest,
  { json }: Answered,
): WriteOutcome | undefined {
  if (kind === 'delete') return { kind: 'written', changes: [changeOf(resource, kind, request.recordId ?? '')] };
  const record = recordIn(resource, request, json);
  const id = resource.below === undefined ? record?.['id'] : request.parentId;
  if (record === undefined || typeof id !== 'string') return undefined;
  const below = resource.recordsIn?.(json ?? {});
  return {
    kind: 'written',
    changes: [changeOf(resource, kind, id)],
    record,
    ...(below === undefined ? {} : { below }),
    ...deviations(resource, request, record),
  };
}

function recordIn(resource: SandboxResource, request: WriteRequest, json: Members | undefined): Members | undefined {
  if (json === undefined) return undefined;
  return resource.answered === undefined
    ? toRecord(resource, json, request.platformProperties)
    : resource.answered(json, request);
}

/** What was sent and is otherwise in the books. Supplemental data that was mapped to properties shows as those. */
function deviations(resource: SandboxResource, request: WriteRequest, record: Members) {
  const { supplementalData, ...body } = request.body ?? {};
  const compared = request.supplementalData === undefined ? { ...body, supplementalData } : body;
  const warnings: readonly ValidationItem[] = differences(resource.model, compared, record);
  return warnings.length > 0 ? { warnings } : {};
}

export function changeOf(resource: SandboxResource, kind: SandboxWriteKind, id: string): Change {
  return { type: changeType[kind], recordRef: { id, dataType: resource.model.dataType } };
}

/** Whoever says it, the sandbox or a gateway in front of it: a request that is turned away for coming too soon is not done. */
function askedToPause({ retryAfterMs }: Answered): WriteOutcome {
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { kind: 'not-sent', waitingFor: 'rate-limit', reason: 'The sandbox asks for a pause.', ...wait };
}

function refused(resource: SandboxResource, request: WriteRequest, answer: Answered): WriteOutcome {
  if (isUnlinked(answer)) return { kind: 'unlinked', reason: unlinkedReason(answer) };
  return { kind: 'rejected', ...refusalOf(resource, request, answer) };
}

/** Of a request that was only to be checked: 200 with the record as it would be, or the refusal that it would get. */
export function previewVerdict(
  answer: SandboxAnswer,
  { resource, request, kind }: Asked & { readonly kind: SandboxWriteKind | 'attach' },
): PreviewVerdict {
  if (answer.kind !== 'answer') return { kind: 'cannot-tell', reason: answer.reason };
  if (answer.status === 200 && answer.json !== undefined) {
    if (kind === 'delete' || kind === 'attach') return { kind: 'would-write' };
    const { id, sourceModifiedDate: _, sourceVersion: __, ...record } = recordIn(resource, request, answer.json) ?? {};
    const shown = kind === 'create' ? record : { id, ...record };
    return { kind: 'would-write', record: shown, ...deviations(resource, request, record) };
  }
  if (isUnlinked(answer)) return { kind: 'unlinked', reason: unlinkedReason(answer) };
  const isRefusal = errorCode(answer) !== undefined && answer.status >= 400 && answer.status < 500;
  if (isRefusal && answer.status !== 429) return { kind: 'would-reject', ...refusalOf(resource, request, answer) };
  const { reason, retryAfterMs } = troubled(answer);
  return { kind: 'cannot-tell', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** `settled` reads an answer that is conclusive; undefined from it means that the answer makes no sense. */
export function findOutcome(
  answer: SandboxAnswer,
  settled: (json: Readonly<Record<string, unknown>>) => FindOutcome | undefined,
): FindOutcome {
  if (answer.kind !== 'answer') return { kind: 'unreachable', ...offline(answer) };
  const found = answer.status === 200 && answer.json !== undefined ? settled(answer.json) : undefined;
  if (found !== undefined) return found;
  if (answer.status === 501) return { kind: 'cannot-tell', evidence: 'The sandbox keeps no audit trail.' };
  if (errorCode(answer) === 'books_not_found') return { kind: 'cannot-tell', evidence: unlinkedReason(answer) };
  return { kind: 'unreachable', ...troubled(answer) };
}

const FORBIDDEN = 'The sandbox does not let the link read this.';
const UNREADABLE = 'The sandbox answered with something that is none of its records.';

export function readOutcome<T>(
  answer: SandboxAnswer,
  settled: (answer: Answered) => { readonly value: T } | undefined,
): ReadOutcome<T> {
  if (answer.kind !== 'answer') return { kind: 'unreachable', why: 'platform-offline', reason: answer.reason };
  const read = settled(answer);
  if (read !== undefined) return { kind: 'read', value: read.value };
  // The token is good, and not for this: all else goes on.
  if (answer.status === 403) return { kind: 'unreachable', why: 'no-permission', reason: FORBIDDEN };
  if (isUnlinked(answer)) return { kind: 'unlinked', reason: unlinkedReason(answer) };
  if (answer.status === 200) return { kind: 'unreachable', why: 'unreadable', reason: UNREADABLE };
  const { waitingFor: why, ...trouble } = troubled(answer);
  return { kind: 'unreachable', why, ...trouble };
}

function offline(answer: Unanswered) {
  return { waitingFor: 'platform-offline', reason: answer.reason } as const;
}

function troubled(answer: Answered) {
  const wait = answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs };
  const waitingFor = answer.status === 429 ? ('rate-limit' as const) : ('platform-error' as const);
  return { waitingFor, reason: `The sandbox answered ${answer.status}.`, ...wait };
}
