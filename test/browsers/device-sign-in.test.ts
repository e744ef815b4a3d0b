import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { after, before, describe, type TestContext, test } from 'node:test';
import { DevicePerson } from '../device-client/device-person.ts';
import { RunningServer } from '../e2e/server.ts';
import { entry } from '../program.ts';
import { CardReader, notRoot } from './cards/card-reader.ts';
import { issueUserCertificate } from './cards/cards.ts';
import { PivCard } from './cards/piv-card.ts';
import { makeSoftToken } from './cards/soft-token.ts';
import { missing } from './packages.ts';
import type { TokenModule } from './windows/nss.ts';

const pin = '123456';
const ana = { upn: 'ana@woodgrove.test', days: 60 } as const;

let server: RunningServer;
let person: DevicePerson;
before(async () => {
  server = await RunningServer.start();
  person = new DevicePerson(server);
  assert.equal((await person.join('device', 'ana')).code, 0);
});
after(async () => {
  person?.remove();
  await server?.remove();
});

interface Started {
  readonly child: ChildProcess;
  /** Resolves when standard error holds the text. */
  says(text: string): Promise<void>;
  readonly end: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

/** `cardea device sign-in` in a process of its own; with `isTerminal` at a terminal of its own. */
function start({ library, environment }: TokenModule, words: readonly string[], isTerminal = false): Started {
  const deviceOptions = [
    'device',
    'sign-in',
    '--module',
    library,
    '--state',
    person.state('device'),
    '--data',
    server.folder,
  ];
  const command = [process.execPath, entry, ...deviceOptions, ...words];
  const [program = '', ...rest] = isTerminal
    ? ['script', '-qec', command.map((word) => `'${word}'`).join(' '), '/dev/null']
    : command;
  const child = spawn(program, rest, { env: { ...process.env, ...environment } });
  let [out, err] = ['', ''];
  const heard = new Set<() => void>();
  const hear = () => {
    for (const check of heard) check();
  };
  child.stdout.on('data', (chunk) => {
    out += chunk;
    hear();
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
    hear();
  });
  const end = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, out, err })),
  );
  const says = (text: string) =>
    new Promise<void>((resolve) => {
      const check = () => (out + err).includes(text) && resolve();
      heard.add(check);
      check();
      void end.then(() => resolve());
    });
  return { child, says, end };
}

/** Signs in with this PIN on standard input; answers the exit code and the message. */
async function signIn(module: TokenModule, typedPin: string, ...words: readonly string[]) {
  const { child, end } = start(module, words);
  child.stdin?.on('error', () => undefined).end(`${typedPin}\n`);
  const { code, err } = await end;
  return { code, err };
}

