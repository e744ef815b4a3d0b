import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CrlOptions } from '#pki/build/authority.ts';
import { directoryName } from '#pki/build/fields/general-names.ts';
import type { Issued } from '#pki/build/issued.ts';
import {
  ask,
  before,
  deltaUrl,
  good,
  hex,
  issuing,
  issuingText,
  issuingUrl,
  noKey,
  record,
  root,
  rootText,
  rootUrl,
  rows,
  storeOf,
  type Urls,
  userCertificate,
  week,
} from '#test/pki/revocation-world.ts';
import { testCa } from '#test/pki/test-ca.ts';
import type { TrustedAuthority } from '../../x509/trust-store.ts';

describe('CRL-14: a CRL belongs to a key, not to a name', () => {
  // AD CS keeps the name of a CA when it renews the key and publishes one CRL for each key.
  const renewal = root.issueCa('Woodgrove Issuing');
  const renewedUrl = 'http://crl.woodgrove.com/issuing(1).crl';
  const store = storeOf(
    record('root', root),
    record('issuing', issuing, { base: issuingUrl }),
    record('renewed', renewal, { base: renewedUrl }),
  );
  const onBoth = renewal.issueUserCertificate({ upn: 'ana@woodgrove.com', serial: 0x2an });
  const revoking = renewal.crl({ ...week, entries: [renewal.revoke(onBoth)] });
  const mismatch = { authorityKeyIdentifier: hex(issuing.subjectKeyIdentifier) };
  rows([
    {
      name: 'each key is evaluated by its own CRL',
      store,
      leaf: onBoth,
      world: { [issuingUrl]: issuing.crl(week), [renewedUrl]: revoking },
      code: 'certificateRevoked',
    },
    {
      name: 'the same serial number of the other key is another certificate',
      store,
      world: { [issuingUrl]: issuing.crl(week), [renewedUrl]: revoking },
      code: 'revocationChecked',
    },
    {
      name: 'the CRL of the other key at the address of this CA',
      store,
      leaf: onBoth,
      world: { [renewedUrl]: issuing.crl(week) },
      code: 'crlSignerMismatch',
      evidence: mismatch,
    },
    ...(
      [
        ['expired', 'crlExpired', renewal.crl(before)],
        ['of tomorrow', 'crlNotYetValid', renewal.crl({ ...week, thisUpdate: week.nextUpdate })],
        ['without a number', 'crlNumberMissing', renewal.crl({ ...week, number: undefined })],
        ['with a broken signature', 'crlSignatureWrong', renewal.crl({ ...week, brokenSignature: true })],
        ['signed by the other key', 'crlSignatureWrong', renewal.crl({ ...week, signWith: issuing.privateKey })],
        [
          'of another scope',
          'crlSignerMismatch',
          renewal.crl({ ...week, issuingDistributionPoint: { onlyContainsCACerts: true } }),
        ],
      ] as const
    ).map(([problem, code, crl]) => ({
      name: `the CA’s own CRL ${problem} is the answer, although the other key has a fresh one at the same address`,
      store,
      leaf: onBoth,
      world: { [renewedUrl]: crl, [`${renewedUrl}#2`]: issuing.crl(week) },
      code,
    })),
    {
      name: 'one that revokes counts beside one of the same key that does not',
      store,
      leaf: onBoth,
      world: {
        [renewedUrl]: renewal.crl({ ...week, issuingDistributionPoint: { onlyContainsUserCerts: true } }),
        [`${renewedUrl}#2`]: revoking,
      },
      code: 'certificateRevoked',
    },
    {
      name: 'of two of one key the one with the higher number counts, whatever the order',
      store,
      leaf: onBoth,
      world: { [renewedUrl]: revoking, [`${renewedUrl}#2`]: renewal.crl({ ...week, number: 2n }) },
      code: 'revocationChecked',
    },
    {
      name: 'and the lower one does not hide what the higher one revokes',
      store,
      leaf: onBoth,
      world: {
        [renewedUrl]: renewal.crl(week),
        [`${renewedUrl}#2`]: renewal.crl({ ...week, number: 2n, entries: [renewal.revoke(onBoth)] }),
      },
      code: 'certificateRevoked',
    },
    {
      name: 'a delta of the other key does not complete this base',
      store: storeOf(record('root', root), record('issuing', issuing), {
        ...record('renewed', renewal, { base: renewedUrl, delta: deltaUrl }),
      }),
      leaf: onBoth,
      world: { [renewedUrl]: renewal.crl(week), [deltaUrl]: issuing.deltaCrl(week) },
      code: 'crlIncomplete',
      evidence: { type: 'delta' },
    },
  ]);

  test('cross-certificates of a renewal do not lend the CRL of one key to the other', () => {
    const [before, after] = [testCa('Woodgrove Root'), testCa('Woodgrove Root')];
    const link = before.issueCa('Woodgrove Root', { key: after.privateKey });
    const leaf = after.issueUserCertificate({ upn: 'ana@woodgrove.com' });
    const asRoot = (id: string, ca: Issued, urls: Urls): TrustedAuthority => ({
      ...record(id, ca, urls),
      authorityType: 'root',
    });
    const crossed = storeOf(
      record('link', link, { base: issuingUrl }),
      asRoot('before', before, {}),
      asRoot('after', after, { base: issuingUrl }),
    );
    assert.equal(
      ask({ store: crossed, leaf, world: { [issuingUrl]: before.crl(week) } }).because.code,
      'crlSignerMismatch',
    );
    assert.equal(
      ask({ store: crossed, leaf, world: { [issuingUrl]: after.crl(week) } }).because.code,
      'revocationChecked',
    );
  });

  test('a CA renewed with the same key keeps its CRL, also where the new certificate names the key differently', () => {
    const again = root.issueCa('Woodgrove Issuing', {
      key: issuing.privateKey,
      subjectKeyIdentifier: new Uint8Array(20).fill(7),
    });
    const pair = storeOf(
      record('root', root),
      record('again', again, { base: issuingUrl }),
      record('issuing', issuing),
    );
    assert.equal(ask({ store: pair, world: { [issuingUrl]: issuing.crl(week) } }).because.code, 'revocationChecked');
  });

  test('a separate key for CRLs speaks for the one CA key of its name, or for the one that issued it', () => {
    const options = { keyUsage: ['cRLSign'], basicConstraints: null } as const;
    const separate = root.issueCa('Woodgrove Issuing', options);
    const delegated = renewal.issueCa('Woodgrove Issuing', options);
    const verdict = (signer: Issued & { crl: (options: CrlOptions) => Uint8Array }, leaf: Issued, url: string) =>
      ask({ store: storeOf(...store.authorities, record('signer', signer)), leaf, world: { [url]: signer.crl(week) } })
        .because.code;
    assert.equal(verdict(separate, onBoth, renewedUrl), 'crlSignerMismatch');
    assert.equal(verdict(delegated, onBoth, renewedUrl), 'revocationChecked');
    assert.equal(verdict(delegated, userCertificate, issuingUrl), 'crlSignerMismatch');
  });

  test('a distribution point that names the issuer itself does not open the way to its other key', () => {
    const leaf = renewal.issueUserCertificate({
      upn: 'ana@woodgrove.com',
      crlDistributionPoints: [{ cRLIssuer: [directoryName(issuingText)] }],
    });
    const indirect = issuing.crl({ ...week, issuingDistributionPoint: { indirectCRL: true } });
    assert.equal(ask({ store, leaf, world: { [renewedUrl]: indirect } }).because.code, 'crlSignerMismatch');
  });

  test('a CA without a subject key identifier, and a CRL that names its key by issuer and serial number, are refused', () => {
    const nameless = root.issueCa('Woodgrove Nameless', { subjectKeyIdentifier: null });
    const item = storeOf(record('root', root), record('nameless', nameless, { base: issuingUrl }));
    const leaf = nameless.issueUserCertificate({ upn: 'ana@woodgrove.com' });
    const byName = { issuer: [directoryName(rootText)], serial: issuing.serial };
    assert.equal(
      ask({ store: item, leaf, world: { [issuingUrl]: nameless.crl(week) } }).because.code,
      'crlSignerMismatch',
    );
    assert.equal(
      ask({ world: { ...good, [issuingUrl]: issuing.crl({ ...week, authorityKeyIdentifier: byName }) } }).because.code,
      'crlSignerMismatch',
    );
  });
});

test('a CRL without authority key identifier of a renewed CA says nothing about what the old key issued', () => {
  const renewed = root.issueCa('Woodgrove Issuing');
  const renewedUrl = 'http://crl.woodgrove.com/renewed.crl';
  const store = storeOf(
    record('root', root, { base: rootUrl }),
    record('issuing', issuing, { base: issuingUrl }),
    record('renewed', renewed, { base: renewedUrl }),
  );
  const world = {
    ...good,
    [issuingUrl]: issuing.crl({ ...week, ...noKey, number: 3n }),
    [renewedUrl]: renewed.crl({ ...week, ...noKey, number: 9n, entries: [renewed.revoke(userCertificate)] }),
  };
  assert.equal(ask({ store, world }).because.code, 'revocationChecked');
  const crls = { ...world, [issuingUrl]: world[renewedUrl]! };
  assert.equal(ask({ store, world: crls }).because.code, 'crlSignatureWrong');
});
