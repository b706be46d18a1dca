/** The alerts that rules sent, newest first, each with what became of its last attempt. */
import type { Queryable } from '../db/pool.ts';
import type { Found, MessageStatus } from './history.ts';

export interface Alert {
  readonly id: string;
  readonly ruleId: string;
  readonly status: MessageStatus;
  readonly eventType: string;
  readonly companyId: string | undefined;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly completedAt: Date | undefined;
  readonly lastStatusCode: number | undefined;
  readonly lastError: string | undefined;
}

interface AlertRow {
  readonly id: string;
  readonly rule_id: string;
  readonly status: MessageStatus;
  readonly event_type: string;
  readonly company_id: string | null;
  readonly attempts: number;
  readonly created_at: Date;
  readonly completed_at: Date | null;
  readonly status_code: number | null;
  readonly error: string | null;
}

const COUNTED_MAX = 10_000;
const ALERT_COLUMNS = `m.id, m.consumer_id AS rule_id, e.event_type, e.company_id, m.attempts, m.created_at, m.completed_at,
  CASE WHEN m.delivered_at IS NOT NULL THEN 'Success' WHEN m.state IN ('exhausted', 'dropped') THEN 'Failure'
    WHEN m.attempts > 0 THEN 'Attempting' ELSE 'Sending' END AS status, a.status_code, a.error`;
const ALERT_JOINS = `webhook_messages m
  JOIN webhook_consumers c ON c.id = m.consumer_id AND c.kind = 'rule'
  JOIN events e ON e.id = m.event_id
  LEFT JOIN webhook_attempts a ON a.message_id = m.id AND a.number = m.attempts`;

function alert(row: AlertRow): Alert {
  return {
    id: row.id,
    ruleId: row.rule_id,
    status: row.status,
    eventType: row.event_type,
    companyId: row.company_id ?? undefined,
    attempts: row.attempts,
    createdAt: row.created_at,
    completedAt: row.completed_at ?? undefined,
    lastStatusCode: row.status_code ?? undefined,
    lastError: row.error ?? undefined,
  };
}

export async function listAlerts(
  db: Queryable,
  { ruleId, page, pageSize }: { readonly ruleId: string | undefined; readonly page: number; readonly pageSize: number },
): Promise<Found<Alert>> {
  const rows = await db.query<AlertRow>(
    'alerts_list',
    `SELECT ${ALERT_COLUMNS} FROM ${ALERT_JOINS}
     WHERE $1::uuid IS NULL OR m.consumer_id = $1 ORDER BY m.id DESC LIMIT $2 OFFSET $3`,
    [ruleId ?? null, pageSize + 1, (page - 1) * pageSize],
  );
  const [counted] = await db.query<{ count: number }>(
    'alerts_count',
    `SELECT count(*) FROM (
       SELECT FROM webhook_messages m JOIN webhook_consumers c ON c.id = m.consumer_id AND c.kind = 'rule'
       WHERE $1::uuid IS NULL OR m.consumer_id = $1 LIMIT ${COUNTED_MAX}) AS counted`,
    [ruleId ?? null],
  );
  return { items: rows.slice(0, pageSize).map(alert), total: counted?.count ?? 0, hasMore: rows.length > pageSize };
}

export async function findAlert(db: Queryable, id: string): Promise<Alert | undefined> {
  const [row] = await db.query<AlertRow>('alert_find', `SELECT ${ALERT_COLUMNS} FROM ${ALERT_JOINS} WHERE m.id = $1`, [
    id,
  ]);
  return row && alert(row);
}
