import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { CardeaError } from '#core/trace/fault.ts';
import { needs, run, withFiles } from '#test/pki/openssl.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { pem } from '../build/certificate-builder.ts';
import { contextConstructed, integer, octetString, oid, sequence } from '../build/der-writer.ts';
import type { KeyKind } from '../build/fields/keys.ts';
import { pkiReasons } from '../reasons.ts';
import { readCardFile, writePemCard } from './card-file.ts';
import { encrypt } from './pbes.ts';
import { bags, type Card, data, writePkcs12 } from './pkcs12.ts';
import { readPkcs12 } from './pkcs12-reader.ts';

const root = testCa('Woodgrove Root');
const issuing = root.issueCa('Woodgrove Issuing');
const password = 'cardea Ünï';
const iterations = 100;
const kinds: readonly KeyKind[] = ['P-256', 'RSA-2048', 'P-384'];
const cards = new Map(kinds.map((key) => [key, issuing.issueUserCertificate({ upn: 'ana@woodgrove.test', key })]));
const card = cards.get('P-256')!;

function assertSameCard(read: Card, writtenCard: Card): void {
  assert.deepEqual(Buffer.from(read.der), Buffer.from(writtenCard.der));
  assert.ok(read.privateKey.equals(writtenCard.privateKey));
  const ders = (of: Card) => of.chain.map(({ der }) => Buffer.from(der).toString('hex')).sort();
  assert.deepEqual(ders(read), ders(writtenCard));
}
const codeOf = (code: string, evidence: object) => (thrown: unknown) => {
  assert.ok(thrown instanceof CardeaError);
  assert.deepEqual({ ...thrown.because }, { code, evidence });
  return true;
};

for (const [kind, sampleCard] of cards) {
  const p12 = writePkcs12(sampleCard, { password, friendlyName: 'Ana (Woodgrove)', iterations });

  test(`a ${kind} card comes back from its own PKCS #12 file`, () =>
    assertSameCard(readPkcs12(p12, password), sampleCard));

  test(`Node's TLS takes a ${kind} card as pfx`, () => {
    assert.doesNotThrow(() => createSecureContext({ pfx: Buffer.from(p12), passphrase: password }));
  });

  test(`OpenSSL opens a ${kind} card, checks its MAC and shows its name`, needs('openssl'), () =>
    withFiles({ 'c.p12': p12 }, (folder) => {
      const { status, text } = run(
        folder,
        'openssl',
        'pkcs12',
        '-info',
        '-in',
        'c.p12',
        '-nodes',
        '-passin',
        `pass:${password}`,
      );
      assert.equal(status, 0, text);
      for (const says of ['MAC: sha256, Iteration 100', 'AES-256-CBC', 'Ana (Woodgrove)', 'BEGIN PRIVATE KEY'])
        assert.ok(text.includes(says), `${says} not in ${text}`);
    }),
  );

  test(`NSS (Firefox, Chromium) imports a ${kind} card and writes one that we read`, needs('pk12util'), () =>
    withFiles({ 'c.p12': p12, word: `${password}\n` }, (folder) => {
      mkdirSync(join(folder, 'db'));
      const nss = (...args: string[]) => {
        const { status, text } = run(folder, 'pk12util', ...args, '-d', 'sql:db', '-w', 'word', '-K', '');
        assert.equal(status, 0, text);
      };
      assert.equal(run(folder, 'certutil', '-N', '-d', 'sql:db', '--empty-password').status, 0);
      nss('-i', 'c.p12');
      nss('-o', 'back.p12', '-n', 'Ana (Woodgrove)');
      assertSameCard(readPkcs12(readFileSync(join(folder, 'back.p12')), password), sampleCard);
    }),
  );
}

const exports: { name: string; args: string[] }[] = [
  { name: 'as it does by default', args: [] },
  {
    name: 'with AES-128 and SHA-512',
    args: ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC', '-macalg', 'sha512'],
  },
  {
    name: 'as Windows did before AES, with triple DES and SHA-1',
    args: ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'],
  },
  { name: 'without encryption of the certificates', args: ['-certpbe', 'NONE'] },
  { name: 'without a MAC', args: ['-nomac'] },
];
for (const { name, args } of exports)
  test(`a card that OpenSSL exports ${name} is read`, needs('openssl'), () => {
    const chain = card.chain.map((above) => above.pem).join('');
    withFiles({ 'c.pem': card.pem, 'k.pem': card.privateKeyPem, 'chain.pem': chain }, (folder) => {
      const from = ['-inkey', 'k.pem', '-in', 'c.pem', '-certfile', 'chain.pem', '-passout', `pass:${password}`];
      const { status, text } = run(folder, 'openssl', 'pkcs12', '-export', ...from, '-out', 'o.p12', ...args);
      assert.equal(status, 0, text);
      assertSameCard(readPkcs12(readFileSync(join(folder, 'o.p12')), password), card);
    });
  });

const p12 = writePkcs12(card, { password, friendlyName: 'Ana', iterations });

test('a wrong password is named as such', () => {
  assert.throws(() => readPkcs12(p12, 'no'), codeOf('cardPasswordWrong', {}));
  assert.throws(() => readPkcs12(p12, ''), codeOf('cardPasswordWrong', {}));
});

test('an empty password works both ways', () => {
  assertSameCard(readPkcs12(writePkcs12(card, { password: '', friendlyName: 'Ana', iterations }), ''), card);
});

