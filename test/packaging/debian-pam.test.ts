import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const skip = !existsSync('/usr/bin/dpkg-deb') && 'not installed: apt-get install dpkg';

describe('the Debian package of a workstation', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-deb-'));
  const installed = (name: string) => join(folder, 'root', name);
  let file = '';
  before(() => {
    const words = [join(root, 'packaging', 'debian-pam', 'build.ts'), folder];
    file = execFileSync(process.execPath, words, { encoding: 'utf8' }).trim();
    execFileSync('dpkg-deb', ['-x', file, installed('')]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('belongs to root, and no file of it can be written by others', () => {
    const lines = execFileSync('dpkg-deb', ['-c', file], { encoding: 'utf8' }).trim().split('\n');
    const plain = lines.filter((line) => !line.startsWith('l'));
    assert.deepEqual(
      plain.filter((line) => !/^[-d]rw[-x]r-[-x]r-[-x] root\/root /.test(line)),
      [],
    );
  });

  test('its programs run with no other file of a checkout', () => {
    const help = spawnSync(installed('usr/bin/cardea-workstation'), ['--help'], { encoding: 'utf8', cwd: folder });
    assert.match(help.stdout, /device join.*device pam/s, help.stderr);
    const env = { ...process.env, PAM_TYPE: 'auth', PAM_USER: 'ana' };
    const pam = spawnSync(installed('usr/lib/cardea-pam/bin/cardea-pam'), ['--config', '/nonexistent'], {
      env,
      encoding: 'utf8',
    });
    assert.deepEqual([pam.status, pam.stdout], [1, 'The sign-in is not set up.\n'], pam.stderr);
  });

  test('a name of the environment means nothing to what PAM runs', () => {
    const env = { ...process.env, PAM_TYPE: 'auth', PAM_USER: 'ana', NODE_OPTIONS: '--no-such-option' };
    const pam = spawnSync(installed('usr/lib/cardea-pam/bin/cardea-pam'), ['--config', '/nonexistent'], {
      env,
      encoding: 'utf8',
    });
    assert.equal(pam.stdout, 'The sign-in is not set up.\n', pam.stderr);
  });

  test('the manifests of browsers name the host that is there', () => {
    for (const place of ['usr/lib/mozilla', 'etc/chromium', 'etc/opt/chrome']) {
      const manifest = readFileSync(installed(`${place}/native-messaging-hosts/linux_entra_sso.json`), 'utf8');
      assert.ok(existsSync(installed((JSON.parse(manifest) as { path: string }).path)), place);
    }
  });
});
