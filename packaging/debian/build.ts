import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * Makes a Debian package of an npm package: `node bin/node24.mjs packaging/debian/build.ts TARBALL [FOLDER]`. Its programs are in
 * `/usr/lib/cardea`, with the Node that runs this script, because no release of Debian has Node 24. Needs `dpkg-deb` and npm.
 */
const root = resolve(import.meta.dirname, '..', '..');
const [tarball, folder = '.'] = process.argv.slice(2);
if (tarball === undefined) throw new Error('name the package that npm pack made');
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const architecture = architectures[process.arch];
if (process.platform !== 'linux' || architecture === undefined) throw new Error('this needs Linux on x64 or arm64');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };

const tree = mkdtempSync(join(tmpdir(), 'cardea-deb-'));
try {
  const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  mkdirSync(join(tree, 'usr', 'lib', 'cardea'), { recursive: true });
  run('npm', ['install', '--prefix', join(tree, 'usr', 'lib', 'cardea'), ...flags, resolve(tarball)]);
  for (const name of ['package.json', 'package-lock.json']) rmSync(join(tree, 'usr', 'lib', 'cardea', name));
  copy(process.execPath, 'usr/lib/cardea/node', 0o755);
  copy('packaging/debian/cardea', 'usr/bin/cardea', 0o755);
  for (const name of ['start', 'environment-file']) write(`usr/lib/cardea/${name}.mjs`, javaScriptOf(name));
  copy('packaging/systemd/cardea.service', 'usr/lib/systemd/system/cardea.service', 0o644);
  copy('packaging/systemd/cardea.sysusers', 'usr/lib/sysusers.d/cardea.conf', 0o644);
  copy('packaging/systemd/cardea.env', 'etc/cardea/cardea.env', 0o640);
  write('usr/share/doc/cardea/copyright', copyright());
  write('usr/share/bash-completion/completions/cardea', outputOf('completion', 'bash'));
  write('usr/share/zsh/vendor-completions/_cardea', outputOf('completion', 'zsh'));
  write('usr/share/man/man1/cardea.1.gz', gzipSync(outputOf('manual'), { level: 9 }));
  write('DEBIAN/control', control());
  write('DEBIAN/conffiles', '/etc/cardea/cardea.env\n');
  for (const name of ['postinst', 'prerm', 'postrm']) copy(`packaging/debian/${name}`, `DEBIAN/${name}`, 0o755);
  const file = join(resolve(folder), `cardea_${version}_${architecture}.deb`);
  run('dpkg-deb', ['--root-owner-group', '-Zzstd', '-z3', '--build', tree, file]);
  process.stdout.write(`${file}\n`);
} finally {
  rmSync(tree, { recursive: true, force: true });
}

function control(): string {
  const { stdout } = spawnSync('du', ['-sk', tree], { encoding: 'utf8' });
  return `Package: cardea
Version: ${version}
Architecture: ${architecture}
Maintainer: Cardea <cardea@localhost>
Installed-Size: ${Number.parseInt(stdout, 10)}
Depends: libc6 (>= 2.28), libstdc++6, systemd (>= 247)
Section: net
Priority: optional
Description: self-hosted sign-in server for certificates
 Users sign in with smart cards or certificates, applications connect by
 OpenID Connect, administrators by Microsoft Graph and a command line.
`;
}

function copyright(): string {
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: cardea

Files: *
Copyright: the authors of Cardea
License: Apache-2.0
 On Debian systems, the text is in /usr/share/common-licenses/Apache-2.0.

Files: usr/lib/cardea/node
Copyright: Node.js contributors
License: Expat
 The text is at https://github.com/nodejs/node/blob/main/LICENSE.
`;
}

/** JavaScript of a file of this folder: Node would take the types out at every start of a command. */
function javaScriptOf(name: string): string {
  const text = readFileSync(join(import.meta.dirname, `${name}.ts`), 'utf8');
  return stripTypeScriptTypes(text).replaceAll(/(?<=from '\.\/[\w-]+)\.ts(?=')/g, '.mjs');
}

function copy(from: string, to: string, mode: number): void {
  mkdirSync(dirname(join(tree, to)), { recursive: true });
  copyFileSync(resolve(root, from), join(tree, to));
  chmodSync(join(tree, to), mode);
}

/** What the packaged programs print: completion and manual are those of their commands. */
function outputOf(...words: readonly string[]): string {
  const entry = join(tree, 'usr', 'lib', 'cardea', 'node_modules', 'cardea', 'bin', 'cardea.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...words], { encoding: 'utf8', cwd: tree });
  if (status !== 0 || stdout === '') throw new Error(`cardea ${words.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

function write(to: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(tree, to)), { recursive: true });
  writeFileSync(join(tree, to), content);
}

function run(command: string, words: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(`${command} ended with ${status}: ${stderr}`);
}
