import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { databasesUnderTest } from '../contract/databases.ts';
import { ask } from '../e2e/attacks/ask.ts';
import { RunningServer } from '../e2e/server.ts';
import { Sitting } from '../e2e/sitting.ts';
import { releases, unpackProgram } from './release.ts';

const postgres = databasesUnderTest()[1]!;
const version = releases.at(-1)!;
type Tokens = Readonly<Record<'access_token' | 'refresh_token', string>>;

/** Two nodes of one database and one origin: the first runs the last release, and the second this version. */
describe(`version ${version} and this one on one database`, { skip: postgres.missing ?? false }, () => {
  let former: RunningServer;
  let current: RunningServer;
  let environment: NodeJS.ProcessEnv;
  before(async () => {
    const place = await postgres.emptyPlace();
    environment = {
      CARDEA_DATABASE_URL: place.kind === 'postgres' ? place.url : '',
      CARDEA_SECRET_KEY: randomBytes(32).toString('base64url'),
    };
    former = await RunningServer.start(environment, { program: unpackProgram(version) });
    await tokensOf(former);
    current = await RunningServer.start({ ...environment, CARDEA_LOGIN_ORIGIN: former.origin });
  });
  after(async () => {
    for (const server of [former, current]) await server?.remove();
    postgres.end();
  });

  async function tokensOf(server: RunningServer): Promise<Tokens> {
    const sitting = new Sitting(server, former.card('ana'));
    await sitting.open({ scope: 'openid profile offline_access User.Read User.ReadBasic.All' });
    await sitting.withCard('ana@woodgrove.test');
    assert.ok(sitting.isSignedIn, sitting.page?.body);
    return (await sitting.claims()).tokens as unknown as Tokens;
  }
  /** A request to one node, under the origin of both. */
  const send = (server: RunningServer, path: string, request: Partial<Parameters<typeof ask>[2]> = {}) => {
    const host = new URL(former.origin).host;
    return ask(server, new URL(path, server.origin), { ...request, headers: { host, ...request?.headers } });
  };
  const nameOf = async (server: RunningServer, token: string) => {
    const { body } = await send(server, '/v1.0/me', { headers: { authorization: `Bearer ${token}` } });
    return (JSON.parse(body) as { displayName?: string }).displayName ?? body;
  };
  async function renewed(server: RunningServer, refreshToken: string): Promise<Tokens> {
    const client = { client_id: commandLineApplication.appId, refresh_token: refreshToken };
    const form = { grant_type: 'refresh_token', ...client };
    const { status, body } = await send(server, '/woodgrove.test/oauth2/v2.0/token', { form });
    assert.equal(status, 200, body);
    return JSON.parse(body) as Tokens;
  }

  test('the former version signs in after the database was brought up to date, and tokens count on both', async () => {
    const tokens = await tokensOf(former);
    for (const server of [former, current]) assert.equal(await nameOf(server, tokens.access_token), 'Ana Ruiz');
    const second = await renewed(current, tokens.refresh_token);
    const third = await renewed(former, second.refresh_token);
    for (const { access_token } of [second, third])
      for (const server of [former, current]) assert.equal(await nameOf(server, access_token), 'Ana Ruiz');
  });

  test('what one version changes, the other has with its next request', async () => {
    const servers = [former, current] as const;
    for (const [index, server] of servers.entries()) {
      const name = `user${index}@woodgrove.test`;
      const { code, err } = await server.cardea('user', 'add', name, '--name', 'New');
      assert.equal(code, 0, err);
      for (const reader of servers) assert.match((await reader.cardea('user', 'list')).out, new RegExp(name));
      assert.equal((await servers[1 - index]!.cardea('user', 'remove', name)).code, 0);
    }
  });

  test('what the former version adds is in lists of Graph once the index was rebuilt', async () => {
    assert.equal((await former.cardea('user', 'add', 'fred@woodgrove.test', '--name', 'Frederica')).code, 0);
    const { access_token } = await tokensOf(former);
    const listed = async () => {
      const path = `/v1.0/users?$filter=${encodeURIComponent("startsWith(displayName,'Freder')")}`;
      const { body } = await send(current, path, { headers: { authorization: `Bearer ${access_token}` } });
      return (JSON.parse(body) as { value?: { userPrincipalName: string }[] }).value?.map(
        ({ userPrincipalName }) => userPrincipalName,
      );
    };
    const { code, err } = await current.cardea('migrate', '--reindex');
    assert.equal(code, 0, err);
    assert.deepEqual(await listed(), ['fred@woodgrove.test']);
  });

  test('a sign-in that was revoked on one version ends on the other', async () => {
    for (const [writer, reader] of [
      [former, current],
      [current, former],
    ] as const) {
      const tokens = await tokensOf(former);
      assert.equal((await writer.cardea('user', 'sign-out', 'ana@woodgrove.test')).code, 0);
      const form = {
        ...{ grant_type: 'refresh_token', client_id: commandLineApplication.appId },
        refresh_token: tokens.refresh_token,
      };
      const { status } = await send(reader, '/woodgrove.test/oauth2/v2.0/token', { form });
      assert.equal(status, 400);
    }
  });

  test('this version signs in on the database of both, and its log has the sign-ins of both', async () => {
    const alone = await RunningServer.start(environment);
    try {
      const end = await alone.signIn('ben@woodgrove.test', former.card('ben'));
      assert.equal(end.kind, 'signedIn', JSON.stringify(end));
      const { out } = await alone.cardea('sign-in', 'list', '--json');
      for (const name of ['ana', 'ben']) assert.match(out, new RegExp(`${name}@woodgrove\\.test`));
    } finally {
      await alone.remove();
    }
  });

  test('the former version does not start on the newer database, and says so', async () => {
    await former.stop();
    await assert.rejects(former.run(), /last used by a newer version of Cardea/);
  });
});
