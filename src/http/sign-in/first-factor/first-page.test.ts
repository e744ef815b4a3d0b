import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from '#test/e2e/oidc/browser.ts';
import { type LoginHost, openLoginHost } from '#test/signin/login-host.ts';

const ana = 'ana@woodgrove.test';

describe('the first page of an alias of tenants, where the name decides which tenant it is', () => {
  let host: LoginHost;
  before(async () => {
    host = await openLoginHost();
    await host.addUser(ana, 'right');
    await host.addTenant('contoso.test');
  });
  after(() => host.end());
  const query = 'client_id=app&state=a%26b&redirect_uri=https%3A%2F%2Fapp.test%2Fcallback';
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
  const get = async (path: string, browser = host.browser()) => {
    const response = await browser.fetch(path, { headers: { accept: 'text/html' } });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const post = async (path: string, username: string, browser = host.browser()) => {
    const body = new URLSearchParams({ username }).toString();
    const response = await browser.fetch(path, { method: 'POST', headers: form, body });
    const location = response.headers.get('location');
    return { status: response.status, text: await response.text(), location };
  };
  const nextOf = (location: string | null) => {
    const url = new URL(location!, host.origin);
    return { path: url.pathname, query: Object.fromEntries(url.searchParams) };
  };

  for (const alias of ['common', 'organizations'])
    test(`${alias}: the tenant of the name continues with the request as it was, and the name as its hint`, async () => {
      const next = nextOf((await post(`/${alias}/login?${query}`, ` ${ana} `)).location);
      assert.deepEqual(next, {
        path: `/${host.tenant.id}/oauth2/v2.0/authorize`,
        query: {
          ...{ client_id: 'app', state: 'a&b', redirect_uri: 'https://app.test/callback' },
          ...{ login_hint: ana, cardea_alias: alias },
        },
      });
    });

  test('the form posts the request along, and may lead to its application', async () => {
    const page = await get(`/common/login?${query}`);
    assert.equal(page.status, 200);
    assert.ok(page.text.includes(`action="/common/login?${query.replaceAll('&', '&amp;')}"`));
    assert.match(page.headers.get('content-security-policy') ?? '', /form-action 'self' https:\/\/app\.test;/);
  });

  test('a name of no tenant is asked for again, with what was typed; whether a user has it is not asked', async () => {
    const page = await post(`/common/login?${query}`, 'x@nowhere.test');
    assert.deepEqual([page.status, page.text.includes('value="x@nowhere.test"')], [400, true]);
    assert.equal((await post(`/common/login?${query}`, 'nobody@woodgrove.test')).status, 303);
  });

  for (const { prompt, left } of [
    { prompt: 'select_account', left: undefined },
    { prompt: 'select_account login', left: 'login' },
    { prompt: 'login', left: 'login' },
  ])
    test(`prompt=${prompt}: the account is chosen here, and ${left ?? 'nothing'} is left for the tenant`, async () => {
      const path = `/common/login?${query}&change=username&prompt=${encodeURIComponent(prompt)}`;
      const { query: next } = nextOf((await post(path, ana)).location);
      assert.deepEqual([next.prompt, next.change], [left, undefined]);
    });

  describe('with prompt=select_account, in a browser that remembers accounts', () => {
    const path = `/common/login?${query}&prompt=select_account`;
    let browser: Browser;
    before(async () => {
      browser = host.browser();
      await (await host.begin({}, browser)).withPassword(ana, 'right');
    });

    test('they are listed; another name can be typed', async () => {
      const { text } = await get(path, browser);
      assert.match(text, /<h1>Pick an account/);
      assert.ok(text.includes(`class="account" name="username" value="${ana}"`));
      assert.match((await get(`${path}&change=username`, browser)).text, /<h1>Sign in/);
      assert.match((await get(`/common/login?${query}`, browser)).text, /<h1>Sign in/, 'without the prompt');
      assert.match((await get(path)).text, /<h1>Sign in/, 'in another browser');
    });

    test('a name that is wrong is shown on the page where it is typed', async () =>
      assert.match((await post(path, 'x@nowhere.test', browser)).text, /<h1>Sign in/));

    test('an account is forgotten, and the page shows the others', async () => {
      const { location } = await post(path.replace('/login?', '/login/forget?'), ana, browser);
      assert.equal(location, path);
      assert.match((await get(path, browser)).text, /<h1>Sign in/);
    });
  });

  test('a form of another site is refused', async () => {
    for (const path of ['/common/login', '/common/login/forget', '/organizations/login']) {
      const headers = { ...form, 'sec-fetch-site': 'cross-site' };
      const response = await host.browser().fetch(path, { method: 'POST', headers, body: `username=${ana}` });
      assert.equal(response.status, 403, path);
    }
  });
});
