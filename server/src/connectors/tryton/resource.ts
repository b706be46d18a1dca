/**
 * What each data type's file tells about Tryton: which of its models hold it, how the two map, how a write is marked and
 * brought to its end, and what deleting means.
 *
 * To add a data type: write a file that exports a TrytonResource (accounts.ts is a short example), and name it in the two
 * lists of data-types.ts. `reads` names every field that `pairs`, `complete`, `next` and `removals` look at, with dots
 * for what is nested (`lines.account`, `party.name`); they arrive unfolded: `record.lines[0].account`. What a create needs
 * and the body does not say (journal, address, account) is filled in by `prepare`, which may ask Tryton through
 * `session.find` and `session.known`; a call that fails throws a NoResult, which writes.ts turns into the right outcome.
 * Creating is one transaction, which holds the mark. Whatever comes after it (post, reconcile) is a step that `next` tells
 * from the record as it is: after a crash the next send goes on from there.
 */
import type { ReadDataType } from '../../models/data-types.ts';
import type { PushModel } from '../../models/model.ts';
import type { PlatformRecord, Rejection, WriteRequest } from '../contract.ts';
import { derived, same, toOurs, type Pair } from '../mapping.ts';
import type { Mark } from './marks.ts';
import { idPair } from './pairs.ts';
import type { RpcAnswer } from './rpc.ts';
import type { CallOptions, Domain, TrytonSession } from './session.ts';
import { sourceMembers } from './stamps.ts';
import type { Members } from './values.ts';

/** What a refusal says, whoever it comes from. */
export type Refusal = Omit<Rejection<'rejected'>, 'kind'>;

export interface TrytonReading {
  readonly dataType: ReadDataType;
  /** Tryton's model: `account.invoice`. */
  readonly theirs: string;
  readonly pairs: readonly Pair[];
  readonly reads: readonly string[];
  /** Further ones, which not every company has: of a module that may not be activated. */
  moreReads?(session: TrytonSession): Promise<readonly string[]>;
  /** Lists whose elements are part of the record: a change to one is a change of the record. */
  readonly parts?: readonly string[];
  /** Which of Tryton's records are of this type. Those of the company, where the model knows companies. */
  readonly scope: (session: TrytonSession, parentId?: string) => Promise<Domain> | Domain;
  /** Members of ours that follow from several of theirs. May ask Tryton. */
  complete?(
    record: Record<string, unknown>,
    theirs: Members,
    session: TrytonSession,
  ): PlatformRecord | Promise<PlatformRecord>;
  readonly below?: ReadDataType;
}

export interface TrytonResource extends TrytonReading {
  readonly model: PushModel;
  /** Where an update takes something else than a create does. */
  readonly updateModel?: PushModel;
  readonly mark: Mark;
  /** The mark cannot be replaced by an update, which is then known by what it leaves. */
  readonly isMarkedOnCreateOnly?: true;
  /** Fields of Tryton that `prepare` fills where the body does not: `lines.account`. They are not asked of the sender. */
  readonly fills?: readonly string[];
  /** Refuses what the model cannot see is wrong, before anything is sent. */
  refuse?(request: WriteRequest, session: TrytonSession): Refusal | undefined | Promise<Refusal | undefined>;
  /** The values of a create, or of an update of `present`, from those that the pairs make of the body. */
  prepare?(values: Members, request: WriteRequest, at: Preparing): Members | Promise<Members>;
  /** The model whose fields supplemental data may name, where a create is made of another model's record. */
  readonly supplementalModel?: string;
  /** Makes what the record has to refer to, when it is certain that the write is made; the values that come of it. */
  first?(values: Members, request: WriteRequest, at: Preparing): Promise<Members>;
  /** Where a create is made of another model's record. Its result is the id in `theirs`, as the first of a list. */
  createCall?(values: Members, session: TrytonSession, options: CallOptions): Promise<RpcAnswer>;
  /** Where an update goes to another model's record. */
  writeCall?(present: Members, values: Members, session: TrytonSession, options: CallOptions): Promise<RpcAnswer>;
  /** The choices that follow from the company's own books, and that no reference offers. */
  offer?(live: PushModel, session: TrytonSession): Promise<PushModel>;
  /** What remains to be done of a create or an update once its record stands. Undefined when it is as it should be. */
  next?(record: Members, request: WriteRequest, session: TrytonSession): Step | undefined | Promise<Step | undefined>;
  /** What `next` would read of a record that was only just written, so that it is not read for that. */
  readonly asWritten?: Members;
  /** Fields that cost Tryton much and follow from the others as long as a record is new: they are not read back. */
  readonly impliedWhenNew?: readonly string[];
  /** Takes back a create of which a step was refused, so that a rejection leaves nothing. Deletes the record if absent. */
  undo?(record: Members, session: TrytonSession): Promise<RpcAnswer>;
  /** Ways of deleting, tried in this order as long as Tryton refuses. */
  removals?(record: Members, session: TrytonSession): readonly Removal[] | Promise<readonly Removal[]>;
  /** Whether a record that can still be read counts as deleted: cancelled, or out of use. */
  isRemoved?(record: Members): boolean;
}

