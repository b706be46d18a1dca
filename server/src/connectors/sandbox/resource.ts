/** What each data type's file tells about the sandbox: where its records live, its model, and how the two map. */
import { refineEach, type PushModel } from '../../models/model.ts';
import type { PlatformRecord, Rejection, WriteRequest } from '../contract.ts';
import { asText, derived, memberAtPath as memberAt, same, toOurs, type Pair } from '../mapping.ts';

type Members = Readonly<Record<string, unknown>>;

/** What a refusal says, whoever it comes from. */
export type Refusal = Omit<Rejection<'rejected'>, 'kind'>;

/** What it takes to read records. */
export interface SandboxSource {
  /** The sandbox's word in paths and in its audit trail: `journal-entries`. */
  readonly path: string;
  readonly pairs: readonly Pair[];
  /** Records that stand below another one: `bank-accounts/{id}/transactions`. Written in batches. */
  readonly below?: { readonly parent: string; readonly path: string };
  /** What no pair can say on the way in: members of ours that follow from several of theirs. */
  complete?(record: Record<string, unknown>): Record<string, unknown>;
}

export interface SandboxResource extends SandboxSource {
  readonly model: PushModel;
  /** Where an update takes more than a create does, such as voiding. */
  readonly updateModel?: PushModel;
  /** The member by which people know a document, where two may share its value: same name on both sides. */
  readonly naturalNumber?: 'reference';
  /** Puts the choices from the company's books into an order in which the first ones go together. */
  offer?(live: PushModel): PushModel;
  /** Refuses what the model cannot see is wrong, before anything is sent. */
  refuse?(request: WriteRequest): Refusal | undefined;
  /** Reads the answer to a write, where that is not the record itself. */
  answered?(json: Members, request: WriteRequest): Members | undefined;
  /** What no pair can say on the way out: a body of ours as the pairs expect it. */
  prepare?(body: Members): Members;
  /** The records that an answer holds, each as it is read, where the answer stands for several below another one. */
  recordsIn?(json: Members): readonly PlatformRecord[];
}

/** The sandbox takes at most 12 digits before and 9 after the point, anywhere. */
const largest = 999_999_999_999;

export function withNumberLimits(model: PushModel): PushModel {
  return refineEach(model, ({ type, readOnly, decimalPlacesMax = 9, minimum = -largest, maximum = largest }) =>
    type === 'Number' && readOnly !== true ? { decimalPlacesMax, minimum, maximum } : {},
  );
}

/** Members of every record. Supplemental data lives in the sandbox's free custom fields. */
export const commonPairs: readonly Pair[] = [
  derived(same('id')),
  derived(same('sourceModifiedDate', 'updatedAt')),
  derived(asText('sourceVersion', 'version')),
  same('supplementalData.content', 'customFields'),
];

/** With the sandbox's own properties beside it where they were asked for. */
export function toRecord(
  source: SandboxSource,
  theirs: Readonly<Record<string, unknown>>,
  properties?: readonly string[],
): PlatformRecord {
  const record = toOurs(source.pairs, theirs);
  const whole = source.complete === undefined ? record : source.complete(record);
  return withProperties(whole, theirs, properties);
}

export function withProperties(
  record: PlatformRecord,
  theirs: Members,
  properties?: readonly string[],
): PlatformRecord {
  if (properties === undefined) return record;
  const values = properties.map((path): [string, unknown] => [path, memberAt(theirs, path)]);
  return { ...record, platformProperties: Object.fromEntries(values.filter(([, value]) => value !== undefined)) };
}
