import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CrlOptions } from '#pki/build/authority.ts';
import { directoryName, uri } from '#pki/build/fields/general-names.ts';
import type { CertificateOptions, Issued } from '#pki/build/issued.ts';
import {
  ask,
  at,
  good,
  issuing,
  issuingText,
  issuingUrl,
  type Row,
  record,
  root,
  rootUrl,
  rows,
  storeOf,
  userCertificate,
  usual,
  week,
} from '#test/pki/revocation-world.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { because } from '../../trace/reasons.ts';

describe('scope: RFC 5280 §6.3.3 (b)', () => {
  const here = 'http://crl.woodgrove.com/part1.crl';
  const there = 'http://crl.woodgrove.com/part2.crl';
  const pointing = (options: CertificateOptions = {}) =>
    issuing.issueUserCertificate({ upn: 'ana@woodgrove.com', crlDistributionPoints: [here], ...options });
  const scope = (
    issuingDistributionPoint: NonNullable<CrlOptions['issuingDistributionPoint']>,
    more: CrlOptions = {},
  ) => issuing.crl({ ...week, issuingDistributionPoint, ...more });
  const withName = (name: string) => ({ distributionPoint: { fullName: [uri(name)] } });
  const item = (
    name: string,
    code: string,
    crl: Uint8Array,
    leaf: Issued,
    evidence?: Record<string, unknown>,
  ): Row => ({ name, code, leaf, world: { ...good, [issuingUrl]: crl }, ...(evidence ? { evidence } : {}) });
  rows([
    item('a CRL for the point the certificate names', 'revocationChecked', scope(withName(here)), pointing()),
    item('a CRL for another point says nothing about it', 'crlMissing', scope(withName(there)), pointing(), {
      problem: 'the CRL is for another distribution point',
    }),
    item(
      'a CRL for the address configured serves a certificate that names none',
      'revocationChecked',
      scope(withName(issuingUrl)),
      userCertificate,
    ),
    item('a CRL for users serves a user', 'revocationChecked', scope({ onlyContainsUserCerts: true }), userCertificate),
    item('a CRL for authorities does not', 'crlMissing', scope({ onlyContainsCACerts: true }), userCertificate, {
      problem: 'the CRL is only for certificates of CAs',
    }),
    item(
      'a CRL for attribute certificates serves no certificate',
      'crlMissing',
      scope({ onlyContainsAttributeCerts: true }),
      userCertificate,
    ),
    item(
      'a CRL for some reasons leaves the rest open',
      'crlMissing',
      scope({ onlySomeReasons: ['keyCompromise'] }),
      userCertificate,
      { problem: 'the available CRLs cover only some revocation reasons' },
    ),
    item(
      'but revokes what it lists',
      'certificateRevoked',
      scope(
        { onlySomeReasons: ['keyCompromise'] },
        { entries: [issuing.revoke(userCertificate, { reason: 'keyCompromise' })] },
      ),
      userCertificate,
    ),
  ]);
  test('a CRL for users does not serve an authority', () => {
    const ruling = ask({
      world: { ...good, [rootUrl]: root.crl({ ...week, issuingDistributionPoint: { onlyContainsUserCerts: true } }) },
    });
    assert.equal(ruling.because.code, 'crlMissing');
  });
  test('two CRLs that share the reasons between them are enough', () => {
    const first = scope({ onlySomeReasons: ['keyCompromise', 'cACompromise'] });
    const rest = [
      'affiliationChanged',
      'superseded',
      'cessationOfOperation',
      'certificateHold',
      'privilegeWithdrawn',
      'aACompromise',
    ] as const;
    const second = scope({ onlySomeReasons: rest }, { number: 2n });
    assert.equal(
      ask({ world: { ...good, [issuingUrl]: first, [`${issuingUrl}#2`]: second } }).because.code,
      'revocationChecked',
    );
  });
});

describe('CRLs signed by someone else', () => {
  const signer = root.issueCa('Woodgrove Issuing', { keyUsage: ['cRLSign'], basicConstraints: null });
  const store = storeOf(...usual.authorities, record('signer', signer));
  test('a separate key with the same name may sign when it chains to the same root', () => {
    assert.equal(ask({ store, world: { ...good, [issuingUrl]: signer.crl(week) } }).because.code, 'revocationChecked');
  });
  test('it may not when it was revoked', () => {
    const world = { [rootUrl]: root.crl({ ...week, entries: [root.revoke(signer)] }), [issuingUrl]: signer.crl(week) };
    assert.deepEqual(
      ask({ store, world }).because,
      because('crlSignerNotAllowed', { url: issuingUrl, issuer: issuingText, problem: 'authorityRevoked' }),
    );
  });
  test('it may not when it chains to another root', () => {
    const second = testCa('Fabrikam Root');
    const stranger = second.issueCa('Woodgrove Issuing', { keyUsage: ['cRLSign'] });
    const mix = storeOf(
      ...usual.authorities,
      { ...record('other', second), authorityType: 'root' },
      record('stranger', stranger),
    );
    assert.deepEqual(
      ask({ store: mix, world: { ...good, [issuingUrl]: stranger.crl(week) } }).because,
      because('crlSignerNotAllowed', { url: issuingUrl, issuer: issuingText, problem: 'it leads to another root' }),
    );
  });

  const indirect = root.issueCa('Woodgrove CRLs');
  const leaf = issuing.issueUserCertificate({
    upn: 'ana@woodgrove.com',
    serial: 77n,
    crlDistributionPoints: [{ cRLIssuer: [directoryName('CN=Woodgrove CRLs')] }],
  });
  const trustStore = storeOf(...usual.authorities, record('lists', indirect));
  const about = (issuer: string) => ({ serial: 77n, revocationDate: at, certificateIssuer: [directoryName(issuer)] });
  const crl = (...entries: NonNullable<CrlOptions['entries']> & object[]) =>
    indirect.crl({ ...week, entries: entries as never, issuingDistributionPoint: { indirectCRL: true } });
  const verdict = (der: Uint8Array) =>
    ask({ leaf, store: trustStore, world: { ...good, [issuingUrl]: der } }).because.code;
  test('§5.3.3: an indirect CRL revokes what it lists under the issuer’s name, and nothing else', () => {
    assert.equal(verdict(crl(about(issuingText))), 'certificateRevoked');
    assert.equal(verdict(crl(about('CN=Another CA'))), 'revocationChecked');
    assert.equal(verdict(crl({ serial: 77n, revocationDate: at })), 'revocationChecked');
    assert.equal(
      verdict(crl({ ...about(issuingText), serial: 1n }, { serial: 77n, revocationDate: at })),
      'certificateRevoked',
    );
    assert.equal(verdict(crl({ ...about(issuingText), serial: 1n }, about('CN=Another CA'))), 'revocationChecked');
  });
  test('a CRL that does not call itself indirect does not speak for others', () => {
    assert.equal(verdict(indirect.crl(week)), 'crlMissing');
  });
});
