import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addAuthority } from '#admin/trust/authorities.ts';
import { blockCertificate } from '#admin/trust/blocked.ts';
import { crlsNeeded } from '#core/crl/revocation.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { validatePath } from '#core/x509/path.ts';
import { type CrlServer, serveCrls } from '#http/demo-crl.ts';
import type { Authority } from '#pki/build/authority.ts';
import type { Issued } from '#pki/build/issued.ts';
import { certificateOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { jws, sessionJws, windowsClient } from '../signed-requests.ts';
import { appId, decrypted, type HeldToken, held, World } from './world.ts';

let crlServer: CrlServer;
let authority: Authority;
let published: Uint8Array;
before(async () => {
  crlServer = await serveCrls(0, () => published);
  authority = testCa('CN=Cards', { crlUrl: `http://localhost:${crlServer.port}/cards.crl` });
  publish(1n, []);
});
after(() => crlServer.close());

function publish(number: bigint, revoked: readonly Issued[]): void {
  const day = 86_400_000;
  published = authority.crl({
    number,
    thisUpdate: new Date(Date.now() - 60_000),
    nextUpdate: new Date(Date.now() + day),
    entries: revoked.map(({ serial }) => ({ serial, revocationDate: new Date(), reason: 'keyCompromise' as const })),
  });
}

/** A server that trusts the authority, with a card of ana's and what it was used for. */
async function use(settings: Readonly<Record<string, unknown>> = {}) {
  const world = await World.open(settings);
  const url = `http://localhost:${crlServer.port}/cards.crl`;
  const request = { certificate: certificateOf(authority), certificateRevocationListUrl: url };
  orThrow(await addAuthority(request, { at: new Date(), actor: 'test', ports: world.stores as never }));
  const card = authority.issueUserCertificate({ upn: 'ana@woodgrove.test', key: 'RSA-2048', subject: 'CN=Ana' });
  const now = Math.floor(Date.now() / 1000);
  const assertion = jws(
    { typ: 'JWT', alg: 'RS256', x5c: [Buffer.from(card.der).toString('base64')] },
    { iss: 'ana@woodgrove.test', aud: 'common', iat: now, exp: now + 300 },
    card.privateKey,
  );
  const device = await world.enrol();
  const header = { kdf_ver: 2 };
  const primary = held(
    await world.redeemDevice(await world.cardRequest(device, 'ana', { change: { assertion }, header })),
    device,
  );
  const { json } = await world.accessToken(primary);
  return { world, card, primary, refreshToken: String(json.refresh_token) };
}

/** Fetches the lists again, as the service does when they are due and an administrator does by `cardea crl refresh`. */
async function refreshCrls(world: World, card: Issued): Promise<void> {
  const { trustStore, revocation } = await world.stores.policies.current();
  const certificate = readCertificate(card.der);
  assert.equal(certificate.outcome, 'passed');
  const path = validatePath(certificate.value, trustStore, new Date());
  assert.equal(path.outcome, 'passed');
  await world.installation.crls.refresh(crlsNeeded(path.value, trustStore, revocation));
}

/** The numbers that a use of the token, a renewal and a refresh token of an application are answered with. */
async function numbers(world: World, primary: HeldToken, refreshToken: string): Promise<readonly number[]> {
  const payload = { client_id: windowsClient, scope: 'openid aza', refresh_token: primary.token };
  const request = sessionJws(primary.sessionKey, { ...payload, request_nonce: await world.nonce() });
  const renewal = decrypted(await world.redeemDevice(request), primary.sessionKey);
  const use = await world.accessToken(primary);
  const form = { grant_type: 'refresh_token', client_id: appId, refresh_token: refreshToken };
  return [renewal.number, use.number, (await world.token(form, world.tenantId, 2)).number];
}

describe('a certificate that is revoked or blocked after the issue ends the token and what was made with it', () => {
  test('while the list does not name the certificate, everything is taken', async (t) => {
    const { world, card, primary, refreshToken } = await use();
    t.after(() => world.close());
    publish(2n, []);
    await refreshCrls(world, card);
    assert.deepEqual(await numbers(world, primary, refreshToken), [0, 0, 0]);
  });

  test('a new list of the authority names it: the code of the certificate, then that of an ended token', async (t) => {
    const { world, card, primary, refreshToken } = await use();
    t.after(() => world.close());
    publish(3n, [card]);
    await refreshCrls(world, card);
    const [renewal, ...rest] = await numbers(world, primary, refreshToken);
    assert.equal(renewal, 500171);
    assert.deepEqual(rest, [50132, 50132]);
  });

  test('a refresh token of an application that comes first gets the code of the certificate as well', async (t) => {
    const { world, card, primary, refreshToken } = await use();
    t.after(() => world.close());
    publish(4n, [card]);
    await refreshCrls(world, card);
    const form = { grant_type: 'refresh_token', client_id: appId, refresh_token: refreshToken };
    assert.equal((await world.token(form, world.tenantId, 2)).number, 500171);
    assert.equal((await world.accessToken(primary)).number, 50132);
  });

  test('it is on the block list', async (t) => {
    const { world, card, primary, refreshToken } = await use();
    t.after(() => world.close());
    orThrow(await blockCertificate(card.der, 'lost', { actor: 'test', ports: world.stores as never }));
    const [renewal, ...rest] = await numbers(world, primary, refreshToken);
    assert.equal(renewal, 500171);
    assert.deepEqual(rest, [50132, 50132]);
  });

  test('where the operator turns the check off, only the look at live sign-ins ends them', async (t) => {
    const { world, card, primary, refreshToken } = await use({ primaryRefreshTokenCertificateRecheck: false });
    t.after(() => world.close());
    orThrow(await blockCertificate(card.der, 'lost', { actor: 'test', ports: world.stores as never }));
    assert.deepEqual((await numbers(world, primary, refreshToken)).slice(0, 2), [0, 0]);
  });
});
