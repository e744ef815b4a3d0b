import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { issuePass, makePass } from '#admin/directory/methods/temporary-access-pass.ts';
import { brokerAppId } from '#core/directory/well-known-applications.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { clock } from '#server/process/clock.ts';
import type { EnrolledDevice } from '../enrolled.ts';
import { claimsIn, deviceJws, sessionJws } from '../signed-requests.ts';
import { decrypted, type HeldToken, held, type Reply, World } from './world.ts';

let world: World;
let device: EnrolledDevice;
before(async () => {
  world = await World.open();
  device = await world.enrol();
});
after(() => world.close());

const redirectUri = 'ms-appx-web://Microsoft.AAD.BrokerPlugin/DRS';
const password = 'Correct horse 1!';

/** A browser that keeps cookies and follows redirects as far as a page or the broker. */
class Tab {
  readonly #cookies = new Map<string, string>();
  page: Reply | undefined;
  path = '';

  async go(
    where: string,
    more: { readonly form?: Record<string, string>; readonly headers?: Record<string, string> } = {},
  ): Promise<Reply> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await world.send(where, { ...more, headers: { accept: 'text/html', cookie, ...more.headers } });
    for (const line of [reply.headers['set-cookie'] ?? []].flat()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      this.#cookies.set(name!, value!);
    }
    this.page = reply;
    this.path = where;
    const next =
      reply.headers.location === undefined ? undefined : new URL(String(reply.headers.location), world.origin);
    return next?.origin === world.origin ? this.go(next.pathname + next.search) : reply;
  }

  async fill(values: Record<string, string>): Promise<Reply> {
    const body = this.page!.text.replaceAll('&amp;', '&');
    const forms = [...body.matchAll(/<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)];
    const [, action, inner] = forms.find(([, , text]) => text!.includes(`name="${Object.keys(values)[0]}"`)) ?? [];
    assert.ok(action, body);
    const hidden = [...inner!.matchAll(/<input type="hidden" name="([^"]*)"[^>]*value="([^"]*)"/g)];
    const form = { ...Object.fromEntries(hidden.map(([, name, value]) => [name!, value!])), ...values };
    return this.go(new URL(action, new URL(this.path, world.origin)).pathname, { form });
  }

  get code(): string | undefined {
    const location = String(this.page?.headers.location ?? '');
    return location.startsWith(redirectUri) ? (new URL(location).searchParams.get('code') ?? undefined) : undefined;
  }
}

/** The browser request of a broker that wants the MFA claim (windows-sign-in §3.9). */
async function enrich({ token, sessionKey }: HeldToken, change: Record<string, string> = {}): Promise<Tab> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: brokerAppId,
    redirect_uri: redirectUri,
    resource: 'urn:aad:tb:update:prt',
    scope: 'openid',
    windows_api_version: '2.0',
    amr_values: 'ngcmfa',
    add_account: 'noheadsup',
    ...change,
  });
  const request_nonce = await world.nonce();
  const credential = sessionJws(sessionKey, { refresh_token: token, is_primary: 'true', request_nonce });
  const tab = new Tab();
  await tab.go(`/common/oauth2/authorize?${query}`, { headers: { 'x-ms-RefreshTokenCredential': credential } });
  return tab;
}

const redeem = (code: string, more: Record<string, string> = { windows_api_version: '2.0' }) =>
  world.token({
    grant_type: 'authorization_code',
    client_id: brokerAppId,
    redirect_uri: redirectUri,
    code,
    client_info: '1',
    ...more,
  });

/** A primary refresh token by a refresh token of the broker. */
async function byRefreshToken(refresh_token: unknown, from = device): Promise<Reply> {
  const change = { client_id: brokerAppId, grant_type: 'refresh_token', refresh_token };
  return world.redeemDevice(deviceJws(from, { request_nonce: await world.nonce(), ...change }, { kdf_ver: 2 }));
}

async function byPassword(name: string): Promise<HeldToken> {
  const userId = await world.userId(name);
  await world.stores.users.setPasswordHash(userId, await world.installation.passwords.hash(password), 'test');
  const change = { grant_type: 'password', username: `${name}@woodgrove.test`, password, assertion: undefined };
  return held(
    await world.redeemDevice(await world.cardRequest(device, name, { change, header: { kdf_ver: 2 } })),
    device,
  );
}

