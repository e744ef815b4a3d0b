import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { singlePageId } from '#admin/applications/first-party.ts';
import { chromiumMissing, openPages, takePicture } from '../e2e/chromium.ts';
import { claimsOf, RunningServer } from '../e2e/server.ts';

const skip = chromiumMissing() ?? false;

/** What of an answer of the token endpoint this test looks at. */
interface TokenAnswer {
  readonly status: number;
  readonly origin: string | undefined;
  readonly form: URLSearchParams;
  readonly allowed: string | null;
  readonly body: Record<string, unknown>;
}

test('MSAL in a page signs in, renews silently, and steps up when an API answers with a claims challenge', {
  skip,
}, async (t) => {
  const server = await RunningServer.start();
  t.after(() => server.remove());
  const card = join(server.folder, 'demo', 'cards', 'ana.p12');
  const browser = await openPages(server, card);
  t.after(() => browser.close());
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  const answers: Promise<TokenAnswer>[] = [];
  page.on('response', (response) => {
    const request = response.request();
    if (!response.url().includes('/oauth2/v2.0/token') || request.method() !== 'POST') return;
    answers.push(
      (async () => ({
        status: response.status(),
        origin: (await request.allHeaders()).origin,
        form: new URLSearchParams(request.postData() ?? ''),
        allowed: await response.headerValue('access-control-allow-origin'),
        body: (await response.json()) as Record<string, unknown>,
      }))(),
    );
  });

  await page.goto(`${server.origin}/spa`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('User name').fill('ana@woodgrove.test');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('link', { name: 'Use a certificate or smart card' }).click();
  await page.locator('#who').filter({ hasText: 'ana@woodgrove.test' }).waitFor();
  assert.equal(page.url(), `${server.origin}/spa`);

  await page.getByRole('button', { name: 'Renew the token' }).click();
  await page.locator('#renewed').filter({ hasText: 'came silently' }).waitFor();
  assert.equal(page.url(), `${server.origin}/spa`);

  await page.getByRole('button', { name: 'Open my payslip' }).click();
  await page.locator('#payslip').filter({ hasText: 'Payslip of' }).waitFor();
  await takePicture(page, 'single-page-application');

  const [first, renewed, steppedUp, ...more] = await Promise.all(answers);
  assert.deepEqual(more, []);
  for (const answer of [first!, renewed!, steppedUp!]) {
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.origin, server.origin);
    assert.equal(answer.allowed, server.origin);
  }
  assert.equal(first!.form.get('grant_type'), 'authorization_code');
  assert.equal(renewed!.form.get('grant_type'), 'refresh_token');
  assert.equal(steppedUp!.form.get('grant_type'), 'authorization_code');
  const acrs = (answer: TokenAnswer | undefined) => claimsOf(answer!.body.access_token).acrs;
  assert.deepEqual([acrs(first), acrs(renewed), acrs(steppedUp)], [undefined, undefined, ['c1']]);
  // The browser reports the API's own answers of 401; nothing else is wrong.
  assert.deepEqual(
    complaints.filter((text) => !/status of 401/.test(text)),
    [],
  );

  assert.equal(first!.body.refresh_token_expires_in, 86_400);
  assert.ok(Number(renewed!.body.refresh_token_expires_in) <= 86_400, 'renewing does not make it last longer');

  const token = String(steppedUp!.body.refresh_token);
  assert.deepEqual(await redeem(page, server, token, undefined), ['invalid_request', 9002327]);
  assert.deepEqual(await redeem(page, server, token, 'https://elsewhere.example'), ['invalid_request', 9002326]);
  assert.deepEqual(await redeem(page, server, token, server.origin), [undefined, undefined]);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
});

test('a page asks what the token endpoint takes, and reads why it was refused (Fetch §3.2)', async (t) => {
  const server = await RunningServer.start();
  t.after(() => server.remove());
  const { origin } = server;
  for (const tenant of ['organizations', 'woodgrove.test']) {
    const path = `/${tenant}/oauth2/v2.0/token`;
    const request = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    const preflight = await ask(server, 'OPTIONS', path, request);
    assert.ok([200, 204].includes(preflight.status), tenant);
    assert.ok(['*', origin].includes(String(preflight.headers['access-control-allow-origin'])), tenant);
    const form = { grant_type: 'refresh_token', client_id: singlePageId, refresh_token: 'an unknown token' };
    const refusal = await ask(server, 'POST', path, { origin }, form);
    assert.equal(refusal.status, 400, tenant);
    assert.ok(['*', origin].includes(String(refusal.headers['access-control-allow-origin'])), tenant);
    assert.deepEqual((JSON.parse(refusal.body) as { error_codes: number[] }).error_codes, [700082], tenant);
  }
});

/** One request over TLS, as it stands. */
function ask(
  server: RunningServer,
  method: string,
  path: string,
  headers: Record<string, string>,
  form: Record<string, string> = {},
) {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const query = { host: '127.0.0.1', servername: 'localhost', port: server.port, ca: server.trust, method, path };
    request({ ...query, headers: { ...headers, ...(method === 'POST' ? type : {}) } }, async (answer) => {
      const body = (await answer.toArray()).join('');
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
    })
      .on('error', reject)
      .end(method === 'POST' ? String(new URLSearchParams(form)) : undefined);
  });
}

/** Redeems a refresh token as a program does that may send any Origin, or none. */
async function redeem(page: Page, server: RunningServer, token: string, origin: string | undefined) {
  const answer = await page.request.post(`${server.origin}/organizations/oauth2/v2.0/token`, {
    headers: origin === undefined ? {} : { origin },
    form: { grant_type: 'refresh_token', client_id: singlePageId, refresh_token: token },
    ignoreHTTPSErrors: true,
  });
  const body = (await answer.json()) as { error?: string; error_codes?: number[] };
  return [body.error, body.error_codes?.[0]];
}
