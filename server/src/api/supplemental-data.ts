/** …/supplementalDataConfig: names of the caller's own for further fields of a platform, per data type. */
import { Type } from 'typebox';
import { PublicError } from '../errors.ts';
import { checkConfig, findConfig, storeConfig, type SupplementalConfig } from '../supplemental/config.ts';
import { answers } from './answers.ts';
import { dataTypeFrom } from './data-type-path.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';

const params = Type.Object({ platformKey: Type.String(), dataType: Type.String() });

const ConfigAnswer = Type.Unsafe<{ supplementalDataConfig: SupplementalConfig }>({
  type: 'object',
  additionalProperties: true,
  description:
    '`supplementalDataConfig`: by object name, `dataSource`, `pullData` and `pushData`; the last two give for each name of your own the property of the platform.',
});

const ConfigRequest = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  description: 'As in the answer; the outer `supplementalDataConfig` may be left out. An empty one resets.',
});

/** The documentation and the older clients spell the segment in two ways. */
export const DATA_TYPES_SPELLINGS = ['dataTypes', 'datatypes'] as const;

export function supplementalDataRoutes(app: ApiRoutes, { db, clock, connectors }: ApiDeps): void {
  const placeFrom = ({ platformKey, dataType }: { readonly platformKey: string; readonly dataType: string }) => {
    if (connectors.connectorFor(platformKey) === undefined) {
      throw new PublicError('integration_not_found', platformKey.slice(0, 100));
    }
    return { platformKey, dataType: dataTypeFrom(dataType) };
  };

  for (const spelling of DATA_TYPES_SPELLINGS) {
    const path = `/integrations/:platformKey/${spelling}/:dataType/supplementalDataConfig`;
    const hide = spelling !== 'dataTypes';
    app.get(
      path,
      {
        schema: {
          hide,
          tags: ['Supplemental data'],
          ...(hide ? {} : { operationId: 'getSupplementalDataConfig' }),
          summary: 'Get the supplemental data configuration',
          params,
          response: answers({ 200: ConfigAnswer }),
        },
      },
      async (request) => ({ supplementalDataConfig: await findConfig(db, placeFrom(request.params)) }),
    );

    app.put(
      path,
      {
        schema: {
          hide,
          tags: ['Supplemental data'],
          ...(hide ? {} : { operationId: 'configureSupplementalData' }),
          summary: 'Configure supplemental data',
          params,
          body: ConfigRequest,
        },
      },
      async ({ params: target, body }, reply) => {
        const place = placeFrom(target);
        await storeConfig({ db, clock }, place, checkConfig(body['supplementalDataConfig'] ?? body));
        return reply.code(200).send();
      },
    );
  }
}
