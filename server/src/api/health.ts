/** GET /health: whether every role of this process is ready, and if not, what each one waits for. */
import { Type } from 'typebox';
import type { ApiRoutes } from './deps.ts';

export interface Health {
  readonly ready: boolean;
  readonly roles: Readonly<Record<string, RoleHealth>>;
}

export interface RoleHealth {
  readonly ready: boolean;
  /** What it waits for, while it is not ready. */
  readonly reason?: string;
}

const HealthAnswer = Type.Object({
  status: Type.String({ description: '`ready` or `not ready`' }),
  roles: Type.Record(Type.String(), Type.Object({ ready: Type.Boolean(), reason: Type.Optional(Type.String()) })),
});

export function healthRoute(app: ApiRoutes, health: () => Health): void {
  app.get(
    '/health',
    {
      config: { isPublic: true },
      schema: {
        tags: ['Operations'],
        operationId: 'getHealth',
        summary: 'Whether this process is ready',
        security: [],
        response: { 200: HealthAnswer, 503: HealthAnswer },
      },
    },
    async (_request, reply) => {
      const { ready, roles } = health();
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', roles });
    },
  );
}
