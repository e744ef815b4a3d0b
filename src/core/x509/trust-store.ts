import { hexOf } from '../hex.ts';
import { CardeaError } from '../trace/fault.ts';
import type { AlgorithmPolicy } from './algorithms/algorithm-policy.ts';
import { type Certificate, readCertificate } from './certificate.ts';

/** A CA as an administrator uploaded it (specification §2.2). */
export interface TrustedAuthority {
  readonly id: string;
  readonly certificate: Certificate;
  /** A root is a trust anchor; an intermediate is a link that must itself lead to a root. */
  readonly authorityType: 'root' | 'intermediate';
  readonly certificateRevocationListUrl: string | undefined;
  readonly deltaCertificateRevocationListUrl: string | undefined;
  readonly isIssuerHintEnabled: boolean;
  /** What this CA's revocation does beyond Entra; nothing unless an administrator chose it. */
  readonly revocation?: AuthorityRevocation;
  /** Which of the two stores it came from (§2.1, §2.6). */
  readonly store: 'pki' | 'classic';
  /** Why the classic store's record is the one used (COEX-1); absent where the PKI-based store's is. */
  readonly legacyStoreUse?: LegacyStoreUse;
}

/** COEX-1, "Legacy Store Use Information": the CA is there alone, or its record there says more about its CRLs. */
export type LegacyStoreUse = 'onlyInClassicStore' | 'listOnlyInClassicStore' | 'listsDiffer';

/** Everything a tenant trusts. Immutable; built once per policy version, so an implementation may index it. */
export interface TrustStore {
  readonly authorities: readonly TrustedAuthority[];
  /** Which signatures and keys count; {@link defaultAlgorithmPolicy} where absent. */
  readonly algorithms?: AlgorithmPolicy;
}

/** Settings of one CA that Entra does not have (specification §13, rows 2 and 3). */
export interface AuthorityRevocation {
  /** Further addresses of the base CRL, asked in this order when the ones before do not deliver. */
  readonly furtherCrlUrls?: readonly string[];
  /** How long after nextUpdate its CRLs may still be used. */
  readonly graceSeconds?: number;
  /** A responder to ask (RFC 6960): before the CRLs, or where they cannot be had. */
  readonly ocsp?: OcspSettings;
}
export interface OcspSettings {
  readonly url: string;
  readonly order: 'first' | 'second';
  /** Demands that the responder echo a nonce: no cached response then, and many responders cannot. */
  readonly nonce?: boolean;
}

/** A record of either store, before it is known which of two counts. */
export interface UploadedAuthority extends Omit<TrustedAuthority, 'certificate' | 'legacyStoreUse'> {
  readonly der: Uint8Array;
}

/**
 * What a tenant trusts, from the records of both stores: of a CA that is in both, one record counts (§2.6).
 * @throws certificateUnreadable: what was stored was read once before, so the database is damaged
 */
export function trustStoreOf(
  uploadedAuthoritys: readonly UploadedAuthority[],
  algorithms?: AlgorithmPolicy,
): TrustStore {
  const byCertificate = Map.groupBy(uploadedAuthoritys.map(read), ({ certificate }) => certificate.sha256Thumbprint);
  const authorities = [...byCertificate.values()].flatMap(chooseRecords);
  return algorithms ? { authorities, algorithms } : { authorities };
}

/** §2.6, row by row. Records of one certificate; each store has at most one. */
function chooseRecords(records: readonly TrustedAuthority[]): readonly TrustedAuthority[] {
  const pki = records.find(({ store }) => store === 'pki');
  const classic = records.find(({ store }) => store === 'classic');
  if (!classic || !pki) return records.map((only) => (only === classic ? legacy(only, 'onlyInClassicStore') : only));
  const use = useOfClassic(pki, classic);
  // The hint names a CA to browsers and has nothing to do with its CRLs; the classic store knows none (§2.1).
  return use ? [legacy({ ...classic, isIssuerHintEnabled: pki.isIssuerHintEnabled }, use)] : [pki];
}

/** A CRL beats none, whichever record has it: to take the record without would be to check less than was asked for. */
function useOfClassic(pki: TrustedAuthority, classic: TrustedAuthority): LegacyStoreUse | undefined {
  if (!classic.certificateRevocationListUrl) return undefined;
  if (!pki.certificateRevocationListUrl) return 'listOnlyInClassicStore';
  const twin =
    pki.certificateRevocationListUrl === classic.certificateRevocationListUrl &&
    (pki.deltaCertificateRevocationListUrl || undefined) === (classic.deltaCertificateRevocationListUrl || undefined);
  return twin ? undefined : 'listsDiffer';
}

const legacy = (authority: TrustedAuthority, legacyStoreUse: LegacyStoreUse): TrustedAuthority => ({
  ...authority,
  legacyStoreUse,
});

function read(uploadedAuthority: UploadedAuthority): TrustedAuthority {
  const { id, der, authorityType, isIssuerHintEnabled, revocation, store } = uploadedAuthority;
  const { certificateRevocationListUrl, deltaCertificateRevocationListUrl } = uploadedAuthority;
  const urls = { certificateRevocationListUrl, deltaCertificateRevocationListUrl };
  const ruling = readCertificate(der);
  if (ruling.outcome !== 'passed') throw new CardeaError(ruling.because);
  const more = revocation ? { revocation } : {};
  return { id, certificate: ruling.value, authorityType, ...urls, isIssuerHintEnabled, ...more, store };
}

/** A record as the audit log tells it (AUD-2): the certificate in base64, with the key identifier it is known by. */
export function describeAuthority<T extends { readonly der: Uint8Array }>({ der, ...row }: T) {
  const ruling = readCertificate(der);
  const ski = ruling.outcome === 'passed' ? ruling.value.subjectKeyIdentifier : undefined;
  return {
    ...row,
    certificate: Buffer.from(der).toString('base64'),
    ...(ski ? { subjectKeyIdentifier: hexOf(ski) } : {}),
  };
}
