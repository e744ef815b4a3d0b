import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { directoryName, dnsName } from '#pki/build/fields/general-names.ts';
import type { Issued } from '#pki/build/issued.ts';
import { at, certificateOf, storeOf, trusted } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { readCertificate } from './certificate.ts';
import { validatePath } from './path.ts';

/** A short chain with every extension that validation reads. */
const root = testCa('R', { key: 'Ed25519' });
const issuing = root.issueCa('I', {
  key: 'Ed25519',
  pathLength: 0,
  policies: ['1.2.3'],
  policyMappings: [['1.2.3', '1.2.4']],
  policyConstraints: { requireExplicitPolicy: 0, inhibitPolicyMapping: 0 },
  inhibitAnyPolicy: 0,
  nameConstraints: { permitted: [dnsName('a.test')], excluded: [directoryName('CN=Z')] },
});
const userCertificate = issuing.issueUserCertificate({
  subject: 'CN=A',
  upn: 'a@b.c',
  dns: ['a.test'],
  policies: ['1.2.4'],
  key: 'Ed25519',
});
const leaf = certificateOf(userCertificate);
const store = storeOf([root], [issuing]);

/** Every change of one byte that flips bits, or makes it 00, 7F, 80, FF or its neighbours. */
function* mutantsOf({ der }: Issued): Generator<Uint8Array> {
  for (let offset = 0; offset < der.length; offset++) {
    const byte = der[offset]!;
    const bits = Array.from({ length: 8 }, (_, bit) => byte ^ (1 << bit));
    for (const bit of new Set([...bits, 0, 0x7f, 0x80, 0xff, (byte + 1) & 0xff, (byte - 1) & 0xff])) {
      if (bit === byte) continue;
      const mutant = Uint8Array.from(der);
      mutant[offset] = bit;
      yield mutant;
    }
  }
}

/** What becomes of mutants, by code. An exception would end the test. */
function tally(original: Issued, evaluate: (mutant: Uint8Array) => string): Map<string, number> {
  const match = new Map<string, number>();
  for (const mutant of mutantsOf(original)) {
    const code = evaluate(mutant);
    match.set(code, (match.get(code) ?? 0) + 1);
  }
  return match;
}

describe('a chain of which one byte was changed ends in a ruling, and never passes', () => {
  test('as it stands it passes', () => {
    assert.equal(validatePath(leaf, store, at).because.code, 'pathValid');
    assert.equal(validatePath(leaf, store, at, { initialExplicitPolicy: true }).because.code, 'pathValid');
  });

  test('in the certificate', () => {
    const match = tally(userCertificate, (mutant) => {
      const read = readCertificate(mutant);
      return read.outcome === 'passed' ? validatePath(read.value, store, at).because.code : read.because.code;
    });
    assert.ok(!match.has('pathValid'), JSON.stringify([...match]));
    for (const code of ['certificateUnreadable', 'signatureWrong', 'issuerNotTrusted'])
      assert.ok((match.get(code) ?? 0) > 0, `${code} was never the answer`);
  });

  test('in the CA', () => {
    const match = tally(issuing, (mutant) => {
      const read = readCertificate(mutant);
      if (read.outcome !== 'passed') return read.because.code;
      const authorities = [trusted(root, 'root'), { ...trusted(root, 'intermediate'), certificate: read.value }];
      return validatePath(leaf, { authorities }, at).because.code;
    });
    assert.ok(!match.has('pathValid'), JSON.stringify([...match]));
    for (const code of ['certificateUnreadable', 'signatureWrong', 'issuerNotTrusted'])
      assert.ok((match.get(code) ?? 0) > 0, `${code} was never the answer`);
  });

  test('an anchor is trusted as it stands: its own signature is not checked', () => {
    const match = tally(root, (mutant) => {
      const read = readCertificate(mutant);
      if (read.outcome !== 'passed') return read.because.code;
      const authorities = [{ ...trusted(root, 'root'), certificate: read.value }, trusted(issuing, 'intermediate')];
      return validatePath(leaf, { authorities }, at).because.code;
    });
    for (const code of ['certificateUnreadable', 'signatureWrong', 'rootNotReached', 'pathValid'])
      assert.ok((match.get(code) ?? 0) > 0, `${code} was never the answer`);
  });
});

test('a certificate cut off anywhere is unreadable', () => {
  for (let length = 0; length < userCertificate.der.length; length++)
    assert.equal(readCertificate(userCertificate.der.subarray(0, length)).because.code, 'certificateUnreadable');
});
