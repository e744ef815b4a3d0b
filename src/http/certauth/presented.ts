import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { fault } from '#core/trace/fault.ts';

/** What the client sent in the handshake: the leaf, and the certificates it sent along, in DER. */
export interface Presented {
  readonly leaf: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

/** SHA-256 of the certificates with which reverse proxies prove themselves to us, hex. Empty: there is none. */
export type TrustedProxies = ReadonlySet<string>;

const trustedProxies: TrustedProxies = new Set();

/** No certificate needs more intermediates than a path may have CAs (PATH-12). */
const longestChain = 10;

/**
 * The certificate of the person at this connection, or undefined when none came. What OpenSSL thinks of it is not asked:
 * the handshake collects, core judges. A reverse proxy that ends TLS before us says in `Client-Cert` whom it had
 * (RFC 9440), and is believed when its own handshake with us showed a configured certificate. From any other client the
 * field is not ignored but refused: a proxy that lets it through would let every client name any certificate.
 * @throws forwardedCertificateForeign, forwardedCertificateUnreadable
 */
export function presentedBy(request: IncomingMessage, proxies: TrustedProxies = trustedProxies): Presented | undefined {
  const view = inHandshake(request);
  const forwarded = request.headersDistinct['client-cert'];
  const chain = request.headersDistinct['client-cert-chain'];
  const isProxy = view !== undefined && proxies.has(sha256(view.leaf));
  if (!forwarded && !chain) return isProxy ? undefined : view; // the proxy's own certificate is not a user's
  if (!isProxy) throw fault('forwardedCertificateForeign', { from: (request.socket.remoteAddress ?? '').slice(0, 64) });
  if (!forwarded) throw unreadable('Client-Cert-Chain came without Client-Cert');
  // RFC 9440 §2.2: a single item, which several fields never are. A proxy that passes on what the client sent has two.
  if (forwarded.length > 1) throw unreadable('Client-Cert came more than once');
  return { leaf: octetsOf(forwarded[0]!), chain: chainOf(chain ?? []) };
}

function inHandshake({ socket }: IncomingMessage): Presented | undefined {
  if (!(socket instanceof TLSSocket) || socket.isSessionReused()) return undefined;
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) return undefined;
  const chain: Uint8Array[] = [];
  for (let next = leaf.issuerCertificate; next && chain.length < longestChain; next = next.issuerCertificate) {
    chain.push(new Uint8Array(next.raw));
  }
  return { leaf: new Uint8Array(leaf.raw), chain };
}

/** RFC 9440 §2.3: a list, in one field or in several. */
function chainOf(fields: readonly string[]): readonly Uint8Array[] {
  const items = fields
    .join(',')
    .split(',')
    .filter((item) => item.trim() !== '');
  if (items.length > longestChain) throw unreadable(`Client-Cert-Chain has more than ${longestChain} certificates`);
  return items.map(octetsOf);
}

/** A byte sequence (RFC 8941 §3.3.5): base64 between colons, in the one way it is written. */
function octetsOf(item: string): Uint8Array {
  const text = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(item.trim())?.[1];
  const octets = text === undefined ? undefined : Buffer.from(text, 'base64');
  if (!octets || octets.toString('base64') !== text) throw unreadable('it is no byte sequence of RFC 8941');
  return new Uint8Array(octets);
}

const unreadable = (problem: string) => fault('forwardedCertificateUnreadable', { problem });
const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
