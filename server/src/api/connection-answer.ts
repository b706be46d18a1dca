/** A connection as the wire shows it. */
import { Type, type Static } from 'typebox';
import type { Connection as StoredConnection } from '../companies/connection.ts';
import { requireConnector, type CompaniesContext } from '../companies/context.ts';
import { renderConnection } from '../events/wire.ts';

export const CONNECTION_STATUSES = ['PendingAuth', 'Linked', 'Unlinked', 'Deauthorized'] as const;

export const Connection = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    integrationId: Type.String(),
    integrationKey: Type.String({ description: 'The platform: four lower-case letters.' }),
    sourceId: Type.String(),
    sourceType: Type.String(),
    platformName: Type.String(),
    linkUrl: Type.String({ description: 'Where the company links its books, in a browser and without an API key.' }),
    status: Type.Unsafe<(typeof CONNECTION_STATUSES)[number]>({ type: 'string', enum: [...CONNECTION_STATUSES] }),
    created: Type.String({ format: 'date-time' }),
    lastSync: Type.Optional(Type.String({ format: 'date-time' })),
    dataConnectionErrors: Type.Array(Type.Object({}, { additionalProperties: true })),
    connectionInfo: Type.Record(Type.String(), Type.String()),
  },
  { $id: 'Connection', additionalProperties: true, description: "A company's link to a platform." },
);
export type Connection = Static<typeof Connection>;

export function makeRenderConnection(companies: CompaniesContext) {
  return (connection: StoredConnection) => {
    const { platform } = requireConnector(companies, connection.platformKey);
    return renderConnection(connection, platform, companies.publicUrl());
  };
}
