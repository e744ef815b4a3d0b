import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CrlOptions } from '#pki/build/authority.ts';
import {
  answer,
  ask,
  at,
  before,
  crlKey,
  deltaUrl,
  good,
  hex,
  issuing,
  issuingText,
  issuingUrl,
  noKey,
  type Row,
  record,
  revocationPolicy,
  root,
  rootUrl,
  rows,
  storeOf,
  userCertificate,
  week,
  withDelta,
} from '#test/pki/revocation-world.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { because } from '../trace/reasons.ts';

describe('a CRL that cannot be had or used', () => {
  const sibling = testCa('Woodgrove Issuing');
  rows([
    {
      name: 'CRL-12: what the server said is passed on',
      world: { [rootUrl]: root.crl(week) },
      code: 'crlDownloadFailed',
      evidence: { url: issuingUrl, status: 404 },
    },
    {
      name: 'CRL-17: the CRL of another CA is no CRL',
      world: { ...good, [issuingUrl]: root.crl(week) },
      code: 'crlMissing',
      evidence: { subject: 'CN=ana@woodgrove.com', issuer: issuingText, problem: 'the CRL is of another issuer' },
    },
    {
      name: 'CRL-14: a CRL of the same name with another key',
      world: { ...good, [issuingUrl]: sibling.crl(week) },
      code: 'crlSignerMismatch',
      evidence: {
        authorityKeyIdentifier: hex(sibling.subjectKeyIdentifier),
        subjectKeyIdentifier: hex(issuing.subjectKeyIdentifier),
      },
    },
    {
      name: 'CRL-14: a CRL without authority key identifier, signed with the key of the CA',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, ...noKey }) },
      code: 'revocationChecked',
    },
    {
      name: 'CRL-14: a CRL without authority key identifier that revokes',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, ...noKey, entries: [issuing.revoke(userCertificate)] }) },
      code: 'certificateRevoked',
    },
    {
      name: 'CRL-14: a CRL without authority key identifier, signed with another key of the same name',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, ...noKey, signWith: sibling.privateKey }) },
      code: 'crlSignatureWrong',
    },
    {
      name: 'CRL-14: a CRL without authority key identifier of another name',
      world: { ...good, [issuingUrl]: root.crl({ ...week, ...noKey }) },
      code: 'crlMissing',
    },
    {
      name: 'CRL-14: a CRL without authority key identifier, signed with a separate key for CRLs',
      store: storeOf(
        record('root', root, { base: rootUrl }),
        record('issuing', issuing, { base: issuingUrl }),
        record('crls', crlKey),
      ),
      world: { ...good, [issuingUrl]: crlKey.crl({ ...week, ...noKey }) },
      code: 'crlSignatureWrong',
    },
    {
      name: 'CRL-14: a CRL whose authority key identifier has an issuer and a serial number only',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, authorityKeyIdentifier: {} }) },
      code: 'crlSignerMismatch',
      evidence: { authorityKeyIdentifier: '', authority: issuingText },
    },
    {
      name: 'CRL-14: a signature by another key',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, signWith: sibling.privateKey }) },
      code: 'crlSignatureWrong',
      evidence: { url: issuingUrl, issuer: issuingText },
    },
    {
      name: 'a broken signature',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, brokenSignature: true }) },
      code: 'crlSignatureWrong',
    },
    {
      name: 'CRL-15: a CRL without a number',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, number: undefined }) },
      code: 'crlNumberMissing',
    },
    {
      name: 'RFC 5280 §5.1.2.5: a CRL without an end',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, nextUpdate: undefined }) },
      code: 'crlNextUpdateMissing',
    },
    {
      name: 'CRL-7: a CRL past its end',
      world: { ...good, [issuingUrl]: issuing.crl(before) },
      code: 'crlExpired',
      evidence: { kind: 'base', now: at.toISOString(), nextUpdate: before.nextUpdate.toISOString() },
    },
    {
      name: 'CRL-16: a CRL from the future',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, thisUpdate: week.nextUpdate }) },
      code: 'crlNotYetValid',
    },
    { name: 'a clock that is not a number trusts no CRL', at: new Date(Number.NaN), code: 'crlNotYetValid' },
    {
      name: 'grace, where chosen, carries a CRL over its end',
      world: { ...good, [issuingUrl]: issuing.crl(before) },
      policy: { ...revocationPolicy, graceSeconds: 36 * 3600 + 1 },
      code: 'revocationChecked',
    },
    {
      name: 'grace ends too',
      world: { ...good, [issuingUrl]: issuing.crl(before) },
      policy: { ...revocationPolicy, graceSeconds: 36 * 3600 },
      code: 'crlExpired',
    },
  ]);

  test('CRL-7: an ended CRL that could not be renewed says why', () => {
    const notRenewed = because('crlDownloadFailed', { url: issuingUrl, status: 503 });
    const stale = answer(issuingUrl, issuing.crl(before));
    assert.ok(stale.kind === 'fetched');
    const ruling = ask({ world: { ...good, [issuingUrl]: { ...stale, notRenewed } } });
    assert.deepEqual(ruling.because, notRenewed);
  });

  test('PATH-9: a CA whose key usage lacks cRLSign may not sign CRLs', () => {
    const silent = root.issueCa('Woodgrove Silent', { keyUsage: ['keyCertSign'] });
    const store = storeOf(record('root', root), record('silent', silent, { base: issuingUrl }));
    const ruling = ask({
      leaf: silent.issueUserCertificate({ upn: 'bo@woodgrove.com' }),
      store,
      world: { [issuingUrl]: silent.crl(week) },
    });
    assert.deepEqual(
      ruling.because,
      because('crlSignerNotAllowed', {
        url: issuingUrl,
        issuer: 'CN=Woodgrove Silent',
        problem: 'its key usage lacks cRLSign',
      }),
    );
  });

  test('PATH-13: a signature the tenant’s policy does not accept', () => {
    const algorithms = {
      minimumRsaBits: 3072,
      maximumRsaBits: 16384,
      curves: [],
      hashes: ['sha512'],
      keyTypes: ['rsa'],
    };
    assert.equal(ask({ policy: { ...revocationPolicy, algorithms } }).because.code, 'crlAlgorithmRefused');
  });
});

