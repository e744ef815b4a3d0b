import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { needs, run, withFiles } from '#test/pki/openssl.ts';
import { authoritiesProblem, pairProblem } from './pem-files.ts';

const make = () => makeTlsCertificate({ hosts: ['localhost'], at: new Date('2026-06-01') });
const [first, other] = [make(), make()];
const cert = first.server.pem;
const key = first.server.privateKeyPem;
const rsa = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const password = { cipher: 'aes-256-cbc', passphrase: 'x' } as const;
const withPassword = createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', ...password }) as string;
const begin = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

describe('a certificate and a key for TLS', () => {
  test('can be used, with a chain and text around it too', () => {
    assert.equal(pairProblem({ cert, key }), undefined);
    assert.equal(pairProblem({ cert: `# login\n${cert}${first.root.pem}`, key: `# key\n${key}` }), undefined);
  });

  for (const [name, pair, file] of [
    ['an empty certificate', { cert: '', key }, 'certificate'],
    ['a text without a certificate', { cert: 'text', key }, 'certificate'],
    ['a damaged certificate', { cert: begin, key }, 'certificate'],
    ['a chain that is cut off', { cert: cert + cert.slice(0, 200), key }, 'certificate'],
    ['an empty key', { cert, key: '' }, 'key'],
    ['a certificate instead of a key', { cert, key: cert }, 'key'],
    ['a key with a password', { cert, key: withPassword }, 'key'],
    ['the key of another certificate', { cert, key: other.server.privateKeyPem }, 'key'],
    ['a key of another type', { cert, key: rsa.privateKey }, 'key'],
    ['a chain that begins with the CA', { cert: first.root.pem + cert, key }, 'key'],
  ] as const)
    test(`${name} cannot be used`, () => assert.equal(pairProblem(pair)?.file, file));
});

test('a key that is too short for TLS is not called damaged', needs('openssl'), () => {
  withFiles({}, (place) => {
    const request = [
      'req',
      '-x509',
      '-newkey',
      'rsa:1024',
      '-nodes',
      '-subj',
      '/CN=short',
      '-keyout',
      'k.pem',
      '-out',
      'c.pem',
    ];
    run(place, 'openssl', ...request);
    const [weak, itsKey] = ['c.pem', 'k.pem'].map((name) => readFileSync(join(place, name), 'utf8'));
    assert.match(pairProblem({ cert: weak!, key: itsKey! })!.problem, /weaker than TLS accepts/);
  });
});

describe('CA certificates for TLS', () => {
  test('can be used', () => {
    assert.equal(authoritiesProblem(first.root.pem), undefined);
    assert.equal(authoritiesProblem(`# ours\n${first.root.pem}\n# theirs\n${other.root.pem}`), undefined);
  });

  for (const [name, pem, problem] of [
    ['no text', '', 'it has no certificate in PEM form'],
    ['a key', key, 'it has no certificate in PEM form'],
    ['a damaged one after a good one', first.root.pem + begin, 'certificate 2 in it is damaged'],
    ['one that is cut off', first.root.pem.slice(0, 300), 'certificate 1 in it is damaged'],
  ] as const)
    test(`${name} cannot be used`, () => assert.equal(authoritiesProblem(pem), problem));
});
