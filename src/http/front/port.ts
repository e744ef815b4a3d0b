import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** Where a server listens. */
export interface Endpoint {
  readonly port: number;
  readonly host: string;
}

/**
 * Sockets with which a process listens on a port that it has alone. It accepts one connection of each in a turn of its event loop (libuv,
 * uv__server_io), so that a connection which arrives behind hundreds of others does not wait for as many turns.
 */
export const socketsOfPort = 16;

/** Linux gives each connection to one of the sockets that listen on a port. Elsewhere the last one gets all, or a second one is refused. */
const isSpread = process.platform === 'linux';

/**
 * Listens on a port that no other process has. Port 0 is a free one. Another program of the same user that opens the port later with
 * SO_REUSEPORT shares it: Linux permits it to that user alone, who has the data folder as well.
 * @param listen listens with a further socket of the port
 * @returns the port @throws Error of the system, such as EADDRINUSE
 */
export async function listenAlone(
  server: Server,
  endpoint: Endpoint,
  listen: (options: ListenOptions) => void,
): Promise<number> {
  if (!isSpread) return listening(server, endpoint);
  const port = await openShareable(server, endpoint);
  for (let count = 1; count < socketsOfPort; count++) listen({ ...endpoint, port, reusePort: true });
  return port;
}

/**
 * Opens a port that no other socket has so that further sockets can open it. A probe finds a server that was started before. One that starts in the
 * same moment would pass its probe as well, so a process has a lock from its probe until it listens.
 * @throws EADDRINUSE
 */
async function openShareable(server: Server, endpoint: Endpoint): Promise<number> {
  // Port 0 needs no lock: Linux then gives no port that another socket has.
  const lock = endpoint.port === 0 ? undefined : await lockOf(endpoint);
  try {
    await probe(endpoint);
    return await listening(server, { ...endpoint, reusePort: true });
  } finally {
    lock?.close();
  }
}

/**
 * Waits until no other process opens the port. The lock is an abstract Unix socket: the kernel gives it to one process, removes it with the process,
 * and has it apart for each network, as ports. Any user of the computer can keep one, so a start waits for a second at most.
 */
async function lockOf({ host, port }: Endpoint): Promise<Server | undefined> {
  const end = performance.now() + 1000;
  while (performance.now() < end) {
    const lock = createServer();
    try {
      await listening(lock, { path: `\0cardea ${host} ${port}` });
      return lock;
    } catch {
      await setTimeout(20);
    }
  }
  return undefined;
}

/** Opens a port that no other socket has, and closes it. @throws Error of the system */
export async function probe(endpoint: Endpoint): Promise<void> {
  const server = createServer();
  await listening(server, endpoint);
  await new Promise((resolve) => server.close(resolve));
}

/** @returns the port @throws Error of the system */
export function listening(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
