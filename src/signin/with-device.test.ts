import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { addAuthority } from '#admin/trust/authorities.ts';
import type { Proof } from '#core/access/proof.ts';
import { defaultX509CertificateConfiguration } from '#core/binding/policy.ts';
import type { User } from '#core/binding/user.ts';
import { orThrow, passed, refused } from '#core/trace/ruling.ts';
import { openCrlCache } from '#crls/cache/cache.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import { passkeys } from '#keys/passkeys.ts';
import { openPasswords } from '#keys/passwords.ts';
import type { Ports } from '#ports/ports.ts';
import { domainOf, type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { at, certificateOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { type DeviceCredential, type DeviceSignIn, signInWithDevice, userNamed, windowsSignIn } from './with-device.ts';

const root = testCa('Device Root');
const password = 'correct horse';
const proven = passed(true, 'primaryRefreshTokenAccepted', { credential: 'password', deviceId: 'd' });
const helloRuling = (userId: string, proofs: readonly Proof[] = []) =>
  passed({ userId, proofs }, 'helloKeyAccepted', { keyId: 'k' });
const mfaProof = (userId: string): Proof => ({ method: 'windowsHelloForBusiness', userId, at: at.toISOString() });

describe('a user signs in with a device', () => {
  let woodgrove: OneTenant;
  let ports: Ports;
  let crls: ReturnType<typeof openCrlCache>;
  const [ana, ben, off, away] = [
    userOf('ana@woodgrove.test', { onPremisesUserPrincipalName: 'ana@ad.test' }),
    userOf('ben@woodgrove.test'),
    userOf('off@woodgrove.test', { accountEnabled: false }),
    userOf('away@federated.test'),
  ];
  beforeEach(async () => {
    woodgrove = await openTenant([domainOf('woodgrove.test'), domainOf('federated.test', 'Federated')]);
    const { clock, storage, tenant, ports: stores } = woodgrove;
    crls = openCrlCache({ clock, bytes: storage.crlBytes });
    const passwords = openPasswords();
    ports = { ...stores, tenant, clock, crls, ocsp: openOcspClient(), passwords, passkeys };
    const hash = await passwords.hash(password);
    for (const user of [ana, ben, off, away]) {
      await stores.users.add(user, 'test');
      await stores.users.setPasswordHash(user.id, hash, 'test');
    }
    orThrow(
      await addAuthority({ certificate: certificateOf(root) }, { at: clock.now(), actor: 'test', ports: stores }),
    );
    const everyone = [{ targetType: 'group', id: 'all_users' }] as const;
    const x509 = { ...defaultX509CertificateConfiguration, state: 'enabled', includeTargets: everyone } as const;
    await stores.policy.setX509(x509, 'test');
  });
  afterEach(async () => {
    await crls.close();
    await woodgrove.end();
  });

  const signIn = async (credential: DeviceCredential, change: Partial<DeviceSignIn> = {}) => {
    const request: DeviceSignIn = {
      ...{ correlationId: crypto.randomUUID(), application: windowsSignIn, resourceId: '', ipAddress: '192.0.2.7' },
      ...{ userAgent: 'test', username: 'ana@woodgrove.test', deviceRuling: proven, credential },
      ...change,
    };
    const verdict = await signInWithDevice(request, { ports, at: woodgrove.clock.now() });
    const entries = await woodgrove.ports.signInLog.list({ top: 9, correlationId: request.correlationId });
    const code = verdict.kind === 'granted' ? verdict.trace.findings.at(-1)!.because.code : verdict.because.code;
    assert.deepEqual(
      entries.map((entry) => entry.because.code),
      [code],
      'each sign-in has one entry',
    );
    return { verdict, code, user: verdict.user?.userPrincipalName, loggedUserId: entries[0]?.userId };
  };
  const withPassword = (username: string, text = password) =>
    signIn({ kind: 'password', password: text }, { username });
  const withCertificate = (upn: string, username = upn, issuer = root) => {
    const leaf = issuer.issueUserCertificate({ upn }).der;
    const ruling = passed(true, 'helloKeyAccepted', { keyId: 'k' });
    return signIn({ kind: 'certificate', ruling, leaf }, { username });
  };

  const passwords = [
    { name: 'the user principal name', username: ana.userPrincipalName, code: 'primaryRefreshTokenIssued' },
    { name: 'the name of Active Directory (WIN-8)', username: 'ANA@ad.test', code: 'primaryRefreshTokenIssued' },
    { name: 'the name of a disabled user', username: off.userPrincipalName, code: 'passwordWrong' },
    { name: 'an unknown name', username: 'x@woodgrove.test', code: 'passwordWrong' },
    { name: 'a name of a federated domain', username: away.userPrincipalName, code: 'realmFederated' },
  ];
  for (const { name, username, code } of passwords)
    test(`a password with ${name}: ${code}`, async () => assert.equal((await withPassword(username)).code, code));

  test('a failure has the id of its user, whether the name is of Active Directory or the token alone names the user', async () => {
    const revokedToken = { kind: 'refreshToken', ruling: refused('brokerTokenUnknown', {}), userId: ana.id } as const;
    const failures = [
      await withPassword('ana@ad.test', 'wrong'),
      await withCertificate(ana.userPrincipalName, 'ana@ad.test', testCa('X')),
      await signIn(
        { kind: 'password', password },
        { username: 'ana@ad.test', deviceRuling: refused('deviceUnknown', { deviceId: 'd' }) },
      ),
      await signIn(revokedToken, { username: '' }),
      await signIn({ kind: 'refreshToken', ruling: revokedToken.ruling }, { username: '', userId: ana.id }),
    ];
    for (const { code, loggedUserId } of failures) assert.equal(loggedUserId, ana.id, code);
  });

  test('a wrong password is refused', async () =>
    assert.equal((await withPassword(ana.userPrincipalName, 'wrong')).code, 'passwordWrong'));

  const certificates = [
    { name: 'the user of the certificate', upn: ana.userPrincipalName, code: 'primaryRefreshTokenIssued' },
    {
      name: 'the name of Active Directory (WIN-8)',
      upn: ana.userPrincipalName,
      username: 'ana@ad.test',
      code: 'primaryRefreshTokenIssued',
    },
    { name: 'another user', upn: ben.userPrincipalName, username: ana.userPrincipalName, code: 'bindingMismatch' },
    { name: 'a certificate of another CA', upn: ana.userPrincipalName, issuer: testCa('X'), code: 'issuerNotTrusted' },
  ];
  for (const { name, upn, username, issuer, code } of certificates)
    test(`a certificate with ${name}: ${code}`, async () =>
      assert.equal((await withCertificate(upn, username, issuer)).code, code));

  const keys: readonly { readonly name: string; readonly user: User | undefined; readonly code: string }[] = [
    { name: 'an enabled user', user: ana, code: 'primaryRefreshTokenIssued' },
    { name: 'a disabled user', user: off, code: 'accountDisabled' },
    { name: 'a user who was deleted', user: undefined, code: 'accountUnknown' },
  ];
  for (const { name, user, code } of keys)
    test(`a key of ${name}: ${code}`, async () => {
      const ruling = helloRuling(user?.id ?? crypto.randomUUID());
      assert.equal((await signIn({ kind: 'windowsHelloForBusiness', ruling })).code, code);
    });

  for (const { proofs, isMultiFactor } of [
    { proofs: [], isMultiFactor: false },
    { proofs: [mfaProof(ana.id)], isMultiFactor: true },
  ])
    test(`a token that stands for ${proofs.length} proofs of two factors is ${isMultiFactor ? '' : 'not '}multifactor`, async () => {
      const { verdict } = await signIn({ kind: 'refreshToken', ruling: helloRuling(ana.id, proofs) });
      assert.ok(verdict.kind === 'granted');
      assert.equal(verdict.access.multiFactor, isMultiFactor);
    });

  test('the credential of another user does not renew a primary refresh token', async () => {
    const renew = (userId: string) =>
      signIn({ kind: 'windowsHelloForBusiness', ruling: helloRuling(ana.id) }, { userId });
    assert.equal((await renew(ben.id)).code, 'deviceUserOther');
    assert.equal((await renew(ana.id)).code, 'primaryRefreshTokenIssued');
  });

  test('a device that did not prove itself is refused before its user is looked at', async () => {
    const deviceRuling = refused('helloSignatureWrong', { keyId: 'k' });
    const { code, user } = await signIn({ kind: 'password', password }, { deviceRuling });
    assert.deepEqual([code, user], ['helloSignatureWrong', undefined]);
  });

  test('a certificate in place of a primary refresh token is said to be one', async () => {
    const { code } = await signIn({ kind: 'password', password }, { certificateUse: 'vpn' });
    assert.equal(code, 'userCertificateGranted');
  });

  test('a user is named by either name, enabled ones alone', async () => {
    const ids = ['ana@ad.test', ana.userPrincipalName, off.userPrincipalName, 'x@ad.test'].map(
      async (name) => (await userNamed(name, ports))?.id,
    );
    assert.deepEqual(await Promise.all(ids), [ana.id, ana.id, undefined, undefined]);
  });
});
