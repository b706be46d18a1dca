/**
 * A PostgreSQL that stops at one statement: a proxy that reads what a process asks of its database and holds back either
 * the statement itself or the answer to it. Between the two lies the commit, so a process that is killed meanwhile died
 * before it or after it, and never in between.
 */
import net, { type AddressInfo } from 'node:net';
import type { DatabaseConnection } from '../../src/db/connection.ts';

export interface Halt {
  /** The name of a prepared statement. */
  readonly statement: string;
  /** A text that must stand in its parameters. */
  readonly containing?: string;
  readonly side: 'before' | 'after';
}

export interface PostgresProxy {
  readonly url: string;
  /** Whether a process has come to the halt; there is one, and all that it asks is held until it is gone. */
  readonly isHalted: () => boolean;
  readonly close: () => Promise<void>;
}

export async function startPostgresProxy(target: DatabaseConnection, halt: Halt): Promise<PostgresProxy> {
  if ('url' in target) throw new Error('the tests have a database behind a socket');
  const sockets = new Set<net.Socket>();
  let isHalted = false;

  const server = net.createServer((client) => {
    const database = net.connect(`${target.host}/.s.PGSQL.${target.port}`);
    sockets.add(client).add(database);
    let held: 'nothing' | 'statement' | 'answer' = 'nothing';
    const read = makeReader((message) => {
      // From the halt on the whole process stands still: another of its connections would go on from what was moved.
      if (isHalted && held !== 'answer') return;
      if (isHalt(message, halt)) {
        isHalted = true;
        held = halt.side === 'before' ? 'statement' : 'answer';
      }
      if (held !== 'statement') database.write(message);
    });
    client.on('data', read);
    database.on('data', (chunk) => held === 'answer' || client.write(chunk));
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      one.on('error', () => one.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://${target.user}@127.0.0.1:${port}/${target.database}`,
    isHalted: () => isHalted,
    close: () =>
      new Promise((resolve) => {
        sockets.forEach((socket) => socket.destroy());
        server.close(() => resolve());
      }),
  };
}

/** Cuts what a client writes into messages. The first has no type: it begins with its length. */
function makeReader(onMessage: (message: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let isFirst = true;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const typeLength = isFirst ? 0 : 1;
      if (rest.length < typeLength + 4) return;
      const length = typeLength + rest.readUInt32BE(typeLength);
      if (rest.length < length) return;
      onMessage(rest.subarray(0, length));
      rest = rest.subarray(length);
      isFirst = false;
    }
  };
}

const BIND = 'B'.charCodeAt(0);

/** A Bind names its portal and its statement, and carries the parameters as text. */
function isHalt(message: Buffer, { statement, containing = '' }: Halt): boolean {
  if (message[0] !== BIND) return false;
  const nameAt = message.indexOf(0, 5) + 1;
  const name = message.toString('utf8', nameAt, message.indexOf(0, nameAt));
  return name === statement && message.includes(containing);
}
