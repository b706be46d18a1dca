/** GET and POST /profile/syncSettings and …/companies/{companyId}/syncSettings: how often each data type is read. */
import { Type } from 'typebox';
import { getCompany } from '../companies/change-company.ts';
import { PublicError } from '../errors.ts';
import type { DataType } from '../models/data-types.ts';
import { checkSettings, storeSyncSettings, syncSettings, type SyncSetting } from '../sync/settings.ts';
import { getProfile } from '../webhooks/profile.ts';
import { answers, noContent } from './answers.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { companyIdFrom } from './path-ids.ts';

const nullable = <T>(type: string) => Type.Optional(Type.Unsafe<T | null>({ type: [type, 'null'] }));

const Setting = Type.Object(
  {
    dataType: Type.Unsafe<DataType>({ type: 'string' }),
    fetchOnFirstLink: Type.Boolean({ description: 'Whether it is read as soon as a connection is linked.' }),
    syncSchedule: Type.Integer({
      minimum: 0,
      description: 'Hours between two readings: 0 none, 1 hourly, 24 daily, 168 weekly, 720 monthly.',
    }),
    syncOrder: Type.Integer({ minimum: 0, description: 'Lower ones are read first.' }),
    syncFromUtc: nullable<string>('string'),
    syncFromWindow: nullable<number>('integer'),
    monthsToSync: nullable<number>('integer'),
    isLocked: nullable<boolean>('boolean'),
  },
  { additionalProperties: true },
);

const request = {
  settings: Type.Array(Setting, { maxItems: 100 }),
  overridesDefaults: Type.Boolean({ description: 'False: the settings of the level above apply.' }),
};

export function syncSettingsRoutes(app: ApiRoutes, { db, clock, companies }: ApiDeps): void {
  app.get(
    '/profile/syncSettings',
    {
      schema: {
        tags: ['Sync'],
        operationId: 'getProfileSyncSettings',
        summary: 'How often data types are read',
        response: answers({ 200: Type.Object({ clientId: Type.String(), ...request }) }),
      },
    },
    async () => {
      const { clientId } = await getProfile(db);
      return { clientId, ...render(await syncSettings(db)) };
    },
  );

  app.post(
    '/profile/syncSettings',
    {
      schema: {
        tags: ['Sync'],
        operationId: 'updateProfileSyncSettings',
        summary: 'Set how often data types are read',
        body: Type.Object({ clientId: Type.Optional(Type.String()), ...request }),
        response: answers({ 204: noContent }),
      },
    },
    async ({ body }, reply) => {
      const { clientId } = await getProfile(db);
      if (body.clientId !== undefined && body.clientId !== clientId)
        throw new PublicError('malformed_request', `clientId: must be ${clientId}`);
      const given = { settings: settingsFrom(body.settings), overridesDefaults: body.overridesDefaults };
      await db.transaction((tx) => storeSyncSettings(tx, { ...given, now: clock.now() }));
      return reply.code(204).send();
    },
  );

  const params = Type.Object({ companyId: Type.String() });
  app.get(
    '/companies/:companyId/syncSettings',
    {
      schema: {
        tags: ['Sync'],
        operationId: 'getCompanySyncSettings',
        summary: 'How often data types of a company are read',
        params,
        response: answers({ 200: Type.Object({ companyId: Type.String(), ...request }) }),
      },
    },
    async ({ params: path }) => {
      const companyId = companyIdFrom(path);
      await getCompany(companies, companyId);
      return { companyId, ...render(await syncSettings(db, companyId)) };
    },
  );

  app.post(
    '/companies/:companyId/syncSettings',
    {
      schema: {
        tags: ['Sync'],
        operationId: 'updateCompanySyncSettings',
        summary: 'Set how often data types of a company are read',
        params,
        body: Type.Object({ companyId: Type.Optional(Type.String()), ...request }),
        response: answers({ 204: noContent }),
      },
    },
    async ({ params: path, body }, reply) => {
      const companyId = companyIdFrom(path);
      await getCompany(companies, companyId);
      if (body.companyId !== undefined && body.companyId.toLowerCase() !== companyId)
        throw new PublicError('malformed_request', 'companyId: must be the one in the path');
      const given = { settings: settingsFrom(body.settings), overridesDefaults: body.overridesDefaults };
      await db.transaction((tx) => storeSyncSettings(tx, { ...given, companyId, now: clock.now() }));
      return reply.code(204).send();
    },
  );
}

interface GivenSetting {
  readonly dataType: DataType;
  readonly fetchOnFirstLink: boolean;
  readonly syncSchedule: number;
  readonly syncOrder: number;
  readonly syncFromUtc?: string | null;
  readonly syncFromWindow?: number | null;
  readonly monthsToSync?: number | null;
  readonly isLocked?: boolean | null;
}

function settingsFrom(given: readonly GivenSetting[]): readonly SyncSetting[] {
  const settings = given.map(({ dataType, fetchOnFirstLink, syncSchedule, syncOrder, ...others }) => {
    const present = Object.entries({
      syncFromUtc: others.syncFromUtc,
      syncFromWindow: others.syncFromWindow,
      monthsToSync: others.monthsToSync,
      isLocked: others.isLocked,
    }).filter(([, value]) => value !== null && value !== undefined);
    return { dataType, fetchOnFirstLink, syncSchedule, syncOrder, ...Object.fromEntries(present) };
  });
  return checkSettings(settings);
}

function render({ settings, overridesDefaults }: Awaited<ReturnType<typeof syncSettings>>) {
  return { settings: settings.map((setting) => ({ ...setting })), overridesDefaults };
}
