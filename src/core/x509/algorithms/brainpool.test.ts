import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, test } from 'node:test';
import { bitString, oid, sequence } from '#pki/build/der-writer.ts';
import { at, certificateOf, storeOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { acceptUnblocked } from '../../crl/blocked.ts';
import { readCrl } from '../../crl/format/read-crl.ts';
import { isSignedBy } from '../../crl/issuers/signature.ts';
import { readCertificate } from '../certificate.ts';
import { validatePath } from '../path.ts';
import { algorithmsOf, brainpoolCurves, defaultAlgorithmPolicy } from './algorithm-policy.ts';
import { ecdsaTwin } from './ecdsa-twin.ts';
import { checkKey } from './public-key.ts';
import { checkSignature } from './signature.ts';

const accepting = algorithmsOf({ brainpoolCurves: true });
const oids = { brainpoolP256r1: 7, brainpoolP384r1: 11, brainpoolP512r1: 13 };
const info = (key: KeyObject) => new Uint8Array(key.export({ type: 'spki', format: 'der' }));

test('a tenant accepts brainpool curves only where it says so, and the same policy is the same object', () => {
  assert.equal(algorithmsOf(undefined), defaultAlgorithmPolicy);
  assert.equal(algorithmsOf({}), defaultAlgorithmPolicy);
  assert.equal(algorithmsOf({ brainpoolCurves: true }), accepting);
});

for (const namedCurve of brainpoolCurves)
  describe(namedCurve, () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    const root = testCa('Root');
    const issuing = root.issueCa('Issuing', { key: privateKey });
    const store = storeOf([root], [issuing]);
    const userCertificate = certificateOf(
      issuing.issueUserCertificate({ subject: 'CN=Ana', key: generateKeyPairSync('ec', { namedCurve }).privateKey }),
    );

    test('a certificate and a CA with such keys are refused by default', () => {
      const { because } = validatePath(userCertificate, store, at);
      assert.equal(because.code, 'keyRefused');
      assert.match(JSON.stringify(because.evidence), new RegExp(namedCurve));
    });
    test('and accepted where the tenant says so', () =>
      assert.equal(validatePath(userCertificate, { ...store, algorithms: accepting }, at).because.code, 'pathValid'));
    test('a CRL that the CA signed is the CA’s', () => {
      const crl = readCrl(issuing.crl());
      assert.ok(crl.outcome === 'passed' && isSignedBy(crl.value, { subjectPublicKeyInfo: info(publicKey) }));
    });
    test('a rewritten ECDSA signature (r, n − s) is of the same certificate', () => {
      const issuer = certificateOf(issuing);
      const twin = readCertificate(ecdsaTwin(userCertificate, issuer)!);
      assert.ok(twin.outcome === 'passed' && twin.value.sha256Thumbprint !== userCertificate.sha256Thumbprint);
      assert.equal(checkSignature(twin.value, issuer.subjectPublicKeyInfo, accepting).because.code, 'signatureRight');
      const link = { certificate: twin.value, issuer, isLeaf: true } as never;
      const entry = { sha256Thumbprint: userCertificate.sha256Thumbprint };
      assert.equal(acceptUnblocked(link, [entry]).because.code, 'certificateBlocked');
    });

    test('a point off the curve is refused', () => {
      const point = info(publicKey).slice(-pointOctets(namedCurve));
      const wrong = Uint8Array.from(point);
      wrong[wrong.length - 1]! ^= 1;
      const key = (octets: Uint8Array) =>
        sequence(sequence(oid('1.2.840.10045.2.1'), oid(`1.3.36.3.3.2.8.1.1.${oids[namedCurve]}`)), bitString(octets));
      assert.equal(checkKey(key(Uint8Array.from(point)), accepting).outcome, 'passed');
      assert.equal(checkKey(key(wrong), accepting).because.code, 'keyUnsound');
    });
  });

const pointOctets = (curve: (typeof brainpoolCurves)[number]): number => 1 + (2 * Number(/\d+/.exec(curve)![0])) / 8;
