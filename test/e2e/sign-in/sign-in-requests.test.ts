import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, authorizeUrl, type Heard } from '../attacks/ask.ts';
import { setPassword } from '../second-factor/conditional-access.ts';
import { RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';

/** The addresses of a sign-in, without ids. */
const plainPath = (path: string) =>
  path.replace(/[\w-]{20,}/g, 'ID').replace(/^\/(?:ID|woodgrove\.test)\//, '/TENANT/');

describe('the requests of a sign-in', () => {
  const password = 'Correct horse battery staple';
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
    await setPassword(server, 'ben@woodgrove.test', password);
  });
  after(() => server.remove());

  /** A person whose browser notes what it asks for. */
  function observed(card?: string): { readonly sitting: Sitting; readonly requests: string[] } {
    const sitting = new Sitting(server, card === undefined ? undefined : server.card(card));
    const requests: string[] = [];
    const { browser } = sitting;
    const [get, post] = [browser.get.bind(browser), browser.post.bind(browser)];
    browser.get = (url) => {
      requests.push(`GET ${plainPath(url.pathname)}`);
      return get(url);
    };
    browser.post = (url, form) => {
      requests.push(`POST ${plainPath(url.pathname)}`);
      return post(url, form);
    };
    return { sitting, requests };
  }

  test('with a certificate: the certauth host leads to the step that answers the application', async () => {
    const { sitting, requests } = observed('ana');
    await sitting.open();
    await sitting.withCard('ana@woodgrove.test');
    assert.ok(sitting.isSignedIn, sitting.page?.body);
    assert.deepEqual(requests, [
      'GET /TENANT/oauth2/v2.0/authorize',
      'POST /login/ID/username',
      'GET /login/ID',
      'GET /login/ID/certificate',
      'GET /TENANT/certauth/ID',
      'GET /login/ID/complete',
    ]);
    assert.equal((await sitting.claims()).id.preferred_username, 'ana@woodgrove.test');
  });

  test('with a user name in the request: authorize leads to the certauth host, which knows the sign-in', async () => {
    const { sitting, requests } = observed('ana');
    await sitting.open();
    await sitting.withCard('ana@woodgrove.test');
    requests.length = 0;
    await sitting.open({ login_hint: 'ana@woodgrove.test', prompt: 'login' }); // MRU-1: this browser used a certificate before
    assert.ok(sitting.isSignedIn, sitting.page?.body);
    assert.deepEqual(requests, [
      'GET /TENANT/oauth2/v2.0/authorize',
      'GET /TENANT/certauth/ID',
      'GET /login/ID/complete',
    ]);
  });

  test('the page at authorize is kept by no cache, in no frame, and its cookies open its sign-in alone', async () => {
    const heard = await ask(server, authorizeUrl(server), { headers: { accept: 'text/html' } });
    assert.equal(heard.status, 200);
    const { headers, body } = heard;
    assert.equal(headers.location, undefined);
    for (const [name, value] of Object.entries({
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'content-type': 'text/html; charset=utf-8',
    }))
      assert.deepEqual(headers[name], [value], name);
    assert.match(
      headers['content-security-policy']![0]!,
      /form-action 'self' http:\/\/localhost; frame-ancestors 'none'/,
    );
    assert.match(headers['x-ms-request-id']![0]!, /^[\da-f-]{36}$/);
    const [base] = /\/login\/[\w-]+/.exec(body)!;
    const lines = headers['set-cookie']!;
    const names = lines.map((line) => line.split('=')[0]);
    assert.deepEqual(names, [...new Set(names)], 'no cookie is set twice');
    for (const line of lines.filter((text) => text.startsWith('__Secure-cardea-interaction')))
      assert.match(line, new RegExp(`; path=${base};`));
  });

  test('the page at authorize is the sign-in of its own request, whatever cookies another sign-in left in the browser', async () => {
    const cookies = (heard: Heard) => (heard.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
    const htmlAnswer = await ask(server, authorizeUrl(server), { headers: { accept: 'text/html' } });
    const headers = { accept: 'text/html', cookie: cookies(htmlAnswer) };
    const { status, body } = await ask(server, authorizeUrl(server), { headers });
    assert.equal(status, 200);
    const base = (text: string) => /\/login\/[\w-]+/.exec(text)![0];
    assert.notEqual(base(body), base(htmlAnswer.body));
  });

  test('at an alias of tenants the page of the user name is the answer as well', async () => {
    await server.cardea('tenant', 'add', 'Fabrikam', '--domain', 'fabrikam.test');
    const url = authorizeUrl(server);
    url.pathname = '/organizations/oauth2/v2.0/authorize';
    const { status, headers, body } = await ask(server, url, { headers: { accept: 'text/html' } });
    assert.deepEqual([status, headers.location], [200, undefined]);
    assert.match(body, /<form method="post" action="\/organizations\/login\?/);
  });

  test('a form that another site posts to authorize is asked again by GET, with the cookies of the browser', async () => {
    const form = Object.fromEntries(authorizeUrl(server).searchParams);
    const { status, headers } = await ask(server, new URL(authorizeUrl(server).pathname, server.origin), { form });
    assert.equal(status, 303);
    assert.match(headers.location![0]!, /^\/woodgrove\.test\/oauth2\/v2\.0\/authorize\?/);
  });

  test('with a password: the form that sends it is answered with the address of the application', async () => {
    const { sitting, requests } = observed();
    await sitting.open();
    await sitting.withPassword('ben@woodgrove.test', password);
    assert.ok(sitting.isSignedIn, sitting.page?.body);
    assert.equal(requests.at(-1), 'POST /login/ID/password');
  });

  test('with response_mode=form_post: the same form is answered with the form for the application', async () => {
    const { sitting, requests } = observed();
    await sitting.open({ response_mode: 'form_post' });
    const { status, body } = await sitting.withPassword('ben@woodgrove.test', password);
    assert.equal(status, 200);
    assert.match(body, /<form method="post" action="http:\/\/localhost[^"]*" name="hiddenform">.*name="code"/);
    assert.equal(requests.at(-1), 'POST /login/ID/password');
  });

  test('the form that ends a sign-in, posted once more, gives no second code and says how to begin again', async () => {
    const { sitting } = observed();
    await sitting.open();
    await sitting.fill({ username: 'ben@woodgrove.test' });
    const { page } = sitting;
    await sitting.fill({ password });
    assert.ok(sitting.isSignedIn, sitting.page?.body);
    sitting.page = page;
    const again = await sitting.fill({ password });
    assert.deepEqual([again.status, again.location, sitting.number], [400, undefined, 'AADSTS90100']);
    assert.match(again.body, /start again/i);
  });

  test('the address that takes a handoff, loaded again, gives no second code', async () => {
    const { sitting } = observed('ana');
    await sitting.open();
    await sitting.withCard('ana@woodgrove.test');
    const { url } = sitting.page!;
    assert.match(url.pathname, /\/complete$/);
    const again = await sitting.goTo(url);
    assert.deepEqual([again.status, again.location], [400, undefined]);
  });

  test('the application learns of a canceled sign-in in the answer to the form', async () => {
    const { sitting, requests } = observed();
    await sitting.open();
    const { status, location } = await sitting.press('/cancel');
    assert.equal(status, 303);
    assert.equal(new URL(location!).searchParams.get('error'), 'access_denied');
    assert.equal(requests.at(-1), 'POST /login/ID/cancel');
  });
});
