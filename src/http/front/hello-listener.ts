import { BlockList, createServer, type Server, type Socket, type SocketAddress } from 'node:net';
import type { HandshakeTurns } from '#net/admission/handshake-turns.ts';
import { enterQueue, type OnWait } from '#net/admission/queue-wait.ts';
import type { AddressSet } from '#net/limits/address-set.ts';
import { connectionAddress, noteConnectionClient } from '#net/limits/connection-source.ts';
import { sourceOf } from '#net/limits/limits.ts';
import type { SourceLimiter } from '#net/limits/source-limiter.ts';
import { largestHello, readClientHello } from './client-hello.ts';
import { largestProxyHeader, readProxyHeader } from './proxy-protocol.ts';

/** What a listener of ClientHellos needs. */
export interface HelloListenerOptions {
  readonly limiter: SourceLimiter;
  /** Their connections begin with a PROXY header that names the client; without one they are closed. */
  readonly balancers: AddressSet;
  /** Sockets at once; a further one is closed at once. */
  readonly mostConnections: number;
  readonly helloMilliseconds: number;
  /** When a handshake begins that does not go first. */
  readonly turns: Pick<HandshakeTurns, 'enter'>;
  /** A connection has waited for its handshake, which begins now. */
  readonly onWait?: OnWait | undefined;
  onTlsError(problem: Error, remoteAddress: string): void;
  onSocketProblem?(problem: Error): void;
  /** Who takes a connection whose ClientHello names this host; undefined where there is no such host. */
  hostOf(name: string | undefined): Host | undefined;
}

/** A host of a listener. */
export interface Host {
  /** Its handshakes are those of sign-ins that have begun: they begin before those of other hosts. */
  readonly goesFirst: boolean;
  /** Begins the handshake. */
  take(socket: Socket): void;
}

export interface HelloListener {
  readonly server: Server;
  /** Accepts connections of another socket of the port, or of another descriptor of the same one, as well. */
  listen(other: object): void;
  stop(): Promise<void>;
  destroySockets(): void;
}

/** The open sockets of a listener, so that those of one source, or all, can be closed. */
class OpenSockets {
  readonly #bySource = new Map<string, Set<Socket>>();

