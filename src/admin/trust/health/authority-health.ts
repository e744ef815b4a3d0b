import type { CrlRequest } from '#core/crl/answer.ts';
import { crlsConfigured } from '#core/crl/needed.ts';
import { wordsOf } from '#core/trace/fault.ts';
import { type Certificate, hexOf } from '#core/x509/certificate.ts';
import { nameToString, sameName } from '#core/x509/name.ts';
import { keyFactsOf } from '#core/x509/public-key.ts';
import type { AuthorityRow } from '#model/authority.ts';
import type { CrlState } from '#model/crl.ts';
import type { Policies } from '#ports/policies.ts';
import type { CrlAdmin, Crls } from '#ports/revocation.ts';
import type { TrustStoreAdmin } from '#ports/trust-store.ts';
import { isRoot } from '../authority-rules.ts';
import { certificatesIn } from '../certificate-file.ts';
import { isUnusualCrlAddress } from './crl-addresses.ts';

export interface HealthPorts {
  readonly trustStore: Pick<TrustStoreAdmin, 'list'>;
  readonly policies: Policies;
  readonly crls: Pick<Crls, 'kept'>;
  readonly crlAdmin: Pick<CrlAdmin, 'stateOf'>;
}

/** What an administrator should see to, and by when. */
export interface HealthWarning {
  readonly code:
    | 'authorityExpired'
    | 'authorityExpires'
    | 'issuerNotInTrustStore'
    | 'crlAddressMissing'
    | 'crlAddressUnusual'
    | 'crlMissing'
    | 'crlNotDownloaded'
    | 'crlExpired'
    | 'crlOfAnotherKey'
    | 'crlFetchFailed';
  readonly text: string;
  readonly dueDateTime: Date | undefined;
}

/** One list of a CA: where it stands, how old it is in whole seconds, and whose key it names. */
export interface CrlHealth extends CrlState {
  readonly ageSeconds: number | undefined;
  /** Upper-case hex; undefined where the list names no key or is not kept. */
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
  readonly warnings: readonly HealthWarning[];
  readonly crls: readonly CrlHealth[];
  /** The earliest end of the CA or one of its lists that is not past, else the latest that is. */
  readonly nextDueDateTime: Date;
}

const day = 24 * 3600 * 1000;
/** The end of a CA is announced these many days ahead, more urgently each time. */
export const daysAhead = [60, 30, 7] as const;

const critical: ReadonlySet<HealthWarning['code']> = new Set([
  'authorityExpired',
  'crlExpired',
  'crlMissing',
  'crlOfAnotherKey',
]);

