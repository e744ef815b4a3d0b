import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { unwrapSessionKey } from '#core/device/session-key.ts';
import { tokenFormOf } from '#signin/device/token-form.ts';
import { userOf } from '#test/contract/user-of.ts';
import type { EnrolledDevice } from '#test/device/enrolled.ts';
import { openPrtTenant, type PrtTenantOfTest } from '#test/device/prt-tenant.ts';
import { claimsIn } from '#test/device/signed-requests.ts';
import { amrOfDevice, keepRow, newSessionKey, tokenAnswer, tokenText } from './issue.ts';
import { proofsName } from './live-token.ts';
import { openPrimaryToken } from './primary-token.ts';

const proofsOf = (...methods: readonly Proof['method'][]): readonly Proof[] =>
  methods.map((method) => ({ method, userId: 'ana', at: '' }));

for (const { methods, amr } of [
  { methods: ['password'], amr: ['pwd', 'rsa'] },
  { methods: ['x509CertificateMultiFactor'], amr: ['rsa', 'mfa'] },
  { methods: ['x509CertificateSingleFactor'], amr: ['rsa'] },
  { methods: ['password', 'softwareOath'], amr: ['pwd', 'otp', 'rsa', 'mfa'] },
] as const)
  test(`amr after ${methods.join(' and ')} is ${amr.join(' ')}: the key of the device signed (windows-sign-in §3.8)`, () =>
    assert.deepEqual(amrOfDevice(proofsOf(...methods)), amr));

describe('a primary refresh token is issued (windows-sign-in §3.5)', () => {
  let woodgrove: PrtTenantOfTest;
  let laptop: EnrolledDevice;
  let ana: User;
  before(async () => {
    woodgrove = await openPrtTenant();
  });
  after(() => woodgrove.end());
  beforeEach(async () => {
    laptop = await woodgrove.enrol();
    ana = userOf(`${crypto.randomUUID()}@woodgrove.test`, { displayName: 'Ana' });
    await woodgrove.ports.users.add(ana, 'test');
  });
  const keep = (credential: 'password' | 'certificate' = 'password', device = laptop) => {
    const at = woodgrove.clock.at.toISOString();
    const proofs = [{ method: 'password', userId: ana.id, at }] as const;
    return keepRow({ user: ana, proofs, credential, registration: device.registration }, woodgrove.at());
  };

  test('a device has one for each user and kind of credential (PRT-6), which a new sign-in continues', async () => {
    const first = await keep();
    woodgrove.clock.pass(1000);
    const again = await keep();
    assert.deepEqual([again.id, again.issuedDateTime], [first.id, woodgrove.clock.at]);
    assert.deepEqual(await woodgrove.ports.sessions.proofs(proofsName(first.id)), again.proofs);
    const furtherOnes = [await keep('certificate'), await keep('password', await woodgrove.enrol())];
    assert.equal(new Set([first, ...furtherOnes].map(({ id }) => id)).size, 3);
  });

  test('the session key is for the transport key of the device, and a new one each time', () => {
    const [first, second] = [newSessionKey(laptop.registration), newSessionKey(laptop.registration)];
    const unwrapped = unwrapSessionKey(first.jwe, laptop.transportKey);
    assert.equal(unwrapped && Buffer.from(unwrapped).toString('base64url'), first.key);
    assert.equal(unwrapSessionKey(first.jwe, laptop.deviceKey), undefined);
    assert.notEqual(first.key, second.key);
  });

  test('one by a password remembers which password it was; one by a certificate does not', async () => {
    const tenant = woodgrove.at();
    const passwordOf = async (credential: 'password' | 'certificate') => {
      const key = { sessionKey: 'k', sessionKeyAt: 0, isVersion2: true };
      const text = await tokenText(await keep(credential), laptop.registration, key, tenant);
      return openPrimaryToken(text, tenant.tenantId, tenant.sealing)?.password;
    };
    assert.deepEqual([typeof (await passwordOf('password')), await passwordOf('certificate')], ['string', undefined]);
  });

  test('the answer has counts of seconds as texts at version 1 and as numbers at version 2 (windows-sign-in §0.5)', async () => {
    const row = await keep();
    const answer = (version: 1 | 2, form: Readonly<Record<string, string>> = {}, payload = {}) =>
      tokenAnswer(
        { row, user: ana, text: 'token', payload: { client_id: 'app', ...payload } },
        {
          ...{ form: tokenFormOf(Object.entries(form)), version, tenantName: 'common', ipAddress: '192.0.2.7' },
          ...{ userAgent: '', correlationId: 'c' },
        },
        woodgrove.at(),
      );
    const days = 14 * 86_400;
    assert.deepEqual([answer(1).expires_in, answer(2).expires_in], [String(days), days]);
    assert.deepEqual([answer(1).token_type, answer(1, { windows_api_version: '2.0' }).token_type], ['pop', 'Bearer']);
    assert.deepEqual(
      [answer(1).client_info === undefined, typeof answer(1, { client_info: 'True' }).client_info],
      [true, 'string'],
    );
    const { name, tid, amr, ipaddr, aud } = claimsIn(answer(1).id_token);
    assert.deepEqual([name, tid, amr, ipaddr, aud], ['Ana', woodgrove.tenant.id, ['pwd', 'rsa'], '192.0.2.7', 'app']);
    assert.ok('primary_sid' in claimsIn(answer(1, {}, { scope: 'openid ugs' }).id_token));
    assert.ok(!('primary_sid' in claimsIn(answer(1).id_token)));
    assert.ok(!('session_key_jwe' in answer(1)), 'the client keeps the key that it has');
  });
});
