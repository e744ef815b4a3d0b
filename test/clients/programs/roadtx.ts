import '#server/reasons/join.ts';
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { certificateReadIn } from '#test/e2e/server.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { login, startUnderEntraNames } from './entra-named-server.ts';
import { Roadtx } from './roadtx-commands.ts';
import { callAfterDelete, callBrowser, callTokens } from './roadtx-tokens.ts';

/**
 * Runs in a network and mount namespace whose hosts file maps the names of Entra to loopback. Starts a server under these
 * names, signs a demo user in to the device registration service, and runs roadtx. Prints what each step wrote (JSON).
 */
const { roadtx } = JSON.parse(process.argv[2]!) as { roadtx: string };
const server = await startUnderEntraNames();
const { folder } = server;

const sid = 'S-1-5-21-1004336348-1177238915-682003330-1105';

/** Adds a synchronized computer by Graph, and writes its certificate and key, as Active Directory and the computer have them. */
async function addComputer(): Promise<{ readonly deviceId: string; readonly tenantId: string }> {
  const application = await server.cardea('app', 'add', 'Sync', '--permission', 'Device.ReadWrite.All', '--json');
  const { appId, secret } = JSON.parse(application) as Record<string, string>;
  const tenants = await server.cardea('tenant', 'list', '--json');
  const tenantId = (JSON.parse(tenants) as { id: string }[])[0]!.id;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: appId!,
    client_secret: secret!,
    scope: 'https://graph.microsoft.com/.default',
  });
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const { access_token: token } = await post(`/${tenantId}/oauth2/v2.0/token`, String(form), type);
  const deviceId = crypto.randomUUID();
  const { der, pem, privateKeyPem } = testCa(`CN=${deviceId}`, { key: 'RSA-2048' });
  writeFileSync(join(folder, 'computer.pem'), pem);
  writeFileSync(join(folder, 'computer.key'), privateKeyPem, { mode: 0o600 });
  const device = {
    deviceId,
    accountEnabled: true,
    displayName: 'Computer',
    operatingSystem: 'Windows',
    operatingSystemVersion: '10.0.19045.1',
    trustType: 'ServerAd',
    alternativeSecurityIds: [{ type: 2, key: 'AAAA', identityProvider: null }],
    onPremisesSyncEnabled: true,
    onPremisesSecurityIdentifier: sid,
    onPremisesCertificates: [Buffer.from(der).toString('base64')],
  };
  const json = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const added = await post('/v1.0/devices', JSON.stringify(device), json);
  if (added.deviceId !== deviceId) throw new Error(JSON.stringify(added));
  return { deviceId, tenantId };
}

const post = (path: string, body: string, headers: Record<string, string>): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const query = request(
      { host: login, path, method: 'POST', ca: server.trust, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>));
      },
    );
    query.on('error', reject);
    query.end(body);
  });

const steps: Record<string, string> = {};
const commands = new Roadtx(roadtx, folder, { ...process.env, REQUESTS_CA_BUNDLE: server.trustFile });
try {
  const card = certificateReadIn(join(folder, 'demo', 'cards', 'ana.p12'));
  const tokens = await server.signInForRegistration();
  const token = String(tokens.access_token);
  const step = async (name: string, ...words: readonly string[]) => {
    const { out, err } = await commands.run(words);
    steps[name] = `${out}${err}`;
  };
  const devices = () => server.cardea('device', 'list', '--json');
  const join1 = ['device', '--access-token', token, '-n'];
  await step('join', ...join1, 'road1', '-a', 'join');
  await step('register', ...join1, 'road2', '-a', 'register');
  await step('android', ...join1, 'road3', '-a', 'register', '--device-type', 'Android');
  await step('macos', ...join1, 'road4', '-a', 'join', '--device-type', 'MacOS');
  steps.devices = await devices();
  const computer = await addComputer();
  const { tenantId } = computer;
  const proof = ['--sid', sid, '-c', 'computer.pem', '-k', 'computer.key'];
  await step('hybrid', 'hybriddevice', '--tenant', tenantId, ...proof);
  steps.computer = computer.deviceId;
  const keep = (name: string, text: string) => {
    steps[name] = text;
  };
  const calls = { folder, tenantId, refreshToken: String(tokens.refresh_token), card, step, keep };
  await callTokens(calls);
  await callBrowser(
    calls,
    async () => /PRT cookie: (\S+)/.exec((await commands.run(['prtcookie', '-f', 'card.prt'])).out)?.[1] ?? '',
  );
  await step('delete', 'device', '-a', 'delete', '-c', 'road1.pem', '-k', 'road1.key');
  await step('again', 'device', '-a', 'delete', '-c', 'road1.pem', '-k', 'road1.key');
  await callAfterDelete(calls);
  steps.left = await devices();
} finally {
  commands.end();
  await server.stop();
}
process.stdout.write(`${JSON.stringify(steps)}\n`);
