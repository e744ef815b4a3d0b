import assert from 'node:assert/strict';
import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { certificatesInPkcs7 } from '#core/asn1/pkcs7.ts';
import { cloudSid } from '#core/device/guid.ts';
import { buildCertificationRequest } from '#pki/build/certification-request.ts';
import type { EnrolledDevice } from '../enrolled.ts';
import { rsaKey } from '../rsa-keys.ts';
import { claimsIn, deviceJws, jws, sessionJws, windowsClient } from '../signed-requests.ts';
import { assertionGrant, type HeldToken, type Reply, World } from './world.ts';

const csrType = 'http://schemas.microsoft.com/windows/pki/2009/01/enrollment#PKCS10';
const management = '0000000a-0000-0000-c000-000000000000';
const helloResource = 'urn:microsoft:winhello:cert:prov:server';

let world: World;
let device: EnrolledDevice;
let primary: HeldToken;
let ana: string;
before(async () => {
  world = await World.open();
  device = await world.enrol({ displayName: 'Notebook7' });
  primary = await world.signIn(device);
  ana = await world.userId('ana');
});
after(() => world.close());

const csrOf = (key: KeyObject): string => Buffer.from(buildCertificationRequest('CN=ignored', key)).toString('base64');
const certificateIn = (text: unknown) => new X509Certificate(Buffer.from(String(text), 'base64'));
const form = (request: string, version = '2.0') => ({
  windows_api_version: version,
  grant_type: assertionGrant,
  request,
});

/** A request of the device for itself. */
async function asDevice(payload: Readonly<Record<string, unknown>>, of = device): Promise<Reply> {
  return world.token(form(deviceJws(of, { request_nonce: await world.nonce(), ...payload })));
}

const peerRequest = (more: Readonly<Record<string, unknown>> = {}) => ({
  grant_type: 'device_auth',
  cert_token_use: 'device_cert',
  csr_type: csrType,
  csr: csrOf(rsaKey()),
  netbios_name: 'Notebook7',
  dns_names: ['Notebook7.woodgrove.test'],
  ...more,
});