describe('delta CRLs', () => {
  const delta = (options: CrlOptions) => issuing.deltaCrl({ ...week, ...options });
  const base = (options: CrlOptions = {}) => issuing.crl({ ...week, ...options });
  const hold = { ...week, entries: [issuing.revoke(userCertificate, { reason: 'certificateHold' })] };
  const entry = (reason: 'removeFromCRL' | 'keyCompromise') => ({
    entries: [issuing.revoke(userCertificate, { reason })],
  });
  const row = (
    name: string,
    code: string,
    baseCrl: Uint8Array,
    deltaCrl: Uint8Array | undefined,
    evidence?: Record<string, unknown>,
  ): Row => ({
    name,
    code,
    store: withDelta,
    world: { [issuingUrl]: baseCrl, ...(deltaCrl ? { [deltaUrl]: deltaCrl } : {}) },
    ...(evidence ? { evidence } : {}),
  });
  rows([
    row('a base and its delta pass together', 'revocationChecked', base(), delta({}), {
      checked: [`${issuingUrl} (number 1) with delta number 2`],
    }),
    row('CRL-20: an entry on the delta revokes', 'certificateRevoked', base(), delta(entry('keyCompromise')), {
      url: deltaUrl,
    }),
    row(
      '§6.3.3 (k): removeFromCRL lifts what the base says',
      'revocationChecked',
      base(hold),
      delta(entry('removeFromCRL')),
    ),
    row('CRL-18: the delta must be there', 'crlDownloadFailed', base(), undefined, { url: deltaUrl, status: 404 }),
    row('CRL-18: the delta must not be past its end', 'crlExpired', base(), delta(before), { kind: 'delta' }),
    row('CRL-18: the base must not be past its end', 'crlExpired', base(before), delta({}), { kind: 'base' }),
    row(
      '§5.2.4: a delta for a newer base cannot be used',
      'crlIncomplete',
      base(),
      delta({ number: 9n, baseNumber: 5n }),
      { type: 'delta', url: deltaUrl, problem: 'it completes the CRL 5, but the base CRL is 1' },
    ),
    row(
      '§5.2.4: a base newer than the delta’s base can',
      'revocationChecked',
      base({ number: 4n }),
      delta({ number: 9n, baseNumber: 2n }),
    ),
    row(
      'a delta no newer than the base says nothing',
      'revocationChecked',
      base({ number: 2n }),
      delta(entry('keyCompromise')),
    ),
    row(
      'a complete CRL at the delta address is no delta',
      'crlIncomplete',
      base(),
      issuing.crl({ ...week, number: 2n }),
      { type: 'delta' },
    ),
    row('a delta at the base address is no base', 'crlMissing', delta({}), delta({}), {
      problem: 'there are only delta CRLs',
    }),
    row(
      'a delta of another scope is not this base’s',
      'crlIncomplete',
      base(),
      delta({ issuingDistributionPoint: { onlyContainsUserCerts: true } }),
    ),
    row('CRL-14 holds for deltas', 'crlSignatureWrong', base(), delta({ brokenSignature: true })),
  ]);
});
