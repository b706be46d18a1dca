/** GET and POST /corsSettings: which sites' pages may call this API from a browser. */
import { Type } from 'typebox';
import type { AllowedOrigins } from './allowed-origins.ts';
import { answers } from './answers.ts';
import type { ApiRoutes } from './deps.ts';

const Settings = Type.Object({
  allowedOrigins: Type.Array(Type.String(), {
    description:
      'Scheme, host and port, such as `https://app.example.com`; no patterns. Those that are left out are ended.',
  }),
});

export function corsSettingsRoutes(app: ApiRoutes, origins: AllowedOrigins): void {
  // The second is how it was spelt before; official clients still do.
  for (const [path, hide] of [
    ['/corsSettings', false],
    ['/connectionManagement/corsSettings', true],
  ] as const) {
    app.get(
      path,
      {
        schema: {
          hide,
          tags: ['Profile'],
          operationId: 'getCorsSettings',
          summary: "Which sites' pages may call this API from a browser",
          response: answers({ 200: Settings }),
        },
      },
      async () => ({ allowedOrigins: [...(await origins.list())] }),
    );

    app.post(
      path,
      {
        schema: {
          hide,
          tags: ['Profile'],
          operationId: 'setCorsSettings',
          summary: "Set which sites' pages may call this API from a browser",
          body: Settings,
          response: answers({ 200: Settings }),
        },
      },
      async ({ body }) => ({ allowedOrigins: [...(await origins.replace(body.allowedOrigins))] }),
    );
  }
}
