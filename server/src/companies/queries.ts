/** All SQL about companies and their connections. */
import type { Queryable } from '../db/pool.ts';
import type { Company, CompanyFields } from './company.ts';
import type { Connection, ConnectionError, ConnectionStatus } from './connection.ts';
import type { Listed, ListRequest } from './list.ts';

interface CompanyRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly tags: Record<string, string>;
  readonly created_at: Date;
  readonly products: string[];
}

interface ConnectionRow {
  readonly id: string;
  readonly company_id: string;
  readonly platform_key: string;
  readonly status: ConnectionStatus;
  readonly link_info: Record<string, string>;
  readonly link_token: string;
  readonly errors: ConnectionError[];
  readonly created_at: Date;
  readonly linked_at: Date | null;
  readonly last_sync_at: Date | null;
}

const COMPANY_COLUMNS = `company.id, company.name, company.description, company.tags, company.created_at,
  company.products`;
const CONNECTION_COLUMNS = `connection.id, connection.company_id, connection.platform_key, connection.status,
  connection.link_info, connection.link_token, connection.errors, connection.created_at, connection.linked_at,
  connection.last_sync_at`;

function company(row: CompanyRow): Company {
  return {
    id: row.id,
    name: row.name,
    description: row.description ?? undefined,
    tags: row.tags,
    createdAt: row.created_at,
    products: row.products,
  };
}

function connection(row: ConnectionRow): Connection {
  return {
    id: row.id,
    companyId: row.company_id,
    platformKey: row.platform_key,
    status: row.status,
    info: row.link_info,
    linkToken: row.link_token,
    errors: row.errors,
    createdAt: row.created_at,
    linkedAt: row.linked_at ?? undefined,
    lastSyncAt: row.last_sync_at ?? undefined,
  };
}

export async function insertCompany(tx: Queryable, each: Company): Promise<void> {
  await tx.execute(
    'company_insert',
    'INSERT INTO companies (id, name, description, tags, created_at) VALUES ($1, $2, $3, $4, $5)',
    [each.id, each.name, each.description ?? null, JSON.stringify(each.tags), each.createdAt],
  );
}

export async function findCompany(db: Queryable, id: string): Promise<Company | undefined> {
  const [row] = await db.query<CompanyRow>(
    'company_find',
    `SELECT ${COMPANY_COLUMNS} FROM companies company WHERE id = $1 AND deleted_at IS NULL`,
    [id],
  );
  return row && company(row);
}

/** Until the transaction ends nobody else changes, deletes or adds a connection to this company. */
export async function findCompanyForUpdate(tx: Queryable, id: string): Promise<Company | undefined> {
  const [row] = await tx.query<CompanyRow>(
    'company_find_for_update',
    `SELECT ${COMPANY_COLUMNS} FROM companies company WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`,
    [id],
  );
  return row && company(row);
}

export async function updateCompanyFields(tx: Queryable, id: string, fields: CompanyFields): Promise<void> {
  await tx.execute(
    'company_update',
    'UPDATE companies SET name = $2, description = $3, tags = $4 WHERE id = $1 AND deleted_at IS NULL',
    [id, fields.name, fields.description ?? null, JSON.stringify(fields.tags)],
  );
}

export async function updateCompanyProducts(tx: Queryable, id: string, products: readonly string[]): Promise<void> {
  await tx.execute('company_products', 'UPDATE companies SET products = $2 WHERE id = $1 AND deleted_at IS NULL', [
    id,
    products,
  ]);
}

export async function markCompanyDeleted(tx: Queryable, id: string, now: Date): Promise<void> {
  await tx.execute('company_delete', 'UPDATE companies SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL', [
    id,
    now,
  ]);
}

export async function selectCompanies(db: Queryable, request: ListRequest): Promise<Listed<Company>> {
  const { items, totalResults } = await selectPage<CompanyRow>(db, request, {
    from: 'companies company',
    columns: COMPANY_COLUMNS,
    condition: 'company.deleted_at IS NULL',
    values: [],
    order: 'company.created_at, company.id',
    tieBreak: 'company.id',
  });
  return { items: items.map(company), totalResults };
}

