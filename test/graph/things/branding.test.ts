import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { Browser } from '#cli/client/browser.ts';
import { type GraphAnswer, GraphServer } from '../graph-server.ts';
import { PersonWithRoles, type RoleRow } from './as-role.ts';
import { jpeg, png, svg } from './pictures.ts';

describe('the branding and the name of a tenant by Graph (rows 37, 38)', () => {
  let graph: GraphServer;
  let token: string;
  let base: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken('OrganizationalBranding.ReadWrite.All', 'Organization.ReadWrite.All');
    base = `/organization/${graph.tenantId}/branding`;
  });
  after(() => graph?.end());

  const call = (method: string, path: string, body?: unknown): Promise<GraphAnswer> =>
    graph.call(token, method, path, body);
  const put = (path: string, octets: Uint8Array, type = 'image/png'): Promise<GraphAnswer> =>
    graph.call(token, 'PUT', path, octets, { 'content-type': type });
  const page = async (language = 'en') => {
    const authorize = new URL('/woodgrove.test/oauth2/v2.0/authorize', graph.server.origin);
    authorize.search = String(
      new URLSearchParams({
        client_id: commandLineApplication.appId,
        response_type: 'code',
        redirect_uri: commandLineApplication.redirectUris[0]!,
        scope: 'openid',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        ui_locales: language,
      }),
    );
    return (await new Browser(undefined, graph.server.trust).get(authorize)).body;
  };

  test('texts and colors are read as they were written, and null takes them away', async () => {
    const change = {
      signInPageText: 'Call 555 for help.',
      usernameHintText: 'name@woodgrove.test',
      backgroundColor: '#0b2545',
      '@cardea': { displayName: 'Woodgrove', accentColor: '#1d4ed8', asksToStaySignedIn: true },
    };
    assert.equal((await call('PATCH', base, change)).status, 204);
    const { body } = await call('GET', base);
    assert.deepEqual(
      [body.id, body.signInPageText, body.usernameHintText, body.backgroundColor, body['@cardea']],
      ['0', change.signInPageText, change.usernameHintText, change.backgroundColor, change['@cardea']],
    );
    assert.deepEqual([body.customTermsOfUseText, body.bannerLogoRelativeUrl], [null, null]);
    const html = await page();
    assert.match(html, /placeholder="name@woodgrove\.test"/);
    assert.match(html, /Call 555 for help\./);
    assert.equal(
      (
        await call('PATCH', base, {
          usernameHintText: null,
          backgroundColor: null,
          '@cardea': { asksToStaySignedIn: null },
        })
      ).status,
      204,
    );
    assert.equal((await call('GET', base)).body.usernameHintText, null);
  });

  const wrong: readonly (readonly [name: string, body: object])[] = [
    ['a control character in a text', { signInPageText: 'a\u0007b' }],
    ['a bidirectional character in the hint', { usernameHintText: 'a\u202eb' }],
    ['a text that is too long', { signInPageText: 'a'.repeat(1025) }],
    ['a color in words', { backgroundColor: 'red' }],
    ['a color that no text is read on', { backgroundColor: '#7f7f7f' }],
    ['a picture within the texts', { bannerLogo: png(10, 10).toString('base64') }],
    ['a text that no page shows', { customTermsOfUseText: 'Terms' }],
    ['a member that there is not', { colour: '#000000' }],
  ];
  for (const [name, body] of wrong)
    test(`${name} is refused`, async () => assert.equal((await call('PATCH', base, body)).status, 400));

  for (const part of ['bannerLogo', 'squareLogo', 'backgroundImage', 'favicon']) {
    test(`${part} is put, read, shown by the pages, and deleted`, async () => {
      const octets = png(24, 24);
      assert.equal((await put(`${base}/${part}`, octets)).status, 204);
      const read = await call('GET', `${base}/${part}`);
      assert.deepEqual([read.status, read.headers['content-type']], [200, 'image/png']);
      assert.ok(octets.equals(read.body));
      const address = (await call('GET', base)).body[`${part}RelativeUrl`];
      const file = await graph.send('GET', `/${address}`, undefined, {});
      assert.ok(octets.equals(file.body as unknown as Buffer), address);
      const html = await page();
      if (part === 'backgroundImage') assert.match(html, /colours\.css/);
      else assert.ok(html.includes(String(address).replaceAll('&', '&amp;')), `${part} in ${html}`);
      assert.equal((await call('DELETE', `${base}/${part}`)).status, 204);
      assert.equal((await call('GET', `${base}/${part}`)).status, 404);
      assert.equal((await call('DELETE', `${base}/${part}`)).status, 404);
    });
  }

  const pictures: readonly (readonly [name: string, octets: Buffer, type: string, status: number])[] = [
    ['a JPEG', jpeg(100, 40), 'image/jpeg', 204],
    ['a PNG that says it is a JPEG', png(10, 10), 'image/jpeg', 204],
    ['an SVG', svg, 'image/svg+xml', 400],
    ['an SVG that says it is a PNG', svg, 'image/png', 400],
    ['a PNG without a size', png(0, 10), 'image/png', 400],
    ['the first octets of a PNG', png(10, 10).subarray(0, 12), 'image/png', 400],
    ['a file that is too large', png(10, 10, 60 * 1024), 'image/png', 400],
    ['octets that are sent as JSON', png(10, 10), 'application/json', 415],
  ];
  for (const [name, octets, type, status] of pictures) {
    test(`${name} as square logo is answered ${status}`, async () => {
      assert.equal((await put(`${base}/squareLogo`, octets, type)).status, status);
    });
  }

  test('a localization is for the browsers of its language, over the default branding', async () => {
    const localizations = `${base}/localizations`;
    const created = await call('POST', localizations, { id: 'fr-fr', signInPageText: 'Appelez le 555.' });
    assert.deepEqual([created.status, created.body.id], [201, 'fr-FR']);
    assert.equal((await call('POST', localizations, { id: 'fr-FR' })).status, 400, 'there is one already');
    assert.equal((await call('POST', localizations, { id: 'not a language' })).status, 400);
    assert.equal(
      (await call('PATCH', `${localizations}/fr-FR`, { usernameHintText: 'nom@woodgrove.test' })).status,
      204,
    );
    assert.equal((await put(`${localizations}/fr-FR/favicon`, png(16, 16))).status, 204);
    const { body } = await call('GET', localizations);
    assert.deepEqual(
      body.value.map(({ id }: { id: string }) => id),
      ['0', 'fr-FR'],
    );
    const [french, english] = [await page('fr'), await page('en')];
    assert.match(french, /Appelez le 555\./);
    assert.match(french, /placeholder="nom@woodgrove\.test"/);
    assert.match(french, /rel="icon" href="[^"]*l=fr-FR"/);
    assert.doesNotMatch(english, /Appelez/);
    assert.equal((await call('DELETE', `${localizations}/fr-FR`)).status, 204);
    assert.equal((await call('GET', `${localizations}/fr-FR`)).status, 404);
    assert.equal((await call('DELETE', `${localizations}/0`)).status, 400);
  });

  test('the name and the contacts of the tenant', async () => {
    const path = `/organization/${graph.tenantId}`;
    const change = {
      displayName: 'Woodgrove Bank',
      technicalNotificationMails: ['it@woodgrove.test'],
      privacyProfile: { contactEmail: 'privacy@woodgrove.test', statementUrl: 'https://woodgrove.test/privacy' },
    };
    assert.equal((await call('PATCH', path, change)).status, 204);
    const { body } = await call('GET', path);
    assert.deepEqual([body.displayName, body.technicalNotificationMails], ['Woodgrove Bank', ['it@woodgrove.test']]);
    assert.deepEqual(body.privacyProfile, change.privacyProfile);
    for (const refusal of [
      { displayName: ' ' },
      { displayName: 'a\u0000b' },
      { technicalNotificationMails: ['nobody'] },
      { privacyProfile: { statementUrl: 'javascript:alert(1)' } },
    ])
      assert.equal((await call('PATCH', path, refusal)).status, 400, JSON.stringify(refusal));
    assert.equal((await call('PATCH', '/organization/00000000-0000-0000-0000-000000000001', change)).status, 404);
  });

  test('roles: an Organizational Branding Administrator changes the branding, a Global Administrator the tenant', async () => {
    const ben = await PersonWithRoles.of(
      graph,
      'ben',
      'OrganizationalBranding.ReadWrite.All',
      'Organization.ReadWrite.All',
    );
    const few = ['(no role)', 'User Administrator', 'Global Reader'];
    const [brand, global] = ['Organizational Branding Administrator', 'Global Administrator'];
    const rows: readonly RoleRow[] = [
      { method: 'GET', path: base, may: ['(no role)', brand], mayNot: [] },
      { method: 'PATCH', path: base, body: { signInPageText: 'x' }, may: [brand, global], mayNot: few },
      { method: 'DELETE', path: `${base}/favicon`, may: [brand, global], mayNot: few },
      { method: 'POST', path: `${base}/localizations`, body: { id: 'de' }, may: [brand, global], mayNot: few },
      {
        method: 'PATCH',
        path: `/organization/${graph.tenantId}`,
        body: { displayName: 'Woodgrove' },
        may: [global],
        mayNot: [...few, brand],
      },
    ];
    for (const row of rows) await ben.check(row);
  });
});
