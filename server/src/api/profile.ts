/** GET and PUT /profile: whose installation this is. */
import { Type, type Static } from 'typebox';
import { getProfile, replaceProfile, type Profile as StoredProfile } from '../webhooks/profile.ts';
import { answers } from './answers.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';

const Profile = Type.Object(
  {
    name: Type.String(),
    redirectUrl: Type.String(),
    logoUrl: Type.Optional(Type.String()),
    iconUrl: Type.Optional(Type.String()),
    whiteListUrls: Type.Array(Type.String()),
    confirmCompanyName: Type.Boolean(),
    clientId: Type.String({ description: 'Tells alerts of this installation from those of others.' }),
    hasAlertAuthHeader: Type.Boolean({ description: 'Whether alerts carry an Authorization header.' }),
  },
  { additionalProperties: true },
);

const nullableText = (description?: string) =>
  Type.Optional(
    Type.Unsafe<string | null>({ type: ['string', 'null'], ...(description === undefined ? {} : { description }) }),
  );
const ProfileRequest = Type.Object({
  name: Type.String({ minLength: 1 }),
  redirectUrl: Type.String(),
  logoUrl: nullableText(),
  iconUrl: nullableText(),
  whiteListUrls: Type.Optional(
    Type.Unsafe<readonly string[] | null>({ type: ['array', 'null'], items: { type: 'string' } }),
  ),
  confirmCompanyName: Type.Optional(Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] })),
  alertAuthHeader: nullableText(
    'The Authorization header of alerts. Sealed and never shown; left out, it stays as it was; null or empty, none.',
  ),
});

export function profileRoutes(app: ApiRoutes, { db, companies }: ApiDeps): void {
  app.get(
    '/profile',
    {
      schema: {
        tags: ['Profile'],
        operationId: 'getProfile',
        summary: 'Get the profile',
        response: answers({ 200: Profile }),
      },
    },
    async () => render(await getProfile(db), companies.publicUrl()),
  );

  app.put(
    '/profile',
    {
      schema: {
        tags: ['Profile'],
        operationId: 'replaceProfile',
        summary: 'Replace the profile',
        body: ProfileRequest,
        response: answers({ 200: Profile }),
      },
    },
    async (request) => render(await replaceProfile(companies, request.body), companies.publicUrl()),
  );
}

function render(profile: StoredProfile, publicUrl: string): Static<typeof Profile> {
  const { name, redirectUrl, logoUrl, iconUrl, whiteListUrls, confirmCompanyName, clientId } = profile;
  return {
    name,
    redirectUrl: redirectUrl ?? publicUrl,
    ...(logoUrl === undefined ? {} : { logoUrl }),
    ...(iconUrl === undefined ? {} : { iconUrl }),
    whiteListUrls: [...whiteListUrls],
    confirmCompanyName,
    clientId,
    hasAlertAuthHeader: profile.hasAlertAuthHeader,
  };
}