  add(socket: Socket, source: string): void {
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
  readonly #balancers: AddressSet;

  constructor(limiter: SourceLimiter, balancers: AddressSet) {
    super();
    [this.#limiter, this.#balancers] = [limiter, balancers];
  }

  override check(of: string | SocketAddress): boolean {
    const address = typeof of === 'string' ? of : of.address;
    return !this.#balancers.has(address) && this.#limiter.isPenalised(address, Date.now());
  }
}

/** Under this name the connections are open whose balancer has not named a client. It is not a source. */
const ofBalancers = 'balancers';

/** A TCP port that reads the ClientHello and hands the connection on. */
export function helloListener(options: HelloListenerOptions): HelloListener {
  const { limiter, balancers } = options;
  const sockets = new OpenSockets();
  const servers: Server[] = [];
  const blockList = new PenalisedSources(limiter, balancers);
  const admit = (socket: Socket): void => {
    const address = connectionAddress(socket);
    const leave = limiter.connect(address, Date.now());
    if (!leave) {
      options.onTlsError(new Error('too many connections from this source'), address ?? '');
      socket.on('error', () => undefined).resetAndDestroy();
      return;
    }
    sockets.add(socket, sourceOf(address));
    socket.on('close', leave);
    welcome(socket, options);
  };
  const full = new Error('too many connections');
  let connections = 0;
  const open = () => {
    const server = createServer({ pauseOnConnect: false, noDelay: true, blockList }, (socket) => {
      if (connections === options.mostConnections) {
        options.onSocketProblem?.(full);
        return refuse(socket, full, options);
      }
      connections++;
      socket.once('close', () => connections--);
      if (!balancers.has(socket.remoteAddress)) return admit(socket);
      sockets.add(socket, ofBalancers);
      awaitClient(socket, options, admit);
    });
    servers.push(server);
    return server;
  };
  // A reverse proxy's connections stand for many clients: they stay, whichever client has the penalty.
  limiter.listen({ onPenalty: (source) => void sockets.destroyOf(source) });
  const report = (problem: Error) => options.onSocketProblem?.(problem); // out of file descriptors: the next one may work
  const server = open();
  server.once('listening', () => server.on('error', report)); // before, the start fails
  return {
    server,
    listen: (other) => void open().on('error', report).listen(other),
    async stop() {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
    destroySockets: () => sockets.destroyAll(),
  };
}

const refuse = (socket: Socket, problem: Error, options: HelloListenerOptions): void => {
  options.onTlsError(problem, connectionAddress(socket) ?? '');
  socket.destroy();
};

/** Waits for the PROXY header of a balancer's connection, notes the client that it names, and admits the connection. */
function awaitClient(socket: Socket, options: HelloListenerOptions, admit: (socket: Socket) => void): void {
  const ignored = () => undefined;
  socket.on('error', ignored);
  const first: FirstOctets<string | undefined> = {
    name: 'PROXY header',
    most: largestProxyHeader,
    milliseconds: options.helloMilliseconds,
    read(octets) {
      const header = readProxyHeader(octets);
      if (header.kind === 'incomplete') return undefined;
      if (header.kind === 'malformed') return new Error(header.problem);
      return { value: header.kind === 'client' ? header.address : undefined, length: header.length };
    },
  };
  const onAddress = (address: string | undefined) => {
    socket.off('error', ignored);
    resumeSoon(socket);
    if (address === undefined) return welcome(socket, options); // the balancer itself, which is not limited
    noteConnectionClient(socket, address);
    admit(socket);
  };
  awaitFirst(socket, first, onAddress, (problem) => refuse(socket, problem, options));
}

/** Waits for the ClientHello of a connection and hands it to its host, in its turn. */
function welcome(socket: Socket, options: HelloListenerOptions): void {
  socket.on('error', (problem) => options.onTlsError(problem, connectionAddress(socket) ?? ''));
  const first: FirstOctets<string | undefined> = {
    name: 'ClientHello',
    most: largestHello,
    milliseconds: options.helloMilliseconds,
    read(octets) {
      const hello = readClientHello(octets);
      if (hello.kind === 'incomplete') return undefined;
      return hello.kind === 'host' ? { value: hello.name, length: 0 } : notHello();
    },
  };
  const toHost = (name: string | undefined) => {
    const host = options.hostOf(name);
    if (!host) return refuse(socket, new Error(`no host ${name ?? '(unnamed)'} here`), options);
    const begin = () => {
      if (socket.destroyed) return;
      host.take(socket);
      resumeSoon(socket);
    };
    if (host.goesFirst) begin();
    else enterQueue('handshake', (turn) => options.turns.enter(turn), begin, options.onWait);
  };
  awaitFirst(socket, first, toHost, (problem) => refuse(socket, problem, options));
}

const notHello = (): Error => new Error('the first bytes are not a ClientHello');

/** What a connection begins with. */
interface FirstOctets<T> {
  /** For messages. */
  readonly name: string;
  /** Octets at most. */
  readonly most: number;
  readonly milliseconds: number;
  /** Undefined where more octets are needed; else what they say, and how many of them are not for the next reader. */
  read(octets: Buffer): { readonly value: T; readonly length: number } | Error | undefined;
}

/** The next reader hears from the socket once it is there. */
const resumeSoon = (socket: Socket): void => process.nextTick(() => socket.resume());

/** Gathers what a connection begins with, gives the octets that are not used up back to the socket, and pauses it. */
function awaitFirst<T>(
  socket: Socket,
  { name, most, milliseconds, read }: FirstOctets<T>,
  onRead: (value: T) => void,
  refused: (problem: Error) => void,
): void {
  let buffer: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => done(() => refused(new Error(`no ${name} in time`))), milliseconds);
  const done = (next: () => void): void => {
    clearTimeout(timer);
    socket.off('data', gather).off('end', end).off('close', end);
    next();
  };
  const end = () => done(() => refused(new Error(`the connection ended before a ${name}`)));
  const gather = (chunk: Buffer): void => {
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk]);
    const result = read(buffer);
    if (result === undefined && buffer.length <= most) return;
    if (result === undefined || result instanceof Error) {
      done(() => refused(result ?? new Error(`the ${name} is too long`)));
      return;
    }
    done(() => {
      socket.pause();
      const rest = buffer.subarray(result.length);
      if (rest.length > 0) socket.unshift(rest);
      onRead(result.value);
    });
  };
  socket.on('data', gather).on('end', end).on('close', end);
}
