/**
 * What a connector is: one accounting platform as a plain object. Facts and calls only; whether to try again, when, and
 * for how long is the engine's decision. No database and no feature of ours is visible from here.
 */
import type { PlatformFetch } from '../lib/recorded-fetch.ts';
import type { DataType, ReadDataType } from '../models/data-types.ts';
import type { PushModel } from '../models/model.ts';
import type { ValidationItem } from '../models/validation.ts';

export interface Connector<Session = unknown> {
  readonly platform: PlatformCard;
  readonly limits: {
    /** How many pushes of one connection may be under way at the platform at once. */
    readonly callsInFlight: number;
    /** How long one call may take before it counts as unanswered. */
    readonly callTimeoutMs: number;
    /** For how long the platform may still carry out a request whose connection broke. A look-up that finds nothing
     * proves nothing before. */
    readonly lateCommitMs: number;
  };
  /** How many calls the platform takes, where it says so; a plan may differ from company to company. Asked for each turn. */
  rates?(link: Link): CallRates;
  /** Presence is the claim: an absent entry means that the platform cannot do it. */
  readonly writes: { readonly [D in DataType]?: { readonly [K in WriteKind]?: Write<Session> } };
  readonly reads: { readonly [D in ReadDataType]?: Read<Session> };
  /**
   * Raised when a record that has not changed at the platform reads otherwise than before: what is kept is then read anew, all of
   * it, with the next reading. Changes of the data model itself are noticed without it.
   */
  readonly mappingRevision?: number | undefined;
  /** Reads what callers have named in the platform's own words, beside the data model. */
  customRead?(source: CustomSource): CustomRead<Session>;
  /** What the platform knows of the company itself, in the shape of the data model; for the last, see `PageQuery`. */
  companyInfo?(session: Session, platformProperties?: readonly string[]): Promise<ReadOutcome<PlatformRecord>>;
  /**
   * Turns what the company entered (or nothing at all) into a link, checking with the platform that it works.
   * `link` is sealed at rest and handed back to `open`; `info` is public (connectionInfo).
   */
  authorize(authorization: Authorization, io: ConnectorIO): Promise<AuthorizeOutcome>;
  /** The texts that must never be shown wherever they turn up, those of the link among them. */
  secretsOf(link: Link): readonly string[];
  /** Turns a stored link into something that can call the platform. Once per claimed push; makes no call by itself. */
  open(link: Link, io: ConnectorIO): Session;
  /**
   * The platform's stamp of a record that was read or written, for `WriteRequest.expectedStamp`. Opaque, and never the
   * same for two states of one record. Undefined where the platform has none.
   */
  stampOf?(record: PlatformRecord): string | undefined;
}

/** Each as so many calls in any stretch of so many milliseconds. All processes together stay within them. */
export interface CallRates {
  readonly perConnection?: { readonly calls: number; readonly windowMs: number };
  /** Of all connections to this platform together: what it allows the application that we are to it. */
  readonly perApplication?: { readonly calls: number; readonly windowMs: number };
}

/** What the catalogue, the link page and the portal show of a platform. */
export interface PlatformCard {
  /** Four lower-case letters: the integration key of the wire, such as `mqjo`. */
  readonly key: string;
  /** Fixed UUIDs that clients may store: the wire's `integrationId` and `sourceId`. */
  readonly integrationId: string;
  readonly sourceId: string;
  readonly name: string;
  readonly sourceType: 'Accounting';
  /** What the link page asks for. An empty list links with one click. */
  readonly linkFields: readonly LinkField[];
}

export interface LinkField {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
  /** Never shown again and never logged. */
  readonly secret: boolean;
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
}

export interface Authorization {
  readonly companyId: string;
  readonly companyName: string;
  readonly connectionId: string;
  /** The link page's fields, or the body of PUT …/authorization. */
  readonly fields: Readonly<Record<string, string>>;
}

