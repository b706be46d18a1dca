/** A server that closes tells its callers so: a connection that was busy just then would else stay open until it idles out. */
import type { ApiRoutes } from './deps.ts';

/** Idle connections are ended by Fastify as it closes; those with a request under way end with its answer. */
export function endConnectionsOnClose(app: ApiRoutes): void {
  let isClosing = false;
  app.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing) void reply.header('connection', 'close');
    done(null, payload);
  });
}
