import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Proof } from '#core/access/proof.ts';
import type { RegisteredMethod } from '#model/authentication-method.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { availableMethods } from './available-methods.ts';

const ana = userOf('ana@woodgrove.test');
const common = { userId: ana.id, displayName: 'Method', createdDateTime: new Date('2027-03-01T11:00:00Z') };
const passkey: RegisteredMethod = {
  ...common,
  id: '11111111-0000-4000-8000-000000000001',
  kind: 'fido2',
  credentialId: 'AAAA',
  publicKey: 'AAAA',
  aaguid: '00000000-0000-0000-0000-000000000000',
  transports: [],
};
const pass = (minutes: number, isUsableOnce: boolean): RegisteredMethod => ({
  ...common,
  id: '11111111-0000-4000-8000-000000000002',
  kind: 'temporaryAccessPass',
  passHash: 'hash',
  startDateTime: common.createdDateTime,
  lifetimeInMinutes: minutes,
  isUsableOnce,
});
const certificates = ['x509CertificateMultiFactor', 'x509CertificateSingleFactor'];

describe('what a user could show at this moment', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    await woodgrove.ports.users.add(ana, 'test');
  });
  afterEach(() => woodgrove.end());

  const methods = async (requestingSession?: string) => {
    const { ports, clock } = woodgrove;
    const list = await availableMethods(
      ana,
      await ports.policies.current(),
      { ports, at: clock.at },
      requestingSession,
    );
    return list.filter((method) => !certificates.includes(method));
  };

  test('nothing where nothing is registered', async () => assert.deepEqual(await methods(), []));

  test('the password that is set, and the passkey', async () => {
    await woodgrove.ports.users.setPasswordHash(ana.id, 'hash', 'test');
    await woodgrove.ports.methods.add(passkey, 'test');
    assert.deepEqual(await methods(), ['fido2', 'password']);
  });

  for (const { name, registered, expected } of [
    { name: 'for one use', registered: pass(120, true), expected: ['temporaryAccessPassOneTime'] },
    { name: 'for several uses', registered: pass(120, false), expected: ['temporaryAccessPassMultiUse'] },
    { name: 'that has expired', registered: pass(30, false), expected: [] },
  ])
    test(`a pass ${name}: ${expected.join(', ') || 'none'}`, async () => {
      await woodgrove.ports.methods.add(registered, 'test');
      assert.deepEqual(await methods(), expected);
    });

  for (const { name, method, requestingSession, expected } of [
    {
      name: 'a session with multifactor authentication',
      method: 'x509CertificateMultiFactor',
      requestingSession: 'other',
      expected: ['deviceBasedPush', 'microsoftAuthenticatorPush'],
    },
    { name: 'a session with a password alone', method: 'password', requestingSession: 'other', expected: [] },
    {
      name: 'the session that the sign-in began in',
      method: 'x509CertificateMultiFactor',
      requestingSession: 'session',
      expected: [],
    },
  ] as const)
    test(`${name} can approve: ${expected.join(', ') || 'no'} (CAP-3)`, async () => {
      const { ports, clock } = woodgrove;
      const proof = { userId: ana.id, method, at: clock.at.toISOString() } as Proof;
      await ports.sessions.add('session', [proof], new Date(clock.at.getTime() + 3_600_000));
      assert.deepEqual(await methods(requestingSession), expected);
    });
});
