import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { CertificateChainValidationEngine, Certificate as PkijsCertificate } from 'pkijs';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { validatePath } from '#core/x509/path.ts';
import type { TrustStore } from '#core/x509/trust-store.ts';
import { testCa } from '../../test/pki/test-ca.ts';
import { printTable } from '../parts/large-crl.ts';

/**
 * What validating a path of three P-256 certificates costs beside the raw signature checks in it, and what it costs pkijs, in
 * the same run.
 * `node bench/trust/path.ts`. Bars: validation at most 1.5 × its signature checks when nothing of the path is known, which for the
 * raw checks too means to import the keys; at most 1.3 × one check when the CAs are known.
 */
const at = new Date('2027-01-01T00:00:00Z');
/** Chains with keys of their own: nothing that is remembered of one helps another. */
const count = 900;
const makeChain = (_: unknown, n: number): readonly Uint8Array[] => {
  const root = testCa(`Bench Root ${n}`);
  const issuing = root.issueCa('Bench Issuing');
  return [issuing.issueUserCertificate({ upn: `u${n}@bench.test`, policies: ['1.2.3.4'] }), issuing, root].map(
    ({ der }) => der,
  );
};
const [chains, again] = [Array.from({ length: count }, makeChain), Array.from({ length: count }, makeChain)];
const warmRoot = testCa('Bench Root');
const warmIssuing = warmRoot.issueCa('Bench Issuing');
const userCertificates = Array.from(
  { length: count },
  (_, n) => warmIssuing.issueUserCertificate({ upn: `u${n}@bench.test`, policies: ['1.2.3.4'] }).der,
);

const read = (der: Uint8Array): Certificate => {
  const ruling = readCertificate(der);
  if (ruling.outcome !== 'passed') throw new Error(ruling.because.code);
  return ruling.value;
};
const storeOf = (issuing: Certificate, root: Certificate): TrustStore => ({
  authorities: [root, issuing].map((certificate, index) => ({
    id: `${index}`,
    certificate,
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
const keyOf = ({ subjectPublicKeyInfo }: Certificate): KeyObject =>
  createPublicKey({ key: Buffer.from(subjectPublicKeyInfo), format: 'der', type: 'spki' });
const check = ({ tbs, signature }: Certificate, key: KeyObject): void => void verify('sha256', tbs, key, signature);

/** Median microseconds of one call, in batches that take turns, so that a slow moment of the machine hits all alike. */
const batch = 60;
type Subject = (n: number) => void | Promise<void>;
async function measure(subjects: Readonly<Record<string, Subject>>): Promise<Record<string, number>> {
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, [] as number[]]));
  for (let first = 0; first + batch <= chains.length; first += batch) {
    for (const [name, run] of Object.entries(subjects)) {
      const start = performance.now();
      for (let n = first; n < first + batch; n++) {
        const running = run(n);
        if (running) await running;
      }
      if (first >= 3 * batch) times[name]!.push(((performance.now() - start) * 1000) / batch);
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, all]) => [name, all.sort((a, b) => a - b)[all.length >> 1]!]),
  );
}

const pkijsRead = (der: Uint8Array): PkijsCertificate => PkijsCertificate.fromBER(Buffer.from(der));
async function pkijsMustPass(leaf: PkijsCertificate, issuing: PkijsCertificate, root: PkijsCertificate): Promise<void> {
  const engine = new CertificateChainValidationEngine({
    trustedCerts: [root],
    certs: [issuing, leaf],
    checkDate: at,
  });
  const { result, resultMessage } = await engine.verify();
  if (!result) throw new Error(resultMessage);
}

const [leaves, warm] = [userCertificates.map(read), storeOf(read(warmIssuing.der), read(warmRoot.der))];
const warmKey = keyOf(read(warmIssuing.der));
const read3 = chains.map((ders) => ders.map(read) as [Certificate, Certificate, Certificate]);
// A server has validated thousands of cards before: the code is compiled, and what differs is the card.
for (let round = 0; round < 10; round++) for (const leaf of userCertificates.map(read)) mustPass(leaf, warm);
const coldBase = 'two signature checks, keys imported from the certificates';
const warmBase = 'one signature check, key at hand';
const signatureCosts = await measure({
  [warmBase]: (n) => check(leaves[n]!, warmKey),
  [coldBase]: (n) => {
    const [leaf, issuing, root] = read3[n]!;
    check(leaf, keyOf(issuing));
    check(issuing, keyOf(root));
  },
  'cold: validate an unseen path': (n) => {
    const [leaf, issuing, root] = read3[n]!;
    mustPass(leaf, storeOf(issuing, root));
  },
  'cold, and read its three certificates': (n) => {
    const [leaf, issuing, root] = again[n]!.map(read) as [Certificate, Certificate, Certificate];
    mustPass(leaf, storeOf(issuing, root));
  },
  'warm: validate another card of a known CA': (n) => mustPass(leaves[n]!, warm),
  'warm, and read the card': (n) => mustPass(read(userCertificates[n]!), warm),
});
// Afterwards, so that its garbage is not collected at our expense.
const pkijsLeaves = userCertificates.map(pkijsRead);
const [pkijsIssuing, pkijsRoot] = [pkijsRead(warmIssuing.der), pkijsRead(warmRoot.der)];
const theirs = await measure({
  'pkijs: cold, and read its three certificates': (n) => {
    const [leaf, issuing, root] = chains[n]!.map(pkijsRead) as [PkijsCertificate, PkijsCertificate, PkijsCertificate];
    return pkijsMustPass(leaf, issuing, root);
  },
  'pkijs: warm, certificates read before': (n) => pkijsMustPass(pkijsLeaves[n]!, pkijsIssuing, pkijsRoot),
});
const times = { ...signatureCosts, ...theirs };
const ours: Readonly<Record<string, string>> = {
  'pkijs: cold, and read its three certificates': 'cold, and read its three certificates',
  'pkijs: warm, certificates read before': 'warm: validate another card of a known CA',
};
const rows = Object.entries(times).map(([name, time]) => {
  const base = times[name === coldBase || name.includes('cold') ? coldBase : warmBase]!;
  const comparison = ours[name];
  return [name, time.toFixed(1), (time / base).toFixed(2), comparison ? (time / times[comparison]!).toFixed(2) : ''];
});
printTable([['', 'µs', 'ratio to the raw checks', 'pkijs ÷ ours'], ...rows]);
