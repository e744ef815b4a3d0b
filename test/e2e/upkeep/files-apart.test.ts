import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { nameOf } from '#cli/command.ts';
import { housekeeping } from '#cli/shell/housekeeping.ts';
import { testCa } from '../../pki/test-ca.ts';
import { entry } from '../../program.ts';
import { noSettings, RunningServer } from '../server.ts';

/** Why no process here can have files of its own; false where one can. */
function cannotSeparate(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux: a mount namespace';
  const { status } = spawnSync('unshare', ['--mount', '--', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], {
    stdio: 'ignore',
  });
  return status !== 0 && 'this kernel or container has no mount namespaces';
}

/** The place of a file in the words of a command, as `ca add FILE` and `tenant brand --logo FILE`. */
const places = housekeeping
  .filter(({ local }) => local !== true)
  .flatMap((command) => [
    ...(/\b(?:FILE|FOLDER)\b/.test(command.usage) ? [nameOf(command).join(' ')] : []),
    ...Object.entries(command.options).flatMap(([name, { value }]) =>
      value === 'FILE' ? [`${nameOf(command).join(' ')} --${name}`] : [],
    ),
  ]);

const passphrase = 'correct horse battery staple';
const ca = testCa('CN=Apart');
const pem = (der: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;
/** The files of the client: the server sees none of them. */
const files: Readonly<Record<string, string>> = {
  'ca.pem': pem(ca.der),
  'second.pem': pem(testCa('CN=Second').der),
  'card.pem': pem(ca.issueUserCertificate({ upn: 'ana@woodgrove.test' }).der),
  password: 'Long-Enough-Passphrase-1\n',
  passphrase: `${passphrase}\n`,
  text: 'neither YAML: [nor JSON',
  'export/organization.json': '{"value":[{}]}',
};

/** For each place: a command, and what shows that it had the content of the file. */
const commands: Readonly<Record<string, readonly [string, RegExp]>> = {
  'ca add': ['ca add ca.pem', /CN=Apart/],
  'ca upload': ['ca upload second.pem', /CN=Second/],
  'block add': ['block add card.pem', /SHA-256|[0-9A-F]{40}/],
  'crl import': ['crl import text', /not a CRL/i],
  'policy apply': ['policy apply text', /YAML|flow|parse|read/i],
  'import entra': ['import entra export', /organization\.json|Read for|nothing/],
  'import adfs': ['import adfs text', /has no certificate, no thumbprint/],
  'sync ad configure': ['sync ad configure text', /the file/],
  'tenant brand --logo': ['tenant brand --logo text', /not one of png, jpeg, webp/],
  'explain --card': ['explain --card card.pem --user ana@woodgrove.test', /CN=Apart|issuer/i],
  'app add --certificate': ['app add Apart --certificate card.pem', /client_id/],
  'app set --add-certificate': ['app set Apart --add-certificate card.pem', /no application "Apart"/],
  'user add --password-file': ['user add eve@woodgrove.test --password-file password', /eve@woodgrove\.test/],
  'user set --password-file': ['user set eve@woodgrove.test --password-file password', /eve@woodgrove\.test/],
  'user bind --card': ['user bind eve@woodgrove.test --card card.pem', /X509:/],
  backup: ['backup monday.cardea', /monday\.cardea/],
  'backup --passphrase-file': ['backup tuesday.cardea --passphrase-file passphrase', /secret\.key/],
};

/** `$1` is a folder with the files, `$2` where the client sees them, `$3` where it puts what it has at the end. */
const separately = `set -e
mount -t tmpfs tmpfs "$2"
cp -r "$1/." "$2"
cd "$2"
from="$2" to="$3"
shift 3
code=0
"$@" || code=$?
cp -r "$from"/*.cardea "$to" 2>/dev/null || true
exit $code`;

describe('a command whose files the server does not see', { skip: cannotSeparate() }, () => {
  let server: RunningServer;
  const [from, seen, received] = ['from', 'seen', 'received'].map((name) =>
    mkdtempSync(join(tmpdir(), `cardea-${name}-`)),
  );
  before(async () => {
    server = await RunningServer.start();
    mkdirSync(join(from!, 'export'));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(from!, name), content);
  });
  after(async () => {
    await server?.remove();
    for (const folder of [from, seen, received]) rmSync(folder!, { recursive: true, force: true });
  });

  const run = (line: string) => {
    const words = [process.execPath, entry, ...line.split(' '), '--data', server.folder];
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', '--', 'sh', '-c', separately, 'sh', from!, seen!, received!, ...words],
      { encoding: 'utf8', env: { ...process.env, ...noSettings() } },
    );
    return { code: status, text: stdout + stderr };
  };

  test('is tried for every place of a command line where a file can be', () => {
    assert.deepEqual(places.toSorted(), Object.keys(commands).toSorted());
  });

  for (const [place, [line, expected]] of Object.entries(commands))
    test(`${place} works with the file of its user`, () => {
      const { text } = run(line);
      assert.doesNotMatch(text, /cannot be read|ENOENT|Internal error/);
      assert.match(text, expected);
    });

  test('backup writes where its user is, what it says, and nothing where the server is', () => {
    const { code, text } = run('backup wednesday.cardea --json');
    assert.equal(code, 0, text);
    const { file, bytes, sha256 } = JSON.parse(text) as { file: string; bytes: number; sha256: string };
    const content = readFileSync(join(received!, 'wednesday.cardea'));
    assert.deepEqual(
      [file, bytes, sha256],
      [join(seen!, 'wednesday.cardea'), content.length, createHash('sha256').update(content).digest('hex')],
    );
    assert.deepEqual(readdirSync(seen!), []);
    assert.deepEqual(
      readdirSync(server.folder).filter((name) => /outgoing|\.cardea$|partial/.test(name)),
      [],
    );
  });

  test('the server reads no file that only it sees', () => {
    writeFileSync(join(seen!, 'only-server.pem'), pem(ca.der));
    const { code, text } = run('ca add only-server.pem');
    assert.equal(code, 1);
    assert.match(text, /only-server\.pem.*no such file/);
  });
});
