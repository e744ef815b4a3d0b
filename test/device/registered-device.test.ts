import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { encodeDeviceExtensions } from '#core/device/registration/certificate-extensions.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { registeredDevice, tenantIdInCertificate } from '#device/registered-device.ts';
import {
  deviceAuthorityAt,
  issueDeviceCertificate,
  usualAuthorityNames,
} from '#device/registration/device-authority.ts';
import { type Device, deviceKind } from '#model/device.ts';
import { buildCertificate } from '#pki/build/certificate-builder.ts';
import type { Storage } from '#storage/storage.ts';
import { emptyFolder, openAt, TestClock } from '#test/contract/databases.ts';
import { needs, run, withFiles } from '#test/pki/openssl.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { enrolDevice } from './enrolled.ts';

const clock = new TestClock();
let storage: Storage;
before(async () => {
  storage = await openAt({ kind: 'sqlite', folder: emptyFolder() }, clock);
});
after(() => storage.close());

const tenantOf = (id: string = crypto.randomUUID()) => ({ ...storage.forTenant(id), tenant: { id } });
const deviceOf = async (certificate: Uint8Array, ports: ReturnType<typeof tenantOf>, at = clock.now()) => {
  const ruling = await registeredDevice(certificate, { ports, at });
  return ruling.outcome === 'passed' ? ruling.value.object.document.deviceId : ruling.because.code;
};

describe('a device is the one that its certificate, its registration and its object agree on', () => {
  test('a registered device passes with its registration and its object', async () => {
    const ports = tenantOf();
    const { registration, object } = await enrolDevice(ports.tenant.id, ports, clock.now());
    const ruling = await registeredDevice(registration.certificate, { ports, at: clock.now() });
    assert.equal(ruling.outcome, 'passed');
    assert.deepEqual(ruling.value, { registration, object });
    assert.equal(tenantIdInCertificate(registration.certificate), ports.tenant.id);
  });

  test('a certificate of another tenant is refused: its authority is not trusted here', async () => {
    const [ours, theirs] = [tenantOf(), tenantOf()];
    await enrolDevice(ours.tenant.id, ours, clock.now());
    const { registration } = await enrolDevice(theirs.tenant.id, theirs, clock.now());
    assert.equal(await deviceOf(registration.certificate, ours), 'deviceCertificateUntrusted');
  });

  test('forged private extensions are refused: a certificate with the issuer name and another key', async () => {
    const ports = tenantOf();
    const { registration, deviceKey } = await enrolDevice(ports.tenant.id, ports, clock.now());
    const genuine = readCertificate(registration.certificate);
    assert.equal(genuine.outcome, 'passed');
    const { deviceId } = registration;
    const values = encodeDeviceExtensions({
      deviceId,
      userId: deviceId,
      tenantId: ports.tenant.id,
      isJoined: true,
      region: 'WW',
    });
    const forged = buildCertificate({
      subject: `CN=${deviceId}`,
      issuer: genuine.value.issuer.der,
      serial: genuine.value.serialNumber,
      notBefore: genuine.value.notBefore,
      notAfter: genuine.value.notAfter,
      publicKey: deviceKey,
      extensions: [...values].map(([oid, value]) => ({ oid, value })),
      signature: { key: testCa('Forger', { key: 'RSA-2048' }).privateKey },
    });
    assert.equal(await deviceOf(forged, ports), 'deviceCertificateUntrusted');
    assert.equal(tenantIdInCertificate(forged), ports.tenant.id); // a hint, and no more
  });

  test('a certificate of the authority with another key than the registered one is refused', async () => {
    const ports = tenantOf();
    const { registration } = await enrolDevice(ports.tenant.id, ports, clock.now());
    const authority = await deviceAuthorityAt(ports.devices.authorities, usualAuthorityNames, clock.now());
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { deviceId } = registration;
    const names = { deviceId, userId: deviceId, tenantId: ports.tenant.id, isJoined: true, region: 'WW' };
    assert.equal(
      await deviceOf(issueDeviceCertificate(authority, publicKey, names, clock.now()), ports),
      'deviceUnknown',
    );
  });

  test('a certificate of the authority for another tenant is refused', async () => {
    const ports = tenantOf();
    const authority = await deviceAuthorityAt(ports.devices.authorities, usualAuthorityNames, clock.now());
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const deviceId = crypto.randomUUID();
    const names = { deviceId, userId: deviceId, tenantId: crypto.randomUUID(), isJoined: true, region: 'WW' };
    const certificate = issueDeviceCertificate(authority, publicKey, names, clock.now());
    assert.equal(await deviceOf(certificate, ports), 'deviceCertificateMisfit');
  });

  for (const [name, code, change] of [
    [
      'deleted',
      'deviceUnknown',
      (ports: ReturnType<typeof tenantOf>, id: string) => ports.objects.remove(deviceKind, id, entry),
    ],
    [
      'disabled',
      'deviceDisabled',
      (ports: ReturnType<typeof tenantOf>, id: string) =>
        ports.objects.change<Device>(deviceKind, id, (old) => ({ ...old, accountEnabled: false }), entry),
    ],
  ] as const) {
    test(`a ${name} device is refused with ${code}`, async () => {
      const ports = tenantOf();
      const { registration, object } = await enrolDevice(ports.tenant.id, ports, clock.now());
      await change(ports, object.id);
      assert.equal(await deviceOf(registration.certificate, ports), code);
    });
  }

  test('a certificate is refused before and after its validity', async () => {
    const ports = tenantOf();
    const { registration } = await enrolDevice(ports.tenant.id, ports, clock.now());
    const years = (count: number) => new Date(clock.now().getTime() + count * 365.25 * 86_400_000);
    assert.equal(await deviceOf(registration.certificate, ports, years(10.1)), 'deviceCertificateOutdated');
    assert.equal(await deviceOf(registration.certificate, ports, years(-1)), 'deviceCertificateOutdated');
  });

  for (const [name, octets] of [
    ['octets that are no certificate', Uint8Array.of(1, 2, 3)],
    ['a certificate of more than 16 KiB', new Uint8Array(20_000)],
  ] as const) {
    test(`${name} is refused`, async () => {
      assert.equal(await deviceOf(octets, tenantOf()), 'deviceCertificateUnreadable');
      assert.equal(tenantIdInCertificate(octets), undefined);
    });
  }
});

