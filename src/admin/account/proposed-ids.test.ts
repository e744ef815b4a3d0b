import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateUserIdLimits } from '#core/binding/identifiers/certificate-user-ids.ts';
import type { UserBinding } from '#core/binding/policy.ts';
import { certificateOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { highAffinityIdsOf, proposedIdsOf } from './proposed-ids.ts';

const userCertificate = certificateOf(testCa('CN=Issuer').issueUserCertificate({ upn: 'ana@woodgrove.test' }));
const formsOf = (ids: readonly string[]) => ids.map((id) => /^X509:<([\w-]+)>/.exec(id)?.[1]);
const binding = (x509CertificateField: UserBinding['x509CertificateField'], priority: number): UserBinding =>
  ({ x509CertificateField, userProperty: 'certificateUserIds', priority }) as UserBinding;

test('values that are hard to use again are proposed, those of the tenant’s bindings first (UB-5)', () => {
  assert.deepEqual(formsOf(highAffinityIdsOf(userCertificate, [])), ['SKI', 'SHA1-PUKEY', 'I']);
  const bindings = [binding('SHA1PublicKey', 2), binding('IssuerAndSerialNumber', 1), binding('PrincipalName', 3)];
  assert.deepEqual(formsOf(highAffinityIdsOf(userCertificate, bindings)), ['I', 'SHA1-PUKEY', 'SKI']);
});

const [ski = ''] = highAffinityIdsOf(userCertificate, []);
for (const { name, certificateUserIds, isProposed } of [
  { name: 'no value', certificateUserIds: [], isProposed: true },
  { name: 'a value of low affinity', certificateUserIds: ['X509:<PN>ana@woodgrove.test'], isProposed: true },
  {
    name: 'the value, in another case',
    certificateUserIds: [ski.toLowerCase().replace('x509:<ski>', 'X509:<SKI>')],
    isProposed: false,
  },
  {
    name: 'as many values as a user can have (UB-14)',
    certificateUserIds: Array.from({ length: certificateUserIdLimits.values }, (_, i) => `X509:<PN>a${i}@x.test`),
    isProposed: false,
  },
])
  test(`a user with ${name}: ${isProposed ? 'proposed' : 'nothing'}`, () =>
    assert.equal(proposedIdsOf(userCertificate, { certificateUserIds }, []).length > 0, isProposed));
