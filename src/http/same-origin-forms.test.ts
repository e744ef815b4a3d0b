import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import { isForeignForm } from './same-origin-forms.ts';
import type { Env, ServerContext } from './server-context.ts';

const certauth = 'https://certauth.login.example.org';
const context = {
  loginOrigin: 'https://login.example.org',
  certauthOrigin: () => `https://0a1b2c3d4e5f.certauth.login.example.org`,
} as unknown as ServerContext;
const app = new Hono<Env>();
app.all('*', async (c) => c.json(await isForeignForm(context, c)));

const form = 'application/x-www-form-urlencoded';
const site = (value: string) => ({ 'sec-fetch-site': value });
const rows: readonly (readonly [name: string, headers: Record<string, string>, isForeign: boolean])[] = [
  ['a program sends neither header', {}, false],
  ['a page of the login host, as browsers say it', { ...site('same-origin'), origin: context.loginOrigin }, false],
  ['a page of the login host, in a browser without Sec-Fetch-Site', { origin: context.loginOrigin }, false],
  ['an address that a user typed', site('none'), false],
  ['a page of the certauth host', { ...site('same-site'), origin: certauth }, false],
  [
    'a page of the certauth host of a tenant',
    { ...site('same-site'), origin: context.certauthOrigin({} as never) },
    false,
  ],
  ['another site', { ...site('cross-site'), origin: 'https://evil.example' }, true],
  ['another site that hides its origin', { ...site('cross-site'), origin: 'null' }, true],
  ['another host of the same site', { ...site('same-site'), origin: 'https://www.example.org' }, true],
  ['another site, in a browser without Sec-Fetch-Site', { origin: 'https://evil.example' }, true],
  ['a hidden origin, in a browser without Sec-Fetch-Site', { origin: 'null' }, true],
  ['a host whose name begins like ours', { origin: 'https://login.example.org.evil.example' }, true],
  ['a host whose name ends like the certauth host', { origin: 'https://notcertauth.login.example.org' }, true],
  ['the same host at another port', { origin: 'https://login.example.org:8443' }, true],
  ['a value of Sec-Fetch-Site that no browser sends', site('mine'), true],
];
for (const [name, headers, isForeign] of rows)
  for (const type of [form, 'multipart/form-data; boundary=x', 'text/plain', undefined])
    test(`${isForeign ? 'refused' : 'taken'}: a form (${type ?? 'of no type'}) of ${name}`, async () => {
      const content: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const answer = await app.request('https://login.example.org/x', {
        method: 'POST',
        headers: { ...headers, ...content },
        body: new TextEncoder().encode('a=b'),
      });
      assert.equal(await answer.json(), isForeign);
    });

test('a page is read from another site: a link leads there', async () => {
  const answer = await app.request('https://login.example.org/x', { headers: site('cross-site') });
  assert.equal(await answer.json(), false);
});
