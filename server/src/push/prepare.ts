/**
 * Makes a claimed push ready for the platform: its body checked, its connection opened, everything gathered that the
 * connector needs. What must be refused is refused here, before anything is sent.
 */
import type { Connector, Link, Write, WriteKind, WriteRequest } from '../connectors/contract.ts';
import type { Clock } from '../lib/clock.ts';
import { makeRecordedFetch, type RecordedFetch } from '../lib/recorded-fetch.ts';
import { parseKeepingDigits } from '../models/scalar-rules.ts';
import { writableTypes, type WritableDataType } from '../models/data-types.ts';
import { checkBody } from '../models/validate.ts';
import type { Validation, ValidationItem } from '../models/validation.ts';
import { toPlatformProperties, type SupplementalConfig } from '../supplemental/config.ts';
import { propertiesOf, pulledBy } from '../supplemental/pulled.ts';
import type { CallGates } from '../rates/gate.ts';
import type { ClaimedPush, TakenPush } from './moves.ts';
import type { AttachedFile } from './request.ts';
import { outcomeUnknown, refusedByModel, refusedByUs, SENDS_MAX, type Circumstances, type Verdict } from './verdict.ts';

export interface PrepareDeps {
  readonly clock: Clock;
  readonly connectorFor: (platformKey: string) => Connector | undefined;
  readonly openLink: (push: { readonly connectionId: string; readonly linkSealed: Buffer }) => Link;
  readonly supplementalConfig: (platformKey: string, dataType: WritableDataType) => Promise<SupplementalConfig>;
  readonly loadFile: (pushId: string) => Promise<AttachedFile | undefined>;
  readonly random: () => number;
  readonly gateFor: CallGates['gateFor'];
}

export interface Prepared<P extends TakenPush = ClaimedPush> {
  readonly kind: 'ready';
  readonly push: P;
  readonly at: Circumstances;
  readonly connector: Connector;
  readonly write: Write<unknown>;
  readonly session: unknown;
  readonly request: WriteRequest;
  readonly warnings: readonly ValidationItem[];
  readonly network: RecordedFetch;
}

export interface Refused {
  readonly kind: 'refused';
  readonly verdict: Verdict;
}

export async function preparePush<P extends TakenPush>(push: P, deps: PrepareDeps): Promise<Prepared<P> | Refused> {
  const connector = deps.connectorFor(push.platformKey);
  const write = connector?.writes[push.dataType]?.[push.kind];
  const at = circumstances(push, connector, deps.random);
  if (connector === undefined || write === undefined) return refuse(noConnector(push, at));

  const body = push.bodyText === undefined ? undefined : (parseKeepingDigits(push.bodyText) as Members);
  const validation = checkPushBody(write, body, push.strict);
  const findConfig = () => deps.supplementalConfig(push.platformKey, push.dataType);
  const supplemental = await supplementalProperties(push, body, findConfig);
  // What was sent before was fit to be sent: now only what came of it matters.
  if (push.state === 'sending' && !push.mayBeWritten) {
    const errors = [...validation.errors, ...supplemental.errors];
    if (errors.length > 0) return refuse(refusedByModel({ errors, warnings: validation.warnings }, at));
  }
  if (push.state === 'sending' && push.attempts >= SENDS_MAX) {
    return refuse(refusedByUs(502, `The platform lost this request ${push.attempts} times.`, at));
  }
  const link = deps.openLink(push);
  const network = openNetwork(push, connector, link, deps);
  return {
    kind: 'ready',
    push,
    at,
    connector,
    write,
    session: connector.open(link, { fetch: network.fetch, ask: network.ask, now: deps.clock.now }),
    request: await writeRequest(push, body, supplemental.properties, deps),
    warnings: validation.warnings,
    network,
  };
}

type Members = Readonly<Record<string, unknown>>;

function refuse(verdict: Verdict): Refused {
  return { kind: 'refused', verdict };
}

function noConnector(push: TakenPush, at: Circumstances): Verdict {
  const reason = `This server has no connector that can ${push.kind} ${push.dataType} on platform ${push.platformKey}.`;
  return push.state === 'sending' ? refusedByUs(501, reason, at) : outcomeUnknown(at, reason);
}

/** The model's verdict on a body; in strict mode what the model does not know is an error too. */
export function checkPushBody(write: Write<unknown>, body: Members | undefined, isStrict: boolean): Validation {
  if (body === undefined) return { errors: [], warnings: [] };
  return checkBody(write.model, body, { unknownMembers: isStrict ? 'refuse' : 'warn' });
}

/** The supplemental data of a body in the platform's own names, and what is wrong with it. */
export async function supplementalProperties(
  push: { readonly kind: WriteKind; readonly dataType: WritableDataType },
  body: Members | undefined,
  findConfig: () => Promise<SupplementalConfig>,
): Promise<{ readonly properties: Members | undefined; readonly errors: readonly ValidationItem[] }> {
  const given = body?.['supplementalData'];
  if (push.kind !== 'create' || given === undefined || given === null) return { properties: undefined, errors: [] };
  const config = await findConfig();
  // Without a configuration the connector keeps the names as they are, where its platform has room for them.
  if (Object.keys(config).length === 0) return { properties: undefined, errors: [] };
  return toPlatformProperties(config, given, writableTypes[push.dataType].name);
}

function openNetwork(push: TakenPush, connector: Connector, link: Link, deps: PrepareDeps): RecordedFetch {
  return makeRecordedFetch({
    timeoutMs: connector.limits.callTimeoutMs,
    secrets: connector.secretsOf(link),
    clock: deps.clock,
    gate: deps.gateFor(connector, { connectionId: push.connectionId, link }, 'write'),
  });
}

async function writeRequest(
  push: TakenPush,
  body: Members | undefined,
  supplementalData: Members | undefined,
  deps: PrepareDeps,
): Promise<WriteRequest> {
  const file = push.kind === 'attach' ? await deps.loadFile(push.id) : undefined;
  const pulled = propertiesOf(push.supplementalConfig && pulledBy(push.supplementalConfig));
  return {
    pushOperationKey: push.id,
    ...(push.recordId !== undefined && { recordId: push.recordId }),
    ...(push.parentId !== undefined && { parentId: push.parentId }),
    ...(body !== undefined && { body }),
    ...(supplementalData !== undefined && { supplementalData }),
    ...(file !== undefined && { file }),
    ...(pulled !== undefined && { platformProperties: pulled }),
    // Empty when the record was never seen: then the platform has only to say whether there is one.
    ...(push.kind === 'update' && !push.forceUpdate && { expectedStamp: push.expectedStamp ?? '' }),
  };
}

function circumstances(push: TakenPush, connector: Connector | undefined, random: () => number): Circumstances {
  return {
    modelName: writableTypes[push.dataType].name,
    correlationId: push.correlationId,
    turns: push.turns + 1,
    isExpired: push.isExpired,
    mayBeWritten: push.mayBeWritten,
    inDoubtMs: push.inDoubtMs ?? 0,
    lateCommitMs: connector?.limits.lateCommitMs ?? 0,
    random,
  };
}
