import { createHash } from 'node:crypto';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '..');
const cache = join(root, 'node_modules', '.cache', 'cardea-program');
/** Milliseconds after its last use in which a program of other sources is removed: another run may still start it. */
const shelfLife = 3_600_000;

/** The program as it starts from a checkout. */
export const checkout = join(root, 'bin', 'cardea.mjs');

/**
 * What tests start as `cardea`: what {@link buildProgram} made of the checkout, where `npm test` runs them. A start of that
 * server takes 0.4 s of processor time and one from the checkout 1.0 s; a run starts dozens of such processes, and hundreds of commands.
 */
export const entry = process.env.TEST_CARDEA_PROGRAM ?? checkout;

/**
 * Builds the checkout and the packages it uses into one folder below node_modules, unless it has been built of the same
 * sources. Modules find their files where they are in the checkout. A stack trace names the functions, and lines of the bundle: a
 * start that reads source maps takes a fifth more. @returns the path of `cardea.mjs`
 */
export async function buildProgram(): Promise<string> {
  const folder = join(cache, sourcesHash());
  const file = join(folder, 'bin', 'cardea.mjs');
  mkdirSync(cache, { recursive: true });
  if (statSync(file, { throwIfNoEntry: false }) === undefined) {
    const attempt = mkdtempSync(join(cache, 'attempt-'));
    await bundle(join(attempt, 'dist'));
    cpSync(join(root, 'bin'), join(attempt, 'bin'), { recursive: true });
    writeFileSync(join(attempt, 'package.json'), '{ "type": "module" }\n');
    try {
      renameSync(attempt, folder);
    } catch {
      rmSync(attempt, { recursive: true, force: true }); // another run was faster
    }
  }
  utimesSync(folder, new Date(), new Date());
  removeOld();
  return file;
}

function removeOld(): void {
  for (const name of readdirSync(cache)) {
    const modified = statSync(join(cache, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - modified > shelfLife) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

/** SHA-256 of everything the program is built of: names and contents. */
function sourcesHash(): string {
  const hash = createHash('sha256');
  const files = ['package-lock.json', 'test/program.ts', ...globSync(['bin/*', 'src/**/*.ts'], { cwd: root }).sort()];
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

async function bundle(folder: string): Promise<void> {
  // Tests of single modules do without the bundler.
  const { build } = await import('rolldown');
  await build({
    cwd: root,
    input: { main: 'src/main.ts' },
    platform: 'node',
    tsconfig: false,
    transform: { target: 'esnext' },
    // A package with a binary finds it beside itself.
    external: (id) => id.startsWith('node:') || id === '@node-rs/argon2',
    plugins: [{ name: 'places-in-the-checkout', transform: placesInCheckout }],
    // Packages have code that the bundler warns of.
    logLevel: 'silent',
    output: {
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'part-[hash].js',
      // A command loads dozens of parts otherwise, a few modules each: that takes a quarter of its processor time.
      codeSplitting: { groups: [{ name: 'common', minShareCount: 4 }] },
    },
  });
}

function placesInCheckout(code: string, id: string): { code: string } | undefined {
  if (!id.startsWith(join(root, 'src')) || !code.includes('import.meta.')) return undefined;
  const moved = code
    .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)))
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href));
  return { code: moved };
}
