import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addRollout } from '#admin/policies/feature-rollouts.ts';
import { federateDomain } from '#admin/tenant/domains.ts';
import type { Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { handOver } from '#signin/handoff.ts';
import { callback, type LoginHost, openLoginHost } from '#test/signin/login-host.ts';

const provider = {
  ...{ issuerUri: 'urn:idp', passiveSignInUri: 'https://idp.test/sso' },
  preferredAuthenticationProtocol: 'wsFed',
} as const;
const group = '11111111-0000-4000-8000-000000000001';

describe('the sign-in pages of the login host', () => {
  let host: LoginHost;
  let ana: User;
  before(async () => {
    host = await openLoginHost();
    const { ports, tenant } = host;
    ana = await host.addUser('ana@woodgrove.test', 'right');
    const pilot = await host.addUser('pilot@fabrikam.test', 'right');
    await ports.groups.add({ id: group, displayName: 'Pilots' }, 'test');
    await ports.groups.addMember(group, { kind: 'user', id: pilot.id }, 'test');
    orThrow(await federateDomain(tenant, 'fabrikam.test', provider, { actor: 'test', ports }));
    const rollout = {
      ...{ displayName: 'Cards', description: '', feature: 'certificateBasedAuthentication', isEnabled: true },
      ...{ isAppliedToOrganization: false, appliesTo: [group] },
    } as const;
    orThrow(await addRollout(rollout, { actor: 'test', ports }));
  });
  after(() => host.end());
  const proofOf = (method: Proof['method']): Proof => ({ method, userId: ana.id, at: new Date().toISOString() });

  describe('the name (FLOW-2)', () => {
    test('a name of the tenant is stored, and its page follows', async () => {
      const signIn = await host.begin();
      assert.equal(signIn.first.heading, 'Sign in');
      assert.equal((await signIn.post('/username', { username: 'Ana@woodgrove.test' })).location, '');
      assert.equal((await signIn.flow())?.username, 'Ana@woodgrove.test');
      const page = await signIn.get();
      assert.deepEqual([page.status, page.heading], [200, 'Enter password']);
    });

    for (const username of ['x@nowhere.test', 'x'])
      test(`${username} is asked for again, with what was typed`, async () => {
        const signIn = await host.begin();
        const page = await signIn.post('/username', { username });
        assert.deepEqual([page.status, page.heading], [400, 'Sign in']);
        assert.ok(page.text.includes(`value="${username}"`));
        assert.equal((await signIn.flow())?.username, undefined);
      });

    test('a name that no user has looks like one that a user has', async () => {
      const pageOf = async (username: string) => {
        const signIn = await host.begin();
        await signIn.post('/username', { username });
        const { status, text } = await signIn.get();
        return { status, text: text.replaceAll(signIn.base, '').replaceAll(username, '') };
      };
      assert.deepEqual(await pageOf('nobody@woodgrove.test'), await pageOf('ana@woodgrove.test'));
    });

    test('a name of a federated domain goes to its identity provider (REALM-1)', async () => {
      const signIn = await host.begin();
      await signIn.post('/username', { username: 'ben@fabrikam.test' });
      const { status, text } = await signIn.get();
      assert.equal(status, 200);
      assert.match(text, /id="elsewhere" href="https:\/\/idp\.test\/sso\?[^"]*username=ben%40fabrikam\.test/);
      assert.ok(text.includes(signIn.uid), 'the context names the sign-in');
    });

    test('a user of the staged rollout, who has no password here, goes to the certificate at once', async () => {
      const signIn = await host.begin();
      await signIn.post('/username', { username: 'pilot@fabrikam.test' });
      assert.equal((await signIn.get()).heading, 'Choose your certificate');
    });

    test('the name can be changed after it was typed, and the hint of the application is one', async () => {
      const signIn = await host.begin({ login_hint: 'ana@woodgrove.test' });
      assert.equal(signIn.first.heading, 'Enter password');
      const page = await signIn.get('?change=username');
      assert.equal(page.heading, 'Sign in');
      assert.ok(page.text.includes('value="ana@woodgrove.test"'));
    });
  });

  describe('the password (FLOW-3)', () => {
    test('a wrong one is reported on its page, and the right one ends the sign-in at the application with a code', async () => {
      const signIn = await host.begin();
      const page = await signIn.withPassword('ana@woodgrove.test', 'wrong');
      assert.deepEqual([page.status, page.heading], [400, 'Enter password']);
      const end = await signIn.post('/password', { password: 'right' });
      const address = new URL(end.location!);
      assert.equal(address.origin + address.pathname, callback);
      assert.ok(address.searchParams.get('code'));
      assert.equal(await signIn.flow(), undefined, 'nothing of the sign-in is left');
    });

    test('the browser then knows the tenant, the account and the user, by cookies of this host alone', async () => {
      const signIn = await host.begin();
      const end = await signIn.withPassword('ana@woodgrove.test', 'right');
      const lines = end.headers.getSetCookie().filter((line) => line.startsWith('__Host-cardea-'));
      for (const name of ['tenant', 'accounts', 'browser'])
        assert.ok(
          lines.some((line) => line.startsWith(`__Host-cardea-${name}=`)),
          name,
        );
      for (const attribute of [/; HttpOnly/i, /; Secure/i, /; SameSite=Lax/i])
        for (const line of lines) assert.match(line, attribute);
    });

    test('without a name there is nothing that a password could prove', async () => {
      const signIn = await host.begin();
      assert.equal((await signIn.post('/password', { password: 'right' })).location, '');
    });

    test('it is a first factor, whichever user was proven in the sign-in before', async () => {
      const signIn = await host.begin();
      await signIn.post('/username', { username: 'ana@woodgrove.test' });
      const flow = (await signIn.flow())!;
      const ben = await host.addUser('ben@woodgrove.test');
      await host.ports.flows.put({ ...flow, userId: ben.id, proofs: [{ ...proofOf('fido2'), userId: ben.id }] });
      assert.ok((await signIn.post('/password', { password: 'right' })).location?.startsWith(callback));
      const [entry] = await host.ports.signInLog.list({ top: 1, correlationId: flow.correlationId });
      assert.deepEqual([entry?.userId, entry?.proofs.map(({ method }) => method)], [ana.id, ['password']]);
    });

    test('the way to a certificate is on its page where the tenant has it, in scope or not', async () => {
      const waysOf = async (username: string) => {
        const signIn = await host.begin({ login_hint: username });
        return signIn.first.ways;
      };
      await host.setCertificates('enabled');
      assert.deepEqual(await waysOf('x@woodgrove.test'), ['use-certificate']);
      await host.setCertificates('disabled');
      assert.deepEqual(await waysOf('x@woodgrove.test'), []);
    });
  });

  test('a browser that knows the user starts with what was used last (MRU-1), until another way is chosen', async () => {
    await host.setCertificates('enabled');
    const browser = host.browser();
    await (await host.begin({}, browser)).withPassword('ana@woodgrove.test', 'right');
    await host.ports.directory.rememberMethod(ana.id, 'x509CertificateMultiFactor');
    const again = { prompt: 'login', login_hint: 'ana@woodgrove.test' };
    const signIn = await host.begin(again, browser);
    assert.equal(signIn.first.heading, 'Choose your certificate');
    assert.equal((await signIn.get('?other=1')).heading, 'Enter password');
    assert.equal((await host.begin(again)).first.heading, 'Enter password', 'another browser starts with nothing');
    await host.setCertificates('disabled');
  });

  test('a sign-in that has proven a user continues with the next factor, unless it begins again', async () => {
    const signIn = await host.begin();
    await signIn.post('/username', { username: 'ana@woodgrove.test' });
    await host.ports.flows.put({ ...(await signIn.flow())!, userId: ana.id, proofs: [proofOf('password')] });
    assert.equal((await signIn.get()).location, '/factor');
    assert.equal((await signIn.get('?other=1')).heading, 'Enter password');
    assert.equal((await signIn.get('?change=username')).heading, 'Sign in');
  });

  describe('the way back from the certauth host', () => {
    const proven = async (interactionUid: string) =>
      handOver({ interactionUid, userId: ana.id, proofs: [proofOf('x509CertificateMultiFactor')] }, host.context());

    test('a handoff for this sign-in ends it for the user that the certificate named', async () => {
      const signIn = await host.begin();
      const page = await signIn.get(`/complete?handoff=${await proven(signIn.uid)}`);
      assert.ok(page.location?.startsWith(callback));
      const accounts = page.headers.getSetCookie().find((line) => line.startsWith('__Host-cardea-accounts='))!;
      const value = Buffer.from(/=([^;]*)/.exec(accounts)![1]!, 'base64url').toString();
      assert.equal(value, 'ana@woodgrove.test', 'the browser remembers the name, which was not typed');
    });

    test('one that was used, one of another sign-in, and none are refused, with the other ways', async () => {
      const [signIn, secondOne] = [await host.begin(), await host.begin()];
      const foreign = await proven(secondOne.uid);
      for (const handoff of ['', 'unknown', foreign]) {
        const page = await signIn.get(`/complete?handoff=${handoff}`);
        assert.deepEqual([page.status, page.text.includes(`${signIn.base}/methods`)], [400, true], handoff);
      }
      assert.equal((await secondOne.get(`/complete?handoff=${foreign}`)).status, 400, 'it is spent');
    });

    test('a handoff is worth nothing in another browser than the one that began the sign-in', async () => {
      const [signIn, stranger] = [await host.begin(), await host.begin()];
      const handoff = await proven(signIn.uid);
      const response = await stranger.browser.fetch(`${signIn.base}/complete?handoff=${handoff}`);
      assert.equal(response.status, 400);
      assert.ok((await signIn.get(`/complete?handoff=${handoff}`)).location?.startsWith(callback), 'and is not spent');
    });
  });

  test('no page of a sign-in is shown to another browser', async () => {
    const [signIn, stranger] = [await host.begin(), host.browser()];
    for (const path of ['', '/methods', '/certificate', '/factor', '/stay'])
      assert.equal((await stranger.fetch(signIn.base + path)).status, 400, path);
  });

  test('the application learns that the user canceled (RFC 6749 §4.1.2.1)', async () => {
    const signIn = await host.begin();
    const { searchParams } = new URL((await signIn.post('/cancel')).location!);
    assert.deepEqual([searchParams.get('error'), searchParams.get('state')], ['access_denied', 's']);
  });

  test('a form of another site is refused at each address', async () => {
    const signIn = await host.begin();
    for (const path of ['/username', '/account', '/forget', '/cancel', '/password', '/factor/password', '/stay']) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' };
      const response = await signIn.browser.fetch(signIn.base + path, { method: 'POST', headers, body: 'username=x' });
      assert.equal(response.status, 403, path);
    }
  });

  test('no fault was met on the way', () => assert.deepEqual(host.faults, []));
});
