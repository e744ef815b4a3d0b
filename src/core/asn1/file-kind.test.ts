import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundleOf } from '#test/pki/bundle.ts';
import { needs, run, withFiles } from '#test/pki/openssl.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { fileKind } from './file-kind.ts';

const ca = testCa('Root');
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = { type: 'pkcs8', format: 'pem' } as const;
const secret = { cipher: 'aes-256-cbc', passphrase: 'x' };
const ec = ca.privateKey;

const kinds: readonly (readonly [kind: string, bytes: string | Uint8Array])[] = [
  ['a certificate', ca.der],
  ['a certificate', ca.pem],
  ['a certificate', ca.issue({ subject: 'CN=x', version: 1 }).der],
  ['a CRL', ca.crl()],
  ['a PKCS #7 file', bundleOf(ca.der)],
  ['a private key', privateKey.export({ type: 'pkcs8', format: 'der' })],
  ['a private key', privateKey.export({ type: 'pkcs1', format: 'der' })],
  ['a private key', ec.export({ type: 'sec1', format: 'der' })],
  ['a private key', privateKey.export(pem)],
  ['a private key', privateKey.export({ type: 'pkcs1', format: 'pem' })],
  ['an encrypted private key', privateKey.export({ type: 'pkcs8', format: 'der', ...secret })],
  ['an encrypted private key', privateKey.export({ ...pem, ...secret })],
  ['a public key', publicKey.export({ type: 'spki', format: 'der' })],
  ['a public key', publicKey.export({ type: 'spki', format: 'pem' })],
  ['an empty file', ''],
  ['a web page', '<!DOCTYPE html>'],
  ['JSON', '{}'],
  ['text', 'hello'],
  ['binary data', Uint8Array.of(0x30, 3, 5, 0, 0)],
  ['binary data', Uint8Array.of(1, 2, 3)],
];
for (const [kind, bytes] of kinds)
  test(`${kind} is recognized by its form`, () =>
    assert.equal(fileKind(typeof bytes === 'string' ? Buffer.from(bytes) : bytes), kind));

test('a PKCS #12 file and a certificate request of OpenSSL are recognized by their form', needs('openssl'), () =>
  withFiles({ 'ca.pem': ca.pem, 'ca.key': ca.privateKeyPem }, (folder) => {
    run(
      folder,
      'openssl',
      'pkcs12',
      '-export',
      '-in',
      'ca.pem',
      '-inkey',
      'ca.key',
      '-passout',
      'pass:x',
      '-out',
      'a.p12',
    );
    run(folder, 'openssl', 'req', '-new', '-key', 'ca.key', '-subj', '/CN=x', '-outform', 'DER', '-out', 'a.csr');
    const read = (file: string) => fileKind(new Uint8Array(readFileSync(join(folder, file))));
    assert.deepEqual([read('a.p12'), read('a.csr')], ['a PKCS #12 file', 'a certificate request']);
  }),
);
