/** What programs that tests start get from us, and the processes started by one, for tests that kill them. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a program that is started with an environment of its own takes from ours. */
export function inheritedEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ['PATH', 'NODE_COMPILE_CACHE'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/** All processes below `pid`, children of children included. */
export async function descendants(pid: number): Promise<RunningProcess[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,args=']);
  const all = stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match === null ? [] : [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? '' }];
  });
  const below = (parent: number): RunningProcess[] =>
    all.filter((each) => each.parent === parent).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid);
}

/** kill -9 of each; one that has ended meanwhile is as good as killed. */
export function killAll(processes: readonly RunningProcess[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}
