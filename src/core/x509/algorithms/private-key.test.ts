import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { privateKeyIn } from './private-key.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const text = (value: string) => new Uint8Array(Buffer.from(value));
const der = (type: 'pkcs8' | 'sec1' | 'pkcs1', key = ec.privateKey) =>
  new Uint8Array(key.export({ type, format: 'der' }) as Buffer);
const encryption = { cipher: 'aes-256-cbc', passphrase: 'x' } as const;

const rows: readonly (readonly [name: string, octets: Uint8Array, kind: string | undefined])[] = [
  ['a PKCS #8 key', der('pkcs8'), 'PKCS #8'],
  ['an Ed25519 key', der('pkcs8', ed.privateKey), 'PKCS #8'],
  ['an RSA key', der('pkcs1', rsa.privateKey), 'PKCS #1'],
  ['an EC key', der('sec1'), 'SEC 1'],
  [
    'an encrypted key',
    new Uint8Array(rsa.privateKey.export({ type: 'pkcs8', format: 'der', ...encryption }) as Buffer),
    'PKCS #8',
  ],
  ['a key in PEM', text(String(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }))), 'PEM'],
  [
    'an encrypted key in PEM',
    text(String(rsa.privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }))),
    'PEM',
  ],
  [
    'a key in PEM behind a certificate',
    text(
      `-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n${ec.privateKey.export({ type: 'sec1', format: 'pem' })}`,
    ),
    'PEM',
  ],
  [
    'a key that calls itself a certificate',
    text(`-----BEGIN CERTIFICATE-----\n${Buffer.from(der('pkcs8')).toString('base64')}\n-----END CERTIFICATE-----`),
    'PKCS #8',
  ],
  ['an OpenSSH key', text('-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbg==\n'), 'PEM'],
  ['a PuTTY key', text('PuTTY-User-Key-File-3: ssh-ed25519\n'), 'PuTTY'],
  ['a private JWK', text(JSON.stringify(ec.privateKey.export({ format: 'jwk' }))), 'JWK'],
  ['a Java key store', new Uint8Array([0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2]), 'Java KeyStore'],
  [
    'PKCS #12',
    new Uint8Array(Buffer.from('301f020103301a06092a864886f70d010701a00d040b3009060130060400', 'hex')),
    'PKCS #12',
  ],
  [
    'PKCS #12 with indefinite lengths',
    new Uint8Array(Buffer.from('3080020103308006092a864886f70d010701a080', 'hex')),
    'PKCS #12',
  ],
  ['a public key', new Uint8Array(ec.publicKey.export({ type: 'spki', format: 'der' })), undefined],
  ['a public JWK', text(JSON.stringify(ec.publicKey.export({ format: 'jwk' }))), undefined],
  ['nothing', new Uint8Array(), undefined],
  ['text', text('certificate'), undefined],
  ['PKCS #7', new Uint8Array(Buffer.from('300f06092a864886f70d010702a0020500', 'hex')), undefined],
];

describe('a private key in a file is found, whatever wraps it', () => {
  for (const [name, octets, kind] of rows)
    test(`${name}: ${kind ?? 'none'}`, () => assert.equal(privateKeyIn(octets), kind));
});
