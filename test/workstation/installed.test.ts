import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { issueUserCertificate } from '../browsers/cards/cards.ts';
import { makeSoftToken, type SoftToken } from '../browsers/cards/soft-token.ts';
import { DevicePerson } from '../device-client/device-person.ts';
import { RunningServer } from '../e2e/server.ts';
import { Computer, cannotInstall } from './namespace.ts';

const root = join(import.meta.dirname, '..', '..');
const pin = '123456';
const program = '/usr/lib/cardea-pam/bin/cardea-pam';

/** The tests are steps of one story: the package comes, is used, and goes. */
describe('the Debian package on a computer, installed and removed by apt', { skip: cannotInstall() }, () => {
  let server: RunningServer;
  let person: DevicePerson;
  let computer: Computer;
  let token: SoftToken;
  let stackBefore = '';
  const stack = () => computer.shell('cat /etc/pam.d/common-auth /etc/pam.d/common-session /etc/pam.d/common-account');
  const apt = (...words: readonly string[]) =>
    computer.shell(`DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends ${words.join(' ')} 2>&1`);
  const logIn = (answers: readonly (readonly [string, string])[]) => computer.runAtTerminal('login ana', answers);

  before(async () => {
    server = await RunningServer.start();
    person = new DevicePerson(server);
    const joined = await person.join('computer', 'ana', '--device-type', 'Linux', '--os-version', '6.1');
    assert.equal(joined.code, 0, joined.err);
    computer = await Computer.open({ isInstallable: true });
    computer.shell(`useradd --create-home --shell /bin/sh ana && echo 'ana:Local-Pass-1' | chpasswd`);
    token = makeSoftToken(
      issueUserCertificate(server, 'Ana Ruiz', { upn: 'ana@woodgrove.test', days: 60, key: 'P-256' }),
      pin,
    );
    const tokens = join(String(token.module.environment.SOFTHSM2_CONF), '..', 'tokens');
    computer.writeEtc('softhsm/softhsm2.conf', `directories.tokendir = ${tokens}\nlog.level = ERROR\n`);
    const words = [join(root, 'packaging', 'debian-pam', 'build.ts'), person.folder];
    const file = execFileSync(process.execPath, words, { encoding: 'utf8' }).trim();
    stackBefore = stack();
    assert.match(apt('install', file), /Setting up cardea-pam/);
  });
  after(async () => {
    computer?.remove();
    token?.remove();
    person?.remove();
    await server?.remove();
  });

  test('an installation alone changes no sign-in', () => {
    assert.equal(stack(), stackBefore);
    assert.match(computer.shell('ls /usr/share/pam-configs'), /^cardea$/m);
    assert.match(computer.shell('dpkg --verify cardea-pam; echo verified'), /^verified$/m);
    assert.match(computer.shell('cardea-workstation --version'), /^cardea \d+\.\d+\.\d+$/m);
  });

  test('pam-auth-update puts the profiles into the stack, and login with card and PIN opens a session', async () => {
    computer.shell('pam-auth-update --enable cardea cardea-session');
    assert.equal(stack().split(program).length - 1, 2);
    const settings = {
      state: person.state('computer'),
      module: token.module.library,
      ca: join(server.folder, 'tls', 'root.pem'),
    };
    computer.writeEtc('cardea/pam.yaml', JSON.stringify(settings));
    computer.writeEtc('cardea/users', 'ana@woodgrove.test ana\n');
    const { code, text } = await logIn([
      ['Password:', pin],
      ['$ ', 'id -un; cardea-workstation device cookie; exit'],
    ]);
    assert.equal(code, 0, text);
    assert.match(text, /\nana\r?\n/);
    assert.match(text, /^eyJ[\w-]+\.[\w-]+\.[\w-]+/m, text);
  });

  test('the local password still counts beside the card, and a wrong one does not', async () => {
    const right = await logIn([
      ['Password:', 'Local-Pass-1'],
      ['$ ', 'id -un; exit'],
    ]);
    assert.match(right.text, /\nana\r?\n/, right.text);
    const wrong = await computer.run(['pamtester', 'login', 'ana', 'authenticate'], '999999\n');
    assert.notEqual(wrong.code, 0, wrong.text);
  });

  test('a removal gives the stack back as it was, keeps the settings, and a PIN counts no more', async () => {
    apt('remove', 'cardea-pam');
    assert.equal(stack(), stackBefore);
    assert.equal(computer.shell(`ls ${program} 2>/dev/null || echo gone`).trim(), 'gone');
    assert.match(computer.shell('cat /etc/cardea/users'), /ana@woodgrove\.test/);
    const { code, text } = await computer.run(['pamtester', 'login', 'ana', 'authenticate'], `${pin}\n`);
    assert.notEqual(code, 0, text);
    apt('purge', 'cardea-pam');
    assert.equal(computer.shell('ls /etc/cardea 2>/dev/null || echo gone').trim(), 'gone');
  });
});
