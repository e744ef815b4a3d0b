/**
 * A CRL of gigabytes: bytes to ready, and after a restart, which must not download it again nor build its index again.
 * `node bench/trust/crl-restart.ts [millions of entries]`; 46 make more than two gigabytes, and take three of memory and five of
 * disk.
 */
import '#server/reasons/join.ts';
import { createHash, createPublicKey } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CrlRequest } from '#core/crl/answer.ts';
import { type CrlCache, openCrlCache } from '#crls/cache/cache.ts';
import { openSealing } from '#keys/sealing.ts';
import { Authority } from '#pki/build/authority.ts';
import { openStorage } from '#storage/storage.ts';
import { CrlFolderServer, printTable, writeLargeCrl } from '../parts/large-crl.ts';

const millions = Number(process.argv[2] ?? 46);
const folder = mkdtempSync(join(tmpdir(), 'cardea-bench-'));
const clock = { now: () => new Date('2026-11-21T00:00:00Z') };
const rows: string[][] = [];
const authority = Authority.root(
  'CN=Bench',
  { notBefore: new Date('2020-01-01'), notAfter: new Date('2049-12-31') },
  { key: 'RSA-2048' },
);

async function cacheOver<T>(use: (cache: CrlCache) => Promise<T>): Promise<T> {
  const storage = await openStorage({ kind: 'sqlite', folder }, clock, openSealing(folder, undefined));
  const wide = { bytes: 2 ** 32, seconds: 3600 };
  const faults: unknown[] = [];
  const cache = openCrlCache({
    clock,
    bytes: storage.crlBytes,
    images: { folder: join(folder, 'crls') },
    policy: { background: wide, interactive: wide },
    timing: { validation: 3600 },
    onFault: (fault) => faults.push(fault),
  });
  try {
    const result = await use(cache);
    if (faults.length > 0) throw faults[0];
    return result;
  } finally {
    await cache.close();
    await storage.close();
  }
}

async function ready(cache: CrlCache, request: CrlRequest, entries: number): Promise<number> {
  const from = performance.now();
  const [answer] = await cache.fetch([request], clock.now());
  if (answer?.base.kind !== 'fetched') throw new Error(JSON.stringify(answer?.base.because));
  if (answer.base.crl.entryCount !== entries) throw new Error(`${answer.base.crl.entryCount} entries`);
  return performance.now() - from;
}

/** The floor: SHA-256 over the same octets from the same disk. */
function hashed(file: string): number {
  const from = performance.now();
  const [hash, descriptor, piece] = [createHash('sha256'), openSync(file, 'r'), new Uint8Array(64 * 1024 * 1024)];
  for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece))
    hash.update(piece.subarray(0, read));
  closeSync(descriptor);
  hash.digest();
  return performance.now() - from;
}

try {
  mkdirSync(join(folder, 'crls'));
  mkdirSync(join(folder, 'served'));
  const file = join(folder, 'served', '1.crl');
  const dates = { thisUpdate: new Date('2026-11-20T00:00:00Z'), nextUpdate: new Date('2026-12-20T00:00:00Z') };
  const { octets, entries } = writeLargeCrl(file, { authority, number: 1n, count: millions * 1_000_000, ...dates });
  const server = await CrlFolderServer.start(join(folder, 'served'));
  try {
    const request: CrlRequest = {
      authorityId: 'bench',
      baseUrl: server.url,
      deltaUrl: undefined,
      signers: [
        {
          subject: authority.subject,
          subjectKeyIdentifier: authority.subjectKeyIdentifier,
          subjectPublicKeyInfo: new Uint8Array(
            createPublicKey(authority.privateKey).export({ format: 'der', type: 'spki' }),
          ),
        },
      ],
    };
    const floor = hashed(file);
    const row = (label: string, time: number) =>
      void rows.push([label, `${(time / 1000).toFixed(1)} s`, `${(time / floor).toFixed(2)} ×`]);
    row('SHA-256 of the same bytes, from disk', floor);
    row('downloaded, indexed, signature verified, kept', await cacheOver((cache) => ready(cache, request, entries)));
    const [existing] = readdirSync(join(folder, 'crls'));
    rows.push([
      'octets kept, and their ratio',
      `${statSync(join(folder, 'crls', existing!)).size}`,
      `${(statSync(join(folder, 'crls', existing!)).size / octets).toFixed(2)} ×`,
    ]);
    row('ready again after a restart', await cacheOver((cache) => ready(cache, request, entries)));
    rows.push(['downloads, in all (one is right)', `${server.requests}`, `${server.requests.toFixed(2)} ×`]);
  } finally {
    server.stop();
  }
  printTable([[`CRL of ${entries} entries, ${octets} bytes`, 'ours', 'ratio'], ...rows]);
  const { maxRSS } = process.resourceUsage();
  console.log(
    `\nmost memory resident: ${(maxRSS / 1024).toFixed(0)} MiB, ${((maxRSS * 1024) / octets).toFixed(2)} × the CRL`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
