import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { grantRecord, refreshTokenRecord, sessionRecord, sessionUidOfCode } from '#core/token/provider-records.ts';
import { sessionCookiesOf } from '#oidc/provider/internals/cookies.ts';
import { explanations } from '#oidc/provider/internals/explain-error.ts';
import { notifiedClientOf } from '#oidc/provider/internals/models.ts';
import { checkedVersion, reaches } from '#oidc/provider/internals/reaches.ts';
import { endsWithBrowser, sessionOf } from '#oidc/provider/internals/sessions.ts';
import { saveRefreshToken } from '#oidc/provider/internals/tokens.ts';
import { lifetime, openLibrary, redirectUri, resource, tenant } from './library.ts';

type Reach = keyof typeof reaches;
const triedReaches = new Set<Reach>();
/** A test of what is relied upon at these places of the library. */
function reliesOn(names: readonly Reach[], what: string, work: () => Promise<void> | void): void {
  for (const name of names) triedReaches.add(name);
  test(`${names.join(', ')}: ${what}`, work);
}

type Library = Awaited<ReturnType<typeof openLibrary>>;
let library: Library;
/** The answers of a sign-in, in the order of its requests. */
let signIn: { readonly first: Response; readonly end: Response; readonly tokens: Record<string, string> };

const recordOf = (model: string) =>
  [...library.observations.records].find(([name]) => name.startsWith(`${model} `))![1] as Record<string, unknown>;
const cookiesIn = (answer: Response) => answer.headers.getSetCookie();
const endpoint = (name: string) => `${library.origin}/${tenant}/${name}`;
const authorize = (parameters: Readonly<Record<string, string>> = {}) => {
  const request = {
    client_id: 'app',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid offline_access',
  };
  const query = new URLSearchParams({ ...request, ...parameters });
  return fetch(`${endpoint('auth')}?${query}`, { redirect: 'manual' });
};
async function redeem(parameters: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const body = new URLSearchParams({ client_id: 'app', client_secret: 'our own secret', ...parameters });
  return (await fetch(endpoint('token'), { method: 'POST', body })).json() as Promise<Record<string, string>>;
}
const codeIn = (answer: Response) => new URL(answer.headers.get('location')!).searchParams.get('code') ?? '';

