import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { methodsPolicy } from '#core/access/methods/system-preferred.ts';
import { userOf } from '#test/contract/user-of.ts';
import { registerCode } from '#test/signin/one-time-code.ts';
import { openSignIns, type SignIns } from '#test/signin/open-sign-ins.ts';
import { firstMethod, methodsOfKnown } from './first-method.ts';

const ana = userOf('ana@woodgrove.test');
const everything = { certificates: true, passwords: true };
const request = { username: ana.userPrincipalName, browser: 'known' };

describe('the method that a sign-in starts with', () => {
  let woodgrove: SignIns;
  beforeEach(async () => {
    woodgrove = await openSignIns();
    const { ports, clock } = woodgrove;
    await ports.users.add(ana, 'test');
    await ports.users.setPasswordHash(ana.id, 'a hash', 'test');
    await ports.browsers.remember(ana.id, 'known', new Date(clock.at.getTime() + 86_400_000));
    await registerCode(ana.id, ports, clock.at);
    await woodgrove.enableCertificates();
  });
  afterEach(() => woodgrove.end());
  const first = (change: Partial<typeof request> = {}, realm = everything) =>
    firstMethod({ ...request, ...change }, realm, woodgrove.context());
  const prefer = (state: string) =>
    woodgrove.ports.objects.add(
      { ...methodsPolicy, owner: '', document: { systemCredentialPreferences: { state } } },
      { activity: 'Update authentication methods policy', actor: 'test' },
    );

  test('nothing is started for a user who has not signed in yet: the page asks', async () =>
    assert.equal(await first(), undefined));

  test('the method of the last sign-in comes back (MRU-1), a certificate however strong it was', async () => {
    await woodgrove.ports.directory.rememberMethod(ana.id, 'password');
    assert.equal(await first(), 'password');
    await woodgrove.ports.directory.rememberMethod(ana.id, 'x509CertificateSingleFactor');
    assert.equal(await first(), 'x509CertificateMultiFactor');
  });

  test('Microsoft-managed, the strongest method comes first, whatever the last one was (SPA-1, SPA-2)', async () => {
    await woodgrove.ports.directory.rememberMethod(ana.id, 'password');
    await prefer('default');
    assert.equal(await first(), 'x509CertificateMultiFactor');
  });

  test('enabled, the order of the system is for the second factor alone (SPA-1)', async () => {
    await prefer('enabled');
    assert.equal(await first(), undefined);
  });

  for (const { name, change } of [
    { name: 'a browser that does not know the user', change: { browser: 'another' } },
    { name: 'a name of no user', change: { username: 'x@woodgrove.test' } },
  ])
    test(`${name} starts nothing and lists nothing, so that it does not tell who exists`, async () => {
      await woodgrove.ports.directory.rememberMethod(ana.id, 'password');
      await prefer('default');
      assert.equal(await first(change), undefined);
      assert.deepEqual(await methodsOfKnown({ ...request, ...change }, everything, woodgrove.context()), []);
    });

  test('a request without a cookie of a known browser starts nothing', async () => {
    await woodgrove.ports.directory.rememberMethod(ana.id, 'password');
    assert.equal(await firstMethod({ username: ana.userPrincipalName }, everything, woodgrove.context()), undefined);
  });

  for (const { name, realm, methods } of [
    {
      ...{ name: 'certificates and passwords', realm: everything },
      methods: ['x509CertificateMultiFactor', 'x509CertificateSingleFactor', 'password'],
    },
    { name: 'passwords', realm: { certificates: false, passwords: true }, methods: ['password'] },
    {
      ...{ name: 'certificates', realm: { certificates: true, passwords: false } },
      methods: ['x509CertificateMultiFactor', 'x509CertificateSingleFactor'],
    },
  ])
    test(`where ${name} sign in, they are the first factors of a known user, and a one-time code never is`, async () =>
      assert.deepEqual(await methodsOfKnown(request, realm, woodgrove.context()), methods));
});
