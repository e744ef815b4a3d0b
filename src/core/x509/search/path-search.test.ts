import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { at, certificateOf, storeOf } from '#test/pki/chains.ts';
import { type Mesh, randomMesh } from '#test/pki/mesh.ts';
import { testCa } from '#test/pki/test-ca.ts';
import type { Certificate } from '../certificate.ts';
import { validatePath } from '../path.ts';
import { pathLimits } from './path-search.ts';

/** Is one of all simple chains valid in a store that holds nothing else? A search without any foresight. */
function hasValidPath(leaf: Certificate, { roots, cas }: Mesh): boolean {
  const parsed = new Map([...roots, ...cas].map((ca) => [ca, certificateOf(ca)]));
  const issuersOf = (child: Certificate, pool: Mesh['cas']) =>
    pool.filter((ca) => Buffer.compare(parsed.get(ca)!.subject.der, child.issuer.der) === 0);
  const climb = (child: Certificate, links: Mesh['cas']): boolean =>
    issuersOf(child, roots).some((root) => validatePath(leaf, storeOf([root], links), at).outcome === 'passed') ||
    (links.length < 6 &&
      issuersOf(child, cas).some((ca) => !links.includes(ca) && climb(parsed.get(ca)!, [...links, ca])));
  return climb(leaf, []);
}

describe('the search finds a path where there is one (PATH-14)', () => {
  test('in 150 random meshes it agrees with trying every chain alone', () => {
    const verdicts = { passed: 0, refused: 0 };
    for (let seed = 0; seed < 150; seed++) {
      const mesh = randomMesh(seed, 5, 9);
      const leaf = certificateOf(mesh.card);
      const { outcome } = validatePath(leaf, storeOf(mesh.roots, mesh.cas), at);
      assert.equal(outcome === 'passed', hasValidPath(leaf, mesh), `seed ${seed}`);
      verdicts[outcome === 'passed' ? 'passed' : 'refused']++;
    }
    assert.ok(verdicts.passed > 30 && verdicts.refused > 30, JSON.stringify(verdicts));
  });

  test('a CA that is added to the store shuts no certificate out that worked', () => {
    for (let seed = 0; seed < 60; seed++) {
      const mesh = randomMesh(seed, 5, 8);
      const leaf = certificateOf(mesh.card);
      if (validatePath(leaf, storeOf(mesh.roots, mesh.cas), at).outcome !== 'passed') continue;
      const more = [...mesh.cas, ...randomMesh(seed + 1000, 5, 40).cas];
      assert.equal(validatePath(leaf, storeOf(mesh.roots, more), at).because.code, 'pathValid', `seed ${seed}`);
    }
  });
});

describe('a bridge that certified forty PKIs and is certified by them', () => {
  const anchor = testCa('Common Policy');
  const bridge = testCa('Bridge');
  const pkis = Array.from({ length: 40 }, (_, n) => testCa(`PKI ${n}`));
  /** Monthly publications of one bundle: the same keys, newer certificates. */
  const publications = [0, 1, 2, 3].flatMap((month) => {
    const notBefore = new Date(Date.UTC(2026, month));
    return [
      anchor.issueCa('Bridge', { key: bridge.privateKey, notBefore }),
      bridge.issueCa('Common Policy', { key: anchor.privateKey, notBefore }),
      ...pkis.flatMap((pki, n) => [
        bridge.issueCa(`PKI ${n}`, { key: pki.privateKey, notBefore }),
        pki.issueCa('Bridge', { key: bridge.privateKey, notBefore }),
        pki.issueCa(`PKI ${(n + 1) % pkis.length}`, { key: pkis[(n + 1) % pkis.length]!.privateKey, notBefore }),
      ]),
    ];
  });
  const store = storeOf([anchor], [...publications, ...pkis]);

  test('each of the forty reaches the anchor by the shortest way within ten signatures', () => {
    const limits = { ...pathLimits, storeSignatures: 10, candidates: 20 };
    for (const [n, pki] of pkis.entries()) {
      const userCertificate = certificateOf(pki.issueUserCertificate({ subject: 'CN=Ana' }));
      const ruling = validatePath(userCertificate, store, at, { limits });
      assert.equal(ruling.because.code, 'pathValid', `PKI ${n}`);
      assert.equal(ruling.outcome === 'passed' && ruling.value.certificates.length, 4, `PKI ${n}`);
    }
  });

  test('a certificate that no path helps is refused for its own reason', () => {
    const expired = { subject: 'CN=Ana', notAfter: new Date('2026-01-01T00:00:00Z') };
    const userCertificate = certificateOf(pkis[7]!.issueUserCertificate(expired));
    assert.equal(validatePath(userCertificate, store, at).because.code, 'certificateNotCurrent');
  });

  test('a certificate that ends changes the distances from that second on', () => {
    const ends = new Date('2027-01-01T00:00:00Z');
    const [short, long] = [anchor.issueCa('Ends', { notAfter: ends }), anchor.issueCa('Middle')];
    const detour = long.issueCa('Ends', { key: short.privateKey });
    const userCertificate = certificateOf(
      short.issueUserCertificate({ subject: 'CN=Ana', notAfter: new Date('2028-01-01T00:00:00Z') }),
    );
    const both = storeOf([anchor], [short, long, detour]);
    const lengthAt = (time: string) => {
      const ruling = validatePath(userCertificate, both, new Date(time));
      return ruling.outcome === 'passed' ? ruling.value.certificates.length : ruling.because.code;
    };
    assert.deepEqual(
      ['2026-12-31T00:00:00Z', '2027-01-01T00:00:00.999Z', '2027-01-01T00:00:01Z', '2026-12-31T00:00:00Z'].map(
        lengthAt,
      ),
      [3, 3, 4, 3],
    );
  });
});
