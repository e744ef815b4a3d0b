import type { Notes } from '../../asn1/der.ts';
import { contextConstructed, contextPrimitive } from '../../asn1/tags.ts';
import type { Certificate } from '../../x509/certificate.ts';
import type { Link } from '../links.ts';
import { type DistributionPoint, distributionPointsOf } from './distribution-point.ts';

/**
 * What the certificate says, and then the rule for CRLs that no distribution point names (RFC 5280 §6.3.3, last paragraphs).
 * Slips that are read go to `notes`. @throws DerError
 */
export function pointsOf({ certificate, authority }: Link, notes: Notes): DistributionPoint[] {
  const points = distributionPointsOf(certificate, notes);
  return [...(points ?? []), issuersPoint(certificate, points ? undefined : authority?.certificateRevocationListUrl)];
}

/** The name of the certificate's issuer; and, for a certificate that says nothing, the address configured for it (TS-7). */
function issuersPoint(certificate: Certificate, url: string | undefined): DistributionPoint {
  const issuer = { tag: contextConstructed(4), contents: certificate.issuer.der, whole: certificate.issuer.der };
  const address =
    url === undefined
      ? []
      : [{ tag: contextPrimitive(6), contents: new TextEncoder().encode(url), whole: new Uint8Array() }];
  return {
    distributionPoint: { kind: 'fullName', names: [issuer, ...address] },
    reasons: undefined,
    crlIssuer: undefined,
  };
}
