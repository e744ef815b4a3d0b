import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { commandLineApplication, singlePageId } from '#admin/applications/first-party.ts';
import { databasesUnderTest } from '../../contract/databases.ts';
import { ask, type Heard, type OutgoingRequest, verifier } from '../attacks/ask.ts';
import { claimsOf, RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';

const postgres = databasesUnderTest()[1]!;
type Body = Record<string, unknown>;

/** Two processes, one PostgreSQL database and one public origin, as behind a load balancer. */
describe('two servers of one origin', { skip: postgres.missing ?? false }, () => {
  let first: RunningServer;
  let second: RunningServer;
  before(async () => {
    const place = await postgres.emptyPlace();
    const environment = {
      CARDEA_DATABASE_URL: place.kind === 'postgres' ? place.url : '',
      CARDEA_SECRET_KEY: randomBytes(32).toString('base64url'),
    };
    first = await RunningServer.start(environment);
    second = await RunningServer.start({ ...environment, CARDEA_LOGIN_ORIGIN: first.origin });
  });
  after(async () => {
    for (const server of [first, second]) await server?.remove();
    postgres.end();
  });

  /** A request to one server under the name of both. */
  function send(server: RunningServer, path: string, query: OutgoingRequest = {}): Promise<Heard> {
    const url = new URL(path, server.origin);
    return ask(server, url, { ...query, headers: { host: new URL(first.origin).host, ...query.headers } });
  }
  async function redeem(server: RunningServer, refreshToken: string, client: Client): Promise<Body> {
    const form = { grant_type: 'refresh_token', client_id: client.id, refresh_token: refreshToken, ...client.form };
    const path = `/woodgrove.test/oauth2/v2.0/token?client-request-id=${client.correlationId}`;
    const { body } = await send(server, path, { form, headers: client.headers ?? {} });
    return JSON.parse(body) as Body;
  }
  interface Client {
    readonly id: string;
    readonly redirectUri: string;
    readonly form?: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
    readonly correlationId: string;
  }
  const publicClient = (): Client => ({
    id: commandLineApplication.appId,
    redirectUri: commandLineApplication.redirectUris[0]!,
    correlationId: crypto.randomUUID(),
  });
  const singlePage = (): Client => ({
    id: singlePageId,
    redirectUri: `${first.origin}/spa`,
    headers: { origin: first.origin },
    correlationId: crypto.randomUUID(),
  });
  async function confidentialClient(): Promise<Client> {
    const redirectUri = 'http://localhost/callback';
    const { out, err } = await first.cardea('app', 'add', 'Portal', '--redirect-uri', redirectUri, '--json');
    assert.equal(err, '');
    const { appId, secret } = JSON.parse(out) as { appId: string; secret: string };
    return { id: appId, redirectUri, form: { client_secret: secret }, correlationId: crypto.randomUUID() };
  }

  async function refreshTokenOf(client: Client): Promise<string> {
    const sitting = new Sitting(first, first.card('ana'));
    await sitting.open({
      client_id: client.id,
      redirect_uri: client.redirectUri,
      scope: 'openid offline_access',
    });
    await sitting.withCard('ana@woodgrove.test');
    const end = new URL(sitting.page!.location ?? sitting.page!.url);
    const form = {
      grant_type: 'authorization_code',
      client_id: client.id,
      code: end.searchParams.get('code') ?? '',
      redirect_uri: client.redirectUri,
      code_verifier: verifier,
      ...client.form,
    };
    const { body } = await send(first, '/woodgrove.test/oauth2/v2.0/token', { form, headers: client.headers ?? {} });
    const answer = JSON.parse(body) as Body;
    assert.ok(answer.refresh_token, body);
    return String(answer.refresh_token);
  }
  const replays = async (correlationId: string) =>
    (await second.entries(correlationId)).filter(({ because }) => because.code === 'refreshTokenReplayed').length;

  /** What of the other server a token is shown to. */
  const verifiers: Readonly<Record<string, (token: string) => Promise<unknown>>> = {
    Graph: (token) => send(second, '/v1.0/me', { headers: { authorization: `Bearer ${token}` } }).then(nameIn),
    userinfo: (token) => send(second, '/oidc/userinfo', { headers: { authorization: `Bearer ${token}` } }).then(nameIn),
    ...Object.fromEntries(
      ['woodgrove.test', 'common'].map((tenant) => [
        `the JWK set of ${tenant}`,
        async (token: string) => {
          await setTimeout(1_000); // a JWK set is at most a second old
          const { body } = await send(second, `/${tenant}/discovery/v2.0/keys`);
          return (await jwtVerify(token, createLocalJWKSet(JSON.parse(body)))).payload.name;
        },
      ]),
    ),
  };
  const nameIn = ({ body }: Heard): unknown => {
    const answer = JSON.parse(body) as Body;
    return answer.displayName ?? answer.name ?? body;
  };
  for (const [name, verify] of Object.entries(verifiers)) {
    test(`a new signing key of the one: ${name} of the other takes its token at once`, async () => {
      // The other has read the keys a moment ago and will not by itself for a minute.
      await send(second, '/woodgrove.test/discovery/v2.0/keys');
      const { out, err } = await first.cardea('tenant', 'rotate-key', '--now', '--json');
      assert.equal(err, '');
      const end = await first.signIn('ana@woodgrove.test', first.card('ana'), { scope: 'openid profile User.Read' });
      assert.equal(end.kind, 'signedIn', JSON.stringify(end));
      const token = end.kind === 'signedIn' ? String(end.tokens.access_token) : '';
      assert.equal(decodeProtectedHeader(token).kid, JSON.parse(out).kid);
      assert.equal(await verify(token), 'Ana Ruiz');
    });
  }

  for (const [name, clientOf] of [
    ['public', async () => publicClient()],
    ['confidential', confidentialClient],
  ] as const) {
    test(`a refresh token of a ${name} client, used on both at once: both answer, the grant continues, and no entry of a replay`, async () => {
      const client = await clientOf();
      const token = await refreshTokenOf(client);
      const answers = await Promise.all([first, second].map((server) => redeem(server, token, client)));
      for (const [index, { refresh_token }] of answers.entries()) {
        assert.ok(refresh_token, JSON.stringify(answers[index]));
        const next = await redeem([second, first][index]!, String(refresh_token), client);
        assert.equal(claimsOf(next.access_token).appid, client.id, JSON.stringify(next));
      }
      assert.equal(await replays(client.correlationId), 0);
    });
  }

  test('a refresh token of a single-page application, used on both at once, ends the grant, and is in the log', async () => {
    for (let turn = 0; turn < 3; turn++) {
      const client = singlePage();
      const token = await refreshTokenOf(client);
      const answers = await Promise.all([first, second].map((server) => redeem(server, token, client)));
      assert.ok(
        answers.some(({ error_codes }) => (error_codes as readonly number[] | undefined)?.includes(700082)),
        JSON.stringify(answers),
      );
      const rest = answers.flatMap(({ refresh_token }) => (refresh_token ? [String(refresh_token)] : []));
      for (const refreshToken of [token, ...rest])
        for (const server of [first, second])
          assert.equal((await redeem(server, refreshToken, client)).error, 'invalid_grant');
      assert.ok((await replays(client.correlationId)) >= 1);
    }
  });

  test('a refresh token used on one by its client and on the other by another application ends the grant of both', async () => {
    const client = publicClient();
    const token = await refreshTokenOf(client);
    const { refresh_token } = await redeem(first, token, client);
    const foreign = await redeem(second, token, { ...client, id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46' });
    assert.deepEqual(foreign.error_codes, [700082]);
    for (const server of [first, second])
      assert.equal((await redeem(server, String(refresh_token), client)).error, 'invalid_grant');
    assert.equal(await replays(client.correlationId), 1);
  });
});
