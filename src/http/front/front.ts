import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { fault } from '#core/trace/fault.ts';
import { AddressSet } from '#net/address-set.ts';
import { HandshakeTurns } from '#net/admission/handshake-turns.ts';
import type { OnWait } from '#net/admission/queue-wait.ts';
import { connectionAddress } from '#net/connection-source.ts';
import { SourceLimiter, unixAddress } from '#net/source-limiter.ts';
import { Contexts, type MinimumTls, type TlsFiles, unresumable, versionsFrom } from './contexts.ts';
import { type HelloListener, helloListener } from './hello-listener.ts';
import { type Limits, limited, refuseExpectation, transportSecurity } from './limited.ts';
import { ProxySocket } from './proxy-socket.ts';
import { type Listener, Requests } from './requests.ts';

export interface FrontOptions {
  readonly listen: string;
  readonly port: number;
  /** When it differs from `port`, login and certauth have a port each. */
  readonly certauthPort: number;
  readonly loginHost: string;
  readonly certauthHost: string;
  /** The host where devices are registered: a client certificate is requested and not required. */
  readonly registrationHost: string;
  readonly certificate: TlsFiles;
  /** The oldest version of TLS that is spoken; 1.2 unless given. */
  readonly minimumTls?: MinimumTls;
  /** Path of the Unix socket where a reverse proxy of this computer forwards requests for the certauth host. */
  readonly certauthSocket?: string | undefined;
  /** Other processes listen on the same ports and socket. */
  readonly isOneOfSeveral?: boolean;
  /** Calls `listen` with further descriptors of the socket of `server`, on which connections are accepted as well. Default: there are none. */
  listenOnCopies?(server: Server, port: number, listen: (copy: object) => void): void;
  /** CA certificates (PEM) whose names a certauth host puts into its CertificateRequest (HINT-2); undefined names none. */
  hintsFor(certauthHost: string): Promise<readonly string[] | undefined>;
  readonly onLogin: Listener;
  readonly onCertauth: Listener;
  readonly onRegistration: Listener;
  /** A TLS handshake in which a client certificate was requested has ended. */
  onHandshake?(milliseconds: number): void;
  /** A sign-in, a request or a connection has waited in a queue, and is served now. */
  readonly onWait?: OnWait;
  /** A connection that came to nothing: bad TLS, an unknown host, a header too large. For the operator's log. */
  onTlsError(problem: Error, remoteAddress: string): void;
  readonly patience?: Partial<Patience>;
  /** Sockets at once on each port; a further one is closed at once. Default: 10 000. */
  readonly mostConnections?: number;
  /** Serves a request when it is its turn. Default: at once. */
  readonly admit?: (req: IncomingMessage, res: ServerResponse, serve: () => void) => void;
  /** When the handshakes of new connections begin. Default: one every four milliseconds while the event loop is busy. */
  readonly turns?: Pick<HandshakeTurns, 'enter'>;
  /** What one source address may do. Default: the defaults of docs/settings.md. */
  readonly limiter?: SourceLimiter;
  /** Addresses of balancers that pass TLS through and name the client by the PROXY protocol. Default: there are none. */
  readonly balancers?: AddressSet;
}
/** How long a connection may take to say whom it wants, and to finish its handshake, headers and request. */
export interface Patience {
  readonly helloMilliseconds: number;
  readonly handshakeMilliseconds: number;
  /** As long as a person may take, in the middle of a handshake, to find a card, choose a certificate and type a PIN. */
  readonly choosingMilliseconds: number;
  readonly headersMilliseconds: number;
  readonly requestMilliseconds: number;
}
export interface Front {
  /** @throws portUnavailable */
  listen(): Promise<{ readonly port: number; readonly certauthPort: number }>;
  setCertificate(files: TlsFiles): void;
  /** Stops accepting, lets requests under way finish for that long (default: 10 s), then closes what is left. */
  close(drainMilliseconds?: number): Promise<void>;
}

