import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/** What the client sent in the handshake: the leaf, and the certificates it sent along, in DER. */
export interface Presented {
  readonly leaf: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

/** Nobody's card needs more intermediates than a path may have CAs (PATH-12). */
const longestChain = 10;

/**
 * The certificate of this connection's handshake, or undefined when none came. What OpenSSL thinks of it is not asked:
 * the handshake collects, core judges.
 */
export function presentedBy({ socket }: IncomingMessage): Presented | undefined {
  if (!(socket instanceof TLSSocket) || socket.isSessionReused()) return undefined;
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) return undefined;
  const chain: Uint8Array[] = [];
  for (let next = leaf.issuerCertificate; next && chain.length < longestChain; next = next.issuerCertificate) {
    chain.push(new Uint8Array(next.raw));
  }
  return { leaf: new Uint8Array(leaf.raw), chain };
}
