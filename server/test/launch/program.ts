/** Starts the launcher in a process of its own, as any user, and looks at what it leaves on the machine. */
import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Identity } from '../../src/db/embedded-identity.ts';

/** What launched.ts tells. */
export interface Launched {
  /** How many starts this database has seen: more than one, and it is the one of the start before. */
  readonly starts: number;
  readonly mark: string;
  readonly adopted: boolean;
  readonly postgresPid: number;
}

export interface Program {
  readonly child: ChildProcess;
  readonly launched: Promise<Launched>;
  readonly refusal: Promise<string>;
  readonly stop: () => Promise<void>;
  readonly kill: () => Promise<void>;
}

const PROGRAM = path.join(import.meta.dirname, 'launched.ts');

export function start(dataDir: string, identity?: Identity, program = PROGRAM): Program {
  const child = fork(program, [dataDir], { ...identity, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const message = new Promise<Launched | { readonly refusal: string }>((resolve, reject) => {
    child.once('message', (each) => resolve(each as Launched | { readonly refusal: string }));
    void exited.then(() => reject(new Error('The program ended without a word')));
  });
  const launched = message.then((each) => ('refusal' in each ? Promise.reject(new Error(each.refusal)) : each));
  const refusal = message.then((each) => ('refusal' in each ? each.refusal : 'no refusal: it started'));
  for (const each of [launched, refusal]) each.catch(() => undefined);
  return {
    child,
    launched,
    refusal,
    stop: async () => {
      if (child.connected) child.send('stop');
      await exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export const isRoot = process.getuid?.() === 0;

/** Users to run as. Root can be anybody, if the programs are where anybody may go. */
export function users(): readonly { readonly name: string; readonly identity: Identity | undefined }[] {
  const nobody = { uid: 65_534, gid: 65_534 };
  const canBeNobody = isRoot && spawnSync(process.execPath, ['--check', PROGRAM], { ...nobody, cwd: '/' }).status === 0;
  return [
    { name: isRoot ? 'root' : 'an ordinary user', identity: undefined },
    ...(canBeNobody ? [{ name: 'an ordinary user', identity: nobody }] : []),
  ];
}

/** The processes of the machine with this text in their command line; ended ones that nobody collected have none. */
export function processesOf(text: string): number[] {
  if (!existsSync('/proc')) return processesByPs(text);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readOrEmpty(`/proc/${name}/cmdline`).includes(text))
    .map(Number);
}

function processesByPs(text: string): number[] {
  const { stdout } = spawnSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' });
  const lines = stdout.split('\n').filter((line) => line.includes(text));
  return lines.map((line) => Number.parseInt(line, 10));
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
