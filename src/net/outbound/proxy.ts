import { isIP } from 'node:net';
import { comparableHost } from '#core/host-name.ts';
import { AddressSet, isAddressOrNetwork } from '../limits/address-set.ts';

/** A proxy through which requests leave the network. */
export interface OutboundProxy {
  /** http or https, without user name and password. */
  readonly url: URL;
  /** The header `Proxy-Authorization`; absent where the proxy asks for none. */
  readonly authorization: string | undefined;
  /** Whether requests to this host do not use the proxy. */
  isExcepted(hostname: string): boolean;
}

/** This computer, which no proxy reaches. */
const thisComputer = new AddressSet(['127.0.0.0/8', '::1']);

/**
 * Reads a proxy from settings. @param exceptions host names, `.example.org` for a domain and every host below it, IP addresses and
 * networks (`10.0.0.0/8`); networks compare with hosts that are written as addresses
 */
export function outboundProxy(address: string, exceptions: readonly string[]): OutboundProxy {
  const url = new URL(address);
  const { username, password } = url;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  url.username = '';
  url.password = '';
  const networks = new AddressSet(exceptions.filter(isAddressOrNetwork));
  const names = exceptions.filter((entry) => !isAddressOrNetwork(entry)).map((entry) => entry.toLowerCase());
  return {
    url,
    authorization: username === '' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`,
    isExcepted(hostname) {
      const host = comparableHost(hostname).replace(/\.$/, '');
      if (isIP(host)) return thisComputer.has(host) || networks.has(host);
      if (host === 'localhost' || host.endsWith('.localhost')) return true;
      return names.some(
        (name) =>
          host === name.replace(/^\*?\./, '') || (/^\*?\./.test(name) && host.endsWith(name.replace(/^\*/, ''))),
      );
    },
  };
}
