import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser } from '#cli/client/browser.ts';
import { decodeDeviceExtensions } from '#core/device/registration/certificate-extensions.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { signInAt } from '../clients/person.ts';
import { codeIn, DevicePerson } from '../device-client/device-person.ts';
import { synchroniseComputer } from '../device-client/synchronise-computer.ts';
import { RunningServer, runCardea } from './server.ts';

let server: RunningServer;
let person: DevicePerson;
before(async () => {
  server = await RunningServer.start();
  person = new DevicePerson(server);
});
after(async () => {
  person?.remove();
  await server?.remove();
});

const state = (name: string) => person.state(name);
const card = (name: string) => person.card(name);
const device: DevicePerson['run'] = (...words) => person.run(...words);

/** The private extensions of the device certificate in a state folder. */
function extensionsOf(name: string) {
  const { certificate } = JSON.parse(readFileSync(join(state(name), 'device.json'), 'utf8')) as { certificate: string };
  const ruling = readCertificate(new Uint8Array(Buffer.from(certificate, 'base64')));
  assert.equal(ruling.outcome, 'passed');
  if (ruling.outcome !== 'passed') return undefined;
  return decodeDeviceExtensions(new Map(ruling.value.extensions.map(({ oid, value }) => [oid, value])));
}

describe('a device joins, registers and leaves from the command line', () => {
  test('join with a card, without a person at a browser; status; leave', async () => {
    const joinAnswer = await person.join('join', 'ana', '--device-name', 'Computer 1', '--json');
    assert.equal(joinAnswer.code, 0, joinAnswer.err);
    const record = JSON.parse(joinAnswer.out) as Record<string, unknown>;
    assert.deepEqual(
      [record.join, record.displayName, record.deviceType, record.osVersion, record.registeredBy],
      ['joined', 'Computer 1', 'Windows', '10.0.26100.1', 'ana@woodgrove.test'],
    );
    assert.equal((record.localAdministrators as string[]).length > 0, true);
    assert.deepEqual(extensionsOf('join')?.isJoined, true);
    const status = await device('join', 'status');
    assert.match(status.out, /Computer 1/);
    assert.equal((await device('join', 'leave')).code, 0);
    assert.deepEqual(readdirSync(state('join')), []);
    assert.equal((await device('join', 'status')).code, 15);
  });

  test('join finds the server of the data folder, and the CA that it made', async () => {
    const words = ['--certificate-file', card('ana'), '--tenant', 'woodgrove.test', '--state', state('found')];
    const { code, out, err } = await runCardea(['device', 'join', ...words, '--data', server.folder, '--json']);
    assert.equal(code, 0, err);
    assert.equal((JSON.parse(out) as { loginOrigin: string }).loginOrigin, server.origin);
  });

  test('register is a workplace registration of a user', async () => {
    const words = ['--url', server.origin, '--certificate-file', card('ben'), '--tenant', 'woodgrove.test'];
    const answer = await device('register', 'register', ...words);
    assert.equal(answer.code, 0, answer.err);
    assert.match(answer.out, /is registered with the tenant/);
    assert.equal(extensionsOf('register')?.isJoined, false);
  });

  test('join with a code that a person enters in any browser (RFC 8628)', async () => {
    const message = new Promise<string>((resolve) => {
      person.hear = (text) => /devicelogin|deviceauth/.test(text) && resolve(text);
    });
    const joinAnswer = device('code', 'join', '--url', server.origin, '--tenant', 'woodgrove.test');
    const [, address = '', userCode = ''] = /(https:\S+).* ([B-Z]{9})/.exec(await message) ?? [];
    const visitor = { username: 'ana@woodgrove.test', card: server.card('ana'), userCode };
    await signInAt(new URL(address), visitor, new Browser(visitor.card, server.trust));
    const { code, err } = await joinAnswer;
    assert.equal(code, 0, err);
  });

  test('a second join in the same folder is refused before any request', async () => {
    assert.equal((await person.join('twice', 'ana')).code, 0);
    const again = await device('twice', 'join', '--url', 'https://localhost:1', '--json');
    assert.deepEqual([again.code, codeIn(again)], [1, 'deviceAlreadyRegistered']);
  });

  test('a device that was removed cannot be removed again by its certificate', async () => {
    assert.equal((await person.join('gone', 'ana')).code, 0);
    cpSync(state('gone'), state('copy'), { recursive: true });
    chmodSync(state('copy'), 0o700);
    assert.equal((await device('gone', 'leave')).code, 0);
    const again = await device('copy', 'leave', '--json');
    assert.deepEqual([again.code, codeIn(again)], [3, 'deviceServerRefused']);
    assert.equal((await device('copy', 'leave', '--keep-in-directory')).code, 0);
  });

  test('--verbose shows the exchange without the access token, which --token-env takes from a variable', async () => {
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'), {
      clientId: '29d9ed98-a469-4536-ade2-f981bc1d605e',
      redirectUri: 'ms-appx-web://Microsoft.AAD.BrokerPlugin/DRS',
      scope: '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9/.default openid profile',
    });
    assert.equal(end.kind, 'signedIn');
    const token = end.kind === 'signedIn' ? String(end.tokens.access_token) : '';
    const answer = await device(
      'verbose',
      'join',
      '--url',
      server.origin,
      '--token',
      token,
      '--tenant',
      'woodgrove.test',
      '--verbose',
    );
    assert.equal(answer.code, 0, answer.err);
    assert.match(answer.err, /POST https:\/\/\S+\/EnrollmentServer\/device\/\?api-version=2\.0/);
    assert.match(answer.err, /JoinType = 0 +\(0: joined/);
    for (const part of token.split('.')) assert.ok(!answer.err.includes(part));
    process.env.DEVICE_TOKEN = token;
    const byVariable = ['--url', server.origin, '--tenant', 'woodgrove.test', '--token-env', 'DEVICE_TOKEN'];
    const fromVariable = await device('variable', 'join', ...byVariable);
    assert.equal(fromVariable.code, 0, fromVariable.err);
    assert.equal((await device('both', 'join', ...byVariable, '--token', token)).code, 2);
    delete process.env.DEVICE_TOKEN;
    assert.equal((await device('absent', 'join', ...byVariable)).code, 2);
  });
});

