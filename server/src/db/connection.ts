/** How a database is reached: a server's address, or the socket folder of the embedded one. */
import type { ClientConfig } from 'pg';

export type DatabaseConnection =
  | { readonly url: string }
  | {
      /** A folder that holds the Unix socket. */
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly database: string;
    };

export function clientConfig(connection: DatabaseConnection): ClientConfig {
  const shared = { application_name: 'ledgerpost', keepAlive: true, connectionTimeoutMillis: 10_000 };
  return 'url' in connection ? { ...shared, connectionString: connection.url } : { ...shared, ...connection };
}

/** The same server and user, another database. */
export function withDatabase(connection: DatabaseConnection, database: string): DatabaseConnection {
  if (!('url' in connection)) return { ...connection, database };
  const url = new URL(connection.url);
  url.pathname = `/${encodeURIComponent(database)}`;
  return { url: url.href };
}
