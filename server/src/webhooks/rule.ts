/**
 * Rules: alerts in the form that was used before webhooks, for receivers that still read it. A rule is a consumer of a
 * kind of its own: one type of alert, a body in PascalCase, no signature but an Authorization header, and fewer retries.
 */
import { PublicError } from '../errors.ts';
import type { Consumer } from './consumer.ts';
import type { ToldEvent } from './dispatch-queries.ts';
import type { ClaimedMessage } from './queries.ts';
import { retryAfterSeconds } from './retry.ts';

type AlertKind =
  | 'push-status'
  | 'push-timed-out'
  | 'connection-status'
  | 'company-synchronized'
  | 'sync-completed'
  | 'data-changed'
  | 'sync-error'
  | 'quota-reached'
  | 'quota-reset'
  /** Nothing here gives rise to it. */
  | 'never';

/** By the letters of the name alone: documents write the same type in several ways, some with `()` at the end. */
const KINDS: ReadonlyMap<string, AlertKind> = new Map([
  ['pushoperationstatuschanged', 'push-status'],
  ['pushstatuschanged', 'push-status'],
  ['pushoperationtimedout', 'push-timed-out'],
  ['dataconnectionstatuschanged', 'connection-status'],
  ['newcompanysynchronized', 'company-synchronized'],
  ['datasynccompleted', 'sync-completed'],
  ['datasetdatachanged', 'data-changed'],
  ['datasyncstatuschangedtoerror', 'sync-error'],
  ['ratelimitreached', 'quota-reached'],
  ['clientratelimitreached', 'quota-reached'],
  ['ratelimitreset', 'quota-reset'],
  ['clientratelimitreset', 'quota-reset'],
  ['accountcategoriesupdated', 'never'],
  ['syncconnectiondeleted', 'never'],
  ['synccompleted', 'never'],
  ['syncfailed', 'never'],
]);

const TYPE_CHARS_MAX = 100;

/** Kept as it was written: alerts repeat it. */
export function checkedRuleType(type: string): string {
  if (type.length <= TYPE_CHARS_MAX && kindOf(type) !== undefined) return type;
  throw new PublicError('malformed_request', `type: there is no rule type "${type.slice(0, TYPE_CHARS_MAX)}"`);
}

function kindOf(type: string): AlertKind | undefined {
  return KINDS.get(type.toLowerCase().replaceAll(/[^a-z]/g, ''));
}

/** Whether this rule alerts on the event. */
export function alerts(rule: Consumer, event: ToldEvent): boolean {
  if (rule.ruleType === undefined || event.isTest) return false;
  if (rule.companyId !== undefined && rule.companyId !== event.companyId) return false;
  const kind = kindOf(rule.ruleType);
  return kind !== undefined && kindsOf(event).includes(kind);
}

function kindsOf({ eventType, status, recordsModified }: ToldEvent): readonly AlertKind[] {
  if (/\.write\.(un)?successful$/.test(eventType)) {
    return status === 'TimedOut' ? ['push-status', 'push-timed-out'] : ['push-status'];
  }
  switch (eventType) {
    case 'connection.connected':
    case 'connection.reconnected':
    case 'connection.disconnected':
      return ['connection-status'];
    case 'read.completed.initial':
      return ['company-synchronized'];
    case 'read.completed':
      if (status !== 'Complete') return ['sync-error'];
      return recordsModified ? ['sync-completed', 'data-changed'] : ['sync-completed'];
    case 'client.rateLimit.reached':
      return ['quota-reached'];
    case 'client.rateLimit.reset':
      return ['quota-reset'];
    default:
      return [];
  }
}

/** Whose alert it is, as receivers of several installations tell them apart. */
export interface AlertSender {
  readonly clientId: string;
  readonly clientName: string;
}

