import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type Certificate, readCertificate } from '../src/core/x509/certificate.ts';
import { validatePath } from '../src/core/x509/path.ts';
import type { TrustStore } from '../src/core/x509/trust-store.ts';
import { testCa } from '../test/pki/test-ca.ts';

/**
 * What validating a path of three P-256 certificates costs beside the raw signature checks in it, in the same run.
 * `node bench/path.ts`. Bars: cold at most 1.5 × its two signature checks, warm at most 1.3 × one.
 */
const root = testCa('Bench Root');
const issuing = root.issueCa('Bench Issuing');
const at = new Date('2027-01-01T00:00:00Z');
const cards = Array.from(
  { length: 400 },
  (_, n) => issuing.issueCard({ upn: `u${n}@bench.test`, policies: ['1.2.3.4'] }).der,
);

const read = (der: Uint8Array): Certificate => {
  const ruling = readCertificate(der);
  if (ruling.outcome !== 'passed') throw new Error(ruling.because.code);
  return ruling.value;
};
/** Certificates nobody has seen before: nothing is remembered of them. */
const freshStore = (): TrustStore => ({
  authorities: [root, issuing].map(({ der }, index) => ({
    id: `${index}`,
    certificate: read(der),
    authorityType: index === 0 ? 'root' : 'intermediate',
    certificateRevocationListUrl: undefined,
    deltaCertificateRevocationListUrl: undefined,
    isIssuerHintEnabled: false,
    store: 'pki',
  })),
});
const mustPass = (leaf: Certificate, store: TrustStore): void => {
  const ruling = validatePath(leaf, store, at);
  if (ruling.outcome !== 'passed') throw new Error(ruling.because.code);
};

/** Median microseconds of one call, measured in turns so that a slow moment of the machine hits everybody alike. */
function measure(subjects: Readonly<Record<string, (n: number) => void>>): Record<string, number> {
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, [] as number[]]));
  for (let round = 0; round < 30; round++) {
    for (const [name, run] of Object.entries(subjects)) {
      const started = performance.now();
      for (let n = 0; n < 100; n++) run((round * 100 + n) % cards.length);
      if (round >= 5) times[name]!.push((performance.now() - started) * 10);
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, all]) => [name, all.sort((a, b) => a - b)[all.length >> 1]!]),
  );
}

const leaves = cards.map(read);
const [rootKey, issuingKey]: [KeyObject, KeyObject] = [root, issuing].map(({ der }) =>
  createPublicKey({ key: Buffer.from(read(der).subjectPublicKeyInfo), format: 'der', type: 'spki' }),
) as [KeyObject, KeyObject];
const issuingCertificate = read(issuing.der);
const check = ({ tbs, signature }: Certificate, key: KeyObject): void => void verify('sha256', tbs, key, signature);
const warm = freshStore();
const stores = Array.from({ length: 100 }, freshStore);
let fresh = 0;

const times = measure({
  'one signature check': (n) => check(leaves[n]!, issuingKey),
  'two signature checks': (n) => {
    check(leaves[n]!, issuingKey);
    check(issuingCertificate, rootKey);
  },
  'cold: read 3 certificates, validate': (n) => mustPass(read(cards[n]!), freshStore()),
  'cold: certificates read, nothing remembered': (n) => {
    if (++fresh % 100 === 0) stores.splice(0, 100, ...Array.from({ length: 100 }, freshStore));
    mustPass(leaves[n]!, stores[fresh % 100]!);
  },
  'warm: read the leaf, validate': (n) => mustPass(read(cards[n]!), warm),
});
const rows = Object.entries(times).map(([name, time]) => {
  const base =
    name.startsWith('warm') || name.startsWith('one') ? times['one signature check']! : times['two signature checks']!;
  return [name, time.toFixed(1), (time / base).toFixed(2)];
});
for (const row of [['', 'µs', 'ratio to the raw checks'], ...rows])
  console.log(`${row[0]!.padEnd(46)}${row[1]!.padStart(8)}${row[2]!.padStart(26)}`);
