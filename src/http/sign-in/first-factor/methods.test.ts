import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { federateDomain } from '#admin/tenant/domains.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { type LoginHost, openLoginHost } from '#test/signin/login-host.ts';

const provider = {
  ...{ issuerUri: 'urn:idp', passiveSignInUri: 'https://idp.test/sso' },
  preferredAuthenticationProtocol: 'wsFed',
} as const;
const username = 'ana@woodgrove.test';

describe('other ways to sign in (PAGE-5)', () => {
  let host: LoginHost;
  before(async () => {
    host = await openLoginHost();
    await host.addUser(username, 'right');
    const { tenant, ports } = host;
    orThrow(await federateDomain(tenant, 'fabrikam.test', provider, { actor: 'test', ports }));
  });
  after(() => host.end());
  beforeEach(() => host.setCertificates('disabled'));
  const setMethod = (id: 'Fido2' | 'TemporaryAccessPass', state: 'enabled' | 'disabled') => {
    const includeTargets = [{ targetType: 'group', id: 'all_users' }] as const;
    return host.ports.policy.setMethodState(id, { id, state, includeTargets, excludeTargets: [] } as never, 'test');
  };
  const waysOf = async (name: string, browser = host.browser()) => {
    const signIn = await host.begin({ prompt: 'login' }, browser);
    await signIn.post('/username', { username: name });
    const { status, heading, ways } = await signIn.get('/methods');
    assert.deepEqual([status, heading], [200, 'Choose a way to sign in']);
    return ways;
  };

  test('what the tenant has enabled is listed, the certificate first', async () => {
    assert.deepEqual(await waysOf(username), ['use-passkey', 'use-password', 'use-pass']);
    await host.setCertificates('enabled');
    assert.deepEqual(await waysOf(username), ['use-certificate', 'use-passkey', 'use-password', 'use-pass']);
    for (const id of ['Fido2', 'TemporaryAccessPass'] as const) await setMethod(id, 'disabled');
    assert.deepEqual(await waysOf(username), ['use-certificate', 'use-password']);
    for (const id of ['Fido2', 'TemporaryAccessPass'] as const) await setMethod(id, 'enabled');
  });

  test('the list is the same for a name that no user has, so that it does not tell who exists (FLOW-3)', async () => {
    await host.setCertificates('enabled');
    assert.deepEqual(await waysOf('nobody@woodgrove.test'), await waysOf(username));
  });

  test('nothing is listed for a name that signs in elsewhere (REALM-1)', async () => {
    await host.setCertificates('enabled');
    assert.deepEqual(await waysOf('ben@fabrikam.test'), []);
  });

  test('in a browser that knows the user, what the user has comes first, and nothing is left out', async () => {
    await host.setCertificates('enabled', { includeTargets: [] });
    const browser = host.browser();
    await (await host.begin({}, browser)).withPassword(username, 'right');
    assert.deepEqual(await waysOf(username, browser), ['use-password', 'use-certificate', 'use-passkey', 'use-pass']);
  });

  test('a certificate stays listed after it failed', async () => {
    await host.setCertificates('enabled');
    const signIn = await host.begin({ login_hint: username });
    assert.equal((await signIn.get('/complete?handoff=unknown')).status, 400);
    assert.ok((await signIn.get('/methods')).ways.includes('use-certificate'));
  });

  test('without a name there is nothing to choose from', async () =>
    assert.equal((await (await host.begin()).get('/methods')).location, ''));

  describe('ways that need no name', () => {
    test('a passkey is one; a certificate is where the tenant lets it name the user', async () => {
      assert.deepEqual((await host.begin()).first.ways, ['use-passkey']);
      await host.setCertificates('enabled');
      assert.deepEqual((await host.begin()).first.ways, ['use-passkey']);
      await host.setCertificates('enabled', { beyondEntra: { certificateMayNameUser: true } });
      assert.deepEqual((await host.begin()).first.ways, ['use-certificate', 'use-passkey']);
    });

    test('who takes one is not the user whose name was typed before', async () => {
      await host.setCertificates('enabled', { beyondEntra: { certificateMayNameUser: true } });
      for (const { way, next } of [
        { way: 'passkey', next: '/factor/passkey' },
        { way: 'certificate', next: '/certificate' },
      ]) {
        const signIn = await host.begin();
        await signIn.post('/username', { username });
        assert.equal((await signIn.get(`/nameless/${way}`)).location, next);
        assert.equal((await signIn.flow())?.username, undefined);
      }
    });

    test('a way that the tenant does not have leads back, and forgets nothing', async () => {
      const signIn = await host.begin();
      await signIn.post('/username', { username });
      for (const way of ['certificate', 'password', 'x'])
        assert.equal((await signIn.get(`/nameless/${way}`)).location, '', way);
      assert.equal((await signIn.flow())?.username, username);
    });
  });
});
