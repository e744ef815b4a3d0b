import { tags } from '../asn1/tags.ts';
import type { CertId } from './cert-id.ts';

/** AlgorithmIdentifier of SHA-1 with NULL, as RFC 5019 §2.1.1 wants it. */
const sha1Algorithm = Uint8Array.of(0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00);
/** id-pkix-ocsp-nonce, 1.3.6.1.5.5.7.48.1.2 */
const nonceOid = Uint8Array.of(0x06, 0x09, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02);

/** The DER of an OCSP request for one certificate, unsigned (RFC 6960 §4.1.1); with a nonce when one is given. */
export function ocspRequest(
  { issuerNameHash, issuerKeyHash, serialNumber }: CertId,
  nonce: Uint8Array | undefined,
): Uint8Array {
  const certId = tlv(
    tags.sequence,
    sha1Algorithm,
    tlv(tags.octetString, issuerNameHash),
    tlv(tags.octetString, issuerKeyHash),
    tlv(tags.integer, serialNumber),
  );
  const requestList = tlv(tags.sequence, tlv(tags.sequence, certId));
  const extensions = nonce ? [tlv(0xa2, tlv(tags.sequence, nonceExtension(nonce)))] : [];
  return tlv(tags.sequence, tlv(tags.sequence, requestList, ...extensions));
}

const nonceExtension = (nonce: Uint8Array): Uint8Array =>
  tlv(tags.sequence, nonceOid, tlv(tags.octetString, tlv(tags.octetString, nonce)));

/** A request has a few hundred octets, so a length has at most two. */
function tlv(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const contents = Buffer.concat(parts);
  const { length } = contents;
  const header =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.from(header), contents]);
}
