/** What can be done with the records of one data type: written, described, read. */
import { badRequest } from './errors.ts';
import { makeCalls } from './calls.ts';
import { changeFeed, type ChangeFeed, type ChangesRequest } from './changes.ts';
import type { readOnlyTypes, Records, TypeNames } from './generated/data-types.ts';
import { listPage, makeStream, type ListRequest, type Page, type Stream } from './lists.ts';
import { multipart, type Upload } from './multipart.ts';
import { readPush, type EndedPush, type Push, type ReadDataType, type WritableDataType } from './push.ts';
import type { ReadRecord } from './read-record.ts';
import type { DryRun, JsonSchema, Model } from './model.ts';
import type { PollUntilDone, WaitOptions } from './push-operations.ts';
import type { Call, CallOptions, QueryValues, Send, WriteCallOptions } from './transport.ts';

export type ReadOnlyDataType = (typeof readOnlyTypes)[number];

/** Which books are meant. */
export interface ConnectionPlace {
  readonly companyId: string;
  readonly connectionId: string;
}

/** Whose books are meant: without a connection, those of the company's linked one. */
export interface CompanyPlace {
  readonly companyId: string;
  readonly connectionId?: string | undefined;
}

/** Bank transactions lie below their account. */
export type Below<D extends ReadDataType> = D extends 'bankTransactions' ? { readonly accountId: string } : unknown;

/** The record under its singular name, or under the older name that ends in `Prototype`: `account` or `accountPrototype`. */
export type RecordIn<D extends WritableDataType> =
  | { readonly [K in TypeNames[D]['singular']]: Records[D] }
  | { readonly [K in `${TypeNames[D]['singular']}Prototype`]: Records[D] };

/** The record's id under its own name, such as `invoiceId`, or as `id`. */
export type IdIn<D extends ReadDataType> =
  { readonly [K in TypeNames[D]['recordId']]: string } | { readonly id: string };

export interface PushOptions extends WriteCallOptions {
  /** 1 to 525 600. Once so many minutes have passed it is never sent, and ends as `TimedOut`. Default: no end. */
  readonly timeoutInMinutes?: number | undefined;
  /** Whether what was written is readable at once. Default true. */
  readonly allowSyncOnPushComplete?: boolean | undefined;
  /** Fail on members that the model does not have, instead of a warning each. Default: the server's setting. */
  readonly strict?: boolean | undefined;
}

export interface UpdateOptions extends PushOptions {
  /** Update even if the record has changed since it was last read. Default false. */
  readonly forceUpdate?: boolean | undefined;
  /** Only if the record still has this ETag (from `getWithETag`); else the push fails. */
  readonly ifMatch?: string | undefined;
}

export type CreateRequest<D extends WritableDataType> = ConnectionPlace & Below<D> & RecordIn<D> & PushOptions;
export type UpdateRequest<D extends WritableDataType> = ConnectionPlace & IdIn<D> & RecordIn<D> & UpdateOptions;
export type DeleteRequest<D extends WritableDataType> = ConnectionPlace & IdIn<D> & PushOptions;
export type AttachRequest<D extends WritableDataType> = ConnectionPlace &
  IdIn<D> &
  PushOptions & {
    /** Up to 10 MB. */
    readonly file: Upload;
    /** Default: the file's own. */
    readonly fileName?: string | undefined;
  };
export type DryRunRequest<D extends WritableDataType> = CreateRequest<D> | UpdateRequest<D> | DeleteRequest<D>;
export type RecordsRequest<D extends ReadDataType> = CompanyPlace & Below<D> & ListRequest<Records[D]>;

/** A file on a record. */
export interface Attachment {
  readonly id: string;
  readonly name?: string;
  readonly contentType?: string;
  readonly dateCreated?: string;
  /** In bytes. */
  readonly fileSize?: number;
  readonly includeWhenSent?: boolean;
  readonly modifiedDate?: string;
  readonly sourceModifiedDate?: string;
}

/** Reading the records of one data type. */
export interface ReadClient<D extends ReadDataType> {
  readonly dataType: D;
  /** One page, as the gateway has it. Rejects with `conflict` where the type was never synced. */
  list(request: RecordsRequest<D>): Promise<Page<ReadRecord<D>>>;
  /** All pages, fetched as they are consumed. */
  stream(request: RecordsRequest<D>): Stream<ReadRecord<D>>;
  /** One record. Rejects with `not_found` where there is none. */
  get(request: CompanyPlace & IdIn<D> & CallOptions): Promise<ReadRecord<D>>;
  /** One record with its ETag, for an update that must not overwrite what somebody else wrote since (`ifMatch`). */
  getWithETag(
    request: CompanyPlace & IdIn<D> & CallOptions,
  ): Promise<{ readonly record: ReadRecord<D>; readonly etag: string | undefined }>;
  /** What changed since a watermark, deletions included, in an order that loses nothing. */
  changes(request: ChangesRequest): ChangeFeed<D>;
  /** The files on a record. */
  listAttachments(request: CompanyPlace & IdIn<D> & CallOptions): Promise<readonly Attachment[]>;
  /** A file's bytes. */
  downloadAttachment(
    request: CompanyPlace & IdIn<D> & { readonly attachmentId: string } & CallOptions,
  ): Promise<Uint8Array>;
}

