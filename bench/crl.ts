/**
 * Large CRLs: bytes to ready, memory, look-up, and what the event loop feels. `node bench/crl.ts [entries]`
 * Compared in the same run with SHA-256 over the same bytes, the OpenSSL command line, pkijs and, where present, a JDK.
 */
import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { CertificateRevocationList, Certificate as PkijsCertificate } from 'pkijs';
import type { CrlRequest, CrlSigner } from '#core/crl/answer.ts';
import type { WholeCrl } from '#core/crl/format/crl.ts';
import { findEntries } from '#core/crl/format/entries/entry-index.ts';
import { readCrl } from '#core/crl/format/read-crl.ts';
import { verifyCrl } from '#core/crl/issuers/signature.ts';
import { openCrlCache } from '#crls/cache/cache.ts';
import { Preparation } from '#crls/cache/prepare.ts';
import { bodyFrom } from '#crls/fetch/body.ts';
import { Images } from '#crls/index/images.ts';
import { IndexThreads } from '#crls/index/index-threads.ts';
import { Authority } from '#pki/build/authority.ts';
import { manyEntries } from '#pki/build/crl-builder.ts';
import { CrlFolderServer, printTable } from './parts/large-crl.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'cardea-bench-'));
const rows: string[][] = [];
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const times = (value: number): string => `${value.toFixed(2)} ×`;
const row = (measure: string, ours: string, bar: string, ratio: string): void =>
  void rows.push([measure, ours, bar, ratio]);

const authority = Authority.root(
  'CN=Bench',
  { notBefore: new Date('2020-01-01'), notAfter: new Date('2049-12-31') },
  { key: 'RSA-2048' },
);
const serials = randomBytes(count * 16);
for (let i = 0; i < count; i++) serials[i * 16] = (serials[i * 16]! & 0x3f) | 0x40;
const entries = manyEntries({ count, revocationDate: new Date('2026-01-01'), reason: 'keyCompromise', serials });
const crlOf = (number: bigint): Uint8Array => authority.crl({ number, entries });
const der = bodyFrom(crlOf(1n)).segments[0]!;
const spki = createPublicKey(authority.privateKey).export({ format: 'der', type: 'spki' });
const signer: CrlSigner = {
  subject: authority.subject,
  subjectKeyIdentifier: authority.subjectKeyIdentifier,
  subjectPublicKeyInfo: new Uint8Array(spki),
};

/** Median of five runs after one that warms up. */
async function median(run: () => unknown): Promise<number> {
  const take: number[] = [];
  for (let i = 0; i < 6; i++) {
    const from = performance.now();
    await run();
    take.push(performance.now() - from);
  }
  return take.slice(1).sort((a, b) => a - b)[2]!;
}

function read(bytes: Uint8Array): WholeCrl {
  const ruling = readCrl(bytes);
  if (ruling.outcome !== 'passed') throw new Error(ruling.because.code);
  return ruling.value;
}

async function readiness(): Promise<WholeCrl> {
  const crl = read(der);
  const hash = await median(() => createHash('sha256').update(der).digest());
  const alone = await median(() => read(der));
  const signature = await median(() => verifyCrl(crl, signer));
  const threads = new IndexThreads();
  const preparation = new Preparation(threads, () => 'der');
  const body = { segments: [der], length: der.length };
  const pair = await median(() => preparation.crl(body, { source: 'bench', contentType: '' }, [signer]));
  await threads.close();
  row('SHA-256 of the same bytes', ms(hash), 'the floor', times(1));
  row('read and indexed, one thread', ms(alone), '', times(alone / hash));
  row('signature verified, one thread', ms(signature), '', times(signature / hash));
  row('bytes to ready, signature verified', ms(pair), `≤ 3 × SHA-256 = ${ms(3 * hash)}`, times(pair / hash));
  row(
    'memory kept beyond the DER',
    `${((crl.index.slots.byteLength + crl.index.issuers.byteLength) / count).toFixed(1)} B an entry`,
    '≤ 12 B',
    times(crl.index.slots.byteLength / count / 12),
  );
  openssl(pair);
  jdk(pair);
  await pkijs();
  return crl;
}

