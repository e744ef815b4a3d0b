import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readCompactJws } from '#core/device/jose/compact-jws.ts';
import type { Device } from '#model/device.ts';
import { userOf } from '#test/contract/user-of.ts';
import { openPrtTenant, type PrtTenantOfTest } from '#test/device/prt-tenant.ts';
import { sessionJws } from '#test/device/signed-requests.ts';
import type { PrtSettings } from '../context.ts';
import { keepRow, newSessionKey, tokenText } from '../tokens/issue.ts';
import { readSessionRequest } from './session-request.ts';

describe('a request that a session key signs (windows-sign-in §3.7)', () => {
  let woodgrove: PrtTenantOfTest;
  before(async () => {
    woodgrove = await openPrtTenant();
  });
  after(() => woodgrove.end());
  async function issue({ isVersion2 = false, ...device }: Partial<Device> & { readonly isVersion2?: boolean } = {}) {
    const tenant = woodgrove.at();
    const user = userOf(`${crypto.randomUUID()}@woodgrove.test`);
    await woodgrove.ports.users.add(user, 'test');
    const { registration } = await woodgrove.enrol(device);
    const proofs = [{ method: 'password', userId: user.id, at: woodgrove.clock.at.toISOString() }] as const;
    const row = await keepRow({ user, proofs, credential: 'password', registration }, tenant);
    const { key } = newSessionKey(registration);
    const text = await tokenText(row, registration, { sessionKey: key, sessionKeyAt: 0, isVersion2 }, tenant);
    return { text, key: Buffer.from(key, 'base64url') };
  }
  async function codeOf(request: string, settings: Partial<PrtSettings> = {}) {
    const reading = readCompactJws(request);
    assert.ok(reading.outcome === 'passed');
    return (await readSessionRequest(reading.value, woodgrove.at(settings))).because.code;
  }

  test('one that the key of a live token signed passes, and any other key does not', async () => {
    const [first, second] = [await issue(), await issue()];
    assert.equal(await codeOf(sessionJws(first.key, { refresh_token: first.text })), 'primaryRefreshTokenAccepted');
    assert.equal(await codeOf(sessionJws(second.key, { refresh_token: first.text })), 'sessionKeySignatureWrong');
  });

  test('a token that this installation did not seal for this tenant is unknown', async () => {
    const [{ key, text }, secondOne] = [await issue(), await openPrtTenant()];
    assert.equal(await codeOf(sessionJws(key, { refresh_token: 'x' })), 'primaryRefreshTokenUnknown');
    assert.equal(await codeOf(sessionJws(key, {})), 'primaryRefreshTokenUnknown');
    const reading = readCompactJws(sessionJws(key, { refresh_token: text }));
    assert.ok(reading.outcome === 'passed');
    assert.equal((await readSessionRequest(reading.value, secondOne.at())).because.code, 'primaryRefreshTokenUnknown');
    await secondOne.end();
  });

  for (const { octets, code } of [
    { octets: 15, code: 'sessionKeySignatureWrong' },
    { octets: 16, code: 'primaryRefreshTokenAccepted' },
    { octets: 64, code: 'primaryRefreshTokenAccepted' },
    { octets: 65, code: 'sessionKeySignatureWrong' },
  ])
    test(`a context of ${octets} octets: ${code}`, async () => {
      const { key, text } = await issue();
      assert.equal(await codeOf(sessionJws(key, { refresh_token: text }, { contextOctets: octets })), code);
    });

  for (const [name, header] of [
    ['another algorithm', { alg: 'none' }],
    ['no context', { ctx: undefined }],
    ['a context that is not a text', { ctx: 24 }],
    ['a context that is not base64', { ctx: '!' }],
  ] as const)
    test(`a request with ${name} in its header is not signed by the session key`, async () => {
      const { key, text } = await issue();
      assert.equal(await codeOf(sessionJws(key, { refresh_token: text }, header)), 'sessionKeySignatureWrong');
    });

  const [accepted, outdated] = ['primaryRefreshTokenAccepted', 'keyDerivationOutdated'];
  for (const { operatingSystem, keyDerivation1, code } of [
    { operatingSystem: 'Windows', keyDerivation1: 'all', code: accepted },
    { operatingSystem: 'Windows', keyDerivation1: 'others', code: outdated },
    { operatingSystem: 'Linux', keyDerivation1: 'others', code: accepted },
    { operatingSystem: 'Linux', keyDerivation1: 'none', code: outdated },
  ] as const)
    test(`version 1 of the key derivation from ${operatingSystem}, where it is taken from ${keyDerivation1}: ${code}`, async () => {
      const { key, text } = await issue({ operatingSystem });
      const request = sessionJws(key, { refresh_token: text }, { kdf: 1 });
      assert.equal(await codeOf(request, { keyDerivation1 }), code);
    });

  test('a device that announced version 2 does not go back, whatever the setting', async () => {
    const { key, text } = await issue({ isVersion2: true, operatingSystem: 'Linux' });
    const request = (kdf: 1 | 2) => sessionJws(key, { refresh_token: text }, { kdf });
    assert.equal(await codeOf(request(1), { keyDerivation1: 'all' }), outdated);
    assert.equal(await codeOf(request(2), { keyDerivation1: 'all' }), accepted);
  });
});