export type AuthorizeOutcome =
  | { readonly kind: 'linked'; readonly link: Link; readonly info: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly field?: string; readonly message: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** A connector's own secret JSON about one connection: addresses, tokens, the company at the platform. */
export type Link = Readonly<Record<string, unknown>>;

export type WriteKind = 'create' | 'update' | 'delete' | 'attach';

export interface Write<Session> {
  /** The accepted fields, as data. Served by the options endpoint; also what a request is checked against. */
  readonly model: PushModel;
  /**
   * The model as this company sees it today: its own accounts, tax rates and tracking as options. A connector may keep it
   * for a minute or so, unless a fresh one is asked for.
   */
  modelFor?(session: Session, asked?: { readonly isFresh?: boolean }): Promise<PushModel>;
  /** A platform may keep more for one company than for another, so the session answers. Makes no call. */
  repeatFor(session: Session): RepeatPolicy;
  /** Its write takes several transactions, and `send` goes on from wherever an earlier send of the same key ended. */
  readonly goesOn?: true;
  /** One call to the platform. Never throws for anything that the platform or the network did. */
  send(session: Session, request: WriteRequest): Promise<WriteOutcome>;
  /** Finds what an unanswered send may have left behind. Required, and only asked, where it is found before resent. */
  find?(session: Session, request: WriteRequest): Promise<FindOutcome>;
  /** What `send` would ask for, and what the platform would say to it. Nothing is written. */
  preview?(session: Session, request: WriteRequest): Promise<PreviewOutcome>;
}

/**
 * Whether, and how, a push in doubt may be sent again.
 * - `platform-deduplicates`: sending the same key again is harmless by the platform's own promise.
 * - `find-before-resend`: `find` tells whether the lost request landed.
 * - `never-resend`: neither; a push in doubt ends as unknown.
 */
export type RepeatPolicy = 'platform-deduplicates' | 'find-before-resend' | 'never-resend';

export interface WriteRequest {
  /** Sent as the platform's idempotency key where it has one, and as the mark that `find` looks for. */
  readonly pushOperationKey: string;
  /** The platform's id of the record; for update, delete, attach. */
  readonly recordId?: string;
  /** A second path parameter where the wire has one, such as the bank account of bank transactions. */
  readonly parentId?: string;
  /** Already checked against the model. Absent for delete and attach. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** What to attach; for attach. */
  readonly file?: AttachmentFile;
  /**
   * For update: the stamp that the record had when we last saw it. When the platform has another one by now, the update is
   * rejected with 409 and nothing is written. Empty: it was never seen, so that whatever state it is in is another one, and
   * only its absence is told apart (404). Absent: the update is forced.
   */
  readonly expectedStamp?: string;
  /**
   * For create: values by the platform's own properties, with dots for what is nested. They win over what the body says of
   * the same property; one that cannot be written fails the whole write. Given, they stand for the body's supplemental
   * data, which is then not written itself.
   */
  readonly supplementalData?: Readonly<Record<string, unknown>>;
  /** Properties of the platform to answer with the record, as `Read` does. */
  readonly platformProperties?: readonly string[];
  /**
   * Nothing was ever sent under this key: the row that counts the sends proves it, so `send` need not look for what an
   * earlier one may have left. Absent where that is not certain.
   */
  readonly isFirstSend?: true;
}

export interface AttachmentFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** Facts only. */
export type WriteOutcome =
  | {
      readonly kind: 'written';
      readonly changes: readonly Change[];
      /** The record as the platform has it now, exactly as a read would answer it. */
      readonly record?: Readonly<Record<string, unknown>>;
      /** The records themselves as a read would answer them, where `record` stands for several below another one. */
      readonly below?: readonly PlatformRecord[];
      readonly warnings?: readonly ValidationItem[];
    }
  | Rejection<'rejected'>
  /** Certainly not taken: the connection was refused, or the platform turned the request away untouched (429). */
  | {
      readonly kind: 'not-sent';
      readonly waitingFor: WaitReason;
      readonly reason: string;
      readonly retryAfterMs?: number;
    }
  /** The request left, and no trustworthy answer came back. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** The platform no longer accepts the link. */
  | { readonly kind: 'unlinked'; readonly reason: string };

export interface PreviewOutcome {
  /** As `send` would make it, without secrets. */
  readonly request: PlatformRequest;
  readonly verdict: PreviewVerdict;
}

export interface PlatformRequest {
  readonly method: string;
  /** Path and query below the platform's address. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As JSON; for an attachment the name, type and size of the file. */
  readonly body?: unknown;
}

export type PreviewVerdict =
  | {
      readonly kind: 'would-write';
      /** The record as the platform would have it, where it says. Without an id when it is new. */
      readonly record?: Readonly<Record<string, unknown>>;
      readonly warnings?: readonly ValidationItem[];
    }
  | Rejection<'would-reject'>
  /** The platform did not answer, or its answer settles nothing. */
  | { readonly kind: 'cannot-tell'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly kind: 'unlinked'; readonly reason: string };

/** The platform has looked and refuses: nothing was written, and trying again would not help. */
export interface Rejection<Kind extends string> {
  readonly kind: Kind;
  /** 4xx of the platform, or the closest to what it means. */
  readonly statusCode: number;
  readonly message: string;
  readonly errors: readonly ValidationItem[];
}

/** Why a pending push waits on the platform; shown as `waitingOn.reason`. */
export type WaitReason = 'platform-offline' | 'rate-limit' | 'platform-error';

export type FindOutcome =
  | {
      readonly kind: 'found';
      readonly changes: readonly Change[];
      readonly record?: Readonly<Record<string, unknown>>;
      /** What proves it, for the timeline: "audit trail entry 17 carries the push's key". */
      readonly evidence: string;
    }
  /** The record stands, and what the write should have made of it is not done: a draft that is still to be posted. */
  | {
      readonly kind: 'half-done';
      readonly changes: readonly Change[];
      readonly record?: Readonly<Record<string, unknown>>;
      readonly evidence: string;
      /** What is missing, as a warning for whoever finds the record so. */
      readonly missing: string;
    }
  | { readonly kind: 'absent'; readonly evidence: string }
  /** The platform answered, and its answer settles nothing; asking again will not help. */
  | { readonly kind: 'cannot-tell'; readonly evidence: string }
  /** The platform did not answer; asking again later may help. */
  | {
      readonly kind: 'unreachable';
      readonly waitingFor: WaitReason;
      readonly reason: string;
      readonly retryAfterMs?: number;
    };

export interface Change {
  readonly type: 'Created' | 'Modified' | 'Deleted' | 'AttachmentUploaded';
  readonly recordRef: { readonly id: string; readonly dataType: DataType };
  readonly attachmentId?: string;
}

export interface Read<Session> {
  /**
   * One stretch of what the platform holds now, in a stable order of its own: a record that stays is met exactly once,
   * whatever is written or deleted beside it.
   */
  page(session: Session, query: PageQuery): Promise<ReadOutcome<RecordPage>>;
  /** `parentId` is the record that it belongs to, where `below` says so; for the last, see `PageQuery`. */
  get(
    session: Session,
    recordId: string,
    parentId?: string,
    platformProperties?: readonly string[],
  ): Promise<ReadOutcome<PlatformRecord | undefined>>;
  /** All ids there are now, where they are cheaper than records: deletions are then told without a full read. */
  ids?(session: Session, query: IdQuery): Promise<ReadOutcome<IdPage>>;
  /** These records belong to one of this type each, and are read one such at a time. */
  readonly below?: ReadDataType;
  /**
   * These records are written by nobody: they follow from those of the types that are named here, so that a write to one of
   * those may have changed, added or removed some. Best where pages of what changed tell deletions: else all of it is read.
   */
  readonly followsFrom?: readonly DataType[];
  /** Some of what it tells changes without the stamp, such as balances: what changed is only told by reading everything. */
  readonly changesUnstamped?: true;
  /** The files that hang on a record, where the platform keeps any. */
  readonly attachments?: ReadAttachments<Session>;
}

export interface PageQuery {
  /** `next` of the page before; absent for the first. */
  readonly after?: string;
  readonly pageSize: number;
  /** The record whose records are wanted, where `Read.below` says so. */
  readonly parentId?: string;
  /** Only records that changed after this moment, by the platform's own stamp. A few older ones do no harm. */
  readonly changedAfter?: Date;
  /**
   * Properties of the platform, with dots for what is nested, that each record brings along as its member
   * `platformProperties`, an object by these very names. What the platform has not got is left out.
   */
  readonly platformProperties?: readonly string[] | undefined;
}

export interface RecordPage {
  readonly records: readonly PlatformRecord[];
  /** Where to go on. Absent on the last page, and there alone. Opaque, and good for as long as a pass may take. */
  readonly next?: string;
  /** The platform's own tombstones: what it says was deleted since `changedAfter`. */
  readonly deletedIds?: readonly string[];
}

export interface IdQuery {
  readonly after?: string;
  readonly pageSize: number;
  readonly parentId?: string;
}

export interface IdPage {
  readonly ids: readonly string[];
  readonly next?: string;
}

export interface CustomSource {
  /** As the caller wrote it: the platform's word for a list of records. */
  readonly dataSource: string;
  /** What is wanted of each record, as the names on the way down to it. A list on the way stands for all its elements. */
  readonly members: readonly (readonly string[])[];
}

export type CustomRead<Session> =
  | {
      readonly kind: 'readable';
      /** As `Read.page`, of everything there is; the records are as the platform has them. */
      page(session: Session, query: IdQuery): Promise<ReadOutcome<RecordPage>>;
    }
  /** The platform has no such list, or none that may be read. Told without a call. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface ReadAttachments<Session> {
  /** Undefined when the platform has no such record. */
  list(session: Session, recordId: string): Promise<ReadOutcome<readonly Attachment[] | undefined>>;
  get(session: Session, recordId: string, attachmentId: string): Promise<ReadOutcome<Attachment | undefined>>;
  download(session: Session, recordId: string, attachmentId: string): Promise<ReadOutcome<AttachmentFile | undefined>>;
}

