import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Authority } from '#pki/build/authority.ts';
import { generateKey } from '#pki/build/fields/keys.ts';
import type { Issued } from '#pki/build/issued.ts';
import { at, certificateOf, storeOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { hexOf } from '../hex.ts';
import type { Ruling } from '../trace/ruling.ts';
import { defaultAlgorithmPolicy } from './algorithms/algorithm-policy.ts';
import { validatePath } from './path.ts';
import { pathLimits } from './search/path-search.ts';

const codeOf = ({ because }: Ruling<unknown>): string => because.code;
const root = testCa('Root');
const issuing = root.issueCa('Issuing');
const userCertificate = certificateOf(issuing.issueUserCertificate({ subject: 'CN=Ana' }));
const stranger = testCa('Stranger');

/** The path's certificates must have been found valid. */
function pathOf(ruling: ReturnType<typeof validatePath>) {
  assert.equal(ruling.outcome, 'passed', JSON.stringify(ruling.because));
  assert.ok(ruling.outcome === 'passed');
  return ruling.value;
}
const subjects = (...issued: Issued[]) => issued.map((item) => certificateOf(item).sha1Thumbprint);

describe('what a path shows', () => {
  const store = storeOf([root], [issuing]);
  const ruling = validatePath(userCertificate, store, at);
  test('its certificates from the leaf to the anchor, and the CAs of the store on it', () => {
    const path = pathOf(ruling);
    assert.deepEqual(
      path.certificates.map(({ sha1Thumbprint }) => sha1Thumbprint),
      [userCertificate.sha1Thumbprint, ...subjects(issuing, root)],
    );
    assert.deepEqual(path.authorities, [store.authorities[1], store.authorities[0]]);
  });
  test('the finding names the anchor and what is between', () =>
    assert.deepEqual(ruling.because, {
      code: 'pathValid',
      evidence: { anchor: 'CN=Root', intermediates: ['CN=Issuing'] },
    }));
  test('its policies, in the words of the anchor, and those the user asked for', () => {
    const mapping = root.issueCa('Mapping', { policies: ['1.2.1', '1.2.2'], policyMappings: [['1.2.1', '1.2.9']] });
    const leaf = certificateOf(mapping.issueUserCertificate({ subject: 'CN=Ana', policies: ['1.2.9', '1.2.2'] }));
    const path = pathOf(
      validatePath(leaf, storeOf([root], [mapping]), at, { userInitialPolicySet: ['1.2.1', '1.2.7'] }),
    );
    assert.deepEqual([...path.authorityConstrainedPolicies].sort(), ['1.2.1', '1.2.2']);
    assert.deepEqual(path.validPolicies, ['1.2.1']);
  });
});

describe('an anchor is a certificate that is valid now (PATH-7)', () => {
  for (const [name, notBefore, notAfter] of [
    ['has expired', '2020-01-01', '2026-11-20'],
    ['is not valid yet', '2026-11-22', '2040-01-01'],
  ] as const)
    test(`a root that ${name} ends no path, whether or not its constraints count`, () => {
      const old = testCa('Old', { notBefore: new Date(notBefore), notAfter: new Date(notAfter) });
      const leaf = certificateOf(old.issueUserCertificate({ subject: 'CN=Ana' }));
      for (const anchorConstraints of [true, false]) {
        const { because } = validatePath(leaf, storeOf([old]), at, { anchorConstraints });
        assert.deepEqual(
          [because.code, (because.evidence as { subject?: string }).subject],
          ['certificateNotCurrent', 'CN=Old'],
        );
      }
    });
});

describe('only what was uploaded is trusted (PATH-3, PATH-5, TS-1)', () => {
  test('an issuer that is not uploaded is named with its key identifier', () =>
    assert.deepEqual(validatePath(userCertificate, storeOf([stranger]), at).because, {
      code: 'issuerNotTrusted',
      evidence: {
        subject: 'CN=Ana',
        issuer: 'CN=Issuing',
        authorityKeyIdentifier: hexOf(issuing.subjectKeyIdentifier),
      },
    }));
  test('an intermediate is no anchor', () =>
    assert.deepEqual(validatePath(userCertificate, storeOf([], [issuing]), at).because, {
      code: 'rootNotReached',
      evidence: { subject: 'CN=Issuing', issuer: 'CN=Root' },
    }));
  test('an empty store trusts no certificate', () =>
    assert.equal(codeOf(validatePath(userCertificate, { authorities: [] }, at)), 'issuerNotTrusted'));
  test('an offered root is no anchor', () =>
    assert.equal(
      codeOf(validatePath(userCertificate, { authorities: [] }, at, { offered: [issuing, root].map(certificateOf) })),
      'rootNotReached',
    ));
  test('an offered intermediate may link to an anchor, and is no authority of the store', () => {
    const path = pathOf(
      validatePath(userCertificate, storeOf([root]), at, { offered: [stranger, issuing].map(certificateOf) }),
    );
    assert.equal(path.certificates.length, 3);
    assert.deepEqual(
      path.authorities.map(({ certificate }) => certificate.sha1Thumbprint),
      subjects(root),
    );
  });
  test('a CA with the name of an uploaded one is another when its key identifier says so', () => {
    const forgery = testCa('Root').issueUserCertificate({ subject: 'CN=Eve' });
    assert.equal(codeOf(validatePath(certificateOf(forgery), storeOf([root]), at)), 'issuerNotTrusted');
  });
  test('and its signature is wrong when it copies that too', () => {
    const double = testCa('Root', { subjectKeyIdentifier: root.subjectKeyIdentifier });
    const forgery = double.issueUserCertificate({ subject: 'CN=Eve' });
    assert.deepEqual(validatePath(certificateOf(forgery), storeOf([root]), at).because, {
      code: 'signatureWrong',
      evidence: { subject: 'CN=Eve', issuer: 'CN=Root' },
    });
  });
  test('a self-signed certificate is not trusted', () => {
    const key = generateKey('P-256');
    const selfSigned = root.issueUserCertificate({
      subject: 'CN=Eve',
      issuer: 'CN=Eve',
      key,
      signWith: key,
      authorityKeyIdentifier: null,
    });
    assert.equal(codeOf(validatePath(certificateOf(selfSigned), storeOf([root]), at)), 'issuerNotTrusted');
  });
});

describe('the search tries every way (PATH-14)', () => {
  const second = testCa('Other Root');
  const key = generateKey('P-256');
  const past = new Date('2026-01-01T00:00:00Z');
  const old = root.issueCa('Crossed', { key, notAfter: past });
  const cross = second.issueCa('Crossed', { key });
  const leaf = certificateOf(
    old.issueUserCertificate({ subject: 'CN=Ana', notAfter: new Date('2027-01-01T00:00:00Z') }),
  );

  for (const [name, intermediates] of [
    ['first', [old, cross]],
    ['last', [cross, old]],
  ] as const)
    test(`an expired cross-certificate that is tried ${name} does not end it`, () => {
      const path = pathOf(validatePath(leaf, storeOf([root, second], [...intermediates]), at));
      assert.deepEqual(
        path.certificates.slice(1).map(({ sha1Thumbprint }) => sha1Thumbprint),
        subjects(cross, second),
      );
    });
  test('when all fail, what a whole path says comes before what a dead end says', () => {
    const ruling = validatePath(leaf, storeOf([root], [cross, old]), at);
    assert.equal(codeOf(ruling), 'certificateNotCurrent');
  });
  test('without key identifiers, names and signatures find the issuer', () => {
    const silent = { subjectKeyIdentifier: null, authorityKeyIdentifier: null };
    const a = testCa('Same', silent);
    const b = testCa('Same', silent);
    const certificate = certificateOf(b.issueUserCertificate({ subject: 'CN=Ana', authorityKeyIdentifier: null }));
    const path = pathOf(validatePath(certificate, storeOf([a, b]), at));
    assert.equal(path.certificates[1]?.sha1Thumbprint, subjects(b)[0]);
  });
  test('CAs that certify each other in a circle end it', () => {
    const [k1, k2] = [generateKey('P-256'), generateKey('P-256')];
    const item = testCa('One', { key: k1 });
    const two = testCa('Two', { key: k2 });
    const circle = [item.issueCa('Two', { key: k2 }), two.issueCa('One', { key: k1 })];
    const leafOfCircle = certificateOf(item.issueUserCertificate({ subject: 'CN=Ana' }));
    const { code } = validatePath(leafOfCircle, storeOf([root], circle), at).because;
    assert.equal(code, 'rootNotReached');
  });
});

describe('the search has a budget (CVE-2018-16875)', () => {
  const silent = { subjectKeyIdentifier: null, authorityKeyIdentifier: null } as const;
  const many: Authority[] = Array.from({ length: 120 }, () => testCa('Same', silent));
  const store = storeOf(many);
  const leaf = certificateOf(many.at(-1)!.issueUserCertificate({ subject: 'CN=Ana', authorityKeyIdentifier: null }));
  const spentCode = { code: 'pathBudgetSpent', evidence: { budget: 'signatures', limit: 100 } };
  test('CAs of the store that share a name without key identifiers never shut a certificate out', () => {
    for (let i = 0; i < 3; i++) assert.equal(codeOf(validatePath(leaf, store, at)), 'pathValid');
  });
  test('a hundred signatures on links that were only offered, and the answer is always the same', () => {
    const anchored = [...many, root.issueCa('Same', silent)].map(certificateOf);
    for (let i = 0; i < 3; i++)
      assert.deepEqual(validatePath(leaf, storeOf([root]), at, { offered: anchored }).because, spentCode);
  });
  test('candidates', () =>
    assert.deepEqual(validatePath(leaf, store, at, { limits: { ...pathLimits, candidates: 5 } }).because, {
      code: 'pathBudgetSpent',
      evidence: { budget: 'candidates', limit: 5 },
    }));
  test('a store that is larger than its limit of signatures says so', () =>
    assert.deepEqual(validatePath(leaf, store, at, { limits: { ...pathLimits, storeSignatures: 100 } }).because, {
      code: 'pathBudgetSpent',
      evidence: { budget: 'storeSignatures', limit: 100 },
    }));
  test('key identifiers spare the search: hundreds of CAs of a name cost nothing', () => {
    const withName = Array.from({ length: 300 }, () => testCa('Same'));
    const certificate = certificateOf(withName.at(-1)!.issueUserCertificate({ subject: 'CN=Ana' }));
    assert.equal(codeOf(validatePath(certificate, storeOf(withName), at)), 'pathValid');
  });
  test('a mesh of CAs that all certify each other', () => {
    const mesh = Array.from({ length: 8 }, (_, n) => testCa(`M${n}`));
    const links = mesh.flatMap((a) =>
      mesh.flatMap((b, n) => (a === b ? [] : [a.issueCa(`M${n}`, { key: b.privateKey })])),
    );
    const certificate = certificateOf(mesh[0]!.issueUserCertificate({ subject: 'CN=Ana' }));
    assert.equal(codeOf(validatePath(certificate, storeOf([root], links), at)), 'rootNotReached');
    const entry = root.issueCa('M7', { key: mesh[7]!.privateKey });
    const path = pathOf(validatePath(certificate, storeOf([root], [...links, entry]), at));
    assert.equal(path.certificates.length, 4, 'leaf, M0 by M7, M7 by the root, root');
  });
});

describe('algorithms and keys are policy (PATH-13)', () => {
  const sha1 = { ...defaultAlgorithmPolicy, hashes: ['sha1'] };
  const short = { ...defaultAlgorithmPolicy, minimumRsaBits: 1024 };
  const weak = testCa('Weak', { key: 'RSA-1024' });
  const rows = [
    {
      name: 'a leaf of RSA 1024',
      of: root.issueUserCertificate({ subject: 'CN=Ana', key: 'RSA-1024' }),
      store: storeOf([root]),
      because: { code: 'keyRefused', evidence: { found: 'RSA 1024', line: 'minimumRsaBits: 2048' } },
    },
    {
      name: 'a CA of RSA 1024',
      of: weak.issueUserCertificate({ subject: 'CN=Ana' }),
      store: storeOf([weak]),
      because: { code: 'keyRefused', evidence: { found: 'RSA 1024', line: 'minimumRsaBits: 2048' } },
    },
    {
      name: 'SHA-1',
      of: root.issueUserCertificate({ subject: 'CN=Ana', scheme: 'ecdsa-sha1' }),
      store: storeOf([root]),
      because: { code: 'algorithmRefused', evidence: { algorithm: 'sha1', line: 'hashes: sha256, sha384, sha512' } },
    },
  ] as const;
  for (const { name, of, store, because } of rows)
    test(`${name} is refused, naming the line`, () =>
      assert.deepEqual(validatePath(certificateOf(of), store, at).because, because));
  test('another policy allows RSA 1024', () =>
    assert.equal(
      codeOf(validatePath(certificateOf(rows[1].of), rows[1].store, at, { algorithms: short })),
      'pathValid',
    ));
  test('what one policy let pass another still refuses', () => {
    const { of, store } = rows[2];
    const leaf = certificateOf(of);
    assert.equal(codeOf(validatePath(leaf, store, at, { algorithms: sha1 })), 'pathValid');
    assert.equal(codeOf(validatePath(leaf, store, at)), 'algorithmRefused');
  });
  for (const key of ['RSA-2048', 'P-384', 'P-521', 'Ed25519'] as const)
    test(`${key} signs and is signed`, () => {
      const authority = testCa('Own', { key });
      assert.equal(
        codeOf(
          validatePath(
            certificateOf(authority.issueUserCertificate({ subject: 'CN=Ana', key })),
            storeOf([authority]),
            at,
          ),
        ),
        'pathValid',
      );
    });
});
