import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'rolldown';
import { originalPlaces } from '../bundle/original-places.ts';

/**
 * Builds `dist`, what the npm package runs: the server and the commands as JavaScript with source maps, the files of their
 * pages, and the admin center. Packages stay outside, as dependencies. A module finds its files below `dist` where it finds
 * them below the checkout: the files of `src/http/assets` are in `dist/src/http/assets`.
 */
const root = resolve(import.meta.dirname, '..', '..');
const folder = join(root, 'dist');
const indexThread = 'src/crls/index/index-thread.js';

const { status } = spawnSync(process.execPath, [join(root, 'web', 'build.ts')], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
rmSync(folder, { recursive: true, force: true });
await bundle();
copyFiles();
writeManifest();
writeRuntime();

async function bundle(): Promise<void> {
  await build({
    cwd: root,
    input: {
      main: 'src/main.ts',
      'workstation-main': 'src/cli/device/workstation/main.ts',
      'index-thread': 'src/crls/index/index-thread.ts',
    },
    platform: 'node',
    tsconfig: false,
    transform: { target: 'esnext' },
    external: isPackage,
    plugins: [originalPlaces(root)],
    logLevel: 'warn',
    output: {
      dir: folder,
      format: 'esm',
      sourcemap: true,
      entryFileNames: '[name].js',
      chunkFileNames: 'part-[hash].js',
    },
  });
  write(indexThread, `import '${relative(dirname(indexThread), 'index-thread.js').replaceAll('\\', '/')}';\n`);
}

/** Packages stay outside; what the compiler adds itself does not. */
function isPackage(id: string): boolean {
  const isName = /^(?:[a-z][\w.-]*|@[\w-]+\/[\w.-]+)(?:\/|$)|^node:/.test(id);
  return isName && !/^(?:src\/|@oxc-project\/)/.test(id);
}

/** What the pages read while the server runs. */
function copyFiles(): void {
  cpSync(join(root, 'src', 'http', 'assets'), join(folder, 'src', 'http', 'assets'), { recursive: true });
  cpSync(join(root, 'src', 'apps', 'spa'), join(folder, 'src', 'apps', 'spa'), { recursive: true });
  const msal = dirname(createRequire(import.meta.url).resolve('@azure/msal-browser'));
  copyFileSync(join(msal, 'msal-browser.min.js'), join(folder, 'src', 'apps', 'spa', 'msal-browser.min.js'));
  cpSync(join(root, 'web', 'dist'), join(folder, 'web', 'dist'), { recursive: true });
}

function writeManifest(): void {
  const { name, version } = readJson<{ name: string; version: string }>(join(root, 'package.json'));
  write('package.json', `${JSON.stringify({ name, version, type: 'module' }, null, 2)}\n`);
}

/** The manifest and lock file by which `bin/node24.mjs` fetches Node 24 where the running Node is older. */
function writeRuntime(): void {
  const lock = readJson<{ packages: Record<string, Record<string, unknown>> }>(join(root, 'package-lock.json'));
  const { optionalDependencies } = readJson<{ optionalDependencies: Record<string, string> }>(
    join(root, 'runtime', 'package.json'),
  );
  const manifest = { name: 'cardea-runtime', private: true, optionalDependencies };
  const packages = Object.fromEntries(
    Object.keys(optionalDependencies).map((name) => {
      const { resolved: _, ...entry } = lock.packages[`node_modules/${name}`]!;
      return [`node_modules/${name}`, entry];
    }),
  );
  const content = { name: manifest.name, lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } };
  write('runtime/package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  write('runtime/package-lock.json', `${JSON.stringify(content, null, 2)}\n`);
}

function write(name: string, content: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
