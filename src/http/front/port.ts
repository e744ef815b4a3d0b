import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net';

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
 * Listens on a port that no other process has. Port 0 is a free one. A process of the same user that opens the port in the same moment in the same
 * way, or later with SO_REUSEPORT, shares it: Linux permits it to that user alone, who has the data folder as well.
 * @param listen listens with a further socket of the port
 * @returns the port @throws Error of the system, such as EADDRINUSE
 */
export async function listenAlone(
  server: Server,
  endpoint: Endpoint,
  listen: (options: ListenOptions) => void,
): Promise<number> {
  if (!isSpread) return listening(server, endpoint);
  // Else a second server that is started by mistake would share the port.
  await probe(endpoint);
  const port = await listening(server, { ...endpoint, reusePort: true });
  for (let count = 1; count < socketsOfPort; count++) listen({ ...endpoint, port, reusePort: true });
  return port;
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
