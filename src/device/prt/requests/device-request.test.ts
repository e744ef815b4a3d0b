import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { EnrolledDevice } from '#test/device/enrolled.ts';
import { openPrtTenant, type PrtTenantOfTest } from '#test/device/prt-tenant.ts';
import { deviceJws } from '#test/device/signed-requests.ts';
import { readDeviceRequest, unreplayed } from './device-request.ts';

describe('a request that a device signs (windows-sign-in §3.2)', () => {
  let woodgrove: PrtTenantOfTest;
  let laptop: EnrolledDevice;
  before(async () => {
    woodgrove = await openPrtTenant();
  });
  after(() => woodgrove.end());
  beforeEach(async () => {
    laptop = await woodgrove.enrol();
  });
  const signed = (payload: object = {}, header: Readonly<Record<string, unknown>> = {}, device = laptop) =>
    deviceJws(device, { request_nonce: woodgrove.nonce(), ...payload }, header);
  const codeOf = async (text: string) => {
    const ruling = await readDeviceRequest(text, woodgrove.at());
    return ruling.outcome === 'passed' ? ruling.value.device.registration.deviceId : ruling.because.code;
  };

  test('a fresh one of a registered device passes, with the device', async () =>
    assert.equal(await codeOf(signed()), laptop.registration.deviceId));

  test('the certificate of one device and the key of another do not go together', async () => {
    const secondOne = await woodgrove.enrol();
    const mixed = { registration: laptop.registration, deviceKey: secondOne.deviceKey };
    assert.equal(await codeOf(deviceJws(mixed, { request_nonce: woodgrove.nonce() })), 'deviceSignatureWrong');
  });

  for (const alg of ['RS384', 'none', 'HS256'])
    test(`${alg} is not the algorithm of a device (MS-OAPXBC names RS256 alone)`, async () =>
      assert.equal(await codeOf(signed({}, { alg })), 'deviceSignatureWrong'));

  test('a device that was disabled or deleted is refused before its nonce is looked at', async () => {
    const off = await woodgrove.enrol({ accountEnabled: false });
    assert.equal(await codeOf(signed({ request_nonce: '' }, {}, off)), 'deviceDisabled');
    await woodgrove.ports.devices.registrations.remove(laptop.registration.deviceId);
    assert.equal(await codeOf(signed({ request_nonce: '' })), 'deviceUnknown');
  });

  test('without a nonce, with one of another service, and with one of more than ten minutes ago it is refused', async () => {
    assert.equal(await codeOf(signed({ request_nonce: undefined })), 'deviceNonceMissing');
    assert.equal(await codeOf(signed({ request_nonce: 'x' })), 'deviceNonceInvalid');
    const old = signed();
    woodgrove.clock.pass(601_000);
    assert.equal(await codeOf(old), 'deviceNonceInvalid');
  });

  test('a request says itself until when it holds', async () => {
    const seconds = (after: number) => Math.floor(woodgrove.clock.at.getTime() / 1000) + after;
    assert.equal(await codeOf(signed({ exp: seconds(-301) })), 'assertionOutdated');
    assert.equal(await codeOf(signed({ nbf: seconds(301) })), 'assertionOutdated');
    assert.equal(await codeOf(signed({ exp: seconds(60), nbf: seconds(-60) })), laptop.registration.deviceId);
  });

  test('other octets are refused before any signature', async () => {
    assert.equal(await codeOf('not a request'), 'deviceRequestMalformed');
    assert.equal(await codeOf(signed({}, { x5c: undefined })), 'deviceRequestMalformed');
  });

  test('the same request is taken once, though its nonce holds longer (§3.1)', async () => {
    const [text, tenant] = [signed(), woodgrove.at()];
    const take = async () => (await unreplayed(await readDeviceRequest(text, tenant), tenant)).because.code;
    assert.deepEqual([await take(), await take()], ['deviceRequestSigned', 'deviceRequestReplayed']);
    const refusal = await readDeviceRequest('x', tenant);
    assert.equal(await unreplayed(refusal, tenant), refusal, 'a refusal stays what it is');
  });
});
