import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser } from '#cli/client/browser.ts';
import { RunningServer } from '../e2e/server.ts';
import { visit } from './person.ts';

const az = '/usr/bin/az';
const skip = existsSync(az) ? false : 'the Azure CLI is not installed: apt-get install azure-cli';

describe('the Azure CLI of Debian under its own id, signed in to by a person with a certificate', { skip }, () => {
  let server: RunningServer;
  let tenant: string;
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    server = await RunningServer.start();
    tenant = (JSON.parse((await server.cardea('tenant', 'list', '--json')).out) as { id: string }[])[0]!.id;
    environment = {
      PATH: '/usr/bin:/bin',
      HOME: server.folder,
      AZURE_CONFIG_DIR: join(server.folder, 'az'),
      AZURE_CORE_COLLECT_TELEMETRY: '0',
      REQUESTS_CA_BUNDLE: join(server.folder, 'tls', 'root.pem'),
      PYTHONPATH: join(import.meta.dirname, 'azure-cli'),
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const slashed = `${server.origin}/`;
    const endpoints = {
      activeDirectory: server.origin,
      activeDirectoryResourceId: 'https://management.azure.com/',
      activeDirectoryGraphResourceId: slashed,
      microsoftGraphResourceId: server.origin,
      resourceManager: slashed,
      management: slashed,
    };
    await ok('cloud', 'register', '-n', 'idp', '--cloud-config', JSON.stringify({ endpoints }));
    await ok('cloud', 'set', '-n', 'idp');
  });
  after(() => server?.remove());

  function start(words: readonly string[]) {
    const child: ChildProcess = spawn(az, words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const body = { out: '', err: '' };
    child.stdout!.on('data', (chunk) => {
      body.out += chunk;
    });
    const hear = (listener: (text: string) => void) =>
      child.stderr!.on('data', (chunk) => {
        body.err += chunk;
        listener(body.err);
      });
    const end = new Promise<string>((resolve, reject) => {
      child.on('close', (code) => {
        if (code === 0) resolve(body.out.trim());
        else reject(new Error(`az ${words.join(' ')}: ${body.err}`));
      });
    });
    return { hear, ended: end };
  }
  function ok(...words: string[]): Promise<string> {
    const { hear, ended } = start(words);
    hear(() => undefined);
    return ended;
  }

  test('az login --use-device-code, without a tenant said: it finds the tenant, and that there are no subscriptions', async () => {
    const { hear, ended } = start(['login', '--use-device-code', '--allow-no-subscriptions']);
    const card = server.card('ana');
    const visits = new Promise<string>((resolve, reject) => {
      let isOpen = false;
      hear((text) => {
        const [, page, userCode] = /open the page (\S+) and enter the code (\w+)/.exec(text) ?? [];
        if (!userCode || isOpen) return;
        isOpen = true;
        const person = { username: 'ana@woodgrove.test', card, userCode };
        visit(new URL(page!), person, new Browser(card, server.trust)).then(({ body }) => resolve(body), reject);
      });
    });
    assert.match(await visits, /You have signed in on your device/);
    const [account] = JSON.parse(await ended) as Record<string, unknown>[];
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