interface AlertPayload {
  readonly id?: string;
  readonly status?: string;
  readonly connectionId?: string;
  readonly referenceCompany?: { readonly name?: string };
  readonly connection?: { readonly id?: string; readonly status?: string; readonly integrationKey?: string };
  readonly dataTypes?: readonly {
    readonly connectionId?: string;
    readonly dataType?: string;
    readonly status?: string;
  }[];
  readonly dailyQuota?: number;
  readonly quotaRemaining?: number;
  readonly expiryDate?: string;
}

/** The same text at every attempt, since the stored event never changes. */
export function alertBody({ id, consumer, event }: ClaimedMessage, sender: AlertSender): string {
  const payload = JSON.parse(event.payloadText) as AlertPayload;
  const kind = kindOf(consumer.ruleType ?? '') ?? 'never';
  const { message, data } = alertText(kind, event.eventType, payload);
  return JSON.stringify({
    AlertId: id,
    RuleId: consumer.id,
    RuleType: consumer.ruleType,
    ClientId: sender.clientId,
    ClientName: sender.clientName,
    CompanyId: event.companyId ?? null,
    DataConnectionId: payload.connectionId ?? payload.connection?.id ?? payload.dataTypes?.[0]?.connectionId ?? null,
    Message: message,
    Data: data,
  });
}

function alertText(kind: AlertKind, eventType: string, payload: AlertPayload) {
  const { id, status, connection, dataTypes: [read] = [] } = payload;
  const dataType = eventType.split('.', 1)[0] ?? '';
  switch (kind) {
    case 'push-status':
      return {
        message: `Push operation ${id} of ${dataType} has ended as ${status}.`,
        data: { dataType, status, pushOperationKey: id },
      };
    case 'push-timed-out':
      return {
        message: `Push operation ${id} of ${dataType} has timed out.`,
        data: { dataType, pushOperationKey: id, pushOperationGuid: id },
      };
    case 'connection-status':
      return {
        message: `Data connection ${connection?.id} is ${connection?.status} now.`,
        data: {
          dataConnectionId: connection?.id,
          newStatus: connection?.status,
          platformKey: connection?.integrationKey,
        },
      };
    case 'quota-reached':
    case 'quota-reset': {
      const { dailyQuota, quotaRemaining, expiryDate } = payload;
      return {
        message: kind === 'quota-reached' ? 'The daily quota of requests is used up.' : 'The daily quota begins anew.',
        data: { dailyQuota, quotaRemaining, expiryDate },
      };
    }
    default:
      return {
        message: `${read?.dataType ?? 'Data'} of ${payload.referenceCompany?.name ?? 'a company'}: ${read?.status}.`,
        data: { dataType: read?.dataType, datasetStatus: read?.status, connectionId: read?.connectionId },
      };
  }
}

/** Three more attempts, all of them within two minutes of the first. */
const ALERT_PAUSES_SECONDS = [2, 15, 60];
const ALERT_WINDOW_SECONDS = 120;
const ALERT_PAUSE_SECONDS_MAX = 60;
const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 420, 429, 460, 502, 503, 504, 522, 524]);

/** `statusCode` undefined: nobody answered, which is tried again. Other refusals are final. */
export function nextAlertAt(failure: {
  readonly tries: number;
  readonly firstAt: Date;
  readonly failedAt: Date;
  readonly statusCode: number | undefined;
  readonly retryAfter?: string | undefined;
}): Date | undefined {
  const { tries, firstAt, failedAt, statusCode } = failure;
  const pauseSeconds = ALERT_PAUSES_SECONDS[tries - 1];
  if (pauseSeconds === undefined) return undefined;
  if (statusCode !== undefined && !RETRIED_STATUSES.has(statusCode)) return undefined;
  const askedSeconds = Math.min(retryAfterSeconds(failure.retryAfter, failedAt), ALERT_PAUSE_SECONDS_MAX);
  const at = new Date(failedAt.getTime() + Math.max(pauseSeconds, askedSeconds) * 1000);
  return at.getTime() - firstAt.getTime() > ALERT_WINDOW_SECONDS * 1000 ? undefined : at;
}
