/** TLS before a plain HTTP server, whose handshakes can be held up for as long as a test likes. */
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { makeCertificate } from './certificate.ts';

export interface SlowTls {
  readonly url: string;
  /** Connections that came about and wait for their handshake. */
  readonly held: () => number;
  readonly release: () => void;
  readonly close: () => Promise<void>;
}

/** Holds every handshake until it is told to let them go. */
export async function startSlowTls(target: URL): Promise<SlowTls> {
  const released = Promise.withResolvers<void>();
  const sockets = new Set<net.Socket>();
  let held = 0;
  const secure = tls.createServer(makeCertificate(), (plain) => {
    const onward = net.connect(Number(target.port), target.hostname);
    plain.on('error', () => onward.destroy()).pipe(onward);
    onward.on('error', () => plain.destroy()).pipe(plain);
  });
  const door = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    held += 1;
    void released.promise.then(() => {
      held -= 1;
      secure.emit('connection', socket);
    });
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://localhost:${(door.address() as AddressInfo).port}`,
    held: () => held,
    release: released.resolve,
    close: () =>
      new Promise((resolve) => {
        sockets.forEach((socket) => socket.destroy());
        door.close(() => resolve());
      }),
  };
}
