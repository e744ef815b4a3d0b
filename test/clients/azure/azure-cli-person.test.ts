import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser } from '#cli/client/browser.ts';
import { RunningServer } from '../../e2e/server.ts';
import { signInAt } from '../person.ts';
import { AzureCli, skipAzureCli } from './azure-cli.ts';

const skip = skipAzureCli();

describe('the Azure CLI of PyPI under its own id, signed in to by a person with a certificate', { skip }, () => {
  let server: RunningServer;
  let tenant: string;
  let cli: AzureCli;
  const ok = (...words: string[]) => cli.ok(...words);

  before(async () => {
    server = await RunningServer.start();
    tenant = await server.tenantId();
    cli = await AzureCli.start(server, { activeDirectoryResourceId: 'https://management.azure.com/' });
  });
  after(() => server?.remove());

  test('az login --use-device-code, without a tenant said: it finds the tenant, and that there are no subscriptions', async () => {
    const card = server.card('ana');
    let signIns: Promise<string> | undefined;
    const { code, out, err } = await cli.run(['login', '--use-device-code', '--allow-no-subscriptions'], (text) => {
      const [, page, userCode] = /open the page (\S+) and enter the code (\w+)/.exec(text) ?? [];
      if (!userCode || signIns) return;
      const person = { username: 'ana@woodgrove.test', card, userCode };
      signIns = signInAt(new URL(page!), person, new Browser(card, server.trust)).then(({ body }) => body);
    });
    assert.equal(code, 0, err);
    assert.match((await signIns) ?? '', /You have signed in on your device/);
    const [account] = JSON.parse(out) as Record<string, unknown>[];
    assert.deepEqual([account?.tenantId, account?.state], [tenant, 'Enabled']);
    assert.deepEqual(account?.user, { name: 'ana@woodgrove.test', type: 'user' });
  });

  test('az ad signed-in-user show: the refresh token of Azure renews for Graph', async () => {
    const user = JSON.parse(await ok('ad', 'signed-in-user', 'show')) as Record<string, unknown>;
    assert.equal(user.userPrincipalName, 'ana@woodgrove.test');
  });

  test('az rest reads the policy of authentication methods, which the Azure CLI may do here', async () => {
    const url = `${server.origin}/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/X509Certificate`;
    const policy = JSON.parse(await ok('rest', '--resource', server.origin, '--url', url)) as Record<string, unknown>;
    assert.equal(policy.state, 'enabled');
  });
});
