import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser } from '#cli/client/browser.ts';
import { RunningServer } from '../../e2e/server.ts';
import { freePort } from '../../free-port.ts';
import { signInAt } from '../person.ts';
import { Apache, skip } from './apache.ts';

describe('Debian’s Apache with mod_auth_openidc as a relying party', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-apache-'));
  let server: RunningServer;
  let apache: Apache;
  let tenant: string;
  before(async () => {
    server = await RunningServer.start();
    apache = new Apache(join(folder, 'httpd'), await freePort());
    const { origin } = apache;
    const words = ['--redirect-uri', `${origin}/secure/redirect`, '--logout-uri', `${origin}/bye`, '--json'];
    const addition = JSON.parse((await server.cardea('app', 'add', 'Intranet', ...words)).out) as Record<
      string,
      string
    >;
    tenant = await server.tenantId();
    await apache.start({
      issuer: `${server.origin}/${tenant}/v2.0`,
      clientId: addition.appId!,
      clientSecret: addition.secret!,
      trust: server.trust,
    });
  });
  after(async () => {
    await apache?.stop();
    await server?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function person(name: string) {
    const card = server.card(name);
    const browser = new Browser(card, server.trust + apache.root, 'text/html,*/*;q=0.8');
    const visitor = { username: `${name}@woodgrove.test`, card };
    const at = (path: string) => new URL(path, apache.origin);
    return {
      get: (path: string) => signInAt(at(path), visitor, browser),
      /** Types nothing, so that only a session signs in. */
      open: (path: string) => signInAt(at(path), { card }, browser),
    };
  }

  test('a protected page signs its reader in with a certificate, and the application gets the claims as headers', async () => {
    const page = await person('ana').get('/secure/report');
    assert.equal(page.url.href, `${apache.origin}/secure/report`, apache.log);
    const headers = JSON.parse(page.body) as Record<string, string>;
    assert.deepEqual(
      [headers.oidc_claim_preferred_username, headers.oidc_claim_tid, headers.oidc_claim_name],
      ['ana@woodgrove.test', tenant, 'Ana Ruiz'],
    );
    assert.deepEqual(headers.oidc_claim_amr?.split(/[^\w]+/).filter(Boolean), ['rsa', 'mfa']);
  });

  test('a page may demand two factors by a claim: one card opens it, another does not', async () => {
    assert.equal((await person('ana').get('/finance/books')).status, 200, apache.log);
    const refusal = await person('ben').get('/finance/books');
    assert.notEqual(refusal.status, 200);
    assert.doesNotMatch(refusal.body, /oidc_claim/);
  });

  test('signing out at the application signs out here, too', async () => {
    const ana = person('ana');
    assert.equal((await ana.get('/secure/report')).status, 200);
    const bye = `${apache.origin}/bye`;
    const left = await ana.open(`/secure/redirect?logout=${encodeURIComponent(bye)}`);
    assert.equal(left.url.href, bye, left.body);
    const request = await ana.open('/secure/report');
    assert.equal(request.url.origin, server.origin, 'the user has to sign in');
  });

  test('a page without protection asks for no sign-in', async () => {
    const page = await person('ben').get('/open');
    assert.equal(page.status, 200);
    assert.equal(JSON.parse(page.body).oidc_claim_preferred_username, undefined);
  });
});
