import type { SendHandle } from 'node:child_process';
import type { Server } from 'node:net';

/**
 * A process accepts one connection of a listening socket in each turn of its event loop (libuv, uv__server_io). In a busy process a turn takes
 * several milliseconds, so a connection that arrives behind hundreds of others would wait for seconds, although to accept one takes a
 * small part of a millisecond. A worker therefore watches further descriptors of the same socket and accepts one connection for each of them.
 * Node has no dup(2): a descriptor is copied when a process sends it to another one, so the parent sends it back.
 */
export const copies = 15;

/** What a worker sends with its listening socket, and what comes back with each copy. */
export interface CopyMessage {
  readonly kind: 'copy';
  /** The port on which the socket listens. */
  readonly port: number;
}

/** What a process sends messages with: a child its own process, a parent its child. */
interface Channel {
  send?(message: CopyMessage, handle: SendHandle, done: (problem: Error | null) => void): boolean;
}

/** Closes the descriptor of this process. */
interface Descriptor {
  close(): void;
}

/**
 * Has the parent copy the descriptor of a listening socket, and listens on each copy with what `listen` does. Where Node does not
 * tell the descriptor, or sockets accept many connections in a turn (Windows), there are no copies, and nothing else changes.
 */
export function listenOnCopies(server: Server, port: number, listen: (copy: object) => void): void {
  const { _handle: handle } = server as unknown as { readonly _handle?: SendHandle };
  if (!handle || !process.connected || process.platform === 'win32') return;
  const hear = (message: Partial<CopyMessage>, copy: SendHandle | undefined) => {
    if (message.kind !== 'copy' || message.port !== port || !copy) return;
    if (server.listening) listen(copy);
    else (copy as unknown as Descriptor).close();
  };
  process.on('message', hear);
  server.once('close', () => process.off('message', hear));
  (process as Channel).send?.({ kind: 'copy', port }, handle, () => undefined);
}

/** Sends a descriptor back to the worker that it came from, as many times as there are {@link copies}, and keeps none. */
export function sendCopies(worker: Channel, message: CopyMessage, handle: SendHandle): void {
  let underway = copies;
  const done = () => {
    underway--;
    if (underway === 0) (handle as unknown as Descriptor).close();
  };
  for (let count = 0; count < copies; count++) worker.send?.({ kind: 'copy', port: message.port }, handle, done);
}
