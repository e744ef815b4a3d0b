import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { claimsOf, RunningServer } from '../e2e/server.ts';
import { type CliOptions, runProgram } from './program.ts';
import { registerService } from './service.ts';

describe('@azure/msal-node, unmodified', () => {
  let server: RunningServer;
  let person: { readonly username: string; readonly card: object };
  before(async () => {
    server = await RunningServer.start();
    person = { username: 'ana@woodgrove.test', card: server.card('ana') };
  });
  after(() => server.remove());

  const publicClient = (more: object): Promise<CliOptions> =>
    runProgram(server, 'msal-public', {
      clientId: commandLineApplication.appId,
      tenant: 'woodgrove.test',
      scopes: ['User.Read'],
      ...person,
      ...more,
    });

  for (const tenant of ['woodgrove.test', 'organizations', 'common']) {
    test(`a public client signs a person in with a certificate at /${tenant}, and renews silently`, async () => {
      const { first, again, cached } = (await publicClient({ tenant })) as Record<string, Result>;
      const claims = claimsOf(first!.accessToken);
      const idToken = first!.idTokenClaims;
      assert.equal(first!.account.homeAccountId, `${claims.oid}.${claims.tid}`);
      assert.deepEqual(
        [first!.account.username, first!.account.environment, first!.account.tenantId],
        [person.username, new URL(server.origin).host, claims.tid],
      );
      assert.deepEqual(
        [idToken.amr, claims.amr],
        [
          ['rsa', 'mfa'],
          ['rsa', 'mfa'],
        ],
      );
      assert.deepEqual(claims.xms_cc, ['cp1']);
      assert.deepEqual([first!.fromCache, cached!.fromCache, again!.fromCache], [false, true, false]);
      assert.notEqual(again!.accessToken, first!.accessToken);
      assert.equal(claimsOf(again!.accessToken).oid, claims.oid);
    });
  }

  test('a claims request with things unknown here is tolerated', async () => {
    const claims = JSON.stringify({
      id_token: { signin_state: null, login_hint: { essential: true }, whatever: null },
    });
    const { first } = (await publicClient({ claims })) as Record<string, Result>;
    assert.equal(first?.account.username, person.username);
  });

  test('a permission without consent comes back as consent_required with AADSTS65001', async () => {
    const { refused: refusal } = await publicClient({ scopes: ['Domain.ReadWrite.All'] });
    const { name, errorCode, errorMessage } = refusal as Record<string, string>;
    assert.deepEqual([name, errorCode], ['ServerError', 'consent_required']);
    assert.match(errorMessage ?? '', /AADSTS65001.*Domain\.ReadWrite\.All/);
  });

  const confidentialClient = (more: object): Promise<CliOptions> =>
    runProgram(server, 'msal-confidential', { tenant: 'woodgrove.test', scopes: ['api://robot/.default'], ...more });

  test('a confidential client with a secret gets a token for itself', async () => {
    const { out } = await server.cardea('app', 'add', 'Robot', '--identifier-uri', 'api://robot', '--json');
    const { appId, secret } = JSON.parse(out) as Record<string, string>;
    const { tokens } = await confidentialClient({ clientId: appId, clientSecret: secret });
    const claims = claimsOf((tokens as string[])[0]);
    assert.deepEqual([claims.appid, claims.aud, claims.idtyp, claims.azpacr], [appId, appId, 'app', '1']);
    const { refused: refusal } = await confidentialClient({ clientId: appId, clientSecret: 'another' });
    assert.match((refusal as Record<string, string>).errorMessage ?? '', /AADSTS7000215/);
  });

  test('a confidential client with a certificate asks for two resources with one assertion', async () => {
    const { appId, sha256, sha1, privateKeyPem, certificatePem } = await registerService(server, 'Scheduler');
    const resources = [`api://${appId}/.default`, 'https://graph.microsoft.com/.default'];
    for (const [name, clientCertificate, authenticationClass] of [
      ['PS256, x5t#S256 and x5c', { thumbprintSha256: sha256, x5c: certificatePem }, '2'],
      ['RS256 and x5t', { thumbprint: sha1 }, '2'],
    ] as const) {
      const body = await confidentialClient({
        clientId: appId,
        clientCertificate: { ...clientCertificate, privateKey: privateKeyPem },
        scopes: resources,
      });
      const claims = ((body.tokens ?? []) as string[]).map(claimsOf);
      assert.deepEqual(
        claims.map(({ aud, appid, azpacr }) => [aud, appid, azpacr]),
        [appId, 'https://graph.microsoft.com'].map((aud) => [aud, appId, authenticationClass]),
        `${name}: ${JSON.stringify(body)}`,
      );
    }
  });
});

interface Result {
  readonly accessToken: string;
  readonly fromCache: boolean;
  readonly idTokenClaims: Readonly<Record<string, unknown>>;
  readonly account: { homeAccountId: string; username: string; environment: string; tenantId: string };
}
