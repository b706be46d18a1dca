/** Work that goes on beside the requests, for as long as the server listens. */
import type { WorkLoop } from '../db/work-loop.ts';
import type { ApiRoutes } from './deps.ts';

/** A server that is only put together, to emit its contract, starts nothing. */
export function whileListening(app: ApiRoutes, start: () => WorkLoop): void {
  let loop: WorkLoop | undefined;
  app.addHook('onListen', (done) => {
    loop = start();
    done();
  });
  app.addHook('onClose', async () => loop?.stop());
}
