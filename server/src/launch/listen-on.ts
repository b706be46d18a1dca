/** Opens the API's port, with a sentence for the person whose port is taken. */
import type { ApiRoutes } from '../api/deps.ts';
import type { Config } from '../config.ts';
import { errorCode } from '../db/pool.ts';
import { StartupError } from '../db/startup-error.ts';

export async function listenOn(api: ApiRoutes, { host, port }: Pick<Config, 'host' | 'port'>): Promise<string> {
  try {
    return await api.listen({ host, port });
  } catch (error) {
    const why = WHY[errorCode(error) ?? ''];
    if (why === undefined) throw error;
    throw new StartupError('cannot_listen', `Ledgerpost cannot listen on ${host}:${port}: ${why}.`, error);
  }
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use. Stop what uses it, or set LEDGERPOST_PORT to another one (0 takes a free one)',
  EACCES: 'this user may not use that port. Set LEDGERPOST_PORT to one of 1024 or more',
  EADDRNOTAVAIL: 'this machine has no such address. Set LEDGERPOST_HOST to one that it has, such as 127.0.0.1',
  ENOTFOUND: 'there is no such host. Set LEDGERPOST_HOST to an address of this machine, such as 127.0.0.1',
};