describe('a card in a SoftHSM2 token', { skip: missing('softhsm2', 'opensc') }, () => {
  function token(t: TestContext, ...certificates: Parameters<typeof issueUserCertificate>[2][]) {
    const certificatesOfToken = certificates.map((options) => issueUserCertificate(server, 'Ana Ruiz', options));
    const softToken = makeSoftToken(certificatesOfToken, pin);
    t.after(() => softToken.remove());
    return softToken.module;
  }

  for (const key of ['RSA-2048', 'P-256', 'P-384'] as const) {
    test(`0: a ${key} key signs in`, async (t) => {
      const { code, err } = await signIn(token(t, { ...ana, key }), pin);
      assert.equal(code, 0, err);
    });
  }
  test('10: the PIN is wrong', async (t) => {
    const { code, err } = await signIn(token(t, ana), '999999');
    assert.deepEqual([code, /The PIN is wrong/.test(err)], [10, true], err);
  });
  test('13: no certificate is suitable, and the message says why', async (t) => {
    const module = token(t, { ...ana, extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] });
    const { code, err } = await signIn(module, pin);
    assert.deepEqual([code, /smart card logon/.test(err)], [13, true], err);
  });
  test('17: several certificates need a choice; --certificate makes it', async (t) => {
    const module = token(t, ana, { ...ana, upn: 'ben@woodgrove.test' });
    const { code, err } = await signIn(module, pin);
    assert.deepEqual([code, /several certificates/.test(err)], [17, true], err);
    for (const number of ['1', '2']) {
      const choice = await signIn(module, pin, '--certificate', number);
      assert.equal(choice.code, 0, choice.err);
    }
  });
  test('--pin-env takes the PIN from a variable', async (t) => {
    const module = token(t, ana);
    const withPin = { ...module, environment: { ...module.environment, PIN: pin } };
    assert.equal((await signIn(withPin, '', '--pin-env', 'PIN')).code, 0);
    assert.equal((await signIn(module, '', '--pin-env', 'NO_PIN')).code, 2);
  });
  test('at a terminal the client asks which certificate, for a hint, and for the PIN, which it does not show', async (t) => {
    const module = token(t, ana, { days: 60 });
    const { child, says, end } = start(module, [], true);
    await says('Which certificate?');
    child.stdin?.write('2\n');
    await says('User name hint:');
    child.stdin?.write('ana@woodgrove.test\n');
    await says('PIN:');
    child.stdin?.write(`${pin}\n`);
    const { code, out } = await end;
    assert.match(out, /Subject\W+Issuer\W+Valid until\W+Principal name\W+Key/);
    assert.ok(!out.includes(pin), out);
    // The certificate without names is bound to no user: the server refuses it.
    assert.equal(code, 3, out);
  });
});

describe('a PIV card in a reader', {
  skip: missing('pcscd', 'vsmartcard-vpcd', 'opensc', 'opensc-pkcs11', 'openssl') || notRoot(),
}, () => {
  test('0, 12: without a card; with one; with one that is pulled out while the PIN is typed', async (t) => {
    const reader = await CardReader.open();
    t.after(() => reader.close());
    const absent = await signIn(reader.module, pin);
    assert.deepEqual([absent.code, /no card in the reader/.test(absent.err)], [12, true], absent.err);
    const card = new PivCard(issueUserCertificate(server, 'Ana Ruiz', { ...ana, key: 'RSA-2048' }), pin);
    await reader.insert(card);
    const right = await signIn(reader.module, pin);
    assert.equal(right.code, 0, right.err);
    const { child, says, end } = start(reader.module, ['--verbose']);
    await says('account_type = Managed'); // the PIN is asked for now
    await reader.remove();
    child.stdin?.end(`${pin}\n`);
    const { code, err } = await end;
    assert.deepEqual([code, /no card in the reader/.test(err)], [12, true], err);
  });

  for (const [slot, key] of [
    ['9c', 'RSA-2048'],
    ['9d', 'P-256'],
  ] as const)
    test(`0: the ${key} key of slot ${slot.toUpperCase()} signs in`, async (t) => {
      const reader = await CardReader.open();
      t.after(() => reader.close());
      await reader.insert(new PivCard({ [slot]: issueUserCertificate(server, 'Ana Ruiz', { ...ana, key }) }, pin));
      const { code, err } = await signIn(reader.module, pin);
      assert.equal(code, 0, err);
    });

  test('10, 11: the third wrong PIN blocks the card, and a blocked card is asked for no PIN', async (t) => {
    const reader = await CardReader.open();
    t.after(() => reader.close());
    const card = new PivCard(issueUserCertificate(server, 'Ana Ruiz', { ...ana, key: 'RSA-2048' }), pin);
    await reader.insert(card);
    const codes = [];
    for (let attempt = 0; attempt < 3; attempt++) codes.push((await signIn(reader.module, '999999')).code);
    assert.deepEqual(codes.slice(0, 2), [10, 10]);
    const blocked = await signIn(reader.module, pin);
    assert.deepEqual([blocked.code, /blocked/.test(blocked.err), card.tries], [11, true, 0], blocked.err);
  });
});