/** Half of them revoked. */
function probesOf(): readonly Uint8Array[] {
  const probes = new Uint8Array(16 * 65_536);
  for (let i = 0; i < 65_536; i++) {
    const hit = Math.floor(Math.random() * count) * 16;
    probes.set(
      i % 2
        ? serials.subarray(hit, hit + 16)
        : Uint8Array.from(randomBytes(16), (octet, k) => (k === 0 ? 0x41 : octet)),
      i * 16,
    );
  }
  return Array.from({ length: 65_536 }, (_, i) => probes.subarray(i * 16, i * 16 + 16));
}

function lookUps(crl: WholeCrl, views: readonly Uint8Array[]): void {
  const rounds = 1_000_000;
  let match = 0;
  const from = performance.now();
  for (let i = 0; i < rounds; i++) match += findEntries(crl.der, crl.index, views[i & 0xffff]!).length;
  const item = ((performance.now() - from) * 1000) / rounds;
  if (match < rounds / 2 - 20) throw new Error(`only ${match} found`);
  row('look-up, half of them revoked', `${item.toFixed(3)} µs`, '< 0.5 µs', times(item / 0.5));
}

/** The same look-ups in the file that processes share, with whatever the system has in its page cache. */
async function lookUpsInImage(crl: WholeCrl, views: readonly Uint8Array[]): Promise<void> {
  const threads = new IndexThreads();
  const images = new Images({ folder }, threads, (problem) => console.error(problem));
  const name = { key: 'bench', url: 'bench' };
  const from = performance.now();
  await images.save(name, crl);
  row('image written', ms(performance.now() - from), '', '');
  const opened = performance.now();
  const entries = (await images.open(name, true))!;
  row('image opened, every page compared', ms(performance.now() - opened), '', '');
  await threads.close();
  const rounds = 100_000;
  const revoked = views.map((view) => findEntries(crl.der, crl.index, view).length > 0);
  const began = process.cpuUsage();
  for (let i = 0; i < rounds; i++) {
    const isListed = entries.entriesWith(views[i & 0xffff]!).length > 0;
    if (isListed !== revoked[i & 0xffff]) throw new Error('the image says otherwise');
  }
  const use = process.cpuUsage(began);
  row('look-up in an image, processor time', `${((use.user + use.system) / rounds).toFixed(1)} µs`, '', '');
  const cachedOctets = entries.image.pages.digests.length + entries.image.facts.frame.length;
  row(
    'memory a process keeps of it',
    `${(cachedOctets / count).toFixed(2)} B an entry`,
    '≤ 12 B and the DER',
    times(cachedOctets / count / 12),
  );
  images.close();
}

function openssl(ours: number): void {
  const file = join(folder, 'list.crl');
  const pem = join(folder, 'ca.pem');
  writeFileSync(file, der);
  writeFileSync(pem, authority.pem);
  const from = performance.now();
  execFileSync('openssl', ['crl', '-inform', 'DER', '-in', file, '-noout', '-CAfile', pem], { stdio: 'ignore' });
  const take = performance.now() - from;
  row('OpenSSL command line: read and verified', ms(take), 'OpenSSL ÷ ours', times(take / ours));
}

/** What pkijs reads at all: its ASN.1 parser stops at ten thousand elements, eight an entry. */
const forPkijs = 1000;
async function pkijs(): Promise<void> {
  const few = manyEntries({
    count: forPkijs,
    revocationDate: new Date('2026-01-01'),
    reason: 'keyCompromise',
    serials: serials.subarray(0, forPkijs * 16),
  });
  const small = Buffer.from(authority.crl({ number: 1n, entries: few }));
  const issuerCertificate = PkijsCertificate.fromBER(Buffer.from(authority.der));
  const ours = await median(() => {
    if (!verifyCrl(read(small), signer)) throw new Error('our signature check failed');
  });
  const theirs = await median(async () => {
    if (!(await CertificateRevocationList.fromBER(small).verify({ issuerCertificate })))
      throw new Error('the signature check of pkijs failed');
  });
  row(`pkijs: a CRL of ${forPkijs}, read and verified`, ms(theirs), `ours ${ms(ours)}`, times(theirs / ours));
  try {
    CertificateRevocationList.fromBER(Buffer.from(der));
    row('pkijs: the whole CRL', 'read', '', '');
  } catch {
    row('pkijs: the whole CRL', 'refused', '', '');
  }
}

