import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CrlAnswer, CrlFetched, CrlRequest } from '#core/crl/answer.ts';
import { readCrl } from '#core/crl/format/read-crl.ts';
import type { RevocationPolicy } from '#core/crl/policy.ts';
import { checkRevocation, crlsNeeded } from '#core/crl/revocation.ts';
import { because } from '#core/trace/reasons.ts';
import type { Ruling } from '#core/trace/ruling.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { validatePath } from '#core/x509/path.ts';
import type { TrustedAuthority, TrustStore } from '#core/x509/trust-store.ts';
import type { Issued } from '#pki/build/issued.ts';
import { testCa } from './test-ca.ts';

export const at = new Date('2026-11-21T12:00:00Z');
export const week = { thisUpdate: new Date('2026-11-20T00:00:00Z'), nextUpdate: new Date('2026-11-27T00:00:00Z') };
export const before = { thisUpdate: new Date('2026-11-01T00:00:00Z'), nextUpdate: new Date('2026-11-20T00:00:00Z') };
export const revocationPolicy: RevocationPolicy = {
  state: 'disabled',
  exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [],
};
export const strict: RevocationPolicy = { ...revocationPolicy, state: 'enabled' };

export const root = testCa('Woodgrove Root');
export const issuing = root.issueCa('Woodgrove Issuing');
export const userCertificate = issuing.issueUserCertificate({ upn: 'ana@woodgrove.com', serial: 0x2an });
export const noKey = { authorityKeyIdentifier: undefined };
/** A certificate of the issuing CA for signing its CRLs, with the CA's name. */
export const crlKey = issuing.issueCa('Woodgrove Issuing', { basicConstraints: null, keyUsage: ['cRLSign'] });
export const rootUrl = 'http://crl.woodgrove.com/root.crl';
export const issuingUrl = 'http://crl.woodgrove.com/issuing.crl';
export const deltaUrl = 'http://crl.woodgrove.com/issuing+.crl';
export const octets = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
export const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex').toUpperCase();

export interface Urls {
  readonly base?: string;
  readonly delta?: string;
}
export const record = (id: string, authority: Issued, { base, delta }: Urls = {}): TrustedAuthority => ({
  id,
  certificate: certificateOf(authority),
  authorityType: id === 'root' ? 'root' : 'intermediate',
  certificateRevocationListUrl: base,
  deltaCertificateRevocationListUrl: delta,
  isIssuerHintEnabled: false,
  store: 'pki',
});
export function certificateOf({ der }: Issued): Certificate {
  const ruling = readCertificate(der);
  assert.ok(ruling.outcome === 'passed', ruling.because.code);
  return ruling.value;
}
export const storeOf = (...authorities: readonly TrustedAuthority[]): TrustStore => ({ authorities });
export const usual = storeOf(record('root', root, { base: rootUrl }), record('issuing', issuing, { base: issuingUrl }));
export const withDelta = storeOf(
  record('root', root),
  record('issuing', issuing, { base: issuingUrl, delta: deltaUrl }),
);

/** What the world has: octets, or why not, by address; several under one address with a suffix `#2`. */
type World = Readonly<Record<string, Uint8Array | CrlFetched>>;
export const good: World = { [rootUrl]: root.crl(week), [issuingUrl]: issuing.crl(week) };

export function answer(url: string, match: Uint8Array | CrlFetched | undefined): CrlFetched {
  if (match === undefined) return { kind: 'failed', because: because('crlDownloadFailed', { url, status: 404 }), url };
  if (!(match instanceof Uint8Array)) return match;
  const ruling = readCrl(match, { source: url });
  return ruling.outcome === 'passed'
    ? { kind: 'fetched', crl: ruling.value, url }
    : { kind: 'failed', because: ruling.because, url };
}
function answersIn(world: World, requests: readonly CrlRequest[]): CrlAnswer[] {
  return requests.flatMap((request) => {
    const urls = Object.keys(world).filter((url) => url === request.baseUrl || url.startsWith(`${request.baseUrl}#`));
    const delta = request.deltaUrl === undefined ? undefined : answer(request.deltaUrl, world[request.deltaUrl]);
    return (urls.length > 0 ? urls : [request.baseUrl]).map((url) => ({
      request,
      base: answer(url, world[url]),
      delta,
    }));
  });
}

interface RevocationQuery {
  readonly leaf?: Issued;
  readonly store?: TrustStore;
  readonly world?: World;
  readonly policy?: RevocationPolicy;
  readonly at?: Date;
}
export function ask({
  leaf = userCertificate,
  store = usual,
  world = good,
  policy = revocationPolicy,
  at: moment = at,
}: RevocationQuery): Ruling<unknown> {
  const path = validatePath(certificateOf(leaf), store, at);
  assert.ok(path.outcome === 'passed', JSON.stringify(path.because));
  return checkRevocation(
    path.value,
    { answers: answersIn(world, crlsNeeded(path.value, store, policy)) },
    { policy, at: moment, store },
  );
}

export interface Row extends RevocationQuery {
  readonly name: string;
  readonly code: string;
  readonly evidence?: Record<string, unknown>;
}
export function rows(list: readonly Row[]): void {
  for (const { name, code, evidence, ...query } of list)
    test(name, () => {
      const ruling = ask(query);
      assert.equal(ruling.because.code, code, JSON.stringify(ruling.because));
      assert.equal(ruling.outcome, code === 'revocationChecked' ? 'passed' : 'refused');
      const description = ruling.because.evidence as Record<string, unknown>;
      for (const [key, value] of Object.entries(evidence ?? {})) assert.deepEqual(description[key], value, key);
    });
}

export const issuingText = 'CN=Woodgrove Issuing';
export const rootText = 'CN=Woodgrove Root';
export const revokedCertificate = issuing.crl({
  ...week,
  entries: [issuing.revoke(userCertificate, { reason: 'keyCompromise', revocationDate: before.nextUpdate })],
});
