import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { importJWK, SignJWT } from 'jose';
import { brokerAppId } from '#core/directory/well-known-applications.ts';
import type { SigningKey } from '#model/signing-key.ts';
import { World } from './prt/world.ts';
import { joinBody, newKeys, registrationHost } from './registration-client.ts';

const urn = 'urn:ms-drs:enterpriseregistration.windows.net';
const minute = 60;

/** The access tokens of the device registration service, signed with the real keys of two tenants (windows-sign-in §2.1). */
describe('the device registration service takes no token but one of its own, of this user, of now', () => {
  let world: World;
  let ours: SigningKey;
  let theirs: SigningKey;
  let second: string;
  let ana: string;
  before(async () => {
    world = await World.open();
    second = crypto.randomUUID();
    const domains = [{ id: 'contoso.test', authenticationType: 'Managed', isVerified: true }] as const;
    await world.installation.tenants.add({ id: second, displayName: 'Contoso', domains });
    [ours, theirs] = await Promise.all([keyOf(world.tenantId), keyOf(second)]);
    ana = await world.userId('ana');
  });
  after(() => world.close());

  async function keyOf(tenantId: string): Promise<SigningKey> {
    await world.installation.rotateKey(tenantId, 'now');
    const keys = await world.installation.signingKeysOf(tenantId).current();
    return keys[0]!;
  }

  interface TokenSays {
    readonly key?: SigningKey;
    /** The tenant of the issuer and of `tid`. */
    readonly issuer?: string;
    readonly tid?: string;
    readonly aud?: string;
    /** Without the claims that only an access token has. */
    readonly isIdToken?: boolean;
    readonly idtyp?: string;
    /** Seconds until it expires. */
    readonly lifetime?: number;
  }

  async function token(says: TokenSays): Promise<string> {
    const { key = ours, tid = world.tenantId, issuer = tid, aud = urn, idtyp = 'user' } = says;
    const now = Math.floor(Date.now() / 1000);
    const end = now + (says.lifetime ?? 5 * minute);
    const ofAccessToken = says.isIdToken ? {} : { idtyp, appid: brokerAppId, azpacr: '0' };
    return new SignJWT({ tid, oid: ana, amr: ['rsa', 'mfa'], ...ofAccessToken })
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' })
      .setIssuer(`${world.origin}/${issuer}/v2.0`)
      .setAudience(aud)
      .setIssuedAt(end - 60 * minute)
      .setExpirationTime(end)
      .sign(await importJWK(key.privateJwk, key.alg));
  }

  async function join(authorization: string): Promise<string> {
    const { status, json } = await world.send('/EnrollmentServer/device/?api-version=2.0', {
      method: 'POST',
      form: JSON.stringify(joinBody(newKeys())),
      headers: {
        authorization: `Bearer ${authorization}`,
        'content-type': 'application/json',
        host: `${registrationHost}:${new URL(world.origin).port}`,
      },
    });
    return status === 200 ? 'joined' : `${status} ${String(json.subcode)}: ${String(json.message)}`;
  }

  const cases: readonly { readonly name: string; says(): TokenSays; readonly result: RegExp }[] = [
    { name: 'a token of now', says: () => ({}), result: /^joined$/ },
    {
      name: 'one for the appId of the service',
      says: () => ({ aud: '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9' }),
      result: /^joined$/,
    },
    { name: 'one that expired half a minute ago: clocks differ', says: () => ({ lifetime: -30 }), result: /^joined$/ },
    {
      name: 'one that expired two minutes ago',
      says: () => ({ lifetime: -2 * minute }),
      result: /deviceTokenRefused.*exp/,
    },
    {
      name: 'one of a second tenant, whose users are others',
      says: () => ({ key: theirs, tid: second }),
      result: /deviceTokenRefused.*user is deleted/,
    },
    {
      name: 'one that a second tenant signed in our name',
      says: () => ({ key: theirs }),
      result: /deviceTokenRefused/,
    },
    {
      name: 'one of our key in the name of a second tenant',
      says: () => ({ tid: second }),
      result: /deviceTokenRefused/,
    },
    {
      name: 'one whose issuer is a second tenant',
      says: () => ({ issuer: second }),
      result: /deviceTokenRefused.*iss/,
    },
    {
      name: 'one for Microsoft Graph',
      says: () => ({ aud: 'https://graph.microsoft.com' }),
      result: /deviceTokenRefused.*audience/,
    },
    { name: 'an id_token', says: () => ({ isIdToken: true }), result: /deviceTokenRefused.*not an access token/ },
    {
      name: 'one of an application',
      says: () => ({ idtyp: 'app' }),
      result: /deviceTokenRefused.*not a token of a user/,
    },
  ];
  for (const { name, says, result } of cases)
    test(`${name}: ${String(result)}`, async () => assert.match(await join(await token(says())), result));
});
