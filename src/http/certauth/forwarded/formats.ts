import { fault } from '#core/trace/fault.ts';

/** A certificate as a proxy forwards it: the leaf, and the certificates that the client sent along, in DER. */
export interface Forwarded {
  readonly leaf: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

/** How one kind of proxy writes the certificate of its client into a header. */
interface ProxyFormat {
  /** Lower case. */
  readonly header: string;
  readonly chainHeader?: string;
  /**
   * Undefined where the proxy says that its client sent no certificate.
   * @throws forwardedCertificateUnreadable
   */
  read(value: string, chain: readonly string[]): Forwarded | undefined;
}

/** No certificate needs more intermediates than a path may have CAs (PATH-12). */
export const longestChain = 10;

/**
 * The formats, by the value of the setting `certificateProxyFormat`. docs/admin/proxies.md has the configuration that
 * produces each.
 */
export const proxyFormats = {
  /** RFC 9440: a byte sequence of RFC 8941, and a list of them. */
  rfc9440: {
    header: 'client-cert',
    chainHeader: 'client-cert-chain',
    read: (value, chain) => ({ leaf: byteSequence(value), chain: listOf(chain.join(','), longestChain, byteSequence) }),
  },
  /** nginx: `$ssl_client_escaped_cert`, a PEM in percent-encoding. */
  nginx: {
    header: 'x-ssl-client-cert',
    read: (value) => (value === '' ? undefined : leafOf(pemOctets(decoded(value)))),
  },
  /** Apache httpd: `%{SSL_CLIENT_CERT}s`, a PEM whose line ends mod_headers makes spaces; `(null)` without one. */
  apache: {
    header: 'x-ssl-client-cert',
    read: (value) => (value === '' || value === '(null)' ? undefined : leafOf(pemOctets(value))),
  },
  /** HAProxy: `ssl_c_der,base64` and `ssl_c_chain_der,base64`, the chain as DER values in a row. */
  haproxy: {
    header: 'x-ssl-client-der',
    read: (value) => (value === '' ? undefined : leafOf(base64(value))),
  },
  /** Traefik's PassTLSClientCert with `pem: true`: PEM without its first and last line and line ends, joined by commas. */
  traefik: {
    header: 'x-forwarded-tls-client-cert',
    read: (value) => leafFirst(listOf(decoded(value), longestChain + 1, base64)),
  },
  /** Envoy's XFCC with SANITIZE_SET and `cert` (and `chain`): the PEM in percent-encoding, in quotation marks. */
  envoy: { header: 'x-forwarded-client-cert', read: readXfcc },
} satisfies Record<string, ProxyFormat>;

export type ProxyFormatName = keyof typeof proxyFormats;
export const proxyFormatNames = Object.keys(proxyFormats) as [ProxyFormatName, ...ProxyFormatName[]];
export const proxyFormat = (name: ProxyFormatName): ProxyFormat => proxyFormats[name];

/** Every header that a format reads, lower case. */
export const certificateHeaders: ReadonlySet<string> = new Set(
  proxyFormatNames
    .map(proxyFormat)
    .flatMap(({ header, chainHeader }) => (chainHeader === undefined ? [header] : [header, chainHeader])),
);

const leafOf = (leaf: Uint8Array): Forwarded => ({ leaf, chain: [] });

function leafFirst([leaf, ...chain]: readonly Uint8Array[]): Forwarded | undefined {
  return leaf && { leaf, chain };
}

/** Items between commas. @throws forwardedCertificateUnreadable for more than `most` */
function listOf(text: string, most: number, read: (item: string) => Uint8Array): readonly Uint8Array[] {
  const items = text.split(',').filter((item) => item.trim() !== '');
  if (items.length > most) throw unreadable(`it has more than ${most} certificates`);
  return items.map((item) => read(item.trim()));
}

/** A byte sequence (RFC 8941 §3.3.5): base64 between colons, in the one way it is written. */
function byteSequence(item: string): Uint8Array {
  const text = /^:([^:]*):$/.exec(item.trim())?.[1];
  if (text === undefined) throw unreadable('it is not a byte sequence of RFC 8941');
  return base64(text);
}

/** Base64 in the one way it is written: what decodes to the same bytes in two spellings is refused. */
function base64(text: string): Uint8Array {
  const octets = Buffer.from(text, 'base64');
  if (octets.length === 0 || octets.toString('base64') !== text) throw unreadable('it is not base64');
  return new Uint8Array(octets);
}

/** One PEM certificate (RFC 7468), its line ends in any spelling. */
function pemOctets(text: string): Uint8Array {
  const content = /^\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/.exec(text)?.[1];
  if (content === undefined) throw unreadable('it is not one certificate in PEM');
  return base64(content.replace(/\s/g, ''));
}

/** Percent-encoding (RFC 3986 §2.1) taken away. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unreadable('its percent-encoding is wrong');
  }
}

/**
 * x-forwarded-client-cert: `key=value` pairs between semicolons, elements between commas. A second element is that of a
 * proxy further away, which has not proved itself.
 */
function readXfcc(value: string): Forwarded | undefined {
  if (value === '') return undefined;
  const [element, ...more] = splitUnquoted(value, ',');
  if (more.length > 0) throw unreadable('x-forwarded-client-cert has more than one element');
  const pairs = splitUnquoted(element!, ';').map((pair) => pair.split(/=(.*)/s, 2) as [string, string | undefined]);
  const pairOf = (key: string): string | undefined => {
    // URI and DNS may be there several times. These two are not.
    const [first, ...furtherPairs] = pairs.filter(([name]) => name.trim().toLowerCase() === key);
    if (furtherPairs.length > 0) throw unreadable(`x-forwarded-client-cert has ${key} twice`);
    return first && unquoted(first[1] ?? '');
  };
  const cert = pairOf('cert');
  if (cert === undefined) throw unreadable('x-forwarded-client-cert has no Cert');
  const leaf = pemOctets(decoded(cert));
  const pems = decoded(pairOf('chain') ?? '').match(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----/g) ?? [];
  if (pems.length > longestChain + 1) throw unreadable(`it has more than ${longestChain} certificates`);
  return { leaf, chain: pems.map(pemOctets).filter((item) => Buffer.compare(item, leaf) !== 0) };
}

/** Splits at a separator that does not stand in quotation marks. @throws forwardedCertificateUnreadable */
function splitUnquoted(text: string, separator: ',' | ';'): readonly string[] {
  const items: string[] = [];
  let item = '';
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === '"') isQuoted = !isQuoted;
    if (character === separator && !isQuoted) {
      items.push(item);
      item = '';
    } else if (character === '\\' && isQuoted) item += character + (text[++index] ?? '');
    else item += character;
  }
  if (isQuoted) throw unreadable('a quotation mark is not closed');
  return [...items, item];
}

const unquoted = (text: string): string => text.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/gs, '$1');

const unreadable = (problem: string) => fault('forwardedCertificateUnreadable', { problem });
