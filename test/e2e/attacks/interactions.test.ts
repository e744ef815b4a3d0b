import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { claimsOf, RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';
import { ask, authorizeUrl, type Heard, type OutgoingRequest } from './ask.ts';

const interactionName = '__Secure-cardea-interaction';
const resumeName = '__Secure-cardea-resume';

/** Addresses are seen by proxies, in histories, over shoulders. A visitor who has one without its cookies is a stranger. */
describe('a stranger who has the address of an interaction neither finishes, ends nor changes it', () => {
  let server: RunningServer;
  let tenantId = '';
  before(async () => {
    server = await RunningServer.start();
    tenantId = await server.tenantId();
  });
  after(() => server.remove());

  const pairs = (...values: readonly (readonly [string, string])[]) =>
    values.map(([name, value]) => `${name}=${value}`).join('; ');

  /** Cookies that a stranger can make or have for an interaction of this uid. */
  async function strangersCookies(uid: string): Promise<readonly (readonly [string, string])[]> {
    const { headers } = await ask(server, authorizeUrl(server), { headers: { accept: 'text/html' } });
    const cookieValues = Object.fromEntries(
      (headers['set-cookie'] ?? []).map((line) => {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line)!;
        return [name, value];
      }),
    );
    const signed = (signature: (name: string) => string) =>
      pairs(
        ...[interactionName, resumeName].flatMap(
          (name) =>
            [
              [name, uid],
              [`${name}.sig`, signature(name)],
            ] as const,
        ),
      );
    const keyed = (key: string) => (name: string) =>
      createHmac('sha1', key).update(`${name}=${uid}`).digest('base64url');
    return [
      ['no cookie', ''],
      ['unsigned cookies', pairs([interactionName, uid], [resumeName, uid])],
      ['cookies with the signature of another interaction', signed((name) => cookieValues[`${name}.sig`] ?? '')],
      ['cookies signed with another key', signed(keyed('a key of the stranger'))],
      ['cookies signed with an empty key', signed(keyed(''))],
      ['cookies of another interaction', pairs(...Object.entries(cookieValues))],
    ];
  }

  /** What may be asked at the addresses of one interaction. */
  const requestsAt = (uid: string): readonly (readonly [path: string, form?: Record<string, string>])[] => [
    ...['', '/methods', '/factor', '/factor/password', '/certificate', '/complete?handoff=x', '/stay'].map(
      (path) => [`/login/${uid}${path}`] as const,
    ),
    [`/login/${uid}/username`, { username: 'ben@woodgrove.test' }],
    [`/login/${uid}/account`, { username: 'ben@woodgrove.test' }],
    [`/login/${uid}/password`, { password: 'x' }],
    [`/login/${uid}/factor/oneTimeCode`, { code: '000000' }],
    [`/login/${uid}/stay`, { stay: 'yes' }],
    [`/login/${uid}/cancel`, {}],
    ...[tenantId, 'woodgrove.test'].flatMap((tenant) =>
      [`/${tenant}/oauth2/v2.0/authorize/${uid}`, `/${tenant}/oauth2/deviceauth/${uid}`].map((path) => [path] as const),
    ),
  ];

  async function besiege(uid: string): Promise<void> {
    for (const [name, cookie] of await strangersCookies(uid)) {
      for (const [path, form] of requestsAt(uid)) {
        const query: OutgoingRequest = { headers: { cookie, accept: 'text/html' }, ...(form ? { form } : {}) };
        const heard = await ask(server, new URL(path, server.origin), query);
        assert.equal(leadsOn(heard, uid), false, `${name} at ${path}: ${heard.status} ${heard.headers.location}`);
      }
    }
  }
  /** A page of this interaction, or a step towards its end. */
  function leadsOn({ status, headers, body }: Heard, uid: string): boolean {
    const location = headers.location?.[0] ?? '';
    return status < 300 ? body.includes(uid) : location.includes(uid) || location.includes('code=');
  }

  const uidOf = ({ base }: Sitting) => base.split('/')[2]!;
  const isOpenFor = async (sitting: Sitting, path: string) => {
    const { status, body } = await sitting.goTo(path);
    return status === 200 && body.includes('ana@woodgrove.test');
  };

  test('at the sign-in pages and where they resume', async () => {
    const victim = new Sitting(server, server.card('ana'));
    await victim.open();
    const uid = uidOf(victim);
    await victim.fill({ username: 'ana@woodgrove.test' });
    for (let turn = 0; turn < 2; turn++) {
      await besiege(uid);
      assert.ok(await isOpenFor(victim, `/login/${uid}`), 'the page still has the name that was typed');
    }
    await victim.follow('/certificate');
    assert.ok(victim.isSignedIn, victim.page?.body);
    assert.equal((await victim.claims()).id.preferred_username, 'ana@woodgrove.test');
  });

  test('at the certauth host, with a card of their own, one of no user, and none', async () => {
    const victim = new Sitting(server, server.card('ana'));
    await victim.open();
    const uid = uidOf(victim);
    await victim.fill({ username: 'ana@woodgrove.test' });
    const page = await victim.browser.get(new URL(`/login/${uid}/certificate`, server.origin));
    const certauth = new URL(page.location!, page.url);
    assert.match(certauth.pathname, /\/certauth\//);
    for (let turn = 0; turn < 2; turn++) {
      for (const card of [server.card('ben'), undefined]) {
        const heard = await ask(server, certauth, card ? { card } : {});
        assert.deepEqual([heard.status, heard.headers.location], [403, undefined]);
      }
      // The stranger has the card itself: the handoff is worth nothing without the cookie of the interaction.
      const handoff = await ask(server, certauth, { card: server.card('ana') });
      const next = new URL(handoff.headers.location![0]!);
      assert.equal((await ask(server, next)).status, 400);
      assert.ok(await isOpenFor(victim, `/login/${uid}`));
    }
    await victim.follow('/certificate');
    assert.ok(victim.isSignedIn, victim.page?.body);
  });

  test('while a device is approved, and at the device code itself', async () => {
    const post = async (path: string, form: Record<string, string>) =>
      JSON.parse((await ask(server, new URL(path, server.origin), { form })).body) as Record<string, unknown>;
    const client = { client_id: commandLineApplication.appId };
    const device = await post('/woodgrove.test/oauth2/v2.0/devicecode', { ...client, scope: 'openid profile' });
    const victim = new Sitting(server, server.card('ana'));
    await victim.goTo(String(device.verification_uri));
    await victim.fill({ user_code: String(device.user_code) });
    await victim.fill({ confirm: 'yes' });
    const uid = uidOf(victim);
    await victim.fill({ username: 'ana@woodgrove.test' });
    await besiege(uid);
    const grant = {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: String(device.device_code),
    };
    const foreign = await post('/woodgrove.test/oauth2/v2.0/token', {
      ...grant,
      client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
    });
    assert.equal(foreign.error, 'invalid_grant', JSON.stringify(foreign));
    assert.ok(await isOpenFor(victim, `/login/${uid}`));
    await victim.follow('/certificate');
    assert.match(victim.page!.body, /You have signed in/);
    const tokens = await post('/woodgrove.test/oauth2/v2.0/token', { ...client, ...grant });
    assert.equal(claimsOf(tokens.id_token).preferred_username, 'ana@woodgrove.test', JSON.stringify(tokens));
  });
});
