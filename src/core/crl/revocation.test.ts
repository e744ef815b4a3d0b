import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ask,
  at,
  certificateOf,
  deltaUrl,
  good,
  hex,
  issuing,
  issuingText,
  issuingUrl,
  octets,
  record,
  revocationPolicy,
  revokedCertificate,
  root,
  rootText,
  rootUrl,
  rows,
  storeOf,
  strict,
  userCertificate,
  week,
  withDelta,
} from '#test/pki/revocation-world.ts';
import { messageOf } from '../trace/fault.ts';
import { because } from '../trace/reasons.ts';
import { validatePath } from '../x509/path.ts';
import { pathLimits } from '../x509/search/path-search.ts';
import { checkRevocation, crlsNeeded } from './revocation.ts';

/** Serial numbers whose octets look alike, and entries of each: an entry names the number, sign included (RFC 5280 §4.1.2.2). */
const alike: readonly (readonly number[])[] = [[0xff], [0x00, 0xff], [0x80], [0x00, 0x80], [0x7f], [0x7f, 0xff]];
describe('a CRL entry names one serial number, and none that differs by its sign or a leading zero', () => {
  const text = (octets: readonly number[]) => Buffer.from(octets).toString('hex');
  for (const octets of alike) {
    const leaf = issuing.issueUserCertificate({ upn: 'ana@woodgrove.com', serial: Uint8Array.from(octets) });
    rows(
      alike.map((entry) => ({
        name: `the entry ${text(entry)} and the certificate ${text(octets)}`,
        leaf,
        world: {
          ...good,
          [issuingUrl]: issuing.crl({ ...week, entries: [{ serial: Uint8Array.from(entry), revocationDate: at }] }),
        },
        code: entry === octets ? 'certificateRevoked' : 'revocationChecked',
      })),
    );
  }
});

describe('revoked or not', () => {
  rows([
    {
      name: 'CRL-1: a path whose every CRL is in order passes, and says which CRLs',
      code: 'revocationChecked',
      evidence: { checked: [`${issuingUrl} (number 1)`, `${rootUrl} (number 1)`], unchecked: [] },
    },
    {
      name: 'CRL-22: a revoked leaf is 500171 with all its parameters',
      world: { ...good, [issuingUrl]: revokedCertificate },
      code: 'certificateRevoked',
      evidence: {
        subject: 'CN=ana@woodgrove.com',
        issuer: issuingText,
        serialNumber: '2A',
        reason: 'keyCompromise',
        revokedAt: '2026-11-20T00:00:00.000Z',
        url: issuingUrl,
      },
    },
    {
      name: 'CRL-23: a revoked authority ends every path through it',
      world: { ...good, [rootUrl]: root.crl({ ...week, entries: [root.revoke(issuing)] }) },
      code: 'authorityRevoked',
      evidence: { subject: issuingText, issuer: rootText, reason: 'unspecified', url: rootUrl },
    },
    {
      name: 'a certificate on hold is revoked',
      world: {
        ...good,
        [issuingUrl]: issuing.crl({
          ...week,
          entries: [issuing.revoke(userCertificate, { reason: 'certificateHold' })],
        }),
      },
      code: 'certificateRevoked',
      evidence: { reason: 'certificateHold' },
    },
    {
      name: 'RFC 5280 §5.3.1: in a complete CRL even removeFromCRL revokes',
      world: {
        ...good,
        [issuingUrl]: issuing.crl({ ...week, entries: [issuing.revoke(userCertificate, { reason: 'removeFromCRL' })] }),
      },
      code: 'certificateRevoked',
    },
    {
      name: 'the same serial number of another authority is another certificate',
      world: { ...good, [rootUrl]: root.crl({ ...week, entries: [{ serial: 0x2an, revocationDate: at }] }) },
      code: 'revocationChecked',
    },
  ]);
});

test('the trace names what is not checked with the reason, and an exempt CA as exempt', () => {
  const reason = because('revocationChecked', {
    checked: [],
    unchecked: ['CN=A (exempt)', 'CN=B (no CRL configured)'],
  });
  assert.match(messageOf(reason), /^revocation is not checked: CN=A \(exempt\), CN=B \(no CRL configured\)$/i);
});

