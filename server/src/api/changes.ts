/** GET /companies/{companyId}/changes: what has changed in the company's books since a place that the caller has kept. */
import { Type } from 'typebox';
import { getCompany } from '../companies/change-company.ts';
import { listConnectionsOfCompanies } from '../companies/change-connection.ts';
import { customDataType, isCustom, readDataTypes } from '../models/data-types.ts';
import { PublicError } from '../errors.ts';
import { listChanges } from '../records/changes.ts';
import { openFeed } from '../records/feed.ts';
import type { StoredDataType } from '../records/stored-types.ts';
import { watermarkOf } from '../records/watermark.ts';
import { refreshBeforeRead } from '../sync/refresh-stale.ts';
import { answers } from './answers.ts';
import { dataTypeFrom } from './data-type-path.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { isGiven } from './list-filter.ts';
import { companyIdFrom } from './path-ids.ts';
import { listParameters, pagingOf } from './query-parameters.ts';
import { answersOf, WATERMARK_HEADER } from './record-answer.ts';
import { watermarkFrom } from './record-source.ts';

const Change = Type.Object({
  dataType: Type.String(),
  connectionId: Type.String(),
  id: Type.String(),
  modifiedDate: Type.String(),
  isDeleted: Type.Boolean(),
  record: Type.Unsafe<object>({
    type: 'object',
    additionalProperties: true,
    description: 'The record as a list shows it; of a deleted one, what it was last.',
  }),
});

export function changesRoute(app: ApiRoutes, deps: ApiDeps): void {
  app.get(
    '/companies/:companyId/changes',
    {
      schema: {
        tags: ['Data'],
        operationId: 'listChanges',
        summary: 'List changed and deleted records in the order of their changes',
        params: Type.Object({ companyId: Type.String() }),
        querystring: Type.Object({
          dataTypes: Type.Optional(
            Type.String({
              description:
                'Data types, with commas between them; all of the data model unless given. Custom ones by name: `custom/orders`.',
            }),
          ),
          after: Type.Optional(
            Type.String({ description: 'The watermark of the answer before; from the beginning unless given.' }),
          ),
          pageSize: listParameters.pageSize,
        }),
        response: answers({
          200: Type.Object({
            results: Type.Array(Change),
            watermark: Type.String({ description: 'To be kept, and sent as `after` the next time.' }),
            connectionIds: Type.Array(Type.String(), {
              description:
                'Of whose records is told: nothing tells any more of those of a connection that was deleted.',
            }),
            hasMore: Type.Boolean({ description: 'Whether there was more to tell than one answer holds.' }),
          }),
        }),
      },
    },
    async ({ params, query }, reply) => {
      const companyId = companyIdFrom(params);
      await getCompany(deps.companies, companyId);
      const dataTypes = dataTypesFrom(query.dataTypes);
      await refreshBeforeRead(deps, { companyId, dataTypes });
      const feed = await openFeed(deps.db, companyId);
      const after = isGiven(query.after) ? watermarkFrom(query.after, feed) : 0;
      const changesMax = pagingOf(query).pageSize;
      const { changes, readTo, hasMore } = await listChanges(deps.db, {
        companyId,
        feed,
        dataTypes,
        after,
        changesMax,
      });
      // After the changes: a connection whose records are among them and that is missing here has been deleted.
      const connections = await listConnectionsOfCompanies(deps.companies, [companyId]);
      const shown = await answersOf(deps.db, changes);
      const watermark = watermarkOf(feed, readTo);
      void reply.header(WATERMARK_HEADER, watermark);
      return {
        results: changes.map(({ connectionId, dataType, record }, index) => ({
          dataType,
          connectionId,
          id: record.id,
          modifiedDate: record.modifiedDate,
          isDeleted: record.isDeleted,
          record: shown[index] ?? record.content,
        })),
        watermark,
        connectionIds: connections.map(({ id }) => id),
        hasMore,
      };
    },
  );
}

/** A set, so that a type named twice is told once. */
function dataTypesFrom(text: string | undefined): readonly StoredDataType[] {
  if (!isGiven(text)) return readDataTypes;
  const names = text.split(',').map((name) => name.trim());
  const types = names.map((name) => {
    const custom = isCustom(name) ? customDataType(name.slice(name.indexOf('/') + 1)) : undefined;
    if (custom !== undefined) return custom;
    const dataType = dataTypeFrom(name);
    const readable = readDataTypes.find((each) => each === dataType);
    if (readable === undefined) {
      throw new PublicError('data_type_not_supported', `'${dataType}' has no records, so that it has no changes`);
    }
    return readable;
  });
  return [...new Set(types)];
}