describe('certificates by which joined devices know each other (windows-sign-in §3.11)', () => {
  test('a device gets one for its key, with its authority; hosts of other names are left out', async () => {
    const key = rsaKey();
    const dns_names = [
      'notebook7',
      'Notebook7.woodgrove.test',
      'dc1.woodgrove.test',
      'notebook7.woodgrove.test\0.evil',
      7,
    ];
    const reply = await asDevice(peerRequest({ csr: csrOf(key), dns_names }));
    assert.equal(reply.status, 200, reply.text);
    const [certificate, authority] = [certificateIn(reply.json.x5c), certificateIn(reply.json.x5c_ca)];
    assert.equal(certificate.subject, `DC=${world.tenantId}\nCN=${device.registration.deviceId}`);
    assert.equal(certificate.issuer, `CN=MS-Organization-P2P-Access [${new Date().getUTCFullYear()}]`);
    assert.ok(certificate.verify(authority.publicKey) && certificate.checkIssued(authority) && authority.ca);
    assert.equal(certificate.subjectAltName, 'DNS:notebook7, DNS:Notebook7.woodgrove.test');
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1']);
    assert.ok(certificate.checkPrivateKey(key));
    assert.equal(reply.json.expires_in, '86400', 'a text at version 1');
    const again = await asDevice(peerRequest());
    assert.equal(again.json.x5c_ca, reply.json.x5c_ca, 'the authority stays');
  });

  test('it is not a device certificate: the device signs in with that one alone', async () => {
    const key = rsaKey();
    const { json } = await asDevice(peerRequest({ csr: csrOf(key) }));
    const header = { typ: 'JWT', alg: 'RS256', x5c: [json.x5c], kdf_ver: 2 };
    const reply = await world.token(form(jws(header, peerRequest({ request_nonce: await world.nonce() }), key)));
    assert.equal(reply.number, 50155, reply.text);
  });

  const refusals: readonly (readonly [string, Readonly<Record<string, unknown>>, number])[] = [
    ['of another use', { cert_token_use: 'user_cert' }, 900144],
    ['of no use', { cert_token_use: undefined }, 900144],
    ['whose csr_type is not PKCS #10', { csr_type: 'CMC' }, 900144],
    ['without a certification request', { csr: undefined }, 0],
    ['whose certification request another key has signed', { csr: forged() }, 0],
    ['without a nonce', { request_nonce: undefined }, 140000],
    ['with a foreign nonce', { request_nonce: 'AAAA' }, 140000],
  ];
  for (const [name, change, number] of refusals)
    test(`a request ${name} is refused${number === 0 ? '' : ` with ${number}`}`, async () => {
      const reply = await asDevice(peerRequest(change));
      assert.equal(reply.status, 400, reply.text);
      if (number !== 0) assert.equal(reply.number, number, reply.text);
      assert.equal(reply.json.x5c, undefined);
    });

  test('the same request twice is a replay', async () => {
    const request = form(deviceJws(device, peerRequest({ request_nonce: await world.nonce() })));
    assert.equal((await world.token(request)).status, 200);
    assert.equal((await world.token(request)).number, 140000);
  });

  test('a device that is registered alone, one that is disabled and one that is unknown get none', async () => {
    const registered = await world.enrol({ displayName: 'Phone', trustType: 'Workplace' });
    await world.stores.devices.registrations.save({ ...registered.registration, joinType: 4 });
    assert.equal((await asDevice(peerRequest(), registered)).number, 50155);
    const disabled = await world.enrol({ accountEnabled: false });
    assert.equal((await asDevice(peerRequest(), disabled)).number, 135011);
    const gone = await world.enrol();
    await world.stores.devices.registrations.remove(gone.registration.deviceId);
    assert.equal((await asDevice(peerRequest(), gone)).number, 50155);
  });

  async function asUser(payload: Readonly<Record<string, unknown>>, version = '2.0', of = primary): Promise<Reply> {
    const request = sessionJws(of.sessionKey, {
      iss: 'aad:brokerplugin',
      grant_type: 'refresh_token',
      aud: 'login.microsoftonline.com',
      request_nonce: await world.nonce(),
      scope: 'openid aza ugs',
      refresh_token: of.token,
      client_id: windowsClient,
      csr_type: csrType,
      ...payload,
    });
    return world.token(form(request, version));
  }

  test('a user with a primary refresh token gets one for an hour: plain at version 1.0, encrypted later', async () => {
    const key = rsaKey();
    const payload = { cert_token_use: 'user_cert', csr: csrOf(key) };
    const { json, text } = await asUser(payload, '1.0');
    const [certificate, authority] = [certificateIn(json.x5c), certificateIn(json.x5c_ca)];
    assert.equal(certificate.subject, `DC=${world.tenantId}\nCN=${cloudSid(ana)}\nCN=ana@woodgrove.test`);
    assert.ok(certificate.checkIssued(authority) && certificate.checkPrivateKey(key));
    assert.deepEqual([json.expires_in, json.refresh_token], ['3600', undefined], text);
    assert.match((await asUser(payload)).text, /^[\w-]+\.\.[\w-]+\.[\w-]+\.$/);
    const [entry] = await world.records(ana);
    assert.deepEqual([entry?.status, entry?.because.code], ['success', 'userCertificateGranted']);
    assert.equal(entry?.incomingTokenType, 'primaryRefreshToken');
  });

  test('without a live primary refresh token there is none', async () => {
    const otherDevice = await world.enrol();
    const ended = await world.signIn(otherDevice);
    await world.stores.devices.primaryRefreshTokens.end({ deviceId: otherDevice.registration.deviceId });
    const payload = { cert_token_use: 'user_cert', csr: csrOf(rsaKey()) };
    assert.equal((await asUser(payload, '1.0', ended)).number, 50132);
    const stolen = { ...primary, sessionKey: new Uint8Array(32) };
    assert.equal((await asUser(payload, '1.0', stolen)).number, 140001);
    assert.equal((await asUser({ ...payload, cert_token_use: 'logon_cert' }, '1.0')).number, 900144);
  });

  describe('a certificate for a Windows Hello key (windows-sign-in §3.10)', () => {
    const request = (csr: string, more = {}) => ({
      cert_token_use: 'winhello_cert',
      scope: 'openid winhello_cert',
      resource: helloResource,
      csr,
      ...more,
    });

    async function helloKey(userId = ana, deviceId = device.registration.deviceId): Promise<KeyObject> {
      const key = rsaKey();
      const publicKey = spkiOf(key);
      await world.stores.devices.registrations.addUserKey({
        keyId: createHash('sha256').update(publicKey).digest('base64'),
        userId,
        deviceId,
        publicKey,
        createdDateTime: new Date(),
      });
      return key;
    }

    test('the user gets one for smart card log-on, with the authority in the same message', async () => {
      const key = await helloKey();
      const { json, text } = await asUser(request(csrOf(key)), '1.0');
      assert.equal(typeof json.x5c, 'string', text);
      const [certificate, authority] = certificatesIn(json.x5c);
      assert.equal(certificate!.subject, `DC=${world.tenantId}\nCN=ana@woodgrove.test`);
      assert.ok(certificate!.checkPrivateKey(key) && certificate!.checkIssued(authority!));
      assert.match(String(certificate!.subjectAltName), /othername.*UPN.*ana@woodgrove\.test|othername/i);
      assert.deepEqual(certificate!.keyUsage, ['1.3.6.1.5.5.7.3.2', '1.3.6.1.4.1.311.20.2.2']);
      assert.equal(json.scope, 'winhello_cert');
    });

    test('its authority is no trusted CA: the certificate itself signs in nowhere', async () => {
      const key = await helloKey();
      const { json } = await asUser(request(csrOf(key)), '1.0');
      const [certificate] = certificatesIn(json.x5c);
      const now = Math.floor(Date.now() / 1000);
      const nonce = await world.nonce();
      const claims = { iss: 'ana@woodgrove.test', aud: world.tenantId, iat: now, exp: now + 300, request_nonce: nonce };
      const header = { typ: 'JWT', alg: 'RS256', x5c: [certificate!.raw.toString('base64')] };
      const payload = { request_nonce: nonce, grant_type: assertionGrant, assertion: jws(header, claims, key) };
      const reply = await world.redeemDevice(deviceJws(device, payload));
      assert.equal(reply.number, 500176, reply.text);
    });

    test('a key that is not registered, or by another user, or on another device, gets none', async () => {
      const ben = await world.userId('ben');
      const otherDevice = await world.enrol();
      for (const key of [rsaKey(), await helloKey(ben), await helloKey(ana, otherDevice.registration.deviceId)])
        assert.equal((await asUser(request(csrOf(key)), '1.0')).number, 130004);
    });

    test('scope and resource are required', async () => {
      const csr = csrOf(await helloKey());
      assert.equal((await asUser(request(csr, { scope: 'openid' }), '1.0')).number, 900144);
      assert.equal((await asUser(request(csr, { resource: undefined }), '1.0')).number, 900144);
    });

    test('discovery names the capability', async () => {
      const { json } = await world.send(`/${world.tenantId}/.well-known/openid-configuration`);
      assert.ok((json.capabilities as string[]).includes('winhello_cert'));
    });
  });
});

