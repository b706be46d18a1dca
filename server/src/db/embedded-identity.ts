/**
 * Under which user the embedded PostgreSQL runs. It refuses to run as root, so root hands it to an unprivileged user;
 * everybody else runs it as themselves.
 */
import { readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import { StartupError } from './startup-error.ts';

/** What `spawn` is told; undefined means as we are. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

const OWN_DATABASE = 'set LEDGERPOST_DATABASE_URL to a PostgreSQL of your own';

export async function chooseIdentity(databaseDir: string): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) {
    requirePasswdEntry();
    return undefined;
  }
  // A database made by one user stays with that user, also when a `postgres` user appears on the machine later.
  const existing = await stat(databaseDir).catch(() => undefined);
  if (existing !== undefined && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  const found = findIdentity(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  if (found !== undefined) return found;
  throw new StartupError(
    'no_database_user',
    'PostgreSQL does not run as root, and /etc/passwd has neither a user "postgres" nor "nobody" to run it as. ' +
      `Start Ledgerpost as an ordinary user, or ${OWN_DATABASE}.`,
  );
}

export function findIdentity(passwd: string): Identity | undefined {
  const users = passwd.split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const user = users.find(([each]) => each === name);
    const [uid, gid] = [Number(user?.[2]), Number(user?.[3])];
    if (user !== undefined && Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0) return { uid, gid };
  }
  return undefined;
}

/** initdb looks its own user up and gives up on a number without a name, as some container platforms assign them. */
function requirePasswdEntry(): void {
  try {
    os.userInfo();
  } catch (error) {
    throw new StartupError(
      'user_without_name',
      `The user id ${process.getuid?.()} has no entry in /etc/passwd, and the embedded PostgreSQL needs one. ` +
        `Add an entry, run as another user, or ${OWN_DATABASE}.`,
      error,
    );
  }
}

/** Root of a container may lack the rights that root has elsewhere. */
export function cannotChangeUser(cause: unknown): StartupError {
  return new StartupError(
    'no_right_to_change_user',
    'PostgreSQL does not run as root, and this root may not hand files and processes to another user. ' +
      `Start Ledgerpost as an ordinary user, or ${OWN_DATABASE}.`,
    cause,
  );
}
