import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import type { HandshakeTurns } from '#net/admission/handshake-turns.ts';
import type { OnWait } from '#net/admission/queue-wait.ts';
import type { AddressSet } from '#net/limits/address-set.ts';
import type { SourceLimiter } from '#net/limits/source-limiter.ts';
import type { MinimumTls, TlsFiles } from './contexts.ts';
import type { Listener } from './requests.ts';

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
  /**
   * A further socket of a port cannot be opened, a connection cannot be accepted, or there are {@link mostConnections}: the server accepts less than
   * it should. For the operator's log.
   */
  onSocketProblem?(problem: Error): void;
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
  /** How long a connection is kept for a further request, as answers tell it (`Keep-Alive: timeout=`). */
  readonly keepAliveMilliseconds: number;
  /** How long it is kept where there are few. Default: that of `KeepAliveConnections`. */
  readonly longestKeepAliveMilliseconds?: number;
}
