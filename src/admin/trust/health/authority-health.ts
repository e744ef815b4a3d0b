import type { CrlRequest } from '#core/crl/answer.ts';
import { crlsConfigured } from '#core/crl/needed.ts';
import { hexOf } from '#core/hex.ts';
import { messageOf } from '#core/trace/fault.ts';
import { keyFactsOf } from '#core/x509/algorithms/public-key.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { nameToString, sameName } from '#core/x509/name.ts';
import type { AuthorityRow } from '#model/authority.ts';
import type { CrlState } from '#model/crl.ts';
import type { Policies } from '#ports/policies.ts';
import type { SignInContext } from '#ports/ports.ts';
import type { CrlAdmin, Crls } from '#ports/revocation.ts';
import type { TrustStoreAdmin } from '#ports/trust-store.ts';
import { isRoot } from '../authority/authority-rules.ts';
import { storedCertificate } from '../authority/certificate-file.ts';
import { authorityWarnings, daysAhead } from './authority-warnings.ts';
import { type TrustWarning, trustWarning } from './warnings.ts';

export interface HealthPorts {
  readonly trustStore: Pick<TrustStoreAdmin, 'state'>;
  readonly policies: Policies;
  readonly crls: Pick<Crls, 'cached'>;
  readonly crlAdmin: Pick<CrlAdmin, 'stateOf'>;
}

/** One CRL of a CA: where it stands, how old it is in whole seconds, and whose key it names. */
export interface CrlHealth extends CrlState {
  readonly ageSeconds: number | undefined;
  /** Upper-case hex; undefined where the CRL names no key or is not kept. */
  readonly authorityKeyIdentifier: string | undefined;
}

export interface AuthorityHealth {
  readonly authority: AuthorityRow;
  readonly certificate: Certificate;
  /** `rsa 2048`, `ec prime256v1`. */
  readonly keyAlgorithm: string;
  /** The CA of either store that issued it. */
  readonly parentId: string | undefined;
  /** `critical`: sign-ins fail, or will within seven days. */
  readonly state: 'healthy' | 'warning' | 'critical';
  readonly warnings: readonly TrustWarning[];
  readonly crls: readonly CrlHealth[];
  /** The earliest end of the CA or one of its CRLs. It is past where something has expired. */
  readonly nextDueDateTime: Date;
}

const day = 24 * 3600 * 1000;

/** How every CA of both stores stands. Nothing is downloaded. */
export async function trustHealth(context: SignInContext<HealthPorts>): Promise<readonly AuthorityHealth[]> {
  const { ports, at } = context;
  const { authorities: rows, algorithms } = await ports.trustStore.state();
  const requests = crlsConfigured((await ports.policies.current()).trustStore);
  const authorities = rows.map((authority) => ({
    authority,
    certificate: storedCertificate(authority),
  }));
  return Promise.all(
    authorities.map(async ({ authority, certificate }) => {
      const request = requests.find(({ authorityId }) => authorityId === authority.id);
      const crls = request ? await crlsOf(request, context) : [];
      const parent = authorities.find(
        (candidate) => candidate.authority !== authority && isIssuer(candidate.certificate, certificate),
      );
      const isOrphan = !parent && !isRoot(certificate);
      const warnings = [
        ...authorityWarnings(authority, at, algorithms),
        ...(isOrphan ? [trustWarning('issuerNotInTrustStore', { issuer: nameToString(certificate.issuer) })] : []),
        ...crls.flatMap((crl) => warningsOfCrl(crl, certificate, at)),
      ];
      return {
        authority,
        certificate,
        keyAlgorithm: keyOf(certificate),
        parentId: parent?.authority.id,
        state: stateOf(warnings, at),
        warnings,
        crls,
        nextDueDateTime: nextDue(certificate, crls),
      };
    }),
  );
}

function keyOf({ subjectPublicKeyInfo }: Certificate): string {
  const facts = keyFactsOf(subjectPublicKeyInfo);
  return facts ? [facts.type, facts.bits ?? facts.curve].filter(Boolean).join(' ') : 'unknown';
}

function isIssuer(issuer: Certificate, certificate: Certificate): boolean {
  if (isRoot(certificate) || !sameName(issuer.subject, certificate.issuer)) return false;
  const [key, wanted] = [issuer.subjectKeyIdentifier, certificate.authorityKeyIdentifier];
  return !key || !wanted?.length || Buffer.compare(key, wanted) === 0;
}

async function crlsOf(
  request: CrlRequest,
  { ports: { crls, crlAdmin }, at }: SignInContext<HealthPorts>,
): Promise<readonly CrlHealth[]> {
  const states = await crlAdmin.stateOf([request]);
  const [answer] = await crls.cached([request], at);
  const fetchedCrls = [answer?.base, answer?.delta].flatMap((item) => (item?.kind === 'fetched' ? [item] : []));
  return states.map((state) => {
    const key = fetchedCrls.find(({ url }) => url === state.url)?.crl.authorityKeyIdentifier;
    const age = state.thisUpdate && Math.max(0, Math.floor((at.getTime() - state.thisUpdate.getTime()) / 1000));
    return { ...state, ageSeconds: age, authorityKeyIdentifier: key && hexOf(key) };
  });
}

function warningsOfCrl(crl: CrlHealth, { subjectKeyIdentifier }: Certificate, at: Date): readonly TrustWarning[] {
  const { url, nextUpdate, lastError, authorityKeyIdentifier: key } = crl;
  const isOther = key !== undefined && subjectKeyIdentifier && key !== hexOf(subjectKeyIdentifier);
  return [
    ...standingOf(crl, at),
    ...(lastError ? [trustWarning('crlFetchFailed', { url, problem: messageOf(lastError) }, nextUpdate)] : []),
    ...(isOther ? [trustWarning('crlOfAnotherKey', { url, key })] : []),
  ];
}

function standingOf({ source, url, lastError, nextUpdate, fetchedAt }: CrlHealth, at: Date): readonly TrustWarning[] {
  if (source === 'none') return [trustWarning(lastError ? 'crlMissing' : 'crlNotDownloaded', { url })];
  if (!nextUpdate || nextUpdate > at) return [];
  // CRL-7: an expired CRL fails no sign-in by itself: the sign-in downloads the next one.
  const isTried = lastError !== undefined || (fetchedAt !== undefined && fetchedAt >= nextUpdate);
  return [trustWarning(isTried ? 'crlExpired' : 'crlRenewalDue', { url }, nextUpdate)];
}

function stateOf(warnings: readonly TrustWarning[], at: Date): AuthorityHealth['state'] {
  const soon = at.getTime() + daysAhead.at(-1)! * day;
  const isCritical = ({ isCritical: is, code, dueDateTime }: TrustWarning) =>
    is || (code === 'authorityExpires' && dueDateTime!.getTime() <= soon);
  if (warnings.some(isCritical)) return 'critical';
  return warnings.length > 0 ? 'warning' : 'healthy';
}

function nextDue({ notAfter }: Certificate, crls: readonly CrlHealth[]): Date {
  return [notAfter, ...crls.flatMap(({ nextUpdate }) => nextUpdate ?? [])].reduce((a, b) => (b < a ? b : a));
}