/** In the words of the wire. */
export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly dateCreated: string;
  readonly fileSize: number;
  readonly includeWhenSent: boolean;
  readonly sourceModifiedDate: string;
}

/** A record in the shape of the data model: `id` and `sourceModifiedDate` included, `modifiedDate` left to us. */
export type PlatformRecord = Readonly<Record<string, unknown>>;

export type ReadOutcome<T> =
  | { readonly kind: 'read'; readonly value: T }
  | {
      readonly kind: 'unreachable';
      readonly reason: string;
      /** Absent: nobody can tell, and trying again may help. */
      readonly why?: ReadTrouble;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'unlinked'; readonly reason: string };

/**
 * Why a read got no answer. `unreadable`: the platform answered, and what it said is no record that we know. The last two
 * stand until somebody changes something at the platform.
 */
export type ReadTrouble = WaitReason | 'unreadable' | 'no-permission' | 'not-set-up';

/** All the world that a connector may touch: tests hand in a fake network and a fake clock. */
export interface ConnectorIO {
  /** Timed, recorded and redacted by whoever hands it in. Rejects as the global fetch does. Answers are read in full. */
  readonly fetch: PlatformFetch;
  /**
   * For what is no part of the write itself: a log-in, a look-up, a reading back. Bounded in the same way, and not kept, so
   * that a push's timeline shows the call that decided. Where it is absent, `fetch` serves.
   */
  readonly ask?: PlatformFetch;
  readonly now: () => Date;
}