/** How every CA of both stores stands. Nothing is downloaded. */
export async function trustHealth(at: Date, ports: HealthPorts): Promise<readonly AuthorityHealth[]> {
  const rows = await ports.trustStore.list();
  const requests = crlsConfigured((await ports.policies.current()).trustStore);
  const all = rows.map((authority) => ({ authority, certificate: certificatesIn(authority.der, 'CA')[0]! }));
  return Promise.all(
    all.map(async ({ authority, certificate }) => {
      const request = requests.find(({ authorityId }) => authorityId === authority.id);
      const crls = request ? await crlsOf(request, at, ports) : [];
      const parent = all.find((other) => other.authority !== authority && isIssuer(other.certificate, certificate));
      const warnings = warningsOf({ authority, certificate, crls, isOrphan: !parent && !isRoot(certificate) }, at);
      return {
        authority,
        certificate,
        keyAlgorithm: keyOf(certificate),
        parentId: parent?.authority.id,
        state: stateOf(warnings, at),
        warnings,
        crls,
        nextDueDateTime: nextDue(certificate, crls, at),
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

async function crlsOf(request: CrlRequest, at: Date, { crls, crlAdmin }: HealthPorts): Promise<readonly CrlHealth[]> {
  const states = await crlAdmin.stateOf([request]);
  const [answer] = await crls.kept([request], at);
  const lists = [answer?.base, answer?.delta].flatMap((item) => (item?.kind === 'fetched' ? [item] : []));
  return states.map((state) => {
    const key = lists.find(({ url }) => url === state.url)?.crl.authorityKeyIdentifier;
    const age = state.thisUpdate && Math.max(0, Math.floor((at.getTime() - state.thisUpdate.getTime()) / 1000));
    return { ...state, ageSeconds: age, authorityKeyIdentifier: key && hexOf(key) };
  });
}

interface Examined extends Pick<AuthorityHealth, 'authority' | 'certificate' | 'crls'> {
  /** Neither a root nor issued by a CA of the trust store. */
  readonly isOrphan: boolean;
}

function warningsOf(examined: Examined, at: Date): readonly HealthWarning[] {
  const { authority, certificate, crls, isOrphan } = examined;
  const warnings: HealthWarning[] = [...expiryOf(certificate, at)];
  const add = (code: HealthWarning['code'], text: string, dueDateTime?: Date) =>
    warnings.push({ code, text, dueDateTime });
  if (isOrphan)
    add('issuerNotInTrustStore', `Its issuer ${nameToString(certificate.issuer)} is not in the trust store.`);
  if (crls.length === 0)
    add('crlAddressMissing', 'It has no CRL address: the certificates it issues are not checked for revocation.');
  for (const url of [authority.certificateRevocationListUrl, authority.deltaCertificateRevocationListUrl])
    if (url && isUnusualCrlAddress(url))
      add('crlAddressUnusual', `The address ${url} is not of the usual form http://host.example/path/list.crl.`);
  return [...warnings, ...crls.flatMap((crl) => warningsOfList(crl, certificate, at))];
}

function expiryOf({ notAfter }: Certificate, at: Date): readonly HealthWarning[] {
  const left = (notAfter.getTime() - at.getTime()) / day;
  if (left < 0) return [{ code: 'authorityExpired', text: 'The CA has expired.', dueDateTime: notAfter }];
  const ahead = daysAhead.findLast((days) => left <= days);
  if (ahead === undefined) return [];
  return [{ code: 'authorityExpires', text: `The CA expires within ${ahead} days.`, dueDateTime: notAfter }];
}

function warningsOfList(crl: CrlHealth, { subjectKeyIdentifier }: Certificate, at: Date): readonly HealthWarning[] {
  const { url, nextUpdate, lastError, authorityKeyIdentifier } = crl;
  const warnings: HealthWarning[] = [];
  if (crl.source === 'none' && lastError) {
    warnings.push({ code: 'crlMissing', text: `There is no list from ${url}.`, dueDateTime: undefined });
  } else if (crl.source === 'none') {
    const text = `The list from ${url} has not been downloaded yet: no sign-in has needed it.`;
    warnings.push({ code: 'crlNotDownloaded', text, dueDateTime: undefined });
  } else if (nextUpdate && nextUpdate < at) {
    warnings.push({ code: 'crlExpired', text: `The list from ${url} has expired.`, dueDateTime: nextUpdate });
  }
  if (lastError) {
    const text = `The last download from ${url} failed: ${wordsOf(lastError)}.`;
    warnings.push({ code: 'crlFetchFailed', text, dueDateTime: nextUpdate });
  }
  if (authorityKeyIdentifier && subjectKeyIdentifier && authorityKeyIdentifier !== hexOf(subjectKeyIdentifier)) {
    const text = `The list from ${url} names the key ${authorityKeyIdentifier}, which is not that of the CA.`;
    warnings.push({ code: 'crlOfAnotherKey', text, dueDateTime: undefined });
  }
  return warnings;
}

function stateOf(warnings: readonly HealthWarning[], at: Date): AuthorityHealth['state'] {
  const soon = at.getTime() + daysAhead.at(-1)! * day;
  const isCritical = ({ code, dueDateTime }: HealthWarning) =>
    critical.has(code) || (code === 'authorityExpires' && dueDateTime!.getTime() <= soon);
  if (warnings.some(isCritical)) return 'critical';
  return warnings.length > 0 ? 'warning' : 'healthy';
}

function nextDue({ notAfter }: Certificate, crls: readonly CrlHealth[], at: Date): Date {
  const ends = [notAfter, ...crls.flatMap(({ nextUpdate }) => nextUpdate ?? [])].sort((a, b) => +a - +b);
  return ends.find((end) => end >= at) ?? ends.at(-1)!;
}