describe('where no CRL is configured', () => {
  const bare = storeOf(record('root', root), record('issuing', issuing));
  const onlyRoot = storeOf(record('root', root, { base: rootUrl }), record('issuing', issuing));
  const exempting = {
    ...strict,
    exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [
      hex(issuing.subjectKeyIdentifier)
        .toLowerCase()
        .replace(/(..)(?=.)/g, '$1:'),
    ],
  };
  rows([
    {
      name: 'CRL-2: no address, no check, no failure',
      store: bare,
      world: {},
      code: 'revocationChecked',
      evidence: { checked: [], unchecked: [`${issuingText} (no CRL configured)`, `${rootText} (no CRL configured)`] },
    },
    {
      name: 'CRL-24: with fail-safe the leaf’s issuer must have one',
      store: onlyRoot,
      policy: strict,
      code: 'crlNotConfigured',
      evidence: { issuer: issuingText, subjectKeyIdentifier: hex(issuing.subjectKeyIdentifier) },
    },
    {
      name: 'CRL-24: an upper CA need not',
      store: storeOf(record('root', root), record('issuing', issuing, { base: issuingUrl })),
      policy: strict,
      code: 'revocationChecked',
    },
    { name: 'CRL-25: an exempted CA need not', store: bare, world: {}, policy: exempting, code: 'revocationChecked' },
    {
      name: 'CRL-26: an exempted CA’s broken CRL does not matter',
      world: { [rootUrl]: root.crl(week) },
      policy: exempting,
      code: 'revocationChecked',
      evidence: { unchecked: [`${issuingText} (exempt)`] },
    },
    {
      name: 'CRL-19, TS-6: a delta address without a base address',
      store: storeOf(record('root', root), record('issuing', issuing, { delta: deltaUrl })),
      code: 'deltaListWithoutBase',
      evidence: { issuer: issuingText, deltaUrl },
    },
  ]);
});

for (const [authorities, code] of [
  [10, 'revocationChecked'],
  [11, 'revocationDepthExceeded'],
] as const)
  test(`PATH-12: revocation of a path of ${authorities} CAs answers ${code}, where a longer path is accepted`, () => {
    const issuers = [root];
    while (issuers.length < authorities) issuers.push(issuers.at(-1)!.issueCa(`CA ${issuers.length}`));
    const leaf = issuers.at(-1)!.issueUserCertificate({ upn: 'ana@woodgrove.com' });
    const store = storeOf(...issuers.map((issuer, i) => record(i === 0 ? 'root' : `ca ${i}`, issuer)));
    const limits = { ...pathLimits, authorities: 20 };
    const path = validatePath(certificateOf(leaf), store, at, { limits });
    assert.ok(path.outcome === 'passed');
    const ruling = checkRevocation(path.value, { answers: [] }, { policy: revocationPolicy, at, store });
    assert.equal(ruling.because.code, code);
  });

test('CRL-1, TS-7: one request for each CA with an address, exempt ones left out', () => {
  const path = validatePath(certificateOf(userCertificate), withDelta, at);
  assert.ok(path.outcome === 'passed');
  const [request, ...others] = crlsNeeded(path.value, withDelta);
  assert.deepEqual(
    [request?.authorityId, request?.baseUrl, request?.deltaUrl, others.length],
    ['issuing', issuingUrl, deltaUrl, 0],
  );
  assert.deepEqual(request?.signers[0]?.subject, issuing.subject);
  const exempting = {
    ...revocationPolicy,
    exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [hex(issuing.subjectKeyIdentifier)],
  };
  assert.deepEqual(crlsNeeded(path.value, withDelta, exempting), []);
});

test('the finding names the CRLs and certificates that were read in spite of slips of encoding', () => {
  const reasons = {
    oid: '2.5.29.31',
    value: octets('3010 300e a008 a006 8604 687474 70 8102 0040'.replaceAll(' ', '')),
  };
  const leaf = issuing.issueUserCertificate({ subject: 'CN=Ana', crlDistributionPoints: null, extensions: [reasons] });
  const nextPublish = { oid: '1.3.6.1.4.1.311.21.4', value: octets('0c0130') };
  const world = { ...good, [issuingUrl]: issuing.crl({ ...week, extensions: [nextPublish] }) };
  const ruling = ask({ leaf, world });
  assert.deepEqual((ruling.because.evidence as { slips?: unknown }).slips, [
    { source: issuingUrl, tolerances: ['unreadableExtension'] },
    { source: 'CN=Ana', tolerances: ['trailingZeroBits'] },
  ]);
});