/**
 * Writing and reading the records of one data type. A write gives a push, which is under way; its end is told by
 * `pushOperations.pollUntilDone`, by the `…AndWait` methods, or by a webhook. What a platform cannot do is refused with
 * `bad_request` (status 405) or `not_found`.
 */
export interface DataTypeClient<D extends WritableDataType> extends ReadClient<D> {
  create(request: CreateRequest<D>): Promise<Push<D>>;
  /** Replaces the members that are given; null clears one, lists are replaced as a whole. */
  update(request: UpdateRequest<D>): Promise<Push<D>>;
  delete(request: DeleteRequest<D>): Promise<Push<D>>;
  /** Puts a file on a record. */
  attach(request: AttachRequest<D>): Promise<Push<D>>;
  /** Creates and waits for the end. `timeoutMs`, `signal` and the rest are those of the wait (`pollUntilDone`). */
  createAndWait(request: CreateRequest<D> & WaitOptions<D>): Promise<EndedPush<D>>;
  updateAndWait(request: UpdateRequest<D> & WaitOptions<D>): Promise<EndedPush<D>>;
  deleteAndWait(request: DeleteRequest<D> & WaitOptions<D>): Promise<EndedPush<D>>;
  attachAndWait(request: AttachRequest<D> & WaitOptions<D>): Promise<EndedPush<D>>;
  /** The fields that a create or update accepts, with choices from the company's own books; a form is drawn from it. */
  model(request: ConnectionPlace & Below<D> & CallOptions & { readonly format?: 'codat' }): Promise<Model>;
  /** The same as JSON Schema, draft 2020-12, to check bodies with. */
  model(request: ConnectionPlace & Below<D> & CallOptions & { readonly format: 'json-schema' }): Promise<JsonSchema>;
  /** What a write would come to; nothing is written. With an id it is an update, or without a record a delete. */
  dryRun(request: DryRunRequest<D>): Promise<DryRun<Records[D]>>;
}

/** The request, whichever of its forms it has. */
type Given = CompanyPlace & UpdateOptions & Readonly<Record<string, unknown>>;

/** What one record is called: by rule, which scripts/emit-types.ts holds against the models. */
function singularOf(dataType: ReadDataType): string {
  return pathWord(dataType).replace(/ies$/, 'y').replace(/s$/, '');
}

/** Accounts are `chartOfAccounts` everywhere but in paths. */
export function pathWord(dataType: ReadDataType): string {
  return dataType === 'chartOfAccounts' ? 'accounts' : dataType;
}

export function makeReadClient<D extends ReadDataType>(send: Send, dataType: D): ReadClient<D> {
  const calls = makeCalls(send);
  const place = (given: Given) => dataPath(given, dataType);
  const fetchOne = (given: Given) =>
    send<ReadRecord<D>>({ method: 'GET', path: [...place(given), idOf(given, dataType)], options: given });
  return {
    dataType,
    list: async (request) => listPage(send, place(request as Given), request),
    stream: (request) => makeStream(send, place(request as Given), request),
    get: async (request) => (await fetchOne(request as Given)).body,
    getWithETag: async (request) => {
      const { body, headers } = await fetchOne(request as Given);
      return { record: body, etag: headers.get('etag') ?? undefined };
    },
    changes: (request) => changeFeed<D>(send, { ...request, dataTypes: [dataType] }),
    listAttachments: async (request) => {
      const path = [...place(request as Given), idOf(request as Given, dataType), 'attachments'];
      return (await calls.read<{ attachments: Attachment[] | null }>(path, request)).attachments ?? [];
    },
    downloadAttachment: async (request) => {
      const given = request as Given;
      const path = [...place(given), idOf(given, dataType), 'attachments', request.attachmentId, 'download'];
      return (await send<Uint8Array>({ method: 'GET', path, options: given, asBytes: true })).body;
    },
  };
}

