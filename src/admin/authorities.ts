import { fault } from '../core/trace/fault.ts';
import { defaultAlgorithmPolicy } from '../core/x509/algorithm-policy.ts';
import type { Certificate } from '../core/x509/certificate.ts';
import { nameToString } from '../core/x509/name.ts';
import { checkSignature } from '../core/x509/signature.ts';
import type { OcspSettings } from '../core/x509/trust-store.ts';
import type { AdminPorts, AuthorityRow } from '../ports.ts';

/** A CA as an administrator hands it in; what is left out is worked out from the certificate. */
export interface NewAuthority {
  readonly certificate: Certificate;
  readonly displayName?: string | undefined;
  readonly authorityType?: 'root' | 'intermediate' | undefined;
  readonly certificateRevocationListUrl?: string | undefined;
  readonly deltaCertificateRevocationListUrl?: string | undefined;
  readonly isIssuerHintEnabled?: boolean | undefined;
}

/** Entra's size of one CA object (specification §2.1). */
const largestAuthority = 8 * 1024;

/**
 * Adds a CA to the tenant's trust store (TS-1, TS-2, TS-4 … TS-6, TS-10).
 * @throws authorityNotCa, authoritySignatureWrong, authorityTooLarge, crlUrlInvalid, deltaWithoutBase, authorityDuplicate
 */
export async function addAuthority(
  asked: NewAuthority,
  at: Date,
  actor: string,
  ports: AdminPorts,
): Promise<AuthorityRow> {
  const { certificate } = asked;
  const subject = nameToString(certificate.subject);
  checkCa(certificate, subject);
  checkWhole(certificate, subject);
  checkUrls(asked);
  const row: AuthorityRow = {
    id: crypto.randomUUID(),
    der: certificate.der,
    displayName: asked.displayName ?? subject,
    authorityType: asked.authorityType ?? (isRoot(certificate) ? 'root' : 'intermediate'),
    certificateRevocationListUrl: asked.certificateRevocationListUrl,
    deltaCertificateRevocationListUrl: asked.deltaCertificateRevocationListUrl,
    isIssuerHintEnabled: asked.isIssuerHintEnabled ?? false,
    store: 'pki',
    createdDateTime: at,
  };
  const known = await ports.trustStore.list();
  if (known.some(({ der }) => Buffer.compare(der, row.der) === 0)) {
    throw fault('authorityDuplicate', { subject, sha1Thumbprint: certificate.sha1Thumbprint });
  }
  await ports.trustStore.add(row, actor);
  return row;
}

function checkCa(certificate: Certificate, subject: string): void {
  if (certificate.der.length > largestAuthority) {
    throw fault('authorityTooLarge', { bytes: certificate.der.length, limit: largestAuthority });
  }
  // A version 1 root carries no extensions; whoever uploads it as a root vouches for it (RFC 5280 §6.1.1 (d)).
  if (certificate.version === 3 && !certificate.basicConstraints?.cA) throw fault('authorityNotCa', { subject });
}

/**
 * A root vouches for itself, so its own signature proves only that the file is whole; and that is worth knowing before
 * it is trusted. Old roots are signed with what no card may be signed with any more.
 */
function checkWhole(certificate: Certificate, subject: string): void {
  if (!isRoot(certificate)) return;
  const { hashes, ...rest } = defaultAlgorithmPolicy;
  const old = { ...rest, hashes: [...hashes, 'sha1'], minimumRsaBits: 1024 };
  const ruling = checkSignature(certificate, certificate.subjectPublicKeyInfo, old);
  if (ruling.because.code === 'signatureWrong') throw fault('authoritySignatureWrong', { subject });
}

/** PATH-4: a root names itself as issuer, and its own key where it names one. A link certificate names an older key. */
function isRoot({ issuer, subject, authorityKeyIdentifier, subjectKeyIdentifier }: Certificate): boolean {
  if (Buffer.compare(issuer.der, subject.der) !== 0) return false;
  return (
    !authorityKeyIdentifier?.length || Buffer.compare(authorityKeyIdentifier, subjectKeyIdentifier ?? Buffer.of()) === 0
  );
}

/** What of a CA may be changed; what is left out stays. An empty text takes an address away. */
export interface AuthorityChange {
  readonly certificateRevocationListUrl?: string | undefined;
  readonly deltaCertificateRevocationListUrl?: string | undefined;
  readonly isIssuerHintEnabled?: boolean | undefined;
  readonly furtherCrlUrls?: readonly string[] | undefined;
  readonly graceSeconds?: number | undefined;
  /** An empty URL takes the responder away. */
  readonly ocsp?: OcspSettings | undefined;
}

/** Changes a CA of the trust store. @throws nothingFound, crlUrlInvalid, deltaWithoutBase, graceInvalid */
export async function changeAuthority(
  id: string,
  asked: AuthorityChange,
  actor: string,
  ports: AdminPorts,
): Promise<AuthorityRow> {
  const row = (await ports.trustStore.list()).find((one) => one.id === id);
  if (!row) throw fault('nothingFound', { kind: 'CA', wanted: id });
  const { furtherCrlUrls = row.revocation?.furtherCrlUrls, graceSeconds = row.revocation?.graceSeconds } = asked;
  const { ocsp = row.revocation?.ocsp } = asked;
  if (graceSeconds !== undefined && !(Number.isInteger(graceSeconds) && graceSeconds >= 0))
    throw fault('graceInvalid', { graceSeconds: `${graceSeconds}` });
  const urls = {
    certificateRevocationListUrl: (asked.certificateRevocationListUrl ?? row.certificateRevocationListUrl) || undefined,
    deltaCertificateRevocationListUrl:
      (asked.deltaCertificateRevocationListUrl ?? row.deltaCertificateRevocationListUrl) || undefined,
  };
  checkUrls(urls, [...(furtherCrlUrls ?? []), ...(ocsp?.url ? [ocsp.url] : [])]);
  const changed: AuthorityRow = {
    ...row,
    ...urls,
    isIssuerHintEnabled: asked.isIssuerHintEnabled ?? row.isIssuerHintEnabled,
    revocation: {
      ...(furtherCrlUrls ? { furtherCrlUrls } : {}),
      ...(graceSeconds === undefined ? {} : { graceSeconds }),
      ...(ocsp?.url ? { ocsp } : {}),
    },
  };
  await ports.trustStore.update(changed, actor);
  return changed;
}

type CrlUrls = Pick<NewAuthority, 'certificateRevocationListUrl' | 'deltaCertificateRevocationListUrl'>;

/** TS-5, TS-6; D-3: HTTPS is taken too. */
function checkUrls(
  { certificateRevocationListUrl: base, deltaCertificateRevocationListUrl: delta }: CrlUrls,
  further: readonly string[] = [],
): void {
  if (delta && !base) throw fault('deltaWithoutBase', { deltaUrl: delta });
  for (const url of [base, delta, ...further]) {
    if (url === undefined) continue;
    if (!URL.canParse(url)) throw fault('crlUrlInvalid', { url, problem: 'it is no absolute address' });
    if (!/^(https?|ldaps?):$/.test(new URL(url).protocol))
      throw fault('crlUrlInvalid', { url, problem: 'it is neither http, https, ldap nor ldaps' });
  }
}
