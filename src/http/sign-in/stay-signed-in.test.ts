import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { changeBranding } from '#admin/tenant/branding.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { accessDocuments } from '#test/contract/documents.ts';
import type { SignInPage } from '#test/signin/browser-sign-in.ts';
import { callback, type LoginHost, openLoginHost } from '#test/signin/login-host.ts';

const { policy } = accessDocuments;
const username = 'ana@woodgrove.test';

describe('whether to stay signed in', () => {
  let host: LoginHost;
  before(async () => {
    host = await openLoginHost();
    await host.addUser(username, 'right');
  });
  after(() => host.end());
  const ask = async (asksToStaySignedIn: boolean) => {
    const { tenant, ports } = host;
    orThrow(await changeBranding({ asksToStaySignedIn }, { actor: 'test', ports: { objects: ports.objects, tenant } }));
  };
  /** Seconds for which the browser keeps the session; undefined where it ends with the browser. */
  const sessionSeconds = (page: SignInPage): number | undefined => {
    const line = page.headers.getSetCookie().find((item) => item.startsWith('__Host-cardea-session-'));
    assert.ok(line, 'there is a session');
    const expires = /expires=([^;]+)/i.exec(line)?.[1];
    return expires === undefined ? undefined : Math.round((Date.parse(expires) - Date.now()) / 1000);
  };

  test('a tenant that does not ask has sessions that end with the browser', async () => {
    const page = await (await host.begin()).withPassword(username, 'right');
    assert.ok(page.location?.startsWith(callback));
    assert.equal(sessionSeconds(page), undefined);
  });

  for (const { answer, days } of [
    { answer: 'yes', days: 90 },
    { answer: 'no', days: undefined },
  ])
    test(`a tenant that asks: after ${answer}, the session lasts ${days ? `${days} days` : 'as long as the browser'}`, async () => {
      await ask(true);
      const signIn = await host.begin();
      assert.equal((await signIn.withPassword(username, 'right')).location, '/stay');
      const question = await signIn.get('/stay');
      assert.deepEqual([question.status, question.heading], [200, 'Stay signed in?']);
      const end = await signIn.post('/stay', { stay: answer });
      assert.ok(end.location?.startsWith(callback));
      const seconds = sessionSeconds(end);
      assert.equal(seconds === undefined ? undefined : Math.round(seconds / 86_400), days);
      await ask(false);
    });

  test('policy that says how long sessions last is not asked about', async () => {
    await ask(true);
    await host.setPolicies({
      ...policy,
      grantControls: null,
      sessionControls: { persistentBrowser: { isEnabled: true, mode: 'never' } },
    } as never);
    const page = await (await host.begin()).withPassword(username, 'right');
    assert.ok(page.location?.startsWith(callback));
    assert.equal(sessionSeconds(page), undefined);
    await host.setPolicies();
    await ask(false);
  });

  test('nothing is asked, and nothing answered, before a user is proven', async () => {
    await ask(true);
    const signIn = await host.begin();
    await signIn.post('/username', { username });
    assert.equal((await signIn.get('/stay')).location, '');
    assert.equal((await signIn.post('/stay', { stay: 'yes' })).location, '');
    await ask(false);
  });

  test('the answer asks policy once more: what it wants meanwhile is asked for first', async () => {
    await ask(true);
    const signIn = await host.begin();
    assert.equal((await signIn.withPassword(username, 'right')).location, '/stay');
    await host.setPolicies(policy);
    assert.equal((await signIn.post('/stay', { stay: 'yes' })).location, '/factor');
    await host.setPolicies();
    await ask(false);
  });
});