describe('access tokens of devices (windows-sign-in §3.11)', () => {
  const request = (resource: string, more = {}) => ({
    grant_type: 'device_token',
    client_id: windowsClient,
    resource,
    redirect_uri: 'ms-appx-web://Microsoft.AAD.BrokerPlugin/S-1-15-2',
    iss: 'aad:brokerplugin',
    ...more,
  });

  test('a device gets one for device management and registration; it is about the device alone', async () => {
    for (const resource of [management, 'urn:ms-drs:enterpriseregistration.windows.net']) {
      const { json, text } = await asDevice(request(resource));
      assert.equal(typeof json.access_token, 'string', text);
      const claims = claimsIn(json.access_token);
      const { deviceId, objectId } = device.registration;
      assert.deepEqual(
        [claims.aud, claims.idtyp, claims.deviceid, claims.oid, claims.appid],
        [resource, 'device', deviceId, objectId, windowsClient],
      );
      for (const name of ['scp', 'roles', 'upn', 'amr']) assert.equal(claims[name], undefined, name);
      assert.deepEqual([json.expires_in, json.refresh_token], ['3600', undefined]);
    }
  });

  test('the device registration service does not take it for a user’s', async () => {
    const { json } = await asDevice(request('urn:ms-drs:enterpriseregistration.windows.net'));
    const headers = { authorization: `Bearer ${String(json.access_token)}`, 'content-type': 'application/json' };
    const reply = await world.send('/EnrollmentServer/device/?api-version=2.0', {
      method: 'POST',
      form: '{}',
      headers,
    });
    assert.deepEqual([reply.status, reply.json.subcode], [401, 'deviceTokenRefused'], reply.text);
  });

  test('Graph, an API of an administrator and nothing at all are no resources of a device', async () => {
    for (const resource of ['https://graph.microsoft.com', 'api://payroll', ''])
      assert.deepEqual(await errorOf(request(resource)), ['invalid_resource', 500011], resource);
    const unknown = request(management, { client_id: crypto.randomUUID() });
    assert.deepEqual(await errorOf(unknown), ['unauthorized_client', 700016]);
  });

  const errorOf = async (payload: object) => {
    const { json, number } = await asDevice({ ...payload });
    return [json.error, number];
  };
});

/** A request whose signature is of another key. */
function forged(): string {
  const der = Buffer.from(buildCertificationRequest('CN=x', rsaKey()));
  der[der.length - 1] = der.at(-1)! ^ 1;
  return der.toString('base64');
}

const spkiOf = (key: KeyObject): Uint8Array =>
  new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' }));

const certificatesIn = (text: unknown): readonly X509Certificate[] =>
  certificatesInPkcs7(Buffer.from(String(text), 'base64')).map((der) => new X509Certificate(der));
