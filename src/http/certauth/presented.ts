import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { fault } from '#core/trace/fault.ts';
import { connectionAddress } from '#net/limits/connection-source.ts';
import { isProxySocket } from '../front/proxy-socket.ts';
import { type Forwarded, longestChain, type ProxyFormatName } from './forwarded/formats.ts';
import { certificateFields, forwardedCertificate } from './forwarded/forwarded.ts';

/** What the client sent in the handshake: the leaf, and the certificates it sent along, in DER. */
export type Presented = Forwarded;

/** The reverse proxies that may forward the certificate of a client, and how they write it. */
export interface CertificateProxies {
  /** SHA-256 of the certificates with which they prove themselves to us, hex. Empty: there is none. */
  readonly thumbprints: ReadonlySet<string>;
  readonly format: ProxyFormatName;
}

const noProxies: CertificateProxies = { thumbprints: new Set(), format: 'rfc9440' };

/**
 * The certificate of the person at this connection, or undefined when none came. What OpenSSL thinks of it is not asked:
 * the handshake only reads the certificate, and core evaluates it. A reverse proxy that ends TLS before us says in a header whom it had (RFC 9440, or
 * the format of the settings), and is believed when its own handshake with us showed a configured certificate, or when it
 * came through the Unix socket that only it may open. From any other client the field is not ignored but refused: a proxy
 * that lets it through would let every client name any certificate.
 * @throws forwardedCertificateForeign, forwardedCertificateUnreadable
 */
export function presentedBy(request: IncomingMessage, proxies: CertificateProxies = noProxies): Presented | undefined {
  const view = inHandshake(request);
  const isProxy = isProxySocket(request.socket) || (view !== undefined && proxies.thumbprints.has(sha256(view.leaf)));
  const fields = certificateFields(request);
  if (isProxy) return forwardedCertificate(fields, proxies.format); // the proxy's own certificate is not a user's
  if (fields.names.length === 0) return view;
  const from = (connectionAddress(request.socket) ?? '').slice(0, 64);
  throw fault('forwardedCertificateForeign', { from, header: fields.names[0]!.slice(0, 64) });
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

const sha256 = (octets: Uint8Array): string => hash('sha256', octets, 'hex');
