import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { connectionAddress } from '#net/limits/connection-source.ts';
import { type Contexts, unresumable, versionsFrom } from './contexts.ts';
import type { FrontOptions, Patience } from './front-options.ts';
import { crowdedPart, KeepAliveConnections } from './keep-alive-connections.ts';
import { type Limits, limited, refuseExpectation, transportSecurity } from './limited.ts';
import type { Listener } from './requests.ts';

export const usualPatience: Patience = {
  helloMilliseconds: 10_000,
  handshakeMilliseconds: 20_000,
  choosingMilliseconds: 180_000,
  headersMilliseconds: 20_000,
  requestMilliseconds: 60_000,
  keepAliveMilliseconds: 15_000,
};
/** Sockets at once on a port. */
export const usualConnections = 10_000;
/** How long a client that was refused may take to read why and go. */
const farewellMilliseconds = 1_000;

/** A server behind the front, and its connections. */
export interface HttpsFront {
  readonly server: HttpsServer;
  readonly connections: KeepAliveConnections;
}

type Limited = FrontOptions & Limits;
/** Whether a server requests a client certificate, and whether a person chooses it in the middle of the handshake. */
interface TlsRequest {
  readonly requestCert: boolean;
  readonly rejectUnauthorized?: boolean;
  readonly isChosen?: boolean;
}

/** A server of one of the hosts. It never listens: the front hands it connections. */
export function httpsServer(
  options: Limited,
  contexts: Contexts,
  listener: Listener,
  { isChosen = false, ...asks }: TlsRequest,
): HttpsFront {
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
    keepAliveTimeout: patience.keepAliveMilliseconds,
    SNICallback: (name, answer) => {
      contexts.of(name, asks.requestCert).then(
        (context) => answer(null, context),
        (problem: Error) => answer(problem),
      );
    },
  });
  if (isChosen) timeHandshakes(server, (milliseconds) => options.onHandshake?.(milliseconds));
  const connections = new KeepAliveConnections(server, {
    most: options.mostConnections ?? usualConnections,
    isCrowded: (socket) => options.limiter.isCrowded(connectionAddress(socket), crowdedPart),
    milliseconds: patience.longestKeepAliveMilliseconds,
  });
  server.on('request', (req, res) => {
    if (!connections.begins(req, res)) return;
    // The next attempt is a new handshake, whatever certificate this one carried.
    if (asks.requestCert) res.setHeader('connection', 'close');
    limited(options, listener)(req, res);
  });
  server.on('checkExpectation', (req, res) => {
    if (connections.begins(req, res)) limited(options, refuseExpectation)(req, res);
  });
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
  return { server, connections };
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
