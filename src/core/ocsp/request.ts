import { tags } from '../asn1/tags.ts';
import { derOf } from '../asn1/write-der.ts';
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
  const certId = derOf(
    tags.sequence,
    sha1Algorithm,
    derOf(tags.octetString, issuerNameHash),
    derOf(tags.octetString, issuerKeyHash),
    derOf(tags.integer, serialNumber),
  );
  const requestList = derOf(tags.sequence, derOf(tags.sequence, certId));
  const extensions = nonce ? [derOf(0xa2, derOf(tags.sequence, nonceExtension(nonce)))] : [];
  return derOf(tags.sequence, derOf(tags.sequence, requestList, ...extensions));
}

const nonceExtension = (nonce: Uint8Array): Uint8Array =>
  derOf(tags.sequence, nonceOid, derOf(tags.octetString, derOf(tags.octetString, nonce)));
