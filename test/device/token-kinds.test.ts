import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { importJWK, SignJWT } from 'jose';
import { commandLineApplication, singlePageId } from '#admin/applications/first-party.ts';
import type { SigningKey } from '#model/signing-key.ts';
import { type Reply, World } from './prt/world.ts';
import { registrationHost } from './registration-client.ts';

const secret = 'a secret of the confidential application';
const api = {
  appId: crypto.randomUUID(),
  displayName: 'Payroll',
  redirectUris: ['https://app.example/callback'],
  postLogoutRedirectUris: [],
  homepage: undefined,
  isPublicClient: false,
  secretHashes: [createHash('sha256').update(secret).digest('base64url')],
  identifierUris: [],
  roles: [],
};

type Claims = Readonly<Record<string, unknown>>;

/** Kinds differ by their claims alone: key, issuer, audience, tenant and time are right in all of them. */
interface Kind {
  readonly name: string;
  readonly typ?: string;
  claims(of: Claims): Claims;
}

const without = (names: readonly string[], of: Claims): Claims =>
  Object.fromEntries(Object.entries(of).filter(([name]) => !names.includes(name)));

const kinds: readonly Kind[] = [
  { name: 'an access token of a user', claims: (of) => ({ ...of, idtyp: 'user' }) },
  { name: 'an access token of an application', claims: (of) => ({ ...without(['scp'], of), idtyp: 'app' }) },
  { name: 'a token of a device', claims: (of) => ({ ...of, idtyp: 'device' }) },
  { name: 'a token that does not say what it is about', claims: (of) => of },
  { name: 'a token about something unknown', claims: (of) => ({ ...of, idtyp: 'robot' }) },
  { name: 'a token about a user and a device', claims: (of) => ({ ...of, idtyp: ['user', 'device'] }) },
  { name: 'a token about a USER', claims: (of) => ({ ...of, idtyp: 'USER' }) },
  { name: 'a token without the proof of its client', claims: (of) => ({ ...without(['azpacr'], of), idtyp: 'user' }) },
  { name: 'an access token with a nonce', claims: (of) => ({ ...of, idtyp: 'user', nonce: 'n' }) },
  { name: 'an ID token', claims: (of) => without(['azpacr', 'appid', 'scp', 'roles', 'acrs'], of) },
  { name: 'a logout token', typ: 'logout+jwt', claims: (of) => ({ ...of, idtyp: 'user' }) },
  { name: 'a token of no type', typ: '', claims: (of) => ({ ...of, idtyp: 'user' }) },
];

describe('every API takes access tokens of users and of applications, as it says, and no other token (RFC 9068 §4)', () => {
  let world: World;
  let key: SigningKey;
  let ana: string;
  before(async () => {
    world = await World.open();
    await world.installation.rotateKey(world.tenantId, 'now');
    key = (await world.installation.signingKeysOf(world.tenantId).current())[0]!;
    ana = await world.userId('ana');
    await world.stores.applications.put(api);
  });
  after(() => world.close());

  async function tokenOf({ claims, typ = 'JWT' }: Kind, audience: string): Promise<string> {
    const { appId } = commandLineApplication;
    const content = { scp: 'openid User.Read Organization.Read.All payslips.read', roles: ['Organization.Read.All'] };
    const of = { ...content, tid: world.tenantId, oid: ana, appid: appId, azpacr: '0', acrs: ['c1'], rh: 'none' };
    return new SignJWT(claims({ ...of, amr: ['rsa', 'mfa'] }))
      .setProtectedHeader({ alg: key.alg, kid: key.kid, ...(typ === '' ? {} : { typ }) })
      .setIssuer(`${world.origin}/${world.tenantId}/v2.0`)
      .setAudience(audience)
      .setIssuedAt()
      .setNotBefore('-1m')
      .setExpirationTime('5m')
      .sign(await importJWK(key.privateJwk, key.alg));
  }

  const get = (path: string, token: string): Promise<Reply> =>
    world.send(path, { headers: { authorization: `Bearer ${token}` } });

  interface Api {
    readonly name: string;
    readonly audience: string;
    readonly takes: readonly string[];
    /** What it does with a token: `taken`, or why not. */
    result(token: string): Promise<string>;
  }

  const byStatus = async (reply: Promise<Reply>): Promise<string> => {
    const { status, text } = await reply;
    return status === 200 ? 'taken' : `${status} ${text}`;
  };
  const [user, app] = [kinds[0]!.name, kinds[1]!.name];

  const apis: readonly Api[] = [
    ...['/v1.0/organization', '/beta/organization'].map((path) => ({
      name: `Graph ${path}`,
      audience: 'https://graph.microsoft.com',
      takes: [user, app],
      result: (token: string) => byStatus(get(path, token)),
    })),
    {
      name: 'Graph on behalf of its user',
      audience: 'https://graph.microsoft.com',
      takes: [user],
      result: (token) => byStatus(get('/v1.0/me', token)),
    },
    {
      name: 'userinfo',
      audience: 'https://graph.microsoft.com',
      takes: [user],
      result: (token) => byStatus(get('/oidc/userinfo', token)),
    },
    {
      name: 'Azure Resource Manager',
      audience: 'https://management.azure.com',
      takes: [user, app],
      result: (token) => byStatus(get('/subscriptions?api-version=2022-12-01', token)),
    },
    {
      name: 'the device registration service',
      audience: 'urn:ms-drs:enterpriseregistration.windows.net',
      takes: [user],
      async result(token) {
        const { json, status } = await world.send('/EnrollmentServer/key/?api-version=1.0', {
          method: 'POST',
          form: '{}',
          headers: {
            authorization: `Bearer ${token}`,
            accept: 'application/json',
            'content-type': 'application/json',
            host: `${registrationHost}:${new URL(world.origin).port}`,
          },
        });
        // The token is taken, and has no device in it.
        return json.subcode === 'helloTokenRefused' ? 'taken' : `${status} ${String(json.subcode)}`;
      },
    },
    {
      name: 'the token endpoint, on behalf of its user',
      audience: api.appId,
      takes: [user],
      async result(token) {
        const form = {
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          client_id: api.appId,
          client_secret: secret,
          assertion: token,
          requested_token_use: 'on_behalf_of',
          scope: 'https://graph.microsoft.com/.default',
        };
        const { number, status, text } = await world.token(form, world.tenantId, 2);
        // The assertion is taken, and its sign-in is not there.
        return number === 50173 ? 'taken' : `${status} ${text}`;
      },
    },
    {
      name: 'the API of the sample application',
      audience: singlePageId,
      takes: [user],
      result: (token) => byStatus(get('/spa/api/payslip', token)),
    },
  ];
  for (const { name, audience, takes, result } of apis)
    for (const kind of kinds) {
      const isTaken = takes.includes(kind.name);
      test(`${name} ${isTaken ? 'takes' : 'refuses'} ${kind.name}`, async () => {
        const answer = await result(await tokenOf(kind, audience));
        assert.equal(answer === 'taken', isTaken, answer);
        assert.doesNotMatch(answer, /^5/, 'a refusal is no fault');
      });
    }
});