export async function selectConnections(
  db: Queryable,
  companyId: string,
  request: ListRequest,
): Promise<Listed<Connection>> {
  const { items, totalResults } = await selectPage<ConnectionRow>(db, request, {
    from: 'connections connection',
    columns: CONNECTION_COLUMNS,
    condition: `connection.company_id = $${(request.where?.values.length ?? 0) + 1} AND connection.deleted_at IS NULL`,
    values: [companyId],
    order: 'connection.created_at, connection.id',
    tieBreak: 'connection.id',
  });
  return { items: items.map(connection), totalResults };
}

interface ListedTable {
  readonly from: string;
  readonly columns: string;
  /** Its own values are numbered after those of the request's condition. */
  readonly condition: string;
  readonly values: readonly unknown[];
  readonly order: string;
  readonly tieBreak: string;
}

/** The text differs with every query, so these are not prepared under a name: the server would keep each for good. */
async function selectPage<Row extends object>(
  db: Queryable,
  { page, pageSize, where, orderBy }: ListRequest,
  table: ListedTable,
): Promise<Listed<Row>> {
  const values = [...(where?.values ?? []), ...table.values];
  const condition = where === undefined ? table.condition : `(${where.sql}) AND ${table.condition}`;
  const order = orderBy === undefined ? table.order : `${orderBy}, ${table.tieBreak}`;
  const items = await db.query<Row>(
    '',
    `SELECT ${table.columns} FROM ${table.from} WHERE ${condition} ORDER BY ${order}
     LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
    [...values, pageSize, (page - 1) * pageSize],
  );
  const [counted] = await db.query<{ total: number }>(
    '',
    `SELECT count(*) AS total FROM ${table.from} WHERE ${condition}`,
    values,
  );
  return { items, totalResults: counted?.total ?? 0 };
}

export async function insertConnection(tx: Queryable, each: Connection): Promise<void> {
  await tx.execute(
    'connection_insert',
    `INSERT INTO connections (id, company_id, platform_key, status, link_token, created_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [each.id, each.companyId, each.platformKey, each.status, each.linkToken, each.createdAt],
  );
}

export async function countConnections(tx: Queryable, companyId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    'connections_count',
    'SELECT count(*) FROM connections WHERE company_id = $1 AND deleted_at IS NULL',
    [companyId],
  );
  return row?.count ?? 0;
}

export async function findConnection(
  db: Queryable,
  { companyId, connectionId }: { readonly companyId: string; readonly connectionId: string },
): Promise<Connection | undefined> {
  const [row] = await db.query<ConnectionRow>(
    'connection_find',
    `SELECT ${CONNECTION_COLUMNS} FROM connections connection
     WHERE id = $1 AND company_id = $2 AND deleted_at IS NULL`,
    [connectionId, companyId],
  );
  return row && connection(row);
}

export async function findConnectionByToken(db: Queryable, token: string): Promise<Connection | undefined> {
  const [row] = await db.query<ConnectionRow>(
    'connection_find_by_token',
    `SELECT ${CONNECTION_COLUMNS} FROM connections connection WHERE link_token = $1 AND deleted_at IS NULL`,
    [token],
  );
  return row && connection(row);
}

export async function findConnectionById(db: Queryable, id: string): Promise<Connection | undefined> {
  const [row] = await db.query<ConnectionRow>(
    'connection_find_by_id',
    `SELECT ${CONNECTION_COLUMNS} FROM connections connection WHERE id = $1 AND deleted_at IS NULL`,
    [id],
  );
  return row && connection(row);
}

export async function connectionsOfCompanies(db: Queryable, companyIds: readonly string[]): Promise<Connection[]> {
  const rows = await db.query<ConnectionRow>(
    'connections_of_companies',
    `SELECT ${CONNECTION_COLUMNS} FROM connections connection
     WHERE company_id = ANY ($1::uuid[]) AND deleted_at IS NULL ORDER BY created_at, id`,
    [companyIds],
  );
  return rows.map(connection);
}

export async function hasOtherLinkedConnection(
  db: Queryable,
  { companyId, connectionId }: { readonly companyId: string; readonly connectionId: string },
): Promise<boolean> {
  const rows = await db.query(
    'connection_other_linked',
    `SELECT id FROM connections
     WHERE company_id = $1 AND id <> $2 AND status = 'Linked' AND deleted_at IS NULL LIMIT 1`,
    [companyId, connectionId],
  );
  return rows.length > 0;
}

