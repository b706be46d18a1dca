/**
 * What a turn has taught us about records: the one that it wrote, as it reads now, and those that it changed elsewhere,
 * which are to be read again. Stored together with the turn's outcome.
 */
import type { Connector, WriteOutcome } from '../connectors/contract.ts';
import { readDataTypes, type DataType } from '../models/data-types.ts';
import { isMembers } from '../models/validate.ts';
import { indexedText, refsOf } from '../records/indexed-fields.ts';
import { modelKeyOf } from '../records/model-key.ts';
import { WHOLE_SET } from '../records/stale.ts';
import { contentOf } from '../records/store.ts';
import type { RecordContent, StoredDataType } from '../records/stored-types.ts';
import { touchedBy } from '../records/touched.ts';
import { pulledBy, withPulled } from '../supplemental/pulled.ts';
import type { TakenPush } from './moves.ts';
import type { Prepared } from './prepare.ts';
import type { AttemptStep } from './push.ts';
import type { Verdict } from './verdict.ts';

export interface KeptWrites {
  readonly records: readonly KeptRecord[];
  readonly stale: readonly StalePlace[];
}

export interface KeptRecord {
  readonly dataType: StoredDataType;
  readonly recordId: string;
  readonly parentId?: string | undefined;
  /** Absent for a deletion, and where only the stamp is to be remembered. */
  readonly content?: RecordContent | undefined;
  readonly isDeleted: boolean;
  readonly modelKey?: string | undefined;
  readonly stamp?: string | undefined;
}

export interface StalePlace {
  readonly dataType: StoredDataType;
  readonly recordId: string;
  /** Of no interest unless we have it. */
  readonly onlyIfKept: boolean;
}

/** The columns of a row of records that follow from its content. */
export function columnsOf({ dataType, content }: KeptRecord) {
  if (content === undefined) return {};
  const [firstRef, secondRef] = refsOf(dataType, content);
  return { status: indexedText(content['status']), first_ref: firstRef, second_ref: secondRef };
}

/** `outcome` is that of a send. What was found instead of answered is read again: it may have changed since. */
export function keptWrites(
  { push, connector }: Pick<Prepared<TakenPush>, 'push' | 'connector'>,
  step: AttemptStep,
  verdict: Verdict,
  outcome?: WriteOutcome,
): KeptWrites | undefined {
  if (verdict.move !== 'succeed') return refusedFor(push, verdict);
  const change = verdict.changes?.[0];
  if (change === undefined) return undefined;
  const { id: recordId } = change.recordRef;
  const { dataType, kind } = push;
  const stamp = verdict.record === undefined ? undefined : connector.stampOf?.(verdict.record);
  if (!push.allowSync) {
    return stamp === undefined ? undefined : { records: [{ dataType, recordId, isDeleted: false, stamp }], stale: [] };
  }
  const touched = [
    ...touchedBy(dataType, verdict.record ?? askedContent(push), push.lastContent).map((place) => ({
      ...place,
      onlyIfKept: true,
    })),
    ...followers(connector, dataType),
  ];
  if (kind === 'delete') return { records: [{ dataType, recordId, isDeleted: true }], stale: touched };
  const modelKey = modelKeyOf(connector, dataType, push.supplementalConfig && pulledBy(push.supplementalConfig));
  if (dataType === 'bankTransactions') {
    const written = outcome?.kind === 'written' ? (outcome.below ?? []) : [];
    const records = written.flatMap((record): KeptRecord[] => {
      const id = record['id'];
      if (typeof id !== 'string') return [];
      return [{ dataType, recordId: id, parentId: recordId, content: contentOf(record), isDeleted: false, modelKey }];
    });
    return { records, stale: touched };
  }
  if (kind === 'attach' || step !== 'send' || verdict.record === undefined) {
    const records = stamp === undefined ? [] : [{ dataType, recordId, isDeleted: false, stamp }];
    return { records, stale: [...touched, { dataType, recordId, onlyIfKept: kind === 'attach' }] };
  }
  const content = contentOf(verdict.record);
  return { records: [{ dataType, recordId, content, isDeleted: false, modelKey, stamp }], stale: touched };
}

/** What was to be written stands for what was, where the platform has not shown it. */
function askedContent({ kind, bodyText }: TakenPush): RecordContent | undefined {
  if (bodyText === undefined || (kind !== 'create' && kind !== 'update')) return undefined;
  const asked: unknown = JSON.parse(bodyText);
  return isMembers(asked) ? asked : undefined;
}

/** The sets that follow from what was written. Even those that are not kept: one may be under way to us for the first time. */
function followers({ reads }: Pick<Connector, 'reads'>, written: DataType): readonly StalePlace[] {
  return readDataTypes
    .filter((dataType) => reads[dataType]?.followsFrom?.includes(written) === true)
    .map((dataType) => ({ dataType, recordId: WHOLE_SET, onlyIfKept: false }));
}

/** A platform that will not have an update or a deletion knows the record otherwise than we do. */
function refusedFor(push: TakenPush, verdict: Verdict): KeptWrites | undefined {
  const isStale = verdict.outcome === 'rejected' && (verdict.statusCode === 404 || verdict.statusCode === 409);
  if (!isStale || push.recordId === undefined || push.kind === 'attach') return undefined;
  return { records: [], stale: [{ dataType: push.dataType, recordId: push.recordId, onlyIfKept: true }] };
}

/** The outcome of a send with supplemental data under our callers' names. */
export function withPulledRecord(push: TakenPush, outcome: WriteOutcome): WriteOutcome {
  if (outcome.kind !== 'written' || outcome.record === undefined || push.supplementalConfig === undefined)
    return outcome;
  return { ...outcome, record: withPulled(outcome.record, pulledBy(push.supplementalConfig)) };
}
