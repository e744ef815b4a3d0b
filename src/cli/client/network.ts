import { fault } from '#core/trace/fault.ts';
import { openPinnedAgent, type PinnedOptions, type PinnedServer } from '#net/outbound/pinned-agent.ts';

/** How the command line reaches a server. */
export interface Network {
  /** PEM of the CA that signed the server's TLS certificate; undefined trusts what Node trusts. */
  readonly ca: string | undefined;
  /** Servers by host name, in place of name resolution. */
  readonly servers?: ReadonlyMap<string, PinnedServer>;
  /** Accepts every TLS certificate of a server. Never the default. */
  readonly isInsecure?: boolean;
}

/** Certificate and key that are shown to servers which ask. */
export type ClientTls = Omit<PinnedOptions['tls'], 'ca' | 'rejectUnauthorized'>;

/** Connections of one client, without resumption of TLS sessions. */
export function agentOf({ ca, servers, isInsecure }: Network, tls: ClientTls) {
  const trust = { ...(ca ? { ca } : {}), ...(isInsecure ? { rejectUnauthorized: false } : {}) };
  const serverOf = (hostname: string) => servers?.get(hostname) ?? localServer(hostname);
  return openPinnedAgent({ serverOf, tls: { ...trust, ...tls }, connections: 1, seconds: 30 });
}

/** `*.localhost` is this computer, as in browsers (RFC 6761 §6.3). */
const localServer = (hostname: string): PinnedServer | undefined =>
  hostname === 'localhost' || hostname.endsWith('.localhost') ? { host: '127.0.0.1' } : undefined;

/** The server that commands ask unless `--url` names another one. */
export const usualOrigin = 'https://localhost:8443';

/** The origin of the server that an option such as `--url` names. @throws commandMisused */
export function originOf(address: string): string {
  if (!/^https?:/i.test(address) || !URL.canParse(address))
    throw fault('commandMisused', { problem: `${address} is not the address of a server.` });
  return new URL(address).origin;
}

/**
 * The servers that `--resolve HOST:ADDRESS` or `--resolve HOST:ADDRESS:PORT` names. An IPv6 address stands in brackets.
 * @throws commandMisused
 */
export function serversOf(resolutions: readonly string[]): ReadonlyMap<string, PinnedServer> {
  return new Map(
    resolutions.map((resolution) => {
      const [, host, bracketAddress, plainAddress, port] =
        /^([\w.-]+):(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(resolution) ?? [];
      const address = bracketAddress ?? plainAddress;
      if (host === undefined || address === undefined)
        throw fault('commandMisused', {
          problem: `--resolve: "${resolution}" is not valid. Specify HOST:ADDRESS or HOST:ADDRESS:PORT.`,
        });
      return [host.toLowerCase(), { host: address, ...(port === undefined ? {} : { port: Number(port) }) }];
    }),
  );
}
