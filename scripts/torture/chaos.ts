/** Kills and freezes whatever runs, one after the other, until told to stop. What was killed comes back by itself. */
import { descendants, killAll } from '../../server/test/support/processes.ts';
import type { Ground, TorturedServer } from './ground.ts';
import { randomOf } from './random.ts';

export type Kills = Readonly<Record<Blow, number>>;
type Blow = 'server killed' | 'server frozen' | 'server stopped' | 'sandbox killed' | 'database killed';

const PAUSE_MIN_MS = 500;
const PAUSE_MORE_MS = 2_500;
/** Beyond the lease of six seconds, so that another process takes over meanwhile. */
const FROZEN_MS = 7_500;

export function startChaos(ground: Ground, seed: number): { readonly stop: () => Promise<Kills> } {
  const random = randomOf(seed);
  const kills = {
    'server killed': 0,
    'server frozen': 0,
    'server stopped': 0,
    'sandbox killed': 0,
    'database killed': 0,
  };
  const stopping = new AbortController();
  const running = strikeOn();
  return {
    stop: async () => {
      stopping.abort();
      await running;
      return kills;
    },
  };

  async function strikeOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      await pause(PAUSE_MIN_MS + random() * PAUSE_MORE_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      kills[await strike()] += 1;
    }
  }

  async function strike(): Promise<Blow> {
    const chance = random();
    const server = ground.servers[Math.floor(random() * ground.servers.length)];
    if (server === undefined) throw new Error('There is no server');
    if (chance < 0.35) return endServer(server, 'SIGKILL');
    if (chance < 0.45) return endServer(server, 'SIGTERM');
    if (chance < 0.55) return freeze(server);
    if (chance < 0.8) return killSandbox();
    return killDatabase();
  }

  async function endServer(server: TorturedServer, signal: 'SIGKILL' | 'SIGTERM'): Promise<Blow> {
    server.child().kill(signal);
    await server.restart();
    return signal === 'SIGKILL' ? 'server killed' : 'server stopped';
  }

  async function freeze(server: TorturedServer): Promise<Blow> {
    server.child().kill('SIGSTOP');
    await pause(FROZEN_MS);
    server.child().kill('SIGCONT');
    return 'server frozen';
  }

  function killSandbox(): Blow {
    const pid = ground.sandbox.pid();
    if (pid !== undefined) killAll([{ pid, command: 'sandbox' }]);
    return 'sandbox killed';
  }

  async function killDatabase(): Promise<Blow> {
    const pid = ground.postgres.pid();
    killAll([{ pid, command: 'postgres' }, ...(await descendants(pid))]);
    return 'database killed';
  }
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
