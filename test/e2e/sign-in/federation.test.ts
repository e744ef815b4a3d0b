import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { Browser, type Page } from '#cli/client/browser.ts';
import { Attempt } from '../attempt.ts';
import { RunningServer } from '../server.ts';

describe('people of a federated domain are sent to their identity provider', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
    await federate('wsFed');
  });
  after(() => server.remove());
  async function federate(protocol: 'wsFed' | 'saml'): Promise<void> {
    const { code, err } = await server.cardea(
      ...['domain', 'federate', 'woodgrove.test', '--issuer', 'http://sts.woodgrove.test/trust'],
      ...['--sign-in-uri', 'https://sts.woodgrove.test/adfs/ls/?policy=a%26b', '--protocol', protocol],
    );
    assert.equal(code, 0, err);
  }
  const typedText = (username: string) => new Attempt(server, undefined).toPassword(username);

  test('WS-Federation: with the name, our own name and a context (REALM-1)', async () => {
    const page = await typedText('ana@woodgrove.test');
    const address = addressOn(page);
    assert.equal(address.origin + address.pathname, 'https://sts.woodgrove.test/adfs/ls/');
    const { 'client-request-id': correlationId, wctx, ...parameters } = Object.fromEntries(address.searchParams);
    assert.deepEqual(parameters, {
      policy: 'a&b',
      username: 'ana@woodgrove.test',
      wa: 'wsignin1.0',
      wtrealm: 'urn:federation:MicrosoftOnline',
    });
    assert.match(correlationId ?? '', /^[0-9a-f-]{36}$/);
    assert.match(wctx ?? '', /^estsredirect=2&estsrequest=[\w-]+$/);
  });

  test('who does not exist goes the same way', async () => {
    const [knownItem, unknown] = [await typedText('ana@woodgrove.test'), await typedText('nobody@woodgrove.test')];
    const plain = ({ body }: Page) => body.replace(/nobody/g, 'ana').replace(/[\w-]{20,}/g, '*');
    assert.equal(plain(unknown), plain(knownItem));
  });

  test('a login hint leads there without the user-name page', async () => {
    const url = new URL('/woodgrove.test/oauth2/v2.0/authorize', server.origin);
    url.search = String(
      new URLSearchParams({
        client_id: commandLineApplication.appId,
        response_type: 'code',
        redirect_uri: commandLineApplication.redirectUris[0]!,
        scope: 'openid',
        login_hint: 'ana@woodgrove.test',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      }),
    );
    const browser = new Browser(undefined, server.trust);
    const page = await browser.get(url);
    assert.equal(addressOn(page).host, 'sts.woodgrove.test');
  });

  test('who knows the address of certauth anyway is refused with AADSTS50107, and the log says why', async () => {
    await server.cardea('domain', 'manage', 'woodgrove.test');
    const attempt = new Attempt(server, server.card('ana'));
    const certauth = await attempt.toCertauth('ana@woodgrove.test');
    await federate('wsFed');
    const page = await attempt.browser.get(certauth);
    assert.match(page.body, /AADSTS50107/);
  });

  test('SAML: a deflated AuthnRequest with our own name', async () => {
    await federate('saml');
    const { searchParams } = addressOn(await typedText('ana@woodgrove.test'));
    const xml = inflateRawSync(Buffer.from(searchParams.get('SAMLRequest')!, 'base64')).toString();
    assert.match(xml, /^<samlp:AuthnRequest [^>]*ID="_[0-9a-f-]{36}" Version="2\.0" IssueInstant="\d{4}-[^"]*Z"/);
    assert.match(xml, /Destination="https:\/\/sts\.woodgrove\.test\/adfs\/ls\/"/);
    assert.match(xml, /<saml:Issuer [^>]*>urn:federation:MicrosoftOnline<\/saml:Issuer>/);
    assert.equal(searchParams.get('username'), 'ana@woodgrove.test');
    assert.match(searchParams.get('RelayState') ?? '', /estsrequest=/);
  });

  test('a member of a staged rollout is asked for a certificate here; the others go where they went (REALM-2, REALM-3)', async () => {
    const id = '11111111-2222-4333-8444-555555555555';
    const rollout = {
      groups: [{ id, displayName: 'CBA pilot', members: ['ana@woodgrove.test'] }],
      featureRolloutPolicies: [
        {
          displayName: 'CBA pilot',
          feature: 'certificateBasedAuthentication',
          isEnabled: true,
          isAppliedToOrganization: false,
          appliesTo: [id],
        },
      ],
    };
    const file = join(server.folder, 'rollout.json');
    writeFileSync(file, JSON.stringify(rollout));
    const { code, err } = await server.cardea('policy', 'apply', file);
    assert.equal(code, 0, err);
    assert.equal((await server.signIn('ana@woodgrove.test', server.card('ana'))).kind, 'signedIn');
    assert.equal(addressOn(await typedText('ben@woodgrove.test')).host, 'sts.woodgrove.test');
    const { location } = await typedText('ana@woodgrove.test');
    assert.match(location ?? '', /certauth/, 'no password page: her password is not here');
  });

  test('a domain that is managed again signs in here', async () => {
    await server.cardea('domain', 'manage', 'woodgrove.test');
    assert.equal((await server.signIn('ana@woodgrove.test', server.card('ana'))).kind, 'signedIn');
  });
});

/** Where the page leads by itself; its link says the same. */
function addressOn(page: Page): URL {
  const plain = (text: string) => text.replaceAll('&amp;', '&');
  const refresh = /http-equiv="refresh" content="0;url=([^"]*)"/.exec(page.body)?.[1];
  assert.ok(refresh, page.body.slice(0, 2000));
  assert.equal(/id="elsewhere" href="([^"]*)"/.exec(page.body)?.[1], refresh);
  return new URL(plain(refresh));
}
