import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { claimsOf, RunningServer } from '../../e2e/server.ts';
import { runProgram } from '../program.ts';
import { registerService } from '../service.ts';

describe('@azure/identity, unmodified', () => {
  let server: RunningServer;
  let tenant: string;
  before(async () => {
    server = await RunningServer.start();
    tenant = await server.tenantId();
  });
  after(() => server.remove());

  test('ClientSecretCredential gets a token for Graph with the roles of the application', async () => {
    const addition = await server.cardea('app', 'add', 'Reader', '--permission', 'User.Read.All', '--json');
    const { appId, secret } = JSON.parse(addition.out) as Record<string, string>;
    const scopes = [`${server.origin}/.default`, `${server.origin}//.default`, 'https://graph.microsoft.com/.default'];
    const { tokens } = await runProgram(server, 'identity', { tenant, clientId: appId, secret, scopes });
    assert.deepEqual(
      (tokens as string[]).map(claimsOf).map(({ aud, roles, idtyp, oid }) => [aud, roles, idtyp, oid]),
      scopes.map((scope) => [scope.replace(/\/\.default$/, ''), ['User.Read.All'], 'app', appId]),
    );
    const { refused: refusal } = await runProgram(server, 'identity', {
      tenant,
      clientId: appId,
      secret: 'wrong',
      scopes,
    });
    assert.match((refusal as { message: string }).message, /AADSTS7000215/);
  });

  for (const sendCertificateChain of [false, true]) {
    test(`ClientCertificateCredential proves itself ${sendCertificateChain ? 'with its chain' : 'by thumbprint'}`, async () => {
      const { appId, pem: text } = await registerService(server, `Signer-${sendCertificateChain}`);
      const pem = { file: join(server.folder, `${appId}.pem`), text };
      const scopes = ['https://graph.microsoft.com/.default', `api://${appId}/.default`];
      const request = { tenant, clientId: appId, pem, sendCertificateChain, scopes };
      const { tokens, refused: refusal } = await runProgram(server, 'identity', request);
      assert.deepEqual(
        ((tokens ?? []) as string[]).map(claimsOf).map(({ aud, azpacr }) => [aud, azpacr]),
        ['https://graph.microsoft.com', appId].map((aud) => [aud, '2']),
        JSON.stringify(refusal),
      );
    });
  }
});
