import assert from 'node:assert/strict';
import { get } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { encodeMessage } from '#cli/device/browser/native-messages.ts';
import type { Issued } from '#pki/build/issued.ts';
import { issueUserCertificate } from '../browsers/cards/cards.ts';
import { makeSoftToken, type SoftToken } from '../browsers/cards/soft-token.ts';
import { DevicePerson } from '../device-client/device-person.ts';
import { RunningServer } from '../e2e/server.ts';
import { Computer, cannotSignIn, type Ended } from './namespace.ts';

const bin = join(import.meta.dirname, '..', '..', 'bin');
const pin = '123456';
/** The service file of docs/admin/linux-workstations.md. */
const service = `auth required pam_exec.so expose_authtok seteuid quiet stdout ${bin}/cardea-pam
auth required pam_permit.so
account required pam_exec.so seteuid quiet ${bin}/cardea-pam
account required pam_unix.so
session required pam_mkhomedir.so
session required pam_exec.so seteuid quiet ${bin}/cardea-pam
`;

describe('a Linux workstation', { skip: cannotSignIn() }, () => {
  let server: RunningServer;
  let person: DevicePerson;
  let computer: Computer;
  const tokens: SoftToken[] = [];

  const cardOf = (name: string, upn: string, more: Partial<Parameters<typeof issueUserCertificate>[2]> = {}): Issued =>
    issueUserCertificate(server, name, { upn, days: 60, key: 'P-256', ...more });
  const insertCard = (name: string, upn: string) => insert(cardOf(name, upn));
  function insert(card: Issued): void {
    const token = makeSoftToken(card, pin);
    tokens.push(token);
    computer.writeEtc('softhsm/softhsm2.conf', `directories.tokendir = ${tokenFolder(token)}\nlog.level = ERROR\n`);
  }
  const tokenFolder = ({ module }: SoftToken) => join(String(module.environment.SOFTHSM2_CONF), '..', 'tokens');

  const settings = (more: object = {}, mode = 0o644) => {
    const values = {
      state: person.state('computer'),
      module: tokens[0]?.module.library ?? '/usr/lib/softhsm/libsofthsm2.so',
      ca: join(server.folder, 'tls', 'root.pem'),
      ...more,
    };
    computer.writeEtc('cardea/pam.yaml', JSON.stringify(values), mode);
  };

  before(async () => {
    server = await RunningServer.start();
    person = new DevicePerson(server);
    const joined = await person.join('computer', 'ana', '--device-type', 'Linux', '--os-version', '6.1');
    assert.equal(joined.code, 0, joined.err);
    computer = await Computer.open();
    const accounts = [
      'ana:x:4201:4201::/home/ana:/bin/sh',
      'ben:x:4202:4202::/home/ben:/bin/sh',
      'toor:x:0:0::/root:/bin/sh',
    ];
    for (const line of accounts) {
      const [name, , userId] = line.split(':');
      computer.shell(`echo '${line}' >> /etc/passwd; echo '${name}:!:19000:0:99999:7:::' >> /etc/shadow`);
      computer.shell(`echo '${name}:x:${userId}:' >> /etc/group`);
    }
    computer.writeEtc('cardea/users', 'ana@woodgrove.test ana\nana@woodgrove.test toor\nben@woodgrove.test ben\n');
    for (const name of ['cardea-test', 'login', 'su', 'sudo']) computer.writeEtc(`pam.d/${name}`, service);
    settings();
    insertCard('Ana Ruiz', 'ana@woodgrove.test');
  });
  after(async () => {
    computer?.remove();
    for (const token of tokens) token.remove();
    person?.remove();
    await server?.remove();
  });

  const authenticate = (name: string, typedPin: string): Promise<Ended> =>
    computer.run(['pamtester', 'cardea-test', name, 'authenticate'], `${typedPin}\n`);
  const grants = async (name: string, typedPin: string) => {
    const { code, text } = await authenticate(name, typedPin);
    assert.equal(code, 0, text);
    return text;
  };
  const refuses = async (name: string, typedPin: string, words: RegExp) => {
    const { code, text } = await authenticate(name, typedPin);
    assert.notEqual(code, 0, text);
    assert.doesNotMatch(text, /successfully authenticated/);
    assert.match(text, words);
  };

  test('login with card and PIN opens a session with a home directory, a token of its own and a browser that is signed in', async () => {
    const shell = `id -un; pwd; stat -c '%a %U' /run/user/4201/cardea /run/user/4201/cardea/prt-*.json; ${bin}/cardea.mjs device cookie; exit`;
    const { code, text } = await computer.runAtTerminal('login ana', [
      ['Password:', pin],
      ['$ ', shell.replaceAll('\n', ' ')],
    ]);
    assert.equal(code, 0, text);
    assert.match(text, /\nana\r?\n\/home\/ana\r?\n700 ana\r?\n600 ana\r?\n/);
    assert.ok(!text.includes(pin), text);
    const cookie = /^eyJ[\w-]+\.[\w-]+\.[\w-]+/m.exec(text)?.[0] ?? '';
    assert.match(await locationWith(cookie), /^http:\/\/localhost\/?\?code=/);
    assert.equal(
      computer.shell('ls /run/user/4201/cardea /run/cardea/handover /run/cardea/sessions | grep -c : || true').trim(),
      '3',
    );
    assert.equal(
      computer.shell('find /run/user/4201 /run/cardea -type f'),
      '',
      'nothing is left after the last session',
    );
  });

  test('su from another account opens one as well, and browsers are answered within it', async () => {
    const host = `${bin}/cardea-browser-host /usr/lib/mozilla/native-messaging-hosts/com.microsoft.browsercore.json accounts@example`;
    const ask = (uri: string) => encodeMessage({ method: 'GetCookies', uri, sender: 'https://login.example/' });
    const messages = Buffer.concat([ask(`${server.origin}/common/oauth2/authorize`), ask('https://login.example/')]);
    const su = ['setpriv', '--reuid=4202', '--regid=4202', '--clear-groups', 'su', 'ana', '-c', `exec ${host}`];
    const { code, text } = await computer.run(su, Buffer.concat([Buffer.from(`${pin}\n`), messages]));
    assert.equal(code, 0, text);
    const [, json = '{}'] = /(\{"response":\[\{.*?\}\]\})/s.exec(text) ?? [];
    const [cookie] = (JSON.parse(json) as { response?: { name: string; data: string }[] }).response ?? [];
    assert.equal(cookie?.name, 'x-ms-RefreshTokenCredential', text);
    assert.match(cookie?.data ?? '', /; path=\/; domain=localhost; secure; httponly$/);
    assert.match(await locationWith(cookie!.data.split(';')[0]!), /^http:\/\/localhost\/?\?code=/);
    assert.match(text, /\{"response":\[\]\}/, 'another site gets no cookie');
  });

  test('sudo asks for the card of the user who runs it', async () => {
    computer.writeEtc('sudoers.d/cardea', 'ana ALL=(ALL) ALL\nben ALL=(ALL) ALL\n', 0o440);
    const sudo = (userId: number, typedPin: string) => {
      const person = ['setpriv', `--reuid=${userId}`, `--regid=${userId}`, '--clear-groups'];
      return computer.run([...person, 'sudo', '-S', '-k', 'id', '-u'], `${typedPin}\n`);
    };
    const right = await sudo(4201, pin);
    assert.deepEqual([right.code, / 0$/m.test(right.text)], [0, true], right.text);
    for (const [userId, typedPin] of [
      [4201, '999999'],
      [4202, pin],
    ] as const) {
      const { code, text } = await sudo(userId, typedPin);
      assert.deepEqual([code, /(?:^|[ :])0$/m.test(text)], [1, false], text);
    }
  });

  describe('refuses', () => {
    test('a wrong PIN and an empty one', async () => {
      await refuses('ana', '999999', /The PIN is wrong/);
      await refuses('ana', '', /Type the PIN/);
    });
    test('the account of another user, though card and PIN are right', () =>
      refuses('ben', pin, /sign-in was refused/));
    test('accounts with user id 0, also where the map names the user', async () => {
      await refuses('root', pin, /sign-in was refused/);
      await refuses('toor', pin, /sign-in was refused/);
    });
    for (const name of ['ana;id', '../ana'])
      test(`the name ${JSON.stringify(name)}`, () => refuses(name, pin, /sign-in was refused/));
    test('every user, where other accounts could have changed the settings', async () => {
      settings({}, 0o666);
      computer.shell('chmod 666 /etc/cardea/pam.yaml');
      await refuses('ana', pin, /not set up/);
      settings();
    });
    const unusable: Readonly<Record<string, string>> = {
      'belong to another account': 'chown 4202 /etc/cardea/pam.yaml',
      'are a link': 'mv /etc/cardea/pam.yaml /etc/cardea/real.yaml; ln -s real.yaml /etc/cardea/pam.yaml',
      'lie in a folder of another account': 'chown 4202 /etc/cardea',
    };
    for (const [label, command] of Object.entries(unusable))
      test(`every user, where the settings ${label}`, async () => {
        settings();
        computer.shell(command);
        await refuses('ana', pin, /not set up/);
        computer.shell('chown 0 /etc/cardea; rm /etc/cardea/pam.yaml');
        settings();
      });
    test('every user, where a setting has a name that does not exist', async () => {
      settings({ alowRoot: true });
      await refuses('ana', pin, /not set up/);
      settings();
    });
    const change = async (word: string) => {
      const { code, err } = await server.cardea('user', 'set', 'ben@woodgrove.test', word);
      assert.equal(code, 0, err);
    };
    test('a user whom the server refuses, also without the server afterwards', async () => {
      insertCard('Ben Okafor', 'ben@woodgrove.test');
      settings({ offline: { days: 7 } });
      await grants('ben', pin);
      await change('--disable');
      await refuses('ben', pin, /sign-in was refused/);
      settings({ offline: { days: 7 }, resolve: ['localhost:127.0.0.1:9'] });
      await refuses('ben', pin, /has granted no sign-in/);
      settings();
      await change('--enable');
    });
  });

  test('without the server nothing is granted by default; where days allow it, the PIN still counts and tries are bounded', async () => {
    insertCard('Ana Ruiz', 'ana@woodgrove.test');
    await grants('ana', pin);
    const unreachable = { resolve: ['localhost:127.0.0.1:9'] };
    settings(unreachable);
    await refuses('ana', pin, /not allowed/);
    settings({ ...unreachable, offline: { days: 7, tries: 2 } });
    assert.match(await grants('ana', pin), /signed in to this computer alone/);
    await refuses('ben', pin, /has granted no sign-in/);
    for (const typedPin of ['999999', '999998']) await refuses('ana', typedPin, /The PIN is wrong/);
    await refuses('ana', pin, /2 tries/);
    settings();
    await grants('ana', pin); // the server counts again
    settings({ ...unreachable, offline: { days: 7, tries: 2 } });
    insertCard('Ana Ruiz', 'ana@woodgrove.test');
    await refuses('ana', pin, /another certificate/);
  });

  test('a sign-in with one factor is refused where the settings demand multifactor authentication', async () => {
    settings();
    insert(cardOf('Ben Okafor', 'ben@woodgrove.test', { policies: ['1.3.6.1.4.1.99999.1'] }));
    await grants('ben', pin);
    settings({ requireMultiFactor: true });
    await refuses('ben', pin, /needs multifactor/);
    insertCard('Ana Ruiz', 'ana@woodgrove.test');
    await grants('ana', pin);
    settings();
  });

  const handover = '/run/cardea/handover/ana.json';
  const withoutToken: Readonly<Record<string, string>> = {
    'that comes three minutes after the sign-in': `sed -i 's/"obtainedAt":"[^"]*"/"obtainedAt":"'$(date -u -d '-3 minutes' +%FT%TZ)'"/' ${handover}`,
    'whose runtime folder belongs to another account': 'mkdir -m 777 /run/user/4201; chown 4202 /run/user/4201',
  };
  for (const [label, command] of Object.entries(withoutToken))
    test(`a session ${label} has no token`, async () => {
      await grants('ana', pin);
      computer.shell(`rm -rf /run/user/4201; ${command}; grep -q obtainedAt ${handover}`);
      await computer.run(['pamtester', 'cardea-test', 'ana', 'open_session']);
      assert.equal(computer.shell(`find /run/user ${handover} -type f 2>/dev/null || true`), '');
      computer.shell('rm -rf /run/user/4201');
    });

  test('without the server, a copy of the certificate with another key is refused, and so is a user who left the map', async () => {
    const card = cardOf('Ana Ruiz', 'ana@woodgrove.test');
    insert(card);
    await grants('ana', pin);
    const offline = { resolve: ['localhost:127.0.0.1:9'], offline: { days: 7, tries: 5 } };
    insert({ ...card, privateKey: cardOf('Ana Ruiz', 'ana@woodgrove.test').privateKey });
    settings(offline);
    await refuses('ana', pin, /sign-in was refused|card/i);
    insert(card);
    assert.match(await grants('ana', pin), /signed in to this computer alone/);
    computer.writeEtc('cardea/users', 'ben@woodgrove.test ben\n');
    await refuses('ana', pin, /sign-in was refused/);
    computer.writeEtc('cardea/users', 'ana@woodgrove.test ana\nben@woodgrove.test ben\n');
    settings();
  });

  const locationWith = (credential: string) => {
    const url = new URL('/organizations/oauth2/v2.0/authorize', server.origin);
    url.search = String(
      new URLSearchParams({
        client_id: commandLineApplication.appId,
        response_type: 'code',
        redirect_uri: 'http://localhost',
        scope: 'openid',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      }),
    );
    return new Promise<string>((resolve, reject) => {
      const headers = { 'x-ms-RefreshTokenCredential': credential };
      get(url, { ca: server.trust, headers }, (answer) => {
        answer.resume();
        resolve(answer.headers.location ?? '');
      }).on('error', reject);
    });
  };
});