export function makeDataTypeClient<D extends WritableDataType>(
  send: Send,
  dataType: D,
  pollUntilDone: PollUntilDone,
): DataTypeClient<D> {
  type Write = Pick<Call, 'method' | 'path' | 'body' | 'file'>;
  const push = async (given: Given, write: Write): Promise<Push<D>> => {
    const call = { ...write, query: pushQuery(given), options: pushHeaders(given), isWrite: true };
    return readPush((await send<Push<D>>(call)).body);
  };
  const ofRecord = (given: Given) => [...pushPath(given, dataType), idOf(given, dataType)];

  const create = async (given: Given) =>
    push(given, { method: 'POST', path: pushPath(given, dataType), body: recordOf(given, dataType) });
  const update = async (given: Given) =>
    push(given, { method: 'PUT', path: ofRecord(given), body: recordOf(given, dataType) });
  const remove = async (given: Given) => push(given, { method: 'DELETE', path: ofRecord(given) });
  const attach = async (given: Given) => {
    const path = [...ofRecord(given), dataType === 'bills' ? 'attachments' : 'attachment'];
    return push(given, { method: 'POST', path, file: await multipart(given['file'] as Upload, fileNameOf(given)) });
  };
  /** The time-out in such a request is the wait's. */
  const andWait = (write: (given: Given) => Promise<Push<D>>) => async (request: object & WaitOptions<D>) => {
    const { timeoutMs, pollIntervalMs, onUpdate, ...given } = request;
    const { signal } = request;
    return pollUntilDone(await write(given as Given), { timeoutMs, pollIntervalMs, onUpdate, signal });
  };

  const calls = makeCalls(send);
  return {
    ...makeReadClient(send, dataType),
    create: (request) => create(request),
    update: (request) => update(request),
    delete: (request) => remove(request as Given),
    attach: (request) => attach(request as Given),
    createAndWait: andWait(create),
    updateAndWait: andWait(update),
    deleteAndWait: andWait(remove),
    attachAndWait: andWait(attach),
    model: async (request: ConnectionPlace & CallOptions & { readonly format?: string }) => {
      const given = request as Given;
      const path = [...connectionPath(given), 'options', ...below(given, dataType, dataType)];
      return calls.read<Model & JsonSchema>(path, given, { format: request.format });
    },
    dryRun: async (request) => {
      const given = request as Given;
      const hasId = idOf(given, dataType) !== undefined;
      const body = findRecord(given, dataType);
      const path = hasId ? ofRecord(given) : pushPath(given, dataType);
      const method = hasId ? (body === undefined ? 'DELETE' : 'PUT') : 'POST';
      const query = { ...pushQuery(given), dryRun: true };
      // No key: it would be kept, and a dry run looks anew each time.
      return (await send<DryRun<Records[D]>>({ method, path, query, body, options: pushHeaders(given) })).body;
    },
  };
}

function connectionPath({ companyId, connectionId }: Given): string[] {
  return ['companies', companyId, 'connections', connectionId ?? ''];
}

function pushPath(given: Given, dataType: ReadDataType): string[] {
  return [...connectionPath(given), 'push', ...below(given, dataType, pathWord(dataType))];
}

function dataPath(given: Given, dataType: ReadDataType): string[] {
  const owner = given.connectionId === undefined ? ['companies', given.companyId] : connectionPath(given);
  return [...owner, 'data', ...below(given, dataType, pathWord(dataType))];
}

function below(given: Given, dataType: ReadDataType, word: string): string[] {
  return dataType === 'bankTransactions' ? ['bankAccounts', given['accountId'] as string, word] : [word];
}

/** Absent where the request has none, which the path then says. */
function idOf(given: Given, dataType: ReadDataType): string {
  return (given[`${singularOf(dataType)}Id`] ?? given['id']) as string;
}

function fileNameOf(given: Given): string | undefined {
  return given['fileName'] as string | undefined;
}

function recordOf(given: Given, dataType: WritableDataType): unknown {
  const record = findRecord(given, dataType);
  if (record !== undefined) return record;
  throw badRequest(`The record is missing: give it as \`${singularOf(dataType)}\``);
}

function findRecord(given: Given, dataType: WritableDataType): unknown {
  const singular = singularOf(dataType);
  return given[singular] ?? given[`${singular}Prototype`];
}

const PARAMETERS = ['timeoutInMinutes', 'allowSyncOnPushComplete', 'forceUpdate', 'strict'] as const;

function pushQuery(given: Given): QueryValues {
  return Object.fromEntries(PARAMETERS.map((name) => [name, given[name]]));
}

function pushHeaders(given: Given): WriteCallOptions {
  return given.ifMatch === undefined ? given : { ...given, headers: { ...given.headers, 'if-match': given.ifMatch } };
}
