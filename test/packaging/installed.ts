import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../free-port.ts';

const root = resolve(import.meta.dirname, '..', '..');
const run = (command: string, words: readonly string[], cwd: string, environment: NodeJS.ProcessEnv = {}) =>
  spawnSync(command, words, { cwd, encoding: 'utf8', env: { ...process.env, ...environment } });

/** What npm made of the checkout: the package, and a folder into which it is installed with production dependencies. */
export interface Installed {
  readonly tarball: string;
  readonly files: readonly string[];
  /** The folder in which `npm install` ran. */
  readonly folder: string;
  /** Runs `cardea` of the package. */
  cardea(words: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string };
  /** Runs npm in the folder. */
  npm(words: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string };
  remove(): void;
}

/** Builds, packs and installs the package. @returns why not, where npm cannot reach its registry */
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
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=0'];
  const installing = npm(['install', ...flags, '--omit=dev', tarball]);
  if (/ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT/.test(installing.err)) {
    rmSync(folder, { recursive: true, force: true });
    return { why: 'npm cannot reach its registry' };
  }
  if (installing.code !== 0) throw new Error(`npm install: ${installing.err}`);
  const entry = join(folder, 'node_modules', 'cardea', 'bin', 'cardea.mjs');
  return {
    tarball,
    folder,
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