test('no truncation and no garbage escapes as anything but a typed error', () => {
  const codes = new Set<string>();
  const attempt = (bytes: Uint8Array) => {
    try {
      readPkcs12(bytes, password);
    } catch (thrown) {
      assert.ok(thrown instanceof CardeaError, String(thrown));
      codes.add(thrown.because.code);
    }
  };
  for (let length = 0; length < p12.length; length += 7) attempt(p12.subarray(0, length));
  for (let at = 0; at < 120; at++) attempt(p12.with(at, (p12[at] ?? 0) ^ 0xff));
  assert.ok(codes.has('cardFileUnreadable') && codes.has('cardPasswordWrong'));
});

test('a file that asks for endless key derivation is refused before it begins', () => {
  const content = sequence(oid('1.2.840.113549.1.7.1'), contextConstructed(0, octetString(sequence())));
  const digest = sequence(sequence(oid('2.16.840.1.101.3.4.2.1')), octetString(new Uint8Array(32)));
  const endless = sequence(integer(3), content, sequence(digest, octetString(new Uint8Array(8)), integer(2n ** 38n)));
  const evidence = { why: '274877906944 iterations of key derivation' };
  assert.throws(() => readPkcs12(endless, password), codeOf('cardFileUnreadable', evidence));
});

test('a file whose parts ask for too much key derivation together is refused before the one that is too much', () => {
  const safe = (content: Uint8Array) => sequence(oid(data), contextConstructed(0, octetString(sequence(content))));
  const keyBag = ({ algorithm, content }: { algorithm: Uint8Array; content: Uint8Array }) =>
    sequence(oid(bags.shroudedKey), contextConstructed(0, sequence(algorithm, octetString(content))));
  const readable = encrypt(card.privateKey.export({ type: 'pkcs8', format: 'der' }), '', 1);
  const derivation = sequence(
    oid('1.2.840.113549.1.5.12'),
    sequence(octetString(new Uint8Array(8)), integer(4_000_000)),
  );
  const scheme = sequence(oid('2.16.840.1.101.3.4.1.42'), octetString(new Uint8Array(16)));
  const costly = sequence(oid('1.2.840.113549.1.5.13'), sequence(derivation, scheme));
  const parts = [readable, { algorithm: costly, content: new Uint8Array(16) }].map((part) => safe(keyBag(part)));
  const file = sequence(integer(3), sequence(oid(data), contextConstructed(0, octetString(sequence(...parts)))));
  const evidence = { why: '4000000 iterations of key derivation' };
  assert.throws(() => readPkcs12(file, ''), codeOf('cardFileUnreadable', evidence));
});

test('a PEM card file comes back, with and without a password on the key', () => {
  assertSameCard(readCardFile(Buffer.from(writePemCard(card))), card);
  const protectedPem = writePemCard(card, password);
  assert.match(protectedPem, /BEGIN ENCRYPTED PRIVATE KEY/);
  assertSameCard(readCardFile(Buffer.from(protectedPem), password), card);
  assert.throws(() => readCardFile(Buffer.from(protectedPem), 'no'), codeOf('cardPasswordWrong', {}));
  assert.throws(() => readCardFile(Buffer.from(protectedPem)), codeOf('cardPasswordWrong', {}));
});

test('a file without a key, or with the key of another certificate, says what is missing', () => {
  assert.throws(() => readCardFile(Buffer.from(card.pem)), codeOf('cardFileIncomplete', { missing: 'private key' }));
  const mixedPem = Buffer.from(pem('CERTIFICATE', root.der) + card.privateKeyPem);
  assert.throws(
    () => readCardFile(mixedPem),
    codeOf('cardFileIncomplete', { missing: 'certificate of the private key' }),
  );
});

test('a card file is distinguished from PEM by its content', () => assertSameCard(readCardFile(p12, password), card));

/** As `openssl pkcs12 -export -legacy` names its ciphers; the first is what Windows and OpenSSL wrote before version 3. */
const oldCiphers = [
  ['PBE-SHA1-RC2-40', /RC2 with 40 bits/],
  ['PBE-SHA1-RC2-128', /RC2 with 128 bits/],
  ['PBE-SHA1-RC4-128', /RC4 with 128 bits/],
  ['PBE-SHA1-RC4-40', /RC4 with 40 bits/],
  ['PBE-SHA1-2DES', /Triple DES with two keys/],
] as const;
for (const [cipher, words] of oldCiphers)
  test(
    `a card file with ${cipher} is refused by its name, and the OpenSSL line in the remedy converts it`,
    needs('openssl'),
    () =>
      withFiles({ 'c.pem': card.pem, 'k.pem': card.privateKeyPem }, (folder) => {
        const output = ['-inkey', 'k.pem', '-in', 'c.pem', '-passout', `pass:${password}`, '-out', 'OLD.p12'];
        const { status, text } = run(folder, 'openssl', 'pkcs12', '-export', '-legacy', '-certpbe', cipher, ...output);
        assert.equal(status, 0, text);
        const file = new Uint8Array(readFileSync(join(folder, 'OLD.p12')));
        assert.throws(() => readPkcs12(file, password), words);
        const remedy = pkiReasons.cardEncryptionUnsupported.remedy;
        for (const command of /`(.*)`/.exec(remedy)![1]!.split(' && ')) {
          const passwords = ['-passin', `pass:${password}`, '-passout', `pass:${password}`];
          const [program, ...words] = command.split(' ');
          const conversion = run(folder, program!, ...words, ...passwords);
          assert.equal(conversion.status, 0, conversion.text);
        }
        const { der, privateKey } = readPkcs12(readFileSync(join(folder, 'NEW.p12')), password);
        assert.deepEqual(Buffer.from(der), Buffer.from(card.der));
        assert.ok(privateKey.equals(card.privateKey));
      }),
  );
