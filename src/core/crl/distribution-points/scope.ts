import type { Certificate } from '../../x509/certificate.ts';
import { type Name, sameName } from '../../x509/name.ts';
import type { Crl, IssuingDistributionPoint } from '../format/crl.ts';
import { type DistributionPoint, type DistributionPointName, directoryNames, shareName } from './distribution-point.ts';

/**
 * Is this the CRL for this certificate, by this distribution point of it? RFC 5280 §6.3.3 (b). Undefined means yes;
 * otherwise why not.
 */
export function outOfScope(crl: Crl, certificate: Certificate, point: DistributionPoint): string | undefined {
  const { scope } = crl;
  if (!isByIssuer(crl, certificate, point)) return 'the CRL is of another issuer';
  if (!scope) return undefined;
  if (!isNamed(scope, crl.issuer, point)) return 'the CRL is for another distribution point'; // (b) (2) (i)
  const isCa = certificate.basicConstraints?.cA ?? false;
  if (scope.onlyContainsUserCerts && isCa) return 'the CRL is only for certificates of users'; // (ii)
  if (scope.onlyContainsCACerts && !isCa) return 'the CRL is only for certificates of CAs'; // (iii)
  return scope.onlyContainsAttributeCerts ? 'the CRL is only for attribute certificates' : undefined; // (iv)
}

/** (b) (1): the certificate's own issuer, or the one its distribution point names; that one must call its CRL indirect. */
function isByIssuer(crl: Crl, certificate: Certificate, { crlIssuer }: DistributionPoint): boolean {
  if (!crlIssuer) return sameName(crl.issuer, certificate.issuer);
  return crl.scope?.indirectCRL === true && crlIssuer.some((name) => sameName(name, crl.issuer));
}

/** (b) (2) (i): a CRL for one distribution point serves only certificates that point there. */
function isNamed(
  { distributionPoint: name }: IssuingDistributionPoint,
  crlIssuer: Name,
  point: DistributionPoint,
): boolean {
  if (!name) return true;
  if (point.distributionPoint) return shareName(name, point.distributionPoint, crlIssuer);
  return issuersNamed(name).some((issuer) => (point.crlIssuer ?? []).some((second) => sameName(issuer, second)));
}

const issuersNamed = (name: DistributionPointName): Name[] =>
  name.kind === 'fullName' ? directoryNames(name.names) : [];
