/** What `@ledgerpost/client` exports. */
export { createClient, ledgerpost, type Client, type DataTypeClients } from './client.ts';
export type { ClientOptions, Hooks, RequestInfo, ResponseInfo, RetryInfo } from './config.ts';
export type { Clock } from './clock.ts';
export { LedgerpostError, type ErrorType, type Validation, type ValidationItem } from './errors.ts';
export type { CallOptions, WriteCallOptions } from './transport.ts';
export {
  hasEnded,
  type Change,
  type EndedPush,
  type FailedPush,
  type PendingPush,
  type Push,
  type PushStatus,
  type ReadDataType,
  type SuccessfulPush,
  type TimedOutPush,
  type UnknownPush,
  type WritableDataType,
} from './push.ts';
export type { PushPlace, PushProperties, Resolution, TimelineStep, WaitOptions } from './push-operations.ts';
export type {
  Attachment,
  AttachRequest,
  CreateRequest,
  DataTypeClient,
  DeleteRequest,
  DryRunRequest,
  PushOptions,
  ReadClient,
  ReadOnlyDataType,
  RecordsRequest,
  UpdateRequest,
} from './data-types.ts';
export type { DryRun, JsonSchema, Model, ModelChoice, ModelField, ModelRule } from './model.ts';
export type { ReadRecord } from './read-record.ts';
export type { Upload } from './multipart.ts';
export type { ListRequest, Page, Stream } from './lists.ts';
export type { ChangeFeed, ChangesPage, ChangesRequest, RecordChange } from './changes.ts';
export { modifiedDates, type Moment, type TemporalInstant } from './modified-dates.ts';
export { syncState, type SyncOptions, type SyncRun, type SyncSource, type SyncStore } from './sync-state.ts';
export {
  and,
  contains,
  eq,
  gt,
  gte,
  lt,
  lte,
  ne,
  oneOf,
  or,
  queryFor,
  type Ordered,
  type PropertyOf,
  type Query,
  type QueryBuilder,
  type QueryValue,
} from './query.ts';
export { webhooks, type SignOptions, type TestEvent, type VerifyOptions, type WebhookHeaders } from './webhooks.ts';
export type {
  EventType,
  LedgerpostEvent,
  ReadCompleted,
  WebhookEvent,
  WriteDidNotSucceed,
  WriteSucceeded,
} from './webhook-events.ts';
export type {
  ApiKey,
  Branding,
  Company,
  CompanyFacts,
  Connection,
  ConnectionError,
  ConnectionStatus,
  CorsSettings,
  Integration,
  ReferenceCompany,
  SupplementalConfig,
} from './companies.ts';
export type {
  Consumer,
  ConsumerFacts,
  SentTest,
  WebhookAttempt,
  WebhookMessage,
  WebhookRecovery,
} from './consumers.ts';
export type { EventsPage, EventsRequest, EventStream } from './events.ts';
export type { DataStatus, PullOperation, SyncSetting, SyncSettings } from './sync.ts';
export type * from './generated/records.ts';
