import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { describe, test } from 'node:test';
import { deviceExtensionOids, encodeDeviceExtensions } from '#core/device/registration/certificate-extensions.ts';
import { readTransportKey } from '#core/device/transport-key.ts';
import { CardeaError } from '#core/trace/fault.ts';
import { generateKey } from '#pki/build/fields/keys.ts';
import type { CertificateOptions } from '#pki/build/issued.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { readRegistration, registrationBody } from './registration.ts';

const deviceId = '9d53c6fa-b38e-4509-8fb1-51dedb421aac';
const tenantId = '11111111-2222-3333-4444-555555555555';
const keys = { device: generateKey('RSA-2048'), transport: generateKey('RSA-2048') };
const authority = testCa('CN=MS-Organization-Access');
const extensions = encodeDeviceExtensions({ deviceId, userId: deviceId, tenantId, isJoined: true, region: 'EU' });

function answerWith(options: CertificateOptions) {
  const issued = authority.issue({
    subject: `CN=${deviceId}`,
    key: keys.device,
    extensions: [...extensions].map(([oid, value]) => ({ oid, value })),
    ...options,
  });
  return {
    Certificate: { RawBody: Buffer.from(issued.der).toString('base64') },
    User: { Upn: 'ana@woodgrove.example' },
    MembershipChanges: [
      { LocalSID: 'S-1-5-32-544', AddSIDs: ['S-1-12-1-1', 'S-1-12-1-2'] },
      { LocalSID: 'S-1-5-32-555', AddSIDs: ['S-1-12-1-3'] },
    ],
  };
}

test('the body of a registration has what windows-sign-in §2.3 lists, the transport key apart from the device key', () => {
  const description = { displayName: 'Computer 1', deviceType: 'Windows', osVersion: '10.0.22631.1' };
  const body = registrationBody(description, keys, 'registered', 'woodgrove.example');
  const { CertificateRequest: _, TransportKey, ...rest } = body;
  assert.deepEqual(rest, {
    TargetDomain: 'woodgrove.example',
    DeviceType: 'Windows',
    OSVersion: '10.0.22631.1',
    DeviceDisplayName: 'Computer 1',
    JoinType: 4,
    AikCertificate: '',
    AttestationData: '',
    Attributes: { ReuseDevice: 'true', ReturnClientSid: 'true', SharedDevice: 'false' },
  });
  const transport = readTransportKey(String(TransportKey));
  assert.equal(transport.outcome, 'passed');
  if (transport.outcome === 'passed') assert.equal(transport.value.equals(createPublicKey(keys.transport)), true);
});

describe('the answer to a registration', () => {
  test('gives the device id, the tenant and the local administrators', () => {
    const { certificate, ...identity } = readRegistration(answerWith({}), keys.device, undefined);
    assert.ok(certificate.length > 100);
    assert.deepEqual(identity, {
      deviceId,
      tenantId,
      registeredBy: 'ana@woodgrove.example',
      localAdministrators: ['S-1-12-1-1', 'S-1-12-1-2'],
    });
  });
  test('may name the tenant in the discovery alone', () => {
    const answer = answerWith({ extensions: [] });
    assert.equal(readRegistration(answer, keys.device, tenantId).tenantId, tenantId);
  });

  const withoutTenant = [...extensions].filter(([oid]) => oid !== deviceExtensionOids.tenantId);
  const cases: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
    ['without a certificate', { User: {} }, /RawBody/],
    ['with bytes that are no certificate', { Certificate: { RawBody: 'MAA=' } }, /RawBody/],
    ['with a certificate for another key', answerWith({ key: generateKey('RSA-2048') }), /another key/],
    ['whose subject is no device id', answerWith({ subject: 'CN=Computer 1' }), /device id/],
    ['whose subject has more than a device id', answerWith({ subject: `O=Woodgrove,CN=${deviceId}` }), /device id/],
    [
      'that names no tenant',
      answerWith({ extensions: withoutTenant.map(([oid, value]) => ({ oid, value })) }),
      /the tenant/,
    ],
  ];
  for (const [name, answer, message] of cases) {
    test(`is refused ${name}`, () => {
      assert.throws(
        () => readRegistration(answer, keys.device, undefined),
        (thrown: unknown) =>
          thrown instanceof CardeaError &&
          thrown.because.code === 'deviceAnswerMalformed' &&
          message.test(thrown.message),
      );
    });
  }
});