describe('a primary refresh token gets the MFA claim by a fresh multifactor sign-in (windows-sign-in §3.9)', () => {
  test('a password token, and a Temporary Access Pass at the page: MFA PRT, and the claim in the tokens of applications', async () => {
    const primary = await byPassword('ben');
    assert.deepEqual(claimsIn((await world.accessToken(primary)).json.access_token).amr, ['pwd', 'rsa']);
    const pass = await makePass(world.installation.passwords);
    orThrow(
      await issuePass('ben@woodgrove.test', pass, { at: new Date(), actor: 'test', ports: world.stores as never }),
    );
    const tab = await enrich(primary);
    assert.equal(tab.code, undefined);
    await tab.fill({ pass: pass.pass });
    assert.ok(tab.code, tab.page?.text);
    const reply = await redeem(tab.code);
    assert.equal(reply.text.split('.').length, 5, reply.text);
    const { json } = decrypted(reply, primary.sessionKey);
    assert.ok(
      (claimsIn(json.access_token).amr as string[]).includes('ngcmfa'),
      JSON.stringify(claimsIn(json.access_token)),
    );
    const enriched = held(await byRefreshToken(json.refresh_token), device);
    const { amr } = claimsIn((await world.accessToken(enriched)).json.access_token);
    assert.deepEqual(amr, ['pwd', 'otp', 'rsa', 'mfa']);
  });

  test('another resource takes amr_values=ngcmfa: the claim follows a fresh factor, and none is asked for', async () => {
    const graph = { resource: 'https://graph.microsoft.com' };
    const amrFor = async (primary: HeldToken, change: Record<string, string>) => {
      const tab = await enrich(primary, change);
      assert.ok(tab.code, tab.page?.text);
      return claimsIn((await redeem(tab.code, {})).json.access_token).amr as readonly string[];
    };
    const primary = await byPassword('cleo');
    assert.ok(!(await amrFor(primary, graph)).includes('ngcmfa'), 'a password alone');
    const pass = await makePass(world.installation.passwords);
    orThrow(
      await issuePass('cleo@woodgrove.test', pass, { at: new Date(), actor: 'test', ports: world.stores as never }),
    );
    const tab = await enrich(primary);
    await tab.fill({ pass: pass.pass });
    const enriched = decrypted(await redeem(tab.code!), primary.sessionKey).json.refresh_token;
    const multifactor = held(await byRefreshToken(enriched), device);
    assert.ok((await amrFor(multifactor, graph)).includes('ngcmfa'), 'a pass of a moment ago');
    assert.ok(!(await amrFor(multifactor, { ...graph, amr_values: '' })).includes('ngcmfa'), 'where it is not wanted');
  });

  test('a multifactor card of a moment ago is taken, and never gives ngcmfa', async () => {
    const primary = await world.signIn(device);
    const tab = await enrich(primary);
    assert.ok(tab.code, tab.page?.text);
    const { json } = decrypted(await redeem(tab.code), primary.sessionKey);
    assert.deepEqual(claimsIn(json.access_token).amr, ['rsa', 'mfa']);
  });

  test('without windows_api_version the answer is plain', async () => {
    const tab = await enrich(await world.signIn(device));
    assert.equal(typeof (await redeem(tab.code!, {})).json.refresh_token, 'string');
  });

  // The time between enrollment and the primary refresh token: keys in a TPM, a certificate, perhaps a PIN.
  for (const [address, minutes, number] of [
    ['127.0.0.1', 0, 0],
    ['127.0.0.1', 9, 0],
    ['127.0.0.1', 11, 70000],
    ['192.0.2.1', 0, 70000],
  ] as const)
    test(`a refresh token that ${address} redeemed ${minutes} minutes ago ${number === 0 ? 'is taken' : 'is a replay, and ends its grant'}`, async (t) => {
      const primary = await world.signIn(device);
      const { json } = decrypted(await redeem((await enrich(primary)).code!), primary.sessionKey);
      const records = world.stores.oidcRecords;
      const { grantId } = (await records.find('RefreshToken', String(json.refresh_token)))!;
      const { mock } = t.mock.method(clock, 'now', () => new Date(Date.now() - minutes * 60_000));
      await records.consume('RefreshToken', String(json.refresh_token), address);
      mock.restore();
      const reply = await byRefreshToken(json.refresh_token);
      assert.equal(reply.number, number, reply.text);
      assert.equal((await records.find('Grant', String(grantId))) !== undefined, number === 0);
    });

  test('the refresh token is of no use on another device', async () => {
    const primary = await world.signIn(device);
    const { json } = decrypted(await redeem((await enrich(primary)).code!), primary.sessionKey);
    const reply = await byRefreshToken(json.refresh_token, await world.enrol());
    assert.equal(reply.number, 50155, reply.text);
  });
});
