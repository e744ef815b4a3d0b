import type { SecureContext } from 'node:tls';
import type { Agent, buildConnector } from 'undici';
import { serverNameOf } from '#core/host-name.ts';
import { guardedConnector } from '../http-client.ts';
import { undici } from './undici.ts';

/** A server whose address the caller knows, whatever name the URL carries. */
export interface PinnedServer {
  readonly host: string;
  readonly port?: number;
}

export interface PinnedOptions {
  /** Where to connect for this host name; the name itself when undefined. */
  readonly serverOf: (hostname: string) => PinnedServer | undefined;
  readonly tls: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly secureContext?: SecureContext;
    /** False accepts every certificate of the server. */
    readonly rejectUnauthorized?: boolean;
  };
  /** Connections kept at once for one origin. */
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Connections to servers of our own, used again as long as the server keeps them; no TLS session is resumed, so each
 * new connection shows its certificate again.
 */
export function openPinnedAgent({ serverOf, tls, connections, seconds }: PinnedOptions): Agent {
  const timeout = seconds * 1000;
  const dial = guardedConnector({ ...tls, maxCachedSessions: 0, timeout }, { privateAddresses: 'allow' }, undefined);
  const connect: buildConnector.connector = (options, callback) => {
    const { host, port } = serverOf(options.hostname) ?? {};
    return dial(
      {
        ...options,
        // The name that the certificate must have: an address stays, where another address is connected to for it.
        servername: options.servername ?? (host === undefined ? serverNameOf(options.hostname) : options.hostname),
        ...(host === undefined ? {} : { hostname: host }),
        ...(port === undefined ? {} : { port: String(port) }),
      },
      callback,
    );
  };
  return new (undici().Agent)({ connect, connections, headersTimeout: timeout, bodyTimeout: timeout });
}