export interface Linking {
  readonly connectionId: string;
  readonly from: ConnectionStatus;
  readonly linkSealed: Buffer;
  readonly info: Readonly<Record<string, string>>;
  readonly errors: readonly ConnectionError[];
  readonly now: Date;
}

/** Every change of status names the status it leaves; no row means that somebody else was first. */
export async function markLinked(tx: Queryable, linking: Linking): Promise<Connection | undefined> {
  const [row] = await tx.query<ConnectionRow>(
    'connection_link',
    `UPDATE connections connection
     SET status = 'Linked', link_sealed = $3, link_info = $4, errors = $5, linked_at = $6
     WHERE id = $1 AND status = $2 AND deleted_at IS NULL RETURNING ${CONNECTION_COLUMNS}`,
    [
      linking.connectionId,
      linking.from,
      linking.linkSealed,
      JSON.stringify(linking.info),
      JSON.stringify(linking.errors),
      linking.now,
    ],
  );
  return row && connection(row);
}

/** From Linked to one of the two statuses without a working link. */
export async function markNoLongerLinked(
  tx: Queryable,
  change: {
    readonly connectionId: string;
    readonly to: 'Unlinked' | 'Deauthorized';
    /** Left out: as they are. */
    readonly errors?: readonly ConnectionError[];
  },
): Promise<Connection | undefined> {
  const [row] = await tx.query<ConnectionRow>(
    'connection_end_link',
    `UPDATE connections connection SET status = $2, errors = coalesce($3, errors)
     WHERE id = $1 AND status = 'Linked' AND deleted_at IS NULL RETURNING ${CONNECTION_COLUMNS}`,
    [change.connectionId, change.to, change.errors === undefined ? null : JSON.stringify(change.errors)],
  );
  return row && connection(row);
}

export async function storeConnectionErrors(
  tx: Queryable,
  connectionId: string,
  errors: readonly ConnectionError[],
): Promise<Connection | undefined> {
  const [row] = await tx.query<ConnectionRow>(
    'connection_errors',
    `UPDATE connections connection SET errors = $2
     WHERE id = $1 AND deleted_at IS NULL RETURNING ${CONNECTION_COLUMNS}`,
    [connectionId, JSON.stringify(errors)],
  );
  return row && connection(row);
}

export async function markConnectionDeleted(
  tx: Queryable,
  { connectionId, companyId, now }: { readonly connectionId: string; readonly companyId: string; readonly now: Date },
): Promise<Connection | undefined> {
  const [row] = await tx.query<ConnectionRow>(
    'connection_delete',
    // The link goes for good: nobody will ever read through it again.
    `UPDATE connections connection
     SET deleted_at = $3, link_sealed = NULL, status = CASE status WHEN 'Linked' THEN 'Unlinked' ELSE status END
     WHERE id = $1 AND company_id = $2 AND deleted_at IS NULL RETURNING ${CONNECTION_COLUMNS}`,
    [connectionId, companyId, now],
  );
  return row && connection(row);
}

export async function markConnectionsOfCompanyDeleted(
  tx: Queryable,
  companyId: string,
  now: Date,
): Promise<Connection[]> {
  const rows = await tx.query<ConnectionRow>(
    'connections_of_company_delete',
    `UPDATE connections connection
     SET deleted_at = $2, link_sealed = NULL, status = CASE status WHEN 'Linked' THEN 'Unlinked' ELSE status END
     WHERE company_id = $1 AND deleted_at IS NULL RETURNING ${CONNECTION_COLUMNS}`,
    [companyId, now],
  );
  return rows.map(connection);
}

export async function selectSealedLink(db: Queryable, connectionId: string): Promise<Buffer | undefined> {
  const [row] = await db.query<{ link_sealed: Buffer }>(
    'connection_sealed_link',
    `SELECT link_sealed FROM connections WHERE id = $1 AND status = 'Linked' AND deleted_at IS NULL`,
    [connectionId],
  );
  return row?.link_sealed;
}
