import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ActiveDirectory, type DirectoryComputer } from '#cli/device/active-directory/directory.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { makeSoftToken, type SoftToken } from '../browsers/cards/soft-token.ts';
import { codeIn, DevicePerson } from '../device-client/device-person.ts';
import { RunningServer } from '../e2e/server.ts';
import { SambaDc, sambaPassword } from '../sync/samba.ts';
import { cannotLogOn, Kerberos } from './kerberos.ts';

const pin = '123456';
const people = testCa('CN=Woodgrove smart cards', { key: 'RSA-2048' });
const [activeDirectoryName, entraName] = ['hana@corp.local', 'hana@woodgrove.test'];

describe('a computer of Active Directory and a card: hybrid join and sign-in', { skip: cannotLogOn() }, () => {
  let server: RunningServer;
  let dc: SambaDc;
  let kerberos: Kerberos;
  let person: DevicePerson;
  const tokens: SoftToken[] = [];

  before(async () => {
    server = await RunningServer.start();
    person = new DevicePerson(server);
    // The KDC of Samba 4.17 knows no ECDSA, which the demo's authorities sign with.
    const file = join(person.folder, 'people.pem');
    writeFileSync(file, people.pem);
    const upload = await server.cardea('ca', 'add', file);
    assert.equal(upload.code, 0, upload.err);
    kerberos = new Kerberos('woodgrove.test', [people]);
    dc = await SambaDc.start({ environment: kerberos.ofController });
    await dc.addUser('hana', { userPrincipalName: activeDirectoryName });
    await dc.change((client) =>
      client.add(`CN=PC1,CN=Computers,${dc.baseDn}`, {
        objectClass: ['top', 'person', 'organizationalPerson', 'user', 'computer'],
        sAMAccountName: 'PC1$',
        userAccountControl: '4096',
        dNSHostName: 'pc1.woodgrove.test',
        unicodePwd: Buffer.from(`"${sambaPassword}"`, 'utf16le') as unknown as string,
      }),
    );
    writeFileSync(join(person.folder, 'dc.pem'), dc.ca);
    await configureSync();
    Object.assign(process.env, kerberos.ofComputer(dc), { PASSWORD: sambaPassword, PIN: pin });
    insertCard(activeDirectoryName);
  });
  after(async () => {
    for (const name of ['KRB5_CONFIG', 'KRB5CCNAME', 'PASSWORD', 'PIN', 'SOFTHSM2_CONF']) delete process.env[name];
    for (const token of tokens) token.remove();
    await dc?.remove();
    kerberos?.remove();
    person?.remove();
    await server?.remove();
  });

  async function configureSync(): Promise<void> {
    const [passwordFile, file] = [join(person.folder, 'password'), join(person.folder, 'sync.json')];
    writeFileSync(passwordFile, `${sambaPassword}\n`);
    const domain = {
      ...{ domain: dc.domain, server: dc.url, caFile: join(person.folder, 'dc.pem') },
      ...{ account: dc.administrator, passwordFile, kinds: ['user', 'computer'], userFilter: '(sAMAccountName=hana)' },
      containers: [`CN=Users,${dc.baseDn}`, `CN=Computers,${dc.baseDn}`],
    };
    writeFileSync(file, JSON.stringify({ domains: [domain], intervalMinutes: 0 }));
    const configured = await server.cardea('sync', 'ad', 'configure', file);
    assert.equal(configured.code, 0, configured.err);
  }
  async function synchronise(): Promise<void> {
    const run = await server.cardea('sync', 'ad', 'run');
    assert.equal(run.code, 0, run.err);
  }
  function insertCard(upn: string): void {
    const token = makeSoftToken(people.issueUserCertificate({ upn, key: 'RSA-2048' }), pin);
    tokens.push(token);
    Object.assign(process.env, token.module.environment);
  }
  const directory = (account: string) => [
    ...['--active-directory', dc.url, '--active-directory-ca', join(person.folder, 'dc.pem')],
    ...['--active-directory-account', account, '--active-directory-password-env', 'PASSWORD'],
  ];
  const hybridJoin = (name: string) => {
    const system = ['--device-type', 'Windows', '--os-version', '10.0.26100.1', '--computer', 'pc1'];
    return person.run(
      name,
      'hybrid-join',
      '--url',
      server.origin,
      ...directory('PC1$@woodgrove.test'),
      ...system,
      '--json',
    );
  };
  const computer = (): Promise<DirectoryComputer> => dc.change((client) => new ActiveDirectory(client).computer('PC1'));
  const signIn = async (...words: readonly string[]) => {
    const module = ['--module', tokens.at(-1)!.module.library, '--pin-env', 'PIN', '--verbose', '--json'];
    const answer = await person.run('pc1', 'sign-in', ...module, ...words);
    const sent = / {12}iss = (\S+) /.exec(answer.err)?.[1];
    const { userPrincipalName } = JSON.parse(answer.out) as { userPrincipalName?: string };
    return { code: answer.code, sent, user: userPrincipalName ?? codeIn(answer), err: answer.err };
  };

  test('the service connection point is written, and read (windows-sign-in §6.2)', async () => {
    const words = directory(dc.administrator);
    const absent = await server.cardea('device', 'connection-point', '--json', ...words);
    assert.equal(codeIn(absent), 'connectionPointMissing', absent.err);
    const tenantId = await server.tenantId();
    const point = { domain: 'woodgrove.test', tenantId };
    for (const write of [
      ['--write', '--tenant', point.domain, '--tenant-id', tenantId],
      [],
      ['--write', '--tenant', point.domain, '--tenant-id', tenantId],
    ]) {
      const answer = await server.cardea('device', 'connection-point', '--json', ...write, ...words);
      assert.deepEqual([answer.code, JSON.parse(answer.out)], [0, point], answer.err);
    }
  });

  test('the computer writes its certificate with its own account, and is refused until it was synchronized', async () => {
    const first = await hybridJoin('pc1');
    assert.deepEqual([first.code, codeIn(first)], [3, 'deviceServerRefused'], first.err);
    assert.match(first.err, /new certificate.*next synchronization/);
    const { certificates, objectGuid } = await computer();
    assert.deepEqual(
      certificates.map((der) => new X509Certificate(der).subject),
      [`CN=${objectGuid}`],
    );
    const plan = await server.cardea('sync', 'ad', 'plan');
    assert.match(plan.out, /^woodgrove\.test: full run, 2 objects read, 0 unchanged, 2 changes$/m, plan.err);
    assert.match(plan.out, /^\+ add user hana@woodgrove\.test$/m);
    assert.match(plan.out, /^\+ add computer pc1$/m);
    await synchronise();
    assert.match((await server.cardea('sync', 'status')).out, /^woodgrove\.test +20\S+ +full, 20\S+ +-$/m);
  });

  test('then it joins as ServerAd, with the same certificate (windows-sign-in §2.8)', async () => {
    const before = await computer();
    const { code, out, err } = await hybridJoin('pc1');
    assert.equal(code, 0, err);
    const { deviceId, join: kind } = JSON.parse(out) as { deviceId: string; join: string };
    assert.deepEqual([deviceId, kind], [before.objectGuid, 'hybrid']);
    assert.doesNotMatch(err, /new certificate/);
    assert.deepEqual((await computer()).certificates, before.certificates);
    const output = await server.cardea('device', 'show', deviceId, '--json');
    assert.match(output.out, /hybrid|ServerAd/i, output.err);
  });

  test('a log-on that Active Directory refuses sends nothing to the server (WIN-7)', async () => {
    process.env.PIN = '999999';
    const wrongPin = await signIn('--domain-log-on');
    process.env.PIN = pin;
    assert.deepEqual([wrongPin.sent, wrongPin.user], [undefined, 'domainLogOnRefused'], wrongPin.err);
    const attempt = await signIn('--domain-log-on', '--active-directory-name', 'administrator@woodgrove.test');
    assert.deepEqual([attempt.sent, attempt.user], [undefined, 'domainLogOnRefused'], attempt.err);
  });

  test('first the ticket, then the name of Active Directory leads to the user of another name, and the Entra name is cached (WIN-7 to WIN-9)', async () => {
    const first = await signIn('--domain-log-on', '--domain-hint', 'woodgrove.test');
    assert.deepEqual([first.code, first.sent, first.user], [0, activeDirectoryName, entraName], first.err);
    assert.match(execFileSync('klist', { encoding: 'utf8' }), /krbtgt\/WOODGROVE\.TEST@WOODGROVE\.TEST/);
    const second = await signIn('--domain-log-on');
    assert.deepEqual([second.code, second.sent, second.user], [0, entraName, entraName], second.err);
    const token = await person.run('pc1', 'token', '--resource', 'https://graph.microsoft.com');
    assert.equal(token.code, 0, token.err);
  });

  test('a computer that was reinstalled joins as the same device after the next synchronization, and the old keys are of no use', async () => {
    const early = await hybridJoin('pc1-again');
    assert.equal(codeIn(early), 'deviceServerRefused', early.err);
    assert.equal((await person.run('pc1', 'renew')).code, 0, 'until then the device is as it was');
    await synchronise();
    const { code, out, err } = await hybridJoin('pc1-again');
    assert.equal(code, 0, err);
    assert.equal((JSON.parse(out) as { deviceId: string }).deviceId, (await computer()).objectGuid);
    const old = await person.run('pc1', 'renew', '--json');
    assert.deepEqual([old.code, codeIn(old)], [3, 'deviceServerRefused'], old.err);
  });
});
