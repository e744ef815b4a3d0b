import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'rolldown';
import { originalPlaces } from '../bundle/original-places.ts';

/**
 * Builds `cardea-pam_VERSION_all.deb`, the package of a Linux workstation (docs/admin/linux-workstations.md): one bundle
 * of the commands with everything that they import, so that it needs Node.js and no other package of npm.
 * `node bin/node24.mjs packaging/debian-pam/build.ts FOLDER`
 */
const root = resolve(import.meta.dirname, '..', '..');
const target = resolve(process.argv[2] ?? '.');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const undiciModule = /src\/net\/outbound\/undici\.ts$/;
/** The source loads undici when a request leaves, by a call that a bundle does not follow. */
const undiciWithin = {
  name: 'undici within the bundle',
  load: (id: string) =>
    undiciModule.test(id) ? "import all from 'undici';\nexport const undici = () => all;\n" : undefined,
};
const stage = mkdtempSync(join(tmpdir(), 'cardea-pam-'));
const program = join(stage, 'usr', 'lib', 'cardea-pam');
try {
  await stageFiles();
  const file = join(target, `cardea-pam_${version}_all.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', stage, file], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.stdout.write(`${file}\n`);
} finally {
  rmSync(stage, { recursive: true, force: true });
}

async function stageFiles(): Promise<void> {
  chmodSync(stage, 0o755);
  cpSync(join(import.meta.dirname, 'files'), stage, { recursive: true });
  await build({
    cwd: root,
    input: { 'workstation-main': 'src/cli/device/workstation/main.ts' },
    platform: 'node',
    tsconfig: false,
    transform: { target: 'node20' },
    external: /^node:/,
    plugins: [originalPlaces(root), undiciWithin],
    logLevel: 'warn',
    output: {
      dir: join(program, 'dist'),
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'part-[hash].js',
    },
  });
  write('usr/lib/cardea-pam/dist/package.json', JSON.stringify({ name: 'cardea', version, type: 'module' }));
  for (const name of ['cardea-pam', 'cardea-browser-host'])
    write(`usr/lib/cardea-pam/bin/${name}`, readFileSync(join(root, 'bin', name), 'utf8'), 0o755);
  symlinkSync('cardea-browser-host', join(program, 'bin', 'cardea-browser-host-linux-entra-sso'));
  const start = "#!/usr/bin/env node\nimport '../dist/workstation-main.js';\n";
  write('usr/lib/cardea-pam/bin/cardea-workstation.mjs', start, 0o755);
  mkdirSync(join(stage, 'usr', 'bin'), { recursive: true });
  symlinkSync('../lib/cardea-pam/bin/cardea-workstation.mjs', join(stage, 'usr', 'bin', 'cardea-workstation'));
  writeHosts();
  writeControl();
}

/** Manifests of the native messaging host, where the browsers of Debian and Google Chrome look. */
function writeHosts(): void {
  const host = {
    name: 'linux_entra_sso',
    description: 'Single sign-on of this session',
    path: '/usr/lib/cardea-pam/bin/cardea-browser-host-linux-entra-sso',
    type: 'stdio',
  };
  const firefox = { ...host, allowed_extensions: ['linux-entra-sso@example.com'] };
  const chrome = { ...host, allowed_origins: ['chrome-extension://jlnfnnolkbjieggibinobhkjdfbpcohn/'] };
  write('usr/lib/mozilla/native-messaging-hosts/linux_entra_sso.json', JSON.stringify(firefox, null, 2));
  for (const folder of ['etc/chromium', 'etc/opt/chrome'])
    write(`${folder}/native-messaging-hosts/linux_entra_sso.json`, JSON.stringify(chrome, null, 2));
}

function writeControl(): void {
  const control = `Package: cardea-pam
Version: ${version}
Section: admin
Priority: optional
Architecture: all
Depends: nodejs (>= 20), opensc, libpam-runtime, libpam-modules
Recommends: opensc-pkcs11, pcscd
Maintainer: Cardea
Description: sign-in to a Linux workstation with a smart card
 Card and PIN at the login prompt, sudo and su, checked by the organisation's
 Cardea server; single sign-on of browsers within the session.
`;
  const settings = [
    '/etc/cardea/pam.yaml',
    '/etc/cardea/users',
    '/etc/chromium/native-messaging-hosts/linux_entra_sso.json',
    '/etc/opt/chrome/native-messaging-hosts/linux_entra_sso.json',
  ];
  write('DEBIAN/control', control);
  write('DEBIAN/conffiles', settings.map((file) => `${file}\n`).join(''));
  write('DEBIAN/postinst', '#!/bin/sh\nset -e\n[ "$1" != configure ] || pam-auth-update --package\n', 0o755);
  const remove = '#!/bin/sh\nset -e\n[ "$1" != remove ] || pam-auth-update --package --remove cardea cardea-session\n';
  write('DEBIAN/prerm', remove, 0o755);
}

function write(name: string, text: string, mode = 0o644): void {
  const file = join(stage, name);
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o755 });
  writeFileSync(file, text.endsWith('\n') ? text : `${text}\n`);
  chmodSync(file, mode);
}
