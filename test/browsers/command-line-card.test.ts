import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { RunningServer } from '../e2e/server.ts';
import { entry } from '../program.ts';
import { CardReader, notRoot } from './cards/card-reader.ts';
import { issueUserCertificate } from './cards/cards.ts';
import { PivCard } from './cards/piv-card.ts';
import { makeSoftToken } from './cards/soft-token.ts';
import { missing } from './packages.ts';
import type { TokenModule } from './windows/nss.ts';

const pin = '123456';

/** Signs Ana in from the command line, the PIN on standard input. */
function signIn(server: RunningServer, module: TokenModule, card: string, typedText: string) {
  const words = ['sign-in', '--card', card, '--user', 'ana@woodgrove.test', '--url', server.origin, '--json'];
  const child = spawn(process.execPath, [entry, ...words, '--data', server.folder], {
    env: { ...process.env, ...module.environment },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  child.stdin.end(`${typedText}\n`);
  type CliOptions = { kind?: string; error?: { code: string }; claims?: { id_token?: { amr?: string[] } } };
  return new Promise<{ code: number | null; output: CliOptions; err: string }>((done) => {
    // OpenSSL's engine has its own say on standard error.
    child.on('close', (code) =>
      done({ code, output: JSON.parse(out || err.slice(err.indexOf('{'))) as CliOptions, err }),
    );
  });
}

test('the command line signs in with a key that stays in a SoftHSM2 token', {
  skip: missing('softhsm2', 'opensc', 'libengine-pkcs11-openssl'),
}, async (t) => {
  const server = await RunningServer.start();
  t.after(() => server.remove());
  const token = makeSoftToken(issueUserCertificate(server, 'Ana Ruiz', { upn: 'ana@woodgrove.test', days: 60 }), pin);
  t.after(() => token.remove());
  const uri = `${token.uri}?module-path=${token.module.library}`;

  const right = await signIn(server, token.module, uri, pin);
  assert.equal(right.code, 0, right.err);
  assert.deepEqual(right.output.claims?.id_token?.amr, ['rsa', 'mfa']);
  const wrong = await signIn(server, token.module, uri, '999999');
  assert.deepEqual([wrong.code, wrong.output.error?.code], [10, 'tokenPinWrong']);
  const inArguments = await signIn(server, token.module, `${uri}&pin-value=${pin}`, '');
  assert.deepEqual([inArguments.code, inArguments.output.error?.code], [2, 'commandMisused']);
  const sign = await signIn(server, token.module, `pkcs11:token=other?module-path=${token.module.library}`, pin);
  assert.deepEqual([sign.code, sign.output.error?.code], [1, 'tokenUnreadable']);
});

test('the command line signs in with a PIV card, and a wrong PIN costs one try', {
  skip: missing('pcscd', 'vsmartcard-vpcd', 'opensc', 'opensc-pkcs11', 'libengine-pkcs11-openssl') || notRoot(),
}, async (t) => {
  const server = await RunningServer.start();
  t.after(() => server.remove());
  const reader = await CardReader.open();
  t.after(() => reader.close());
  const uri = 'pkcs11:id=%01';
  const absent = await signIn(server, reader.module, uri, pin);
  assert.deepEqual([absent.code, absent.output.error?.code], [1, 'tokenUnreadable']);

  const request = { upn: 'ana@woodgrove.test', days: 60, key: 'RSA-2048' } as const;
  const card = new PivCard(issueUserCertificate(server, 'Ana Ruiz', request), pin);
  await reader.insert(card);
  const wrong = await signIn(server, reader.module, uri, '999999');
  assert.deepEqual([wrong.code, wrong.output.error?.code], [10, 'tokenPinWrong']);
  assert.equal(card.tries, 2);
  const right = await signIn(server, reader.module, uri, pin);
  assert.equal(right.code, 0, right.err);
  assert.deepEqual(right.output.claims?.id_token?.amr, ['rsa', 'mfa']);
  assert.equal(card.tries, 3);
});