const javaSource = `import java.io.*; import java.security.cert.*;
public class Bench { public static void main(String[] a) throws Exception {
  CertificateFactory f = CertificateFactory.getInstance("X.509");
  X509Certificate ca; try (InputStream in = new FileInputStream(a[1])) { ca = (X509Certificate) f.generateCertificate(in); }
  long t = System.nanoTime();
  try (InputStream in = new BufferedInputStream(new FileInputStream(a[0]))) { X509CRL l = (X509CRL) f.generateCRL(in); l.verify(ca.getPublicKey()); }
  System.out.println((System.nanoTime() - t) / 1e6);
} }`;
function jdk(ours: number): void {
  const source = join(folder, 'Bench.java');
  writeFileSync(source, javaSource);
  try {
    const body = execFileSync('java', ['-Xmx4g', source, join(folder, 'list.crl'), join(folder, 'ca.pem')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    row('JDK: read and verified', ms(Number(body)), 'JDK ÷ ours', times(Number(body) / ours));
  } catch {
    row('JDK', 'not on this computer', '', '');
  }
}

const replacements = 4;

async function eventLoop(): Promise<void> {
  for (let n = 1; n <= replacements + 1; n++) writeFileSync(join(folder, `${n}.crl`), crlOf(BigInt(n)));
  const server = await CrlFolderServer.start(folder);
  const wide = { bytes: 2 ** 32, seconds: 600 };
  const cache = openCrlCache({
    clock: { now: () => new Date('2026-11-21') },
    images: { folder },
    bytes: {
      head: async () => undefined,
      keys: async () => [],
      read: async () => undefined,
      write: async () => undefined,
      confirm: async () => false,
      forget: async () => undefined,
      leases: undefined,
      mark: undefined,
    },
    policy: { background: wide, interactive: wide },
  });
  const request: CrlRequest = { authorityId: 'bench', baseUrl: server.url, deltaUrl: undefined, signers: [signer] };
  const replace = async (n: number): Promise<void> => {
    const [answer] = await cache.refresh([request]);
    if (answer?.base.kind !== 'fetched' || answer.base.crl.number !== BigInt(n))
      throw new Error(`CRL ${n} did not arrive`);
  };
  try {
    await replace(1);
    const quiet = await delayUnderLoad(() => new Promise((resolve) => setTimeout(resolve, 2000)));
    const from = performance.now();
    const busy = await delayUnderLoad(async () => {
      for (let n = 2; n <= replacements + 1; n++) await replace(n);
    });
    const item = (performance.now() - from) / replacements;
    row('event loop under load, p99', ms(quiet), '', '');
    row(`the same while the CRL is replaced (${ms(item)} each)`, ms(busy), '< 20 ms', times(busy / 20));
  } finally {
    await cache.close();
    server.stop();
  }
}

/** The 99th percentile of the event loop's delay while something happens, with two signature checks every millisecond. */
async function delayUnderLoad(happening: () => Promise<unknown>): Promise<number> {
  const certificate = Authority.root('CN=Load', authority.validity);
  const key = createPublicKey(certificate.privateKey);
  const signature = sign('sha256', certificate.der, certificate.privateKey);
  const load = setInterval(() => {
    for (let i = 0; i < 2; i++) verify('sha256', certificate.der, key, signature);
  }, 1);
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await happening();
  histogram.disable();
  clearInterval(load);
  return histogram.percentile(99) / 1e6;
}

try {
  const crl = await readiness();
  const probes = probesOf();
  lookUps(crl, probes);
  await lookUpsInImage(crl, probes);
  await eventLoop();
  printTable([[`CRL of ${count} entries, ${der.length} bytes`, 'ours', 'bar or compared with', 'ratio'], ...rows]);
} finally {
  rmSync(folder, { recursive: true });
}
