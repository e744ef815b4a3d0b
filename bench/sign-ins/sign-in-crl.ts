import '#server/reasons/join.ts';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDemoFiles } from '#pki/demo/demo-files.ts';
import { RunningServer } from '../../test/e2e/server.ts';
import { CrlFolderServer, printTable, writeLargeCrl } from '../parts/large-crl.ts';

/**
 * Whole sign-ins while the CRL of the card's own CA, millions of entries long, is downloaded, indexed, verified and replaced
 * again and again in the same server. `node bench/sign-ins/sign-in-crl.ts [entries] [seconds]`. The ratio is to the same sign-ins, with
 * the same CRL in place, while nothing is replaced.
 */
const count = Number(process.argv[2] ?? 5_000_000);
const seconds = Number(process.argv[3] ?? 30);
const replacements = 4;
const folder = mkdtempSync(join(tmpdir(), 'cardea-bench-'));
const wide = { CARDEA_CRL_BACKGROUND_MEGABYTES: '4000', CARDEA_CRL_INTERACTIVE_MEGABYTES: '4000' };
const server = await RunningServer.start(wide, { separateProcess: true });
let crlServer: CrlFolderServer | undefined;
try {
  const { octets, entries } = await publish();
  await replaced(1);
  const card = server.card('ana');
  const quiet = await signInsDuring(card, () => new Promise((resolve) => setTimeout(resolve, seconds * 1000)));
  const from = performance.now();
  const busy = await signInsDuring(card, async () => {
    for (let n = 2; n <= replacements + 1; n++) await replaced(n);
  });
  const item = (performance.now() - from) / replacements / 1000;
  const rates = [quiet.length / seconds, busy.length / (item * replacements)] as const;
  const row = (label: string, part: number) => {
    const [without, during] = [percentile(quiet, part), percentile(busy, part)];
    return [label, `${without.toFixed(0)} ms`, `${during.toFixed(0)} ms`, `${(during / without).toFixed(2)} ×`];
  };
  printTable([
    [`${entries} entries, ${octets} bytes, one every ${item.toFixed(1)} s`, 'quiet', 'while replaced', 'ratio'],
    ['sign-ins measured', `${quiet.length}`, `${busy.length}`, ''],
    ['a second', rates[0].toFixed(1), rates[1].toFixed(1), `${(rates[1] / rates[0]).toFixed(2)} ×`],
    row('a whole sign-in, p50', 0.5),
    row('a whole sign-in, p99', 0.99),
    row('the slowest', 1),
  ]);
} finally {
  crlServer?.stop();
  await server.remove();
  rmSync(folder, { recursive: true });
}

/** CRLs of the CA that issued the card, with higher and higher numbers, served from elsewhere; and the CA told where. */
async function publish(): Promise<{ octets: number; entries: number }> {
  const pki = readDemoFiles(join(server.folder, 'demo'))!;
  const issuer = new X509Certificate(server.card('ana').cert).issuer;
  const authority = Object.values(pki.authorities).find(({ pem }) => new X509Certificate(pem).subject === issuer)!;
  mkdirSync(join(folder, 'lists'));
  const at = new Date();
  const dates = {
    thisUpdate: new Date(at.getTime() - 3_600_000),
    nextUpdate: new Date(at.getTime() + 30 * 86_400_000),
  };
  const output = Array.from({ length: replacements + 1 }, (_, n) =>
    writeLargeCrl(join(folder, 'lists', `${n + 1}.crl`), { authority, number: BigInt(1000 + n), count, ...dates }),
  );
  crlServer = await CrlFolderServer.start(join(folder, 'lists'));
  const thumbprint = new X509Certificate(authority.pem).fingerprint.replaceAll(':', '');
  await command('ca', 'set', thumbprint, '--crl-url', crlServer.url, '--delta-crl-url', '');
  return output[0]!;
}

async function command(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await server.cardea(...words);
  if (code !== 0) throw new Error(`cardea ${words.join(' ')}: ${out}${err}`);
  return out;
}

/** Fetches the next CRL, and makes sure that it is the one in use. */
async function replaced(n: number): Promise<void> {
  const out = await command('crl', 'refresh', '--json');
  if (!out.includes(`"${999 + n}"`)) throw new Error(`CRL ${n} did not arrive: ${out}`);
}

/** Milliseconds of each sign-in that ended while something happens, two visitors at a time. */
async function signInsDuring(
  card: ReturnType<typeof server.card>,
  happening: () => Promise<unknown>,
): Promise<number[]> {
  const take: number[] = [];
  let isOver = false;
  const visitor = async () => {
    while (!isOver) {
      const from = performance.now();
      const { kind } = await server.signIn('ana@woodgrove.test', card);
      if (kind !== 'signedIn') throw new Error('a sign-in was refused');
      take.push(performance.now() - from);
    }
  };
  const visitors = Array.from({ length: 2 }, visitor);
  await happening();
  isOver = true;
  await Promise.all(visitors);
  return take.sort((a, b) => a - b);
}

function percentile(order: readonly number[], part: number): number {
  return order[Math.min(order.length - 1, Math.floor(order.length * part))]!;
}