describe('a computer that a synchronization created joins without a user (windows-sign-in §2.8)', () => {
  const deviceId = crypto.randomUUID();
  const sid = 'S-1-5-21-1004336348-1177238915-682003330-1105';
  let file: string;
  before(async () => {
    const { der, pem, privateKeyPem } = testCa(`CN=${deviceId}`, { key: 'RSA-2048' });
    file = join(person.folder, 'computer.pem');
    writeFileSync(file, pem + privateKeyPem);
    await server.stop();
    await synchroniseComputer(server, deviceId, sid, der);
    await server.run();
  });
  const hybridJoin = (name: string, ...words: readonly string[]) =>
    person.run(
      ...([
        name,
        'hybrid-join',
        '--url',
        server.origin,
        '--tenant',
        'woodgrove.test',
        '--object-guid',
        deviceId,
      ] as const),
      ...[
        '--computer-certificate',
        file,
        '--device-type',
        'Windows',
        '--os-version',
        '10.0.26100.1',
        '--json',
        ...words,
      ],
    );

  test('with its SID; then it signs a user in by the name of Active Directory', async () => {
    const joinAnswer = await hybridJoin('hybrid', '--sid', sid);
    assert.equal(joinAnswer.code, 0, joinAnswer.err);
    const record = JSON.parse(joinAnswer.out) as Record<string, unknown>;
    assert.deepEqual([record.join, record.deviceId, record.localAdministrators], ['hybrid', deviceId, []]);
    const words = ['--certificate-file', card('gus'), '--active-directory-name', 'gus@woodgrove.local'];
    const signedIn = await device('hybrid', 'sign-in', ...words);
    assert.equal(signedIn.code, 0, signedIn.err);
    assert.match(signedIn.out, /gus@woodgrove\.test/);
  });
  test('3: with the SID of another computer', async () => {
    const refusal = await hybridJoin('foreign', '--sid', `${sid}9`);
    assert.deepEqual([refusal.code, codeIn(refusal)], [3, 'deviceServerRefused']);
  });
  test('2: without a SID', async () => {
    assert.equal((await hybridJoin('misused')).code, 2);
  });
});

describe('each fault has its exit code and its message', () => {
  test('3: the sign-in is refused', async () => {
    const answer = await person.join('refused', 'eve', '--json');
    assert.deepEqual([answer.code, codeIn(answer)], [3, 'deviceServerRefused']);
    assert.match(answer.err, /AADSTS/);
  });
  test('3: the access token is for another audience', async () => {
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'));
    const token = end.kind === 'signedIn' ? String(end.tokens.id_token) : '';
    const words = ['--url', server.origin, '--token', token, '--tenant', 'woodgrove.test', '--json'];
    const answer = await device('audience', 'join', ...words);
    assert.deepEqual([answer.code, codeIn(answer)], [3, 'deviceServerRefused']);
  });
  test('13: the certificate has expired', async () => {
    const answer = await person.join('expired', 'finn', '--json');
    assert.deepEqual([answer.code, codeIn(answer)], [13, 'signInCertificateMissing']);
  });
  test('14: the server does not answer', async () => {
    const words = ['--url', 'https://localhost:1', '--certificate-file', card('ana'), '--json'];
    const answer = await device('offline', 'join', ...words);
    assert.deepEqual([answer.code, codeIn(answer)], [14, 'serverUnreachable']);
  });
  test('14: the TLS certificate of the server is not trusted; --insecure accepts it and says so', async () => {
    const words = [
      'device',
      'join',
      '--url',
      server.origin,
      '--certificate-file',
      card('ana'),
      '--state',
      state('tls'),
    ];
    const environment = { CARDEA_DATA: state('nothing') };
    assert.equal((await runCardea(words, environment)).code, 14);
    const answer = await runCardea([...words, '--insecure'], environment);
    assert.equal(answer.code, 0, answer.err);
    assert.match(answer.err, /not authenticated/);
  });
  test('15: there is no registration', async () => {
    for (const command of ['sign-in', 'renew', 'cookie', 'leave', 'status'])
      assert.equal((await device('none', command)).code, 15, command);
  });
  test('16: another account could read the state folder', async () => {
    mkdirSync(state('exposed'), { mode: 0o755 });
    const answer = await device('exposed', 'status', '--json');
    assert.deepEqual([answer.code, codeIn(answer)], [16, 'deviceStateExposed']);
  });
});