export interface Preparing {
  readonly session: TrytonSession;
  /** The record as it is; for an update. */
  readonly present?: Members;
}

/** A call of its own transaction. `isKept` is to be handed to the call that changes something. */
export interface Step {
  /** "post"; a step that leaves the record at the same step did nothing, as Tryton does in a wrong state. */
  readonly name: string;
  readonly run: (options: { readonly isKept?: true }) => Promise<RpcAnswer>;
  /** None is to follow, so what came of it is read once, with all of the record, while others already have their turn. */
  readonly isLast?: true;
}

export interface Removal {
  readonly name: string;
  readonly run: (options: { readonly isKept?: true }) => Promise<RpcAnswer>;
}

/** Members of every record. */
const commonPairs: readonly Pair[] = [
  derived(idPair('id', 'id')),
  derived(same('sourceModifiedDate')),
  derived(same('sourceVersion')),
];

/** Everything that is read of a record of the type, its stamps included. Throws a NoResult. */
export async function readsOf(
  resource: TrytonReading,
  session: TrytonSession,
  mark?: Mark,
): Promise<readonly string[]> {
  const { reads, parts = [] } = resource;
  const more = (await resource.moreReads?.(session)) ?? [];
  const stamps = ['_timestamp', 'create_date', 'write_date'];
  const ofParts = parts.flatMap((part) => stamps.map((stamp) => `${part}.${stamp}`));
  return [...new Set([...reads, ...more, ...(mark?.reads ?? []), ...stamps, ...ofParts])];
}

export async function toRecord(
  resource: TrytonReading,
  theirs: Members,
  session: TrytonSession,
): Promise<PlatformRecord> {
  const record = toOurs([...commonPairs, ...resource.pairs], { ...theirs, ...sourceMembers(resource.parts, theirs) });
  return resource.complete === undefined ? record : resource.complete(record, theirs, session);
}

/** The record as Tryton has it. Undefined when there is none, or none of this type. Throws a NoResult. */
export async function readOne(
  resource: TrytonReading & { readonly mark?: Mark },
  id: number,
  session: TrytonSession,
  implied: readonly string[] = [],
): Promise<Members | undefined> {
  const [record] = await session.find(
    resource.theirs,
    [['id', '=', id], ...(await resource.scope(session))],
    (await readsOf(resource, session, resource.mark)).filter((field) => !implied.includes(field)),
    { limit: 1, ...ACTIVE_OR_NOT },
  );
  return record;
}

/**
 * Searches leave out what is out of use. Naming `active` in the domain is not enough: Tryton adds its condition to every
 * nested part of it too.
 */
export const ACTIVE_OR_NOT = { context: { active_test: false } } as const;
