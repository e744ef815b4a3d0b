import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ask,
  certificateOf,
  hex,
  issuing,
  record,
  revocationPolicy,
  root,
  rows,
  storeOf,
  userCertificate,
} from '#test/pki/revocation-world.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { ecdsaTwin } from '../x509/algorithms/ecdsa-twin.ts';
import type { RevocationPolicy } from './policy.ts';

describe('the local block list', () => {
  const { sha256Thumbprint, tbsSha256 } = certificateOf(userCertificate);
  const curves = ['P-256', 'P-384', 'P-521'] as const;
  for (const curve of curves)
    test(`an ECDSA signature (${curve}) rewritten as (r, n − s) does not take a certificate off the list`, () => {
      const ec = testCa('Woodgrove Curves', { key: curve });
      const leaf = ec.issueUserCertificate({ upn: 'ana@woodgrove.com' });
      const twin = { ...leaf, der: ecdsaTwin(certificateOf(leaf), certificateOf(ec))! };
      const [first, second] = [certificateOf(leaf), certificateOf(twin)];
      assert.notEqual(second.sha256Thumbprint, first.sha256Thumbprint);
      assert.deepEqual(ecdsaTwin(second, certificateOf(ec)), leaf.der, 'and back');
      const store = storeOf({ ...record('root', ec), authorityType: 'root' });
      const codeWith = (blocked: NonNullable<RevocationPolicy['blocked']>) =>
        ask({ leaf: twin, store, world: {}, policy: { ...revocationPolicy, blocked } }).because.code;
      assert.equal(codeWith([]), 'revocationChecked', 'the twin is as valid as the original');
      assert.equal(codeWith([{ tbsSha256: first.tbsSha256 }]), 'certificateBlocked');
      assert.equal(codeWith([{ sha256Thumbprint: first.sha256Thumbprint }]), 'certificateBlocked', 'an earlier entry');
      assert.equal(codeWith([{ sha256Thumbprint, tbsSha256 }]), 'revocationChecked', 'another certificate');
    });

  rows([
    {
      name: 'names a certificate by the hash of its to-be-signed part',
      policy: { ...revocationPolicy, blocked: [{ tbsSha256: tbsSha256.toLowerCase() }] },
      code: 'certificateBlocked',
    },
    {
      name: 'names a certificate by its thumbprint',
      policy: {
        ...revocationPolicy,
        blocked: [{ sha256Thumbprint: sha256Thumbprint.toLowerCase(), note: 'lost on a train' }],
      },
      code: 'certificateBlocked',
      evidence: { serialNumber: '2A', note: 'lost on a train' },
    },
    {
      name: 'or by issuer and serial number, with or without the sign octet',
      policy: {
        ...revocationPolicy,
        blocked: [{ issuerSubjectKeyIdentifier: hex(issuing.subjectKeyIdentifier), serialNumber: '00:2a' }],
      },
      code: 'certificateBlocked',
    },
    {
      name: 'does not mean the same number of another issuer',
      policy: {
        ...revocationPolicy,
        blocked: [{ issuerSubjectKeyIdentifier: hex(root.subjectKeyIdentifier), serialNumber: '2a' }],
      },
      code: 'revocationChecked',
    },
  ]);
});
