import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import { validatePath } from '#core/x509/path.ts';
import { pathLimits } from '#core/x509/search/path-search.ts';
import { storeOf } from '../../test/pki/chains.ts';

/**
 * The path search in a mesh of real CAs, such as all publications of the bundle of the US Federal PKI, beside
 * `openssl verify`, which asks for no policies: how many CAs each finds valid, the slowest search and the signatures it took.
 * `node bench/trust/mesh.ts --at 2024-10-23 --anchor "Federal Common Policy CA G2" FOLDER`; the folder holds PEM files
 * (`openssl pkcs7 -inform DER -print_certs -in BUNDLE.p7b -out BUNDLE.pem`).
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { at: { type: 'string' }, anchor: { type: 'string' } },
});
const [folder] = positionals;
if (!folder || !values.at || !values.anchor)
  throw new Error('Give --at DATE, --anchor NAME and a folder of PEM files.');
const at = new Date(values.at);

const certificates = new Map<string, Certificate>();
for (const file of readdirSync(folder).filter((name) => name.endsWith('.pem')))
  for (const pem of readFileSync(join(folder, file), 'utf8').match(/-----BEGIN C[^-]+-----[^-]+-----END C/g) ?? []) {
    const ruling = readCertificate(Buffer.from(pem.replace(/-----[^\n]*/g, ''), 'base64'));
    if (ruling.outcome === 'passed') certificates.set(ruling.value.sha256Thumbprint, ruling.value);
  }
const all = [...certificates.values()];
const isSelfSigned = ({ subject, issuer }: Certificate) => Buffer.compare(subject.der, issuer.der) === 0;
const anchor = all.find((item) => isSelfSigned(item) && nameToString(item.subject).includes(values.anchor!));
if (!anchor) throw new Error(`No self-signed certificate of the folder is named ${values.anchor}.`);
const store = storeOf(
  [anchor],
  all.filter((item) => item !== anchor),
);

const work = mkdtempSync(join(tmpdir(), 'cardea-mesh-'));
const pemOf = ({ der }: Certificate) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
writeFileSync(join(work, 'anchor.pem'), pemOf(anchor));
writeFileSync(join(work, 'all.pem'), all.map(pemOf).join(''));

function opensslAccepts(certificate: Certificate): boolean {
  const leaf = join(work, 'leaf.pem');
  writeFileSync(leaf, pemOf(certificate));
  const time = String(Math.floor(at.getTime() / 1000));
  const files = ['-CAfile', join(work, 'anchor.pem'), '-untrusted', join(work, 'all.pem'), leaf];
  try {
    execFileSync('openssl', ['verify', '-attime', time, ...files], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

/** The smallest limit of signatures under which the search still ends as it does. */
function signaturesOf(certificate: Certificate): number {
  for (let limit = 1; ; limit++) {
    const limits = { ...pathLimits, storeSignatures: limit };
    const { because } = validatePath(certificate, store, at, { purpose: 'any', limits });
    if (because.code !== 'pathBudgetSpent') return limit;
  }
}

const rows = all.map((certificate) => {
  const start = performance.now();
  const { outcome, because } = validatePath(certificate, store, at, { purpose: 'any' });
  const milliseconds = performance.now() - start;
  const isValid = outcome === 'passed';
  return { certificate, isValid, because, milliseconds, openssl: opensslAccepts(certificate) };
});
const signatures = rows.filter(({ isValid }) => isValid).map(({ certificate }) => signaturesOf(certificate));
console.log({
  certificates: all.length,
  validHere: rows.filter(({ isValid }) => isValid).length,
  validInOpenssl: rows.filter(({ openssl }) => openssl).length,
  onlyInOpenssl: rows.filter(({ isValid, openssl }) => openssl && !isValid).map(({ because }) => because),
  slowestMilliseconds: Number(Math.max(...rows.map(({ milliseconds }) => milliseconds)).toFixed(1)),
  mostSignatures: Math.max(...signatures),
});
