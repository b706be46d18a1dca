/** What one run of the conformance suite needs: the platform under test, a link to it, and writes ready to be sent. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../lib/clock.ts';
import { isReadable, type DataType, type WritableDataType } from '../models/data-types.ts';
import type { PushModel } from '../models/model.ts';
import { exampleBody } from './conformance-bodies.ts';
import type {
  AttachmentFile,
  Connector,
  ConnectorIO,
  FindOutcome,
  Link,
  PreviewOutcome,
  Write,
  WriteKind,
  WriteOutcome,
  WriteRequest,
} from './contract.ts';

/** What can go wrong with the next write, as the platform's own process does it. */
export type ConformanceFault =
  | 'rate-limited'
  | 'cut-before'
  | 'cut-after'
  | 'error-before'
  | 'error-after'
  | 'garbage-before'
  | 'garbage-after'
  | 'truncated-after';

export interface ConformancePlatform {
  readonly connector: Connector;
  /** The same connector, set up so that every connection is refused. */
  readonly unreachable: Connector;
  /** What a company would fill in to link, where one click is not enough. */
  readonly linkWith?: Readonly<Record<string, string>>;
  /** A link whose credentials the platform does not accept. */
  readonly badLink: (link: Link) => Link;
  /** Texts that must show in no outcome. */
  readonly secrets: readonly string[];
  /** Asks the platform itself, not the connector. */
  readonly count: (link: Link, of: Counted) => Promise<number>;
  /** Strikes the next write. A rate limit asks for a pause of `rateLimitPauseMs`. */
  readonly failNextWrite: (fault: ConformanceFault) => Promise<void>;
  readonly rateLimitPauseMs: number;
  readonly unknownRecordId: string;
  readonly stop: () => Promise<void>;
}

export interface Counted {
  readonly dataType: DataType;
  /** Of those that belong to this record. */
  readonly parentId?: string;
  /** Not the records but the files of this one. */
  readonly filesOf?: string;
}

export interface Capability {
  readonly dataType: WritableDataType;
  readonly kind: WriteKind;
  readonly write: Write<unknown>;
}

export interface PreparedWrite {
  readonly request: WriteRequest;
  /** What is counted: records, or the files of one. */
  readonly counted: Counted;
  readonly before: number;
  /** How many the platform should have once the write is done. */
  readonly countAfter: number;
}

export const changeOfKind = {
  create: { type: 'Created', records: 1 },
  update: { type: 'Modified', records: 0 },
  delete: { type: 'Deleted', records: -1 },
  attach: { type: 'AttachmentUploaded', records: 1 },
} as const satisfies Record<WriteKind, unknown>;

export const io: ConnectorIO = { fetch: globalThis.fetch, now: systemClock.now };

export interface ConformanceRun {
  readonly platform: ConformancePlatform;
  readonly link: Link;
  /** Everything that the connector said, for the search for secrets. */
  readonly said: readonly unknown[];
  readonly count: (counted: Counted) => Promise<number>;
  /** A record that records of this type can belong to, where they belong to any. */
  readonly parentOf: (dataType: DataType) => Promise<{ readonly parentId?: string }>;
  readonly liveModel: (write: Write<unknown>) => Promise<PushModel>;
  readonly createOne: (dataType: DataType) => Promise<string>;
  /** A write as the engine would ask for it: for an update or a delete, of a record made for the purpose. */
  readonly prepare: (capability: Capability) => Promise<PreparedWrite>;
  readonly send: (capability: Capability, request: WriteRequest, over?: unknown) => Promise<WriteOutcome>;
  readonly find: (capability: Capability, request: WriteRequest, over?: unknown) => Promise<FindOutcome | undefined>;
  readonly preview: (
    capability: Capability,
    request: WriteRequest,
    over?: unknown,
  ) => Promise<PreviewOutcome | undefined>;
  readonly session: (connector?: Connector) => unknown;
}

/** The run that is under way: tests are declared before it starts. */
export type Current = () => ConformanceRun;

export async function startRun(platform: ConformancePlatform): Promise<ConformanceRun> {
  const link = await linkOf(platform);
  const said: unknown[] = [];
  const keep = <T>(outcome: T): T => {
    said.push(outcome);
    return outcome;
  };
  const session = (connector = platform.connector) => connector.open(link, io);
  const count = (counted: Counted) => platform.count(link, counted);
  const liveModel = async (write: Write<unknown>) => (await write.modelFor?.(session())) ?? write.model;
  const parentOf = async (dataType: DataType) => {
    const above = isReadable(dataType) ? platform.connector.reads[dataType]?.below : undefined;
    return above === undefined ? {} : { parentId: await createOne(above) };
  };
  const createOne = async (dataType: DataType): Promise<string> => {
    const create = platform.connector.writes[dataType]?.create;
    if (create === undefined) throw new Error(`${dataType} cannot be created, so nothing else can be tested`);
    const body = await exampleBody(create.model, await liveModel(create), createOne);
    return recordIdOf(await create.send(session(), { pushOperationKey: randomUUID(), body }));
  };
  return {
    platform,
    link,
    said,
    count,
    liveModel,
    createOne,
    parentOf,
    session,
    async prepare({ dataType, kind, write }) {
      const recordId = kind === 'create' ? undefined : await createOne(dataType);
      const parent = kind === 'create' ? await parentOf(dataType) : {};
      const hasBody = kind === 'create' || kind === 'update';
      const body = hasBody ? await exampleBody(write.model, await liveModel(write), createOne) : undefined;
      const request = {
        pushOperationKey: randomUUID(),
        ...(recordId === undefined ? {} : { recordId }),
        ...parent,
        ...(body === undefined ? {} : { body }),
        ...(kind === 'attach' ? { file: exampleFile } : {}),
      };
      const counted = { dataType, ...parent, ...(kind === 'attach' && recordId ? { filesOf: recordId } : {}) };
      const before = await count(counted);
      const isBatch = 'parentId' in parent;
      const written = isBatch && body !== undefined ? batchSize(body) : changeOfKind[kind].records;
      return { request, counted, before, countAfter: before + written };
    },
    send: async ({ write }, request, over = session()) => keep(await write.send(over, request)),
    find: async ({ write }, request, over = session()) => keep(await write.find?.(over, request)),
    preview: async ({ write }, request, over = session()) => keep(await write.preview?.(over, request)),
  };
}

/** A name and bytes that no text encoding leaves alone. */
const exampleFile: AttachmentFile = {
  name: 'Liefer Schein №7.pdf',
  contentType: 'application/pdf',
  bytes: new Uint8Array([...Buffer.from('%PDF-1.4\n'), 0, 255, 254, 128, 10, 13]),
};

function batchSize(body: Readonly<Record<string, unknown>>): number {
  const lists = Object.values(body).filter((value) => Array.isArray(value));
  return lists[0]?.length ?? 0;
}

export function recordIdOf(outcome: WriteOutcome): string {
  const id = outcome.kind === 'written' ? outcome.changes[0]?.recordRef.id : undefined;
  if (id === undefined) throw new Error(`Nothing was written: ${JSON.stringify(outcome)}`);
  return id;
}

async function linkOf({ connector, linkWith = {} }: ConformancePlatform): Promise<Link> {
  const authorization = { companyId: randomUUID(), companyName: 'Harbour Lane', connectionId: randomUUID() };
  const outcome = await connector.authorize({ ...authorization, fields: linkWith }, io);
  if (outcome.kind !== 'linked') throw new Error(`Linking failed: ${JSON.stringify(outcome)}`);
  return outcome.link;
}
