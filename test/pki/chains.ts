import type { Because } from '#core/trace/reasons.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { type PathOptions, validatePath } from '#core/x509/path.ts';
import type { TrustedAuthority, TrustStore } from '#core/x509/trust-store.ts';
import type { Authority, AuthorityOptions } from '#pki/build/authority.ts';
import type { CertificateOptions, Issued } from '#pki/build/issued.ts';
import { testCa } from './test-ca.ts';

export const at = new Date('2026-11-21T12:00:00Z');

export function certificateOf({ der }: Pick<Issued, 'der'>): Certificate {
  const ruling = readCertificate(der);
  if (ruling.outcome !== 'passed') throw new Error(JSON.stringify(ruling.because));
  return ruling.value;
}

export const trusted = (
  issuedCard: Pick<Issued, 'der'>,
  authorityType: TrustedAuthority['authorityType'],
): TrustedAuthority => ({
  id: Buffer.from(issuedCard.der).toString('base64').slice(0, 64),
  certificate: certificateOf(issuedCard),
  authorityType,
  certificateRevocationListUrl: undefined,
  deltaCertificateRevocationListUrl: undefined,
  isIssuerHintEnabled: false,
  store: 'pki',
});

/** A store of roots and intermediates. */
export const storeOf = (
  roots: readonly Pick<Issued, 'der'>[],
  intermediates: readonly Pick<Issued, 'der'>[] = [],
): TrustStore => ({
  authorities: [
    ...roots.map((root) => trusted(root, 'root')),
    ...intermediates.map((intermediate) => trusted(intermediate, 'intermediate')),
  ],
});

/** A chain as a row of a table: what each certificate says beside the usual, root first. */
export interface Chain {
  readonly root?: AuthorityOptions;
  /** From the root down. A `subject` of an earlier CA makes a self-issued one. */
  readonly cas?: readonly AuthorityOptions[];
  readonly leaf?: CertificateOptions;
  readonly options?: PathOptions;
  readonly at?: Date;
}

/** Issues the chain, uploads its CAs, and says what became of it. */
export function evaluateChain({
  root: rootOptions,
  cas = [{}],
  leaf = {},
  options = {},
  at: when = at,
}: Chain): Because {
  const root = testCa('Root', rootOptions);
  const intermediates: Authority[] = [];
  for (const [index, ca] of cas.entries())
    intermediates.push((intermediates.at(-1) ?? root).issueCa(ca.subject ?? `CA ${index + 1}`, ca));
  const card = (intermediates.at(-1) ?? root).issueUserCertificate({ subject: 'CN=ana@woodgrove.com', ...leaf });
  return validatePath(certificateOf(card), storeOf([root], intermediates), when, options).because;
}