const usualPatience: Patience = {
  helloMilliseconds: 10_000,
  handshakeMilliseconds: 20_000,
  choosingMilliseconds: 180_000,
  headersMilliseconds: 20_000,
  requestMilliseconds: 60_000,
};
/** How long a client that was refused may take to read why and go. */
const farewellMilliseconds = 1_000;

/**
 * The TLS front: one TCP port (or two) in front of two HTTPS servers. The SNI of the ClientHello decides which one gets
 * the connection, because whether a certificate is asked for can only be decided before the handshake. The handshake
 * of the certauth server only collects: core judges.
 */
export function createFront(frontOptions: FrontOptions): Front {
  const options = { ...frontOptions, limiter: frontOptions.limiter ?? new SourceLimiter() };
  const contexts = new Contexts(options);
  const requests = new Requests();
  const login = httpsServer(options, contexts, requests.tracking(options.onLogin), { requestCert: false });
  const certauth = httpsServer(options, contexts, requests.tracking(options.onCertauth), {
    requestCert: true,
    rejectUnauthorized: false,
    isChosen: true,
  });
  const registration = httpsServer(options, contexts, requests.tracking(options.onRegistration), {
    requestCert: true,
    rejectUnauthorized: false,
  });
  const servers = [login, certauth, registration];
  const proxySocket =
    options.certauthSocket === undefined
      ? undefined
      : new ProxySocket(
          options.certauthSocket,
          limited(options, requests.tracking(options.onCertauth), unixAddress),
          options.isOneOfSeveral,
        );
  const isCertauth = (name: string | undefined) =>
    name === options.certauthHost || (name?.endsWith(`.${options.certauthHost}`) ?? false);
  // An address instead of a name, or another name of this computer, gets the login pages and never asks for a certificate.
  const withoutCertauth = (name: string | undefined) => (isRegistration(name, options) ? registration : login);
  const byName = (name: string | undefined) => (isCertauth(name) ? certauth : withoutCertauth(name));
  const turns = options.turns ?? new HandshakeTurns();
  const open = (route: (name: string | undefined) => HttpsServer | undefined) =>
    helloListener({
      ...options,
      mostConnections: options.mostConnections ?? 10_000,
      balancers: options.balancers ?? new AddressSet(),
      helloMilliseconds: options.patience?.helloMilliseconds ?? usualPatience.helloMilliseconds,
      turns,
      hostOf(name) {
        const server = route(name);
        return server && { goesFirst: server === certauth, take: (socket) => void server.emit('connection', socket) };
      },
    });
  const helloListeners =
    options.certauthPort === options.port
      ? [open(byName)]
      : [open(withoutCertauth), open((name) => (isCertauth(name) ? certauth : undefined))];
  return {
    async listen() {
      await proxySocket?.listen();
      const port = await bind(helloListeners[0]!, options.port, options);
      if (!helloListeners[1]) return { port, certauthPort: port };
      try {
        return { port, certauthPort: await bind(helloListeners[1], options.certauthPort, options) };
      } catch (problem) {
        await helloListeners[0]!.stop(); // both or none
        throw problem;
      }
    },
    setCertificate(files) {
      contexts.replace(files);
      // Who names no host gets the server's own context, which asks no SNICallback.
      for (const server of servers)
        server.setSecureContext({ ...files, ...unresumable, ...versionsFrom(options.minimumTls) });
    },
    async close(drainMilliseconds = 10_000) {
      const closing = [...helloListeners.map((context) => context.stop()), proxySocket?.close()];
      await requests.drain(drainMilliseconds, () => {
        for (const server of servers) server.closeIdleConnections();
      });
      for (const context of helloListeners) context.destroySockets();
      await Promise.all(closing);
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

/** The configured host, and the name that clients look up below each of their domains (windows-sign-in §0.3). */
const isRegistration = (name: string | undefined, { registrationHost }: FrontOptions): boolean =>
  name === registrationHost || (name?.startsWith('enterpriseregistration.') ?? false);

type Limited = FrontOptions & Limits;
/** Whether a server requests a client certificate, and whether a person chooses it in the middle of the handshake. */
interface TlsRequest {
  readonly requestCert: boolean;
  readonly rejectUnauthorized?: boolean;
  readonly isChosen?: boolean;
}

function httpsServer(
  options: Limited,
  contexts: Contexts,
  listener: Listener,
  { isChosen = false, ...asks }: TlsRequest,
): HttpsServer {
  const patience = { ...usualPatience, ...options.patience };
  const server = createHttpsServer({
    ...options.certificate,
    ...asks,
    ...unresumable,
    ...versionsFrom(options.minimumTls),
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: isChosen ? patience.choosingMilliseconds : patience.handshakeMilliseconds,
    maxHeaderSize: 16 * 1024,
    requireHostHeader: false, // Node's own answer has no HSTS
    headersTimeout: patience.headersMilliseconds,
    requestTimeout: patience.requestMilliseconds,
    connectionsCheckingInterval: Math.min(5_000, patience.headersMilliseconds),
    keepAliveTimeout: 15_000,
    SNICallback: (name, answer) => {
      contexts.of(name, asks.requestCert).then(
        (context) => answer(null, context),
        (problem: Error) => answer(problem),
      );
    },
  });
  if (isChosen) timeHandshakes(server, (milliseconds) => options.onHandshake?.(milliseconds));
  server.on('request', (req, res) => {
    // The next attempt is a new handshake, whatever certificate this one carried.
    if (asks.requestCert) res.setHeader('connection', 'close');
    limited(options, listener)(req, res);
  });
  server.on('checkExpectation', limited(options, refuseExpectation));
  server.on('tlsClientError', (problem, socket) => {
    options.onTlsError(problem, connectionAddress(socket) ?? '');
    socket.destroy();
  });
  server.on('clientError', (problem: NodeJS.ErrnoException, socket) => {
    options.onTlsError(problem, connectionAddress(socket as Socket) ?? '');
    if (socket.writableEnded) return; // said already; the rest of what it sends is no request either
    if (!socket.writable) return void socket.destroy();
    const [status, body] = refusals[problem.code ?? ''] ?? ['400 Bad Request', 'This is not an HTTP request.\n'];
    socket.end(
      `HTTP/1.1 ${status}\r\nstrict-transport-security: ${transportSecurity}\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    // Unread bytes would turn our goodbye into a reset, and a client that never goes would keep the socket.
    socket.resume();
    const farewell = setTimeout(() => socket.destroy(), farewellMilliseconds);
    socket.once('close', () => clearTimeout(farewell));
  });
  server.on('error', (problem) => options.onTlsError(problem, ''));
  // It never listens by itself, and Node begins to enforce headersTimeout and requestTimeout with this event.
  server.emit('listening');
  return server;
}

/** Measures each handshake of a server, by the port and address of its client. */
function timeHandshakes(server: HttpsServer, onEnd: (milliseconds: number) => void): void {
  const begun = new Map<string, number>();
  const keyOf = ({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>) =>
    `${remoteAddress} ${remotePort}`;
  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    begun.set(key, performance.now());
    socket.once('close', () => begun.delete(key));
  });
  server.on('secureConnection', (socket) => {
    const start = begun.get(keyOf(socket));
    if (start !== undefined) onEnd(performance.now() - start);
  });
}

/**
 * Answers where no whole request came, by Node's code. A browser connects ahead of its requests, and one that waited too long is answered before
 * it asks: on 408 it asks again on another connection, and shows any other status as the answer to its request.
 */
const refusals: Readonly<Record<string, readonly [status: string, body: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers of this request are too large.\n'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request was not received in time.\n'],
};

function bind({ server, listen }: HelloListener, port: number, options: FrontOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const failure = (problem: NodeJS.ErrnoException) =>
      reject(
        fault(
          'portUnavailable',
          {
            setting: port === options.port ? 'listen, port' : 'certauthOrigin',
            port,
            problem: problem.code ?? problem.message,
          },
          problem,
        ),
      );
    server.once('error', failure);
    const { listen: host, listenOnCopies } = options;
    server.listen(port, host, () => {
      server.off('error', failure);
      const { port } = server.address() as AddressInfo;
      listenOnCopies?.(server, port, listen);
      resolve(port);
    });
  });
}