const entry = { activity: 'test', actor: 'test' };

describe('the device authority of a tenant', () => {
  test('two requests at once make one authority, and a further one issues when the first ends too soon', async () => {
    const { devices } = tenantOf();
    const made = await Promise.all(
      [0, 1].map(() => deviceAuthorityAt(devices.authorities, usualAuthorityNames, clock.now())),
    );
    assert.equal(made[0]!.id, made[1]!.id);
    const later = new Date(clock.now().getTime() + 11 * 365.25 * 86_400_000);
    const next = await deviceAuthorityAt(devices.authorities, usualAuthorityNames, later);
    assert.notEqual(next.id, made[0]!.id);
    assert.equal((await devices.authorities.list()).length, 2);
  });
});

describe('OpenSSL reads the device certificate', needs('openssl'), () => {
  test('as windows-sign-in §2.5 describes it', async () => {
    const ports = tenantOf();
    const { registration } = await enrolDevice(ports.tenant.id, ports, new Date());
    const [authority] = await ports.devices.authorities.list();
    withFiles({ 'd.der': registration.certificate, 'ca.der': authority!.certificate }, (folder) => {
      const x509 = (...words: string[]) => run(folder, 'openssl', 'x509', '-inform', 'DER', ...words).text;
      const text = x509('-in', 'd.der', '-noout', '-text', '-nameopt', 'RFC2253');
      assert.match(text, /Signature Algorithm: sha256WithRSAEncryption/);
      assert.match(text, new RegExp(`Subject: CN=${registration.deviceId}\\n`));
      assert.match(text, /Issuer: (?=[^\n]*\+)(?=[^\n]*CN=MS-Organization-Access)(?![^\n]*,)[^\n]*DC=net/);
      assert.match(text, /Basic Constraints: critical\s+CA:FALSE/);
      assert.match(text, /Extended Key Usage: critical\s+TLS Web Client Authentication/);
      const parsed = run(folder, 'openssl', 'asn1parse', '-inform', 'DER', '-in', 'd.der').text;
      const privateExtensions = [
        ...parsed.matchAll(/OBJECT\s+:(1\.2\.840\.113556\.1\.5\.284\.\d+)\n.*?HEX DUMP\]:(\w+)/gs),
      ];
      assert.deepEqual(
        privateExtensions.map(([, oid, hex]) => [oid!.split('.').at(-1), hex!.slice(0, 4)]),
        ['2', '3', '5', '7', '8'].map((last) => [last, '0481']),
      );
      const [[, , deviceIdHex]] = privateExtensions as unknown as [string[]];
      assert.equal(deviceIdHex!.length, 38);
      for (const file of ['d', 'ca']) x509('-in', `${file}.der`, '-out', `${file}.pem`);
      assert.match(run(folder, 'openssl', 'verify', '-CAfile', 'ca.pem', 'd.pem').text, /d\.pem: OK/);
    });
    const parsed = readCertificate(registration.certificate);
    assert.equal(parsed.outcome, 'passed');
    assert.equal(parsed.value.notAfter.getTime() - parsed.value.notBefore.getTime(), 3650 * 86_400_000 + 600_000);
    assert.equal(parsed.value.serialNumber.length, 16);
  });
});
