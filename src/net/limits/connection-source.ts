import type { Socket } from 'node:net';

/** The clients of connections that came through a balancer, by the addresses and ports of the connection. */
const clients = new Map<string, { readonly address: string }>();

// A TLS socket and the TCP socket below it are two objects with the same addresses.
const keyOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  [remoteAddress, remotePort, localAddress, localPort].join(' ');

/** Notes the client of a connection for as long as the connection is open. */
export function noteConnectionClient(socket: Socket, address: string): void {
  const [key, client] = [keyOf(socket), { address }];
  clients.set(key, client);
  socket.once('close', () => {
    if (clients.get(key) === client) clients.delete(key);
  });
}

/** The address of the client of a connection: the one that its balancer named, else that of the connection. */
export const connectionAddress = (socket: Socket): string | undefined =>
  clients.get(keyOf(socket))?.address ?? socket.remoteAddress;
