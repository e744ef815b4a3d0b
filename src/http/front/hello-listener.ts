import { BlockList, createServer, type Server, type Socket, type SocketAddress } from 'node:net';
import { sourceOf } from '#net/limits.ts';
import type { SourceLimiter } from '#net/source-limiter.ts';
import { largestHello, readClientHello } from './client-hello.ts';

/** What a listener of ClientHellos needs. */
export interface HelloListenerOptions {
  readonly limiter: SourceLimiter;
  /** Sockets at once; a further one is closed at once. */
  readonly mostConnections: number;
  readonly helloMilliseconds: number;
  onTlsError(problem: Error, remoteAddress: string): void;
  /** Takes a connection whose ClientHello names this host. Answers false where there is no such host. */
  receive(name: string | undefined, socket: Socket): boolean;
}

export interface HelloListener {
  readonly server: Server;
  stop(): Promise<void>;
  destroySockets(): void;
}

/** The open sockets of a listener, so that those of one source, or all, can be closed. */
class OpenSockets {
  readonly #bySource = new Map<string, Set<Socket>>();

  add(socket: Socket): void {
    const source = sourceOf(socket.remoteAddress);
    const sockets = this.#bySource.get(source) ?? new Set();
    this.#bySource.set(source, sockets.add(socket));
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0 && this.#bySource.get(source) === sockets) this.#bySource.delete(source);
    });
  }

  destroyOf(source: string): void {
    for (const socket of this.#bySource.get(source) ?? []) socket.destroy();
  }

  destroyAll(): void {
    for (const source of this.#bySource.keys()) this.destroyOf(source);
  }
}

/**
 * Node asks a block list for each connection before it makes a socket of it. This is the cheapest place to close one, and
 * far cheaper than after the socket exists.
 */
class PenalisedSources extends BlockList {
  readonly #limiter: SourceLimiter;

  constructor(limiter: SourceLimiter) {
    super();
    this.#limiter = limiter;
  }

  override check(address: string | SocketAddress): boolean {
    return this.#limiter.isPenalised(typeof address === 'string' ? address : address.address, Date.now());
  }
}

/** A TCP port that reads the ClientHello and hands the connection on. */
export function helloListener(options: HelloListenerOptions): HelloListener {
  const { limiter } = options;
  const sockets = new OpenSockets();
  const blockList = new PenalisedSources(limiter);
  const server = createServer({ pauseOnConnect: false, noDelay: true, blockList }, (socket) => {
    const leave = limiter.connect(socket.remoteAddress, Date.now());
    if (!leave) {
      options.onTlsError(new Error('too many connections from this source'), socket.remoteAddress ?? '');
      socket.on('error', () => undefined).resetAndDestroy();
      return;
    }
    sockets.add(socket);
    socket.on('close', leave);
    welcome(socket, options);
  });
  // A reverse proxy's connections stand for many clients: they stay, whichever client has the penalty.
  limiter.listen({ onPenalty: (source) => void sockets.destroyOf(source) });
  server.on('error', (problem) => options.onTlsError(problem, '')); // out of file descriptors: the next one may work
  server.maxConnections = options.mostConnections;
  server.on('drop', (data) => options.onTlsError(new Error('too many connections'), data?.remoteAddress ?? ''));
  return {
    server,
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
    destroySockets: () => sockets.destroyAll(),
  };
}

/** Waits for the ClientHello of a connection and hands it to its host. */
function welcome(socket: Socket, options: HelloListenerOptions): void {
  const refuse = (problem: Error) => {
    options.onTlsError(problem, socket.remoteAddress ?? '');
    socket.destroy();
  };
  socket.on('error', (problem) => options.onTlsError(problem, socket.remoteAddress ?? ''));
  const match = (name: string | undefined) => {
    if (!options.receive(name, socket)) refuse(new Error(`no host ${name ?? '(unnamed)'} here`));
  };
  awaitHello(socket, match, refuse, options.helloMilliseconds);
}

/** Gathers the ClientHello, gives the bytes back to the socket, and says which host it names. */
function awaitHello(
  socket: Socket,
  match: (name: string | undefined) => void,
  refuse: (problem: Error) => void,
  milliseconds: number,
): void {
  let buffer: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => done(() => refuse(new Error('no ClientHello in time'))), milliseconds);
  const done = (then: () => void): void => {
    clearTimeout(timer);
    socket.off('data', read).off('end', end).off('close', end);
    then();
  };
  const end = () => done(() => refuse(new Error('the connection ended before a ClientHello')));
  const read = (chunk: Buffer): void => {
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk]);
    const hello = readClientHello(buffer);
    if (hello.kind === 'incomplete' && buffer.length <= largestHello) return;
    if (hello.kind !== 'host') {
      done(() => refuse(new Error('what came is no ClientHello')));
      return;
    }
    done(() => {
      socket.pause();
      socket.unshift(buffer);
      match(hello.name);
      process.nextTick(() => socket.resume());
    });
  };
  socket.on('data', read).on('end', end).on('close', end);
}
