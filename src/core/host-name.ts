/** A label begins and ends with a letter or digit, and has at most 63 characters (RFC 1123 §2.1, RFC 1035 §2.3.4). */
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** URL parsers take a name whose last label is a number for an IPv4 address. */
const number = /^(?:\d+|0x[0-9a-f]*)$/i;

/**
 * Whether a text is the name of a host: letters, digits, hyphens and dots, without a dot at its end and no longer than DNS allows.
 * Names of other scripts are in their ASCII form (`xn--`, RFC 5890 §2.3.2.1). An underscore is part of no host name.
 */
export function isHostName(text: string): boolean {
  const labels = text.split('.');
  return text.length <= 253 && labels.every((part) => label.test(part)) && !number.test(labels.at(-1)!);
}

/**
 * Whether a text is a host that can be connected to, as URLs have it: a name, an IPv4 address, or an IPv6 address in brackets (RFC 3986
 * §3.2.2). Containers and computers of Active Directory have names with underscores, and resolvers find them.
 */
export function isHost(text: string): boolean {
  if (/^\[[0-9a-f:.]+\]$/i.test(text)) return URL.canParse(`https://${text}`);
  return (
    isHostName(text.replaceAll('_', 'x')) ||
    (/^\d/.test(text) && URL.canParse(`https://${text}`) && new URL(`https://${text}`).hostname === text)
  );
}

/** Whether a text is a host with or without a port. Nothing can be reached at port 0. */
export function isServerAddress(text: string): boolean {
  const [, host, port = '1'] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  return host !== undefined && isHost(host) && Number(port) >= 1 && Number(port) <= 65_535;
}

/** A host as sockets and DNS take it: an IPv6 address without the brackets that it has in URLs. */
export const socketHost = (host: string): string => host.replace(/^\[(.*:.*)\]$/, '$1');

/** A host as URLs have it: an IPv6 address in brackets (RFC 3986 §3.2.2). */
export const urlHost = (host: string): string => (host.includes(':') ? `[${socketHost(host)}]` : host);

/** The name that TLS sends of a host: empty for an IP address, which is not a name (RFC 6066 §3). */
export const serverNameOf = (host: string): string => (/^[\d.]+$|:/.test(host) ? '' : host);

/** A host in the one form in which hosts are compared: lower case, and an IPv6 address without brackets, shortened as in RFC 5952. */
export function comparableHost(host: string): string {
  const url = `http://${urlHost(host.toLowerCase())}`;
  return host.includes(':') && URL.canParse(url) ? socketHost(new URL(url).hostname) : host.toLowerCase();
}

/** What a host with or without a port must be, for messages: "its host must be …". */
export const hostForm =
  'a host name (letters, digits, hyphens and dots) or an IP address, and a port must be from 1 to 65535';

/** The host of an origin, without brackets. */
export const hostOfOrigin = (origin: string): string => socketHost(new URL(origin).hostname);