describe('what is used of the inside of oidc-provider', () => {
  before(async () => {
    library = await openLibrary();
    const first = await authorize();
    const [, uid] = /\/interaction\/([\w-]+)$/.exec(first.headers.get('location') ?? '') ?? [];
    assert.ok(uid, `an interaction begins: ${first.status} ${first.headers.get('location')}`);
    const end = await fetch(`${endpoint('auth')}/${uid}`, { redirect: 'manual' }); // without the cookie of its resume address
    const tokens = await redeem({ grant_type: 'authorization_code', code: codeIn(end), redirect_uri: redirectUri });
    signIn = { first, end, tokens };
  });
  after(() => library.close());

  test('was read in the version that is installed', () => {
    const { version } = createRequire(import.meta.url)('oidc-provider/package.json') as { version: string };
    assert.equal(
      checkedVersion,
      version,
      `read these again in oidc-provider ${version}, then change checkedVersion: ${Object.keys(reaches).join(', ')}`,
    );
  });

  reliesOn(
    ['cookies.get', 'Interaction.result'],
    'an interaction continues with a result that is stored nowhere',
    () => {
      assert.match(signIn.end.headers.get('location') ?? '', /^https:\/\/app\.example\.test\/callback\?code=/);
      assert.equal(recordOf('Session').accountId, 'ana');
    },
  );
  reliesOn(['Provider.pathFor'], 'the paths of the endpoints are below the tenant', async () => {
    const { authorization_endpoint: address } = (await (
      await fetch(endpoint('.well-known/openid-configuration'))
    ).json()) as Record<string, string>;
    assert.equal(new URL(address!).pathname, `/${tenant}/auth`);
  });
  reliesOn(
    [
      ...(['Client.redirectUriAllowed', 'Client.grantTypeAllowed', 'Client.responseModeAllowed'] as const),
      ...(['Client.compareClientSecret', 'Client.includeSid'] as const),
    ],
    'what is in their place is asked, and decides alone',
    () => {
      const { calls } = library.observations;
      assert.equal(calls.get('Client.redirectUriAllowed')![0]![0], redirectUri);
      assert.ok(calls.get('Client.grantTypeAllowed')!.some(([type]) => type === 'authorization_code'));
      assert.deepEqual(calls.get('Client.responseModeAllowed')![0]!.slice(0, 2), ['query', 'code']);
      assert.equal(calls.get('Client.compareClientSecret')![0]![0], 'our own secret'); // not the one of its metadata
      assert.ok(calls.has('Client.includeSid'));
      assert.ok(signIn.tokens.access_token);
    },
  );
  reliesOn(
    ['Session.uid', 'Session.sidFor', 'Session.exp'],
    'a session that was not saved is named, and tokens name it',
    () => {
      assert.equal(library.observations.wasUnsaved, true);
      assert.equal(recordOf('Session').uid, 'uid-of-ours');
      assert.equal(decodeJwt(signIn.tokens.id_token!).sid, 'sid of uid-of-ours');
    },
  );
  reliesOn(['Session.transient'], 'a sign-in that ends with the browser outlives it where we say so', async () => {
    const session = cookiesIn(signIn.end).find((line) => line.startsWith('session-of-ours='))!;
    assert.match(session, /expires=/i);
    const silent = await authorize({ login_hint: 'device', prompt: 'none' });
    const shorter = cookiesIn(silent).find((line) => line.startsWith('session-of-ours='))!;
    assert.doesNotMatch(shorter, /expires=/i);
  });
  reliesOn(['Session.loginTs'], 'the lifetime of a session counts from its sign-in', () => {
    const seconds = library.observations.sessionSeconds!;
    assert.ok(seconds > lifetime - 60 && seconds <= lifetime, String(seconds));
  });
  reliesOn(['Session.amr'], 'tokens say how the user of the session signed in', () => {
    const { amr, acr } = decodeJwt(signIn.tokens.id_token!);
    assert.deepEqual({ amr, acr }, { amr: ['x509', 'mfa'], acr: 'of ours' });
  });
  reliesOn(['OIDCContext.claims'], 'members of ours are kept with the refresh token of a code', () => {
    assert.deepEqual(recordOf('RefreshToken').claims, { access_token: { of_ours: { value: 'kept' } } });
  });
  reliesOn(
    ['records of sessions', 'Session.authorizations', 'Session.ensureClientContainer'],
    'a session keeps each application, with what we add',
    () =>
      assert.deepEqual(sessionRecord(recordOf('Session')).authorizations, {
        app: { sid: 'sid of uid-of-ours', cardeaVersion: 1 },
      }),
  );
  reliesOn(['records of grants', 'Grant.jti'], 'a grant has our id, its user and its application', () =>
    assert.deepEqual(grantRecord(library.observations.records.get('Grant grant-of-ana')!), {
      accountId: 'ana',
      clientId: 'app',
    }),
  );
  reliesOn(['records of codes'], 'a code names its session', () =>
    assert.equal(sessionUidOfCode(recordOf('AuthorizationCode')), 'uid-of-ours'),
  );
  reliesOn(['records of refresh tokens'], 'a refresh token has what its use is evaluated by', () => {
    const { iiat, exp, ...record } = refreshTokenRecord(recordOf('RefreshToken'));
    assert.deepEqual(JSON.parse(JSON.stringify(record)), {
      accountId: 'ana',
      clientId: 'app',
      grantId: 'grant-of-ana',
      sessionUid: 'uid-of-ours',
    });
    assert.ok(exp! > iiat! && Math.abs(iiat! - Date.now() / 1000) < 60);
  });
  reliesOn(
    ['Session.loginAccount', 'Session.grantIdFor', 'OIDCContext.entity'],
    'a user signs in without pages',
    async () => {
      const answer = await authorize({ login_hint: 'device', prompt: 'none' });
      const code = codeIn(answer);
      assert.ok(code, answer.headers.get('location')!);
      const tokens = await redeem({ grant_type: 'authorization_code', code, redirect_uri: redirectUri });
      assert.equal(decodeJwt(tokens.id_token!).sub, 'pia');
    },
  );
  reliesOn(['Session.persist'], 'a request with a session that was never saved is answered', async () => {
    const answer = await fetch(endpoint('device'), { method: 'POST', body: new URLSearchParams({ user_code: 'x' }) });
    assert.notEqual(answer.status, 500);
    assert.deepEqual(
      library.observations.errors.filter((error) => error instanceof TypeError),
      [],
    );
  });
  reliesOn(['Session.state'], 'the form for a user code has the secret', async () => {
    await fetch(endpoint('device'));
    const { html, secret } = library.observations.userCodeForm!;
    assert.ok(secret.length > 10 && html.includes(`value="${secret}"`), html);
  });
  reliesOn(['RefreshToken.scopes', 'RefreshToken.resourceIndicators'], 'a refresh names further ones', async () => {
    const request = { grant_type: 'refresh_token', refresh_token: signIn.tokens.refresh_token!, resource };
    const answer = await redeem({ ...request, scope: 'read' });
    assert.ok(answer.access_token, JSON.stringify(answer));
    assert.equal(answer.scope, 'read');
  });
  reliesOn(['RefreshToken.constructor'], 'one that the library did not issue is redeemed', async () => {
    const client = (await library.provider.Client.find('app'))!;
    const times = { authTime: Math.floor(Date.now() / 1000), expiresIn: 600 };
    const names = { grantId: 'grant-of-ana', accountId: 'ana', sessionUid: 'prt 1', sid: 'of a device' };
    const scope = 'openid offline_access';
    const token = await saveRefreshToken(library.provider, { client, ...times, ...names, amr: ['x509'], scope });
    const answer = await redeem({ grant_type: 'refresh_token', refresh_token: token });
    const { sub, amr, sid } = decodeJwt(answer.id_token!);
    assert.deepEqual({ sub, amr, sid }, { sub: 'ana', amr: ['x509'], sid: 'of a device' });
  });
  reliesOn(
    ['IdToken.issue', 'IdToken.payload', 'jwks.keys'],
    'a key that signs by itself signs ID tokens',
    async () => {
      const keys = createRemoteJWKSet(new URL(endpoint('jwks')));
      const { payload } = await jwtVerify(signIn.tokens.id_token!, keys);
      const [use, claims] = library.observations.calls.get('IdToken.issue')![0] as [string, object];
      assert.equal(use, 'idtoken');
      assert.deepEqual(
        Object.keys(claims).filter((name) => !(name in payload)),
        [],
      );
      assert.ok(library.observations.signatures > 0);
    },
  );
  reliesOn(['Client.backchannelLogout'], 'sends a logout token to the address of the application', async () => {
    const client = await notifiedClientOf(library.provider, 'app');
    await client!.backchannelLogout('ana', 'sid of uid-of-ours');
    const token = library.observations.notices.get(client!.backchannelLogoutUri!)!;
    assert.equal(decodeJwt(token).sid, 'sid of uid-of-ours');
    assert.equal(library.observations.calls.get('IdToken.issue')!.at(-1)![0], 'logout');
  });
  reliesOn(['cookies.keys', 'Provider.cookieName'], 'cookies are signed by our keys under their names', async () => {
    const lines = cookiesIn(signIn.end).map((line) => line.split(';')[0]!);
    const names = sessionCookiesOf(library.provider);
    assert.deepEqual(
      names.map((name) => lines.filter((line) => line.startsWith(`${name}=`)).length),
      [1, 1],
    );
    const find = (cookie: string) => {
      const request = new IncomingMessage(new Socket());
      request.headers.cookie = cookie;
      return sessionOf(library.provider, request, new ServerResponse(request));
    };
    const session = await find(lines.join('; '));
    assert.deepEqual([session.accountId, endsWithBrowser(session)], ['ana', false]);
    const [name] = names;
    const forgery = lines.map((line) => (line.startsWith(`${name}.sig=`) ? `${name}.sig=${'A'.repeat(27)}` : line));
    assert.equal((await find(forgery.join('; '))).accountId, undefined);
  });
  reliesOn(['Provider.ctx'], 'names the request that is being answered', () =>
    assert.ok(library.observations.readDuring.has('/token')),
  );
  reliesOn(['Provider.on'], 'tells of a refusal, with its sentence', async () => {
    await redeem({ grant_type: 'authorization_code', code: 'none', redirect_uri: redirectUri });
    const { error, error_detail: detail } = library.observations.errors.at(-1)!;
    assert.deepEqual([error, detail], ['invalid_grant', 'authorization code not found']);
  });
  reliesOn(['sentences of errors'], 'each of them is in the library', async () => {
    await redeem({}); // a sentence that is made of parts
    const sentences = library.observations.errors.map(({ error_description: sentence }) => sentence);
    const folder = join(dirname(createRequire(import.meta.url).resolve('oidc-provider/package.json')), 'lib');
    const text = globSync('**/*.js', { cwd: folder })
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .concat(sentences.map(String))
      .join('\n');
    const missing = explanations
      .map(([pattern]) => pattern.source.replace('^', ''))
      .filter((source) => !new RegExp(source).test(text));
    assert.deepEqual(missing, []);
  });

  test('each of them is tried here', () =>
    assert.deepEqual(
      Object.keys(reaches).filter((name) => !triedReaches.has(name as Reach)),
      [],
    ));
});
