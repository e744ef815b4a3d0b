import type { Server as HttpsServer } from 'node:https';
import { fault } from '#core/trace/fault.ts';
import { HandshakeTurns } from '#net/admission/handshake-turns.ts';
import { AddressSet } from '#net/limits/address-set.ts';
import { SourceLimiter, unixAddress } from '#net/limits/source-limiter.ts';
import { Contexts, type TlsFiles, unresumable, versionsFrom } from './contexts.ts';
import type { FrontOptions } from './front-options.ts';
import { type HelloListener, helloListener } from './hello-listener.ts';
import { type HttpsFront, httpsServer, usualConnections, usualPatience } from './https-server.ts';
import { limited } from './limited.ts';
import { listenAlone, listening } from './port.ts';
import { ProxySocket } from './proxy-socket.ts';
import { Requests } from './requests.ts';

export interface Front {
  /** @throws portUnavailable */
  listen(): Promise<{ readonly port: number; readonly certauthPort: number }>;
  setCertificate(files: TlsFiles): void;
  /** Stops accepting, lets requests under way finish for that long (default: 10 s), then closes the other connections. */
  close(drainMilliseconds?: number): Promise<void>;
}

/**
 * The TLS front: one TCP port (or two) in front of two HTTPS servers. The SNI of the ClientHello decides which one gets
 * the connection, because whether a certificate is requested can only be decided before the handshake. The handshake
 * of the certauth server only reads the certificate: core evaluates it.
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
  const fronts = [login, certauth, registration];
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
  const withoutCertauth = (name: string | undefined) => (isRegistration(name, options) ? registration : login).server;
  const byName = (name: string | undefined) => (isCertauth(name) ? certauth.server : withoutCertauth(name));
  const turns = options.turns ?? new HandshakeTurns();
  const open = (route: (name: string | undefined) => HttpsServer | undefined) =>
    helloListener({
      ...options,
      mostConnections: options.mostConnections ?? usualConnections,
      balancers: options.balancers ?? new AddressSet(),
      helloMilliseconds: options.patience?.helloMilliseconds ?? usualPatience.helloMilliseconds,
      turns,
      hostOf(name) {
        const server = route(name);
        return (
          server && { goesFirst: server === certauth.server, take: (socket) => void server.emit('connection', socket) }
        );
      },
    });
  const helloListeners =
    options.certauthPort === options.port
      ? [open(byName)]
      : [open(withoutCertauth), open((name) => (isCertauth(name) ? certauth.server : undefined))];
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
      for (const { server } of fronts)
        server.setSecureContext({ ...files, ...unresumable, ...versionsFrom(options.minimumTls) });
    },
    async close(drainMilliseconds = 10_000) {
      const closing = [...helloListeners.map((context) => context.stop()), proxySocket?.close()];
      await requests.drain(drainMilliseconds, () => endEach(fronts, 'endIdle'));
      endEach(fronts, 'endWaiting');
      for (const context of helloListeners) context.destroySockets();
      await Promise.all(closing);
      for (const { server } of fronts) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

const endEach = (fronts: readonly HttpsFront[], end: 'endIdle' | 'endWaiting'): void => {
  for (const { connections } of fronts) connections[end]();
};

/** The configured host, and the name that clients look up below each of their domains (windows-sign-in §0.3). */
const isRegistration = (name: string | undefined, { registrationHost }: FrontOptions): boolean =>
  name === registrationHost || (name?.startsWith('enterpriseregistration.') ?? false);

async function bind({ server, listen }: HelloListener, port: number, options: FrontOptions): Promise<number> {
  const endpoint = { port, host: options.listen };
  try {
    if (!options.isOneOfSeveral) return await listenAlone(server, endpoint, listen);
    const bound = await listening(server, endpoint);
    options.listenOnCopies?.(server, bound, listen);
    return bound;
  } catch (problem) {
    const setting = port === options.port ? 'listen, port' : 'certauthOrigin';
    const { code, message } = problem as NodeJS.ErrnoException;
    throw fault('portUnavailable', { setting, port, problem: code ?? message }, problem);
  }
}
