import type { VerifiedPath } from '../x509/path.ts';
import type { TrustedAuthority, TrustStore } from '../x509/trust-store.ts';
import type { CrlRequest, CrlSigner } from './answer.ts';
import { signersFor } from './issuers/signers.ts';
import { isExempt, type Link, linksOf } from './links.ts';
import type { RevocationPolicy } from './policy.ts';

/**
 * The CRLs a path needs: one request for each CA above the leaf that has an address and is not exempt (CRL-1, CRL-2). The
 * record of the CA says where, never the certificate (TS-7).
 */
export function crlsNeeded(path: VerifiedPath, store: TrustStore, policy?: RevocationPolicy): CrlRequest[] {
  const links = linksOf(path, store).filter((link) => policy === undefined || !isExempt(link, policy));
  return links.flatMap((link) => requestFor(link, store));
}

/** One request for each CA of the store that has an address: what there is to refresh, to import and to show. */
export function crlsConfigured(store: TrustStore): CrlRequest[] {
  return store.authorities.flatMap((authority) => requestTo(authority, signersFor(authority.certificate, store)));
}

function requestFor({ certificate, issuer, authority }: Link, store: TrustStore): CrlRequest[] {
  return authority ? requestTo(authority, signersFor(issuer, store, certificate)) : [];
}

function requestTo(authority: TrustedAuthority, signers: readonly CrlSigner[]): CrlRequest[] {
  const {
    id: authorityId,
    certificateRevocationListUrl: baseUrl,
    deltaCertificateRevocationListUrl: deltaUrl,
  } = authority;
  const furtherUrls = authority.revocation?.furtherCrlUrls ?? [];
  return baseUrl ? [{ authorityId, baseUrl, deltaUrl: deltaUrl || undefined, furtherUrls, signers }] : [];
}
