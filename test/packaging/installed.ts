import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../free-port.ts';

/** Options of each installation: it asks the registry nothing that it does without. */
export const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=0'];

const root = resolve(import.meta.dirname, '..', '..');
const run = (command: string, words: readonly string[], cwd: string, environment: NodeJS.ProcessEnv = {}) =>
  spawnSync(command, words, { cwd, encoding: 'utf8', env: { ...process.env, ...environment } });

/** What npm made of the checkout: the package, installed globally below a prefix, and with production dependencies into a folder. */
export interface Installed {
  readonly tarball: string;
  readonly files: readonly string[];
  /** The folder in which `npm install` ran. */
  readonly folder: string;
  /** The prefix of `npm install --global`. */
  readonly prefix: string;
  /** Runs `cardea` of the package. */
  cardea(words: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string };
  /** Runs npm in the folder. */
  npm(words: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string };
  remove(): void;
}

/**
 * Builds, packs and installs the package. npm finds what the package depends on, and unpacks it, once: it takes from there what it
 * installs into the folder, and what `npx` installs. @returns why not, where npm cannot reach its registry
 */
export function installPackage(): Installed | { readonly why: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-package-'));
  const cache = npmCache(folder);
  const npm = (words: readonly string[], cwd = folder) => answerOf(run('npm', words, cwd, { npm_config_cache: cache }));
  const packing = npm(['pack', '--json', '--pack-destination', folder], root);
  if (packing.code !== 0) throw new Error(`npm pack: ${packing.err}${packing.out}`);
  const [pack] = JSON.parse(packing.out.slice(packing.out.indexOf('['))) as [
    { filename: string; files: { path: string }[] },
  ];
  const tarball = join(folder, pack.filename);
  const prefix = join(folder, 'global');
  const global = npm(['install', '--global', ...flags, `--prefix=${prefix}`, tarball]);
  if (/ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT/.test(global.err)) {
    rmSync(folder, { recursive: true, force: true });
    return { why: 'npm cannot reach its registry' };
  }
  if (global.code !== 0) throw new Error(`npm install --global: ${global.err}`);
  const dependencies = join(prefix, 'lib', 'node_modules', 'cardea', 'node_modules');
  for (const place of [folder, npxFolder(cache, tarball)]) linkTree(dependencies, join(place, 'node_modules'));
  const installing = npm(['install', ...flags, '--omit=dev', tarball]);
  if (installing.code !== 0) throw new Error(`npm install: ${installing.err}`);
  const entry = join(folder, 'node_modules', 'cardea', 'bin', 'cardea.mjs');
  return {
    tarball,
    folder,
    prefix,
    files: pack.files.map(({ path }) => path),
    cardea: (words) => answerOf(run(process.execPath, [entry, ...words], folder)),
    npm,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A cache of npm with the downloads of the user's. What `npx` installs for a package leaves with the folder: it would stay for ever. */
function npmCache(folder: string): string {
  const users = run('npm', ['config', 'get', 'cache'], folder).stdout.trim();
  const cache = join(folder, 'npm-cache');
  mkdirSync(join(users, '_cacache'), { recursive: true });
  mkdirSync(cache);
  symlinkSync(join(users, '_cacache'), join(cache, '_cacache'));
  return cache;
}

const answerOf = ({ status, stdout, stderr }: ReturnType<typeof run>) => ({ code: status, out: stdout, err: stderr });

/** Where `npx` installs a package for later runs: npm names the folder after it (libnpmexec 10), or unpacks everything itself. */
const npxFolder = (cache: string, tarball: string): string =>
  join(cache, '_npx', createHash('sha512').update(tarball).digest('hex').slice(0, 16));

/** A folder with links to the files of another. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [place, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(place, copy);
    else linkSync(place, copy);
  }
}

/** Bytes on disk of a folder with everything in it. */
export function sizeOf(path: string): number {
  const { size, blocks } = lstatSync(path);
  if (!lstatSync(path).isDirectory()) return blocks ? blocks * 512 : size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

/** A server of the installed package that runs. */
export interface PackagedServer {
  readonly origin: string;
  stop(): Promise<number | null>;
}

/** Starts `cardea serve` of the package; resolves when it says that it runs. */
export async function servePackage({ folder }: Installed): Promise<PackagedServer> {
  const [port, crlPort] = [await freePort(), await freePort()];
  const entry = join(folder, 'node_modules', 'cardea', 'bin', 'cardea.mjs');
  const words = ['serve', '--port', `${port}`, '--demo-crl-port', `${crlPort}`];
  const child = spawn(process.execPath, [entry, ...words], {
    cwd: folder,
    env: { ...process.env, CARDEA_WORKERS: '2' },
  });
  return runningServer(child, `https://localhost:${port}`);
}

/** The server that a process becomes; resolves when it says that it runs. */
export async function runningServer(child: ChildProcess, origin: string): Promise<PackagedServer> {
  await saysThatItRuns(child);
  return {
    origin,
    async stop() {
      const end = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
      child.kill('SIGTERM');
      return end;
    },
  };
}

function saysThatItRuns(child: ChildProcess): Promise<void> {
  let output = '';
  return new Promise((ready, reject) => {
    const hear = (chunk: Buffer) => {
      output += chunk;
      if (output.includes('Cardea is running')) ready();
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
}
