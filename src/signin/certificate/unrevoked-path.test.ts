import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CrlAnswer, CrlRequest } from '#core/crl/answer.ts';
import { readCrl } from '#core/crl/format/read-crl.ts';
import { because } from '#core/trace/reasons.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { validatePath } from '#core/x509/path.ts';
import type { TrustedAuthority } from '#core/x509/trust-store.ts';
import type { Authority } from '#pki/build/authority.ts';
import type { Issued } from '#pki/build/issued.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { unrevokedPath } from './unrevoked-path.ts';

const at = new Date('2026-11-21T12:00:00Z');
const week = { thisUpdate: new Date('2026-11-20T00:00:00Z'), nextUpdate: new Date('2026-11-27T00:00:00Z') };
const [first, second] = [testCa('First Root'), testCa('Second Root')];
const issuing = first.issueCa('Issuing');
/** The same CA, certified by the other root as well. */
const cross = second.issueCa('Issuing', { key: issuing.privateKey });
const userCertificate = issuing.issueUserCertificate({ upn: 'ana@woodgrove.com' });

const certificateOf = ({ der }: Pick<Issued, 'der'>) => {
  const ruling = readCertificate(der);
  assert.equal(ruling.outcome, 'passed', ruling.because.code);
  return ruling.value;
};
const urlOf = (id: string) => `http://crl.woodgrove.com/${id}.crl`;
const record = (id: string, authority: Issued, authorityType: 'root' | 'intermediate'): TrustedAuthority => ({
  id,
  certificate: certificateOf(authority),
  authorityType,
  certificateRevocationListUrl: urlOf(id.startsWith('issuing') ? 'issuing' : id),
  deltaCertificateRevocationListUrl: undefined,
  isIssuerHintEnabled: false,
  store: 'pki',
});
const authorities = [
  record('first', first, 'root'),
  record('second', second, 'root'),
  record('issuing-1', issuing, 'intermediate'),
  record('issuing-2', cross, 'intermediate'),
];
type Revoked = Readonly<Partial<Record<string, Issued>>>;

async function check(
  order: readonly TrustedAuthority[],
  revoked: Revoked,
  broken: string | undefined = undefined,
  issuers: Readonly<Record<string, Authority>> = { first, second, issuing },
) {
  const store = { authorities: order };
  const crlOf = (id: string) => {
    const target = revoked[id];
    return issuers[id]!.crl({ ...week, entries: target ? [issuers[id]!.revoke(target)] : [] });
  };
  const fetched: string[] = [];
  const crls = {
    cached: async () => [],
    fetch: async (requests: readonly CrlRequest[]): Promise<readonly CrlAnswer[]> =>
      requests.map((request) => {
        const [, id = ''] = /\/(\w+)\.crl$/.exec(request.baseUrl) ?? [];
        fetched.push(id);
        const url = request.baseUrl;
        if (id === broken)
          return {
            request,
            base: { kind: 'failed', because: because('crlDownloadFailed', { url, status: 404 }), url },
            delta: undefined,
          };
        const ruling = readCrl(crlOf(id), { source: url });
        assert.equal(ruling.outcome, 'passed');
        return { request, base: { kind: 'fetched', crl: ruling.value, url }, delta: undefined };
      }),
  };
  const path = validatePath(certificateOf(userCertificate), store, at);
  assert.equal(path.outcome, 'passed');
  const revocation = { state: 'disabled', exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [] } as const;
  const ruling = await unrevokedPath(
    path.value,
    { trustStore: store, revocation, at },
    { crls, ocsp: { ask: async () => [] } },
  );
  return { code: ruling.outcome === 'passed' ? 'passed' : ruling.because.code, fetched };
}

describe('PATH-14: a cross-certified CA with one revoked certificate is accepted by the other', () => {
  for (const [name, order] of [
    ['as uploaded', authorities],
    ['in the reverse order', authorities.toReversed()],
  ] as const) {
    test(`nothing revoked: granted (${name})`, async () => assert.equal((await check(order, {})).code, 'passed'));
    test(`the certificate of the first root is revoked: granted (${name})`, async () =>
      assert.equal((await check(order, { first: issuing })).code, 'passed'));
    test(`the certificate of the second root is revoked: granted (${name})`, async () =>
      assert.equal((await check(order, { second: cross })).code, 'passed'));
    test(`both are revoked: refused (${name})`, async () =>
      assert.equal((await check(order, { first: issuing, second: cross })).code, 'authorityRevoked'));
    test(`the card itself is revoked: no other path is tried (${name})`, async () => {
      const { code, fetched } = await check(order, { issuing: userCertificate });
      assert.equal(code, 'certificateRevoked');
      assert.equal(new Set(fetched).size, 2, 'the issuing CA and one root');
    });
    test(`a CRL that cannot be had is the answer, whatever the other path says (${name})`, async () => {
      const codes = await Promise.all(['first', 'second'].map(async (id) => (await check(order, {}, id)).code));
      assert.ok(codes.includes('crlDownloadFailed') || codes.includes('crlMissing'), codes.join(' '));
    });
  }
});

test('at most eight revoked CAs are gone around: each costs a search and perhaps a download', async () => {
  const numbers = Array.from({ length: 12 }, (_, i) => i);
  const roots = numbers.map((i) => testCa(`Root ${i}`));
  const crosses = roots.map((root) => root.issueCa('Issuing', { key: issuing.privateKey }));
  const store = [
    ...roots.map((root, i) => record(`root${i}`, root, 'root')),
    ...crosses.map((item, i) => record(`issuing-${i}`, item, 'intermediate')),
  ];
  const issuers = { issuing, ...Object.fromEntries(roots.map((root, i) => [`root${i}`, root])) };
  const allRevoked = Object.fromEntries(crosses.map((item, i) => [`root${i}`, item]));
  const refusal = await check(store, allRevoked, undefined, issuers);
  assert.equal(refusal.code, 'authorityRevoked');
  assert.equal(new Set(refusal.fetched.filter((id) => id !== 'issuing')).size, 9);
  // The first path and eight others: the ninth one may be the good one.
  const order = [...new Set(refusal.fetched.filter((id) => id !== 'issuing'))];
  const allBut = (id: string) => Object.fromEntries(Object.entries(allRevoked).filter(([key]) => key !== id));
  assert.equal((await check(store, allBut(order[8]!), undefined, issuers)).code, 'passed');
});
