import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { RunningServer, runCardea } from '../server.ts';

const passphrase = 'correct horse battery staple';

const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

describe('a backup of a running server', () => {
  let server: RunningServer;
  let place: string;
  let file: string;
  const passphraseFile = () => join(place, 'passphrase');

  before(async () => {
    place = mkdtempSync(join(tmpdir(), 'cardea-backup-'));
    writeFileSync(passphraseFile(), `${passphrase}\n`, { mode: 0o600 });
    file = join(place, 'monday.cardea');
    server = await RunningServer.start();
  });
  after(async () => {
    await server.remove();
    rmSync(place, { recursive: true, force: true });
  });

  const signIn = () => server.signIn('ana@woodgrove.test', server.card('ana'));
  const backup = (target: string, ...words: string[]) => server.cardea('backup', target, ...words);
  const restore = (words: readonly string[], folder: string) => runCardea(['restore', ...words, '--data', folder]);

  test('is written under load, for its owner alone, and can be restored after the server was killed', async () => {
    const load = Array.from({ length: 6 }, () => signIn());
    const { code, out, err } = await backup(file, '--passphrase-file', passphraseFile(), '--json');
    assert.equal(code, 0, err);
    for (const { kind } of await Promise.all(load)) assert.equal(kind, 'signedIn');
    const report = JSON.parse(out);
    assert.ok(report.hasDatabase && report.secrets.includes('secret.key') && report.secrets.includes('tls/tls.json'));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    await server.stop('SIGKILL');

    const folder = join(place, 'elsewhere');
    const restoring = await restore([file, '--passphrase-file', passphraseFile()], folder);
    assert.equal(restoring.code, 0, restoring.err);
    assert.match(restoring.out, /opened, 1 tenant: woodgrove\.test/);
    assert.equal(
      readFileSync(join(folder, 'secret.key'), 'utf8'),
      readFileSync(join(server.folder, 'secret.key'), 'utf8'),
    );
    await server.run({ folder });
    const end = await signIn();
    assert.equal(end.kind, 'signedIn');
    await server.stop();
    await server.run();
  });

  test('is verified without a change of any data folder', async () => {
    const folder = join(place, 'untouched');
    const words = [file, '--verify', '--passphrase-file', passphraseFile(), '--sha256', hashOf(file), '--json'];
    const { code, out } = await restore(words, folder);
    assert.equal(code, 0);
    const report = JSON.parse(out);
    assert.deepEqual([report.verified, report.tenants], [true, [['woodgrove.test', 'woodgrove.local']]]);
    assert.ok(!existsSync(folder));
  });

  test('holds no secret without a passphrase, and says what is missing', async () => {
    const plain = join(place, 'plain.cardea');
    const { code, err } = await backup(plain);
    assert.equal(code, 0);
    assert.match(err, /The secret key is not in the backup/);
    const secret = readFileSync(join(server.folder, 'secret.key'), 'utf8').trim();
    assert.ok(!readFileSync(plain).includes(secret));
    assert.ok(!readFileSync(file).includes(secret));
    const verifying = await restore([plain, '--verify'], place);
    assert.match(verifying.out, /put secret\.key into the data folder/);
  });

  test('in which a name was changed is refused with the hash of the backup, which nothing else notices', async () => {
    const changed = join(place, 'renamed.cardea');
    writeFileSync(changed, readFileSync(file));
    const database = new DatabaseSync(changed);
    database.exec(`update tenants set display_name = 'Redwood'`);
    database.close();
    const words = [changed, '--verify', '--passphrase-file', passphraseFile()];
    assert.equal((await restore(words, place)).code, 0);
    const { code, err } = await restore([...words, '--sha256', hashOf(file).toUpperCase()], place);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`its SHA-256 hash is ${hashOf(changed)}, not ${hashOf(file)}\\.`));
  });

  test('whose last byte of the secrets was changed is refused', async () => {
    const changed = join(place, 'changed.cardea');
    writeFileSync(changed, readFileSync(file));
    const database = new DatabaseSync(changed);
    const { description } = database.prepare('select description from cardea_backup').get() as { description: string };
    const content = JSON.parse(description);
    content.createdDateTime = new Date(0).toISOString();
    database.prepare('update cardea_backup set description = ?').run(JSON.stringify(content));
    database.close();
    const { code, err } = await restore([changed, '--verify', '--passphrase-file', passphraseFile()], place);
    assert.equal(code, 1);
    assert.match(err, /The passphrase for the secrets in .* is wrong/);
  });

  test('keys rotate keeps what was sealed; keys reseal seals it with the new secret, and keys retire removes the old one', async () => {
    const currentSecrets = async () =>
      (JSON.parse((await server.cardea('keys', 'status', '--json')).out) as { secrets: string[] }).secrets;
    const [old] = await currentSecrets();
    const rotating = await server.cardea('keys', 'rotate');
    assert.equal(rotating.code, 0, rotating.err);
    assert.deepEqual(await currentSecrets(), [old], 'the running server has the old one');
    await server.stop();
    await server.run();
    const currentSecretNames = await currentSecrets();
    assert.deepEqual([currentSecretNames.length, currentSecretNames[1]], [2, old]);
    assert.equal((await signIn()).kind, 'signedIn');
    const early = await server.cardea('keys', 'retire');
    assert.match(early.err, /Older secrets sealed \d+ of the rows\. Run "cardea keys reseal" first\./);
    const resealing = await server.cardea('keys', 'reseal', '--json');
    assert.equal(resealing.code, 0, resealing.err);
    const { resealed, ...left } = JSON.parse(resealing.out);
    assert.ok(resealed > 0);
    assert.deepEqual(left, { olderSecrets: 1, rowsOfOlderSecrets: 0, unreadable: 0 });
    assert.equal((await server.cardea('keys', 'retire')).code, 0);
    assert.equal(readFileSync(join(server.folder, 'secret.key'), 'utf8').trim().split('\n').length, 1);
    await server.stop();
    const offline = await server.cardea('keys', 'rotate');
    assert.match(offline.out, /every row is sealed with it/);
    assert.equal((await server.cardea('keys', 'retire')).code, 0, 'no server runs, and no row needs the older one');
    await server.run();
    assert.equal((await currentSecrets()).length, 1);
    assert.equal((await signIn()).kind, 'signedIn');
  });

  const mistakes = [
    {
      name: 'a file that exists',
      run: () => backup(file),
      code: 1,
      says: /monday\.cardea already exists\./,
    },
    {
      name: 'a folder that does not exist',
      run: () => backup(join(place, 'none', 'x.cardea')),
      code: 1,
      says: /backup \S*\/none\/x\.cardea was not written: there is no such file or folder\./,
    },
    {
      name: 'a passphrase file that does not exist',
      run: () => backup(join(place, 'y.cardea'), '--passphrase-file', join(place, 'nothing')),
      code: 1,
      says: /\/nothing cannot be read: there is no such file or folder/,
    },
    {
      name: 'a folder in place of a backup',
      run: () => restore(['/etc', '--verify'], place),
      code: 1,
      says: /The file \/etc cannot be used as a backup: it is a folder\./,
    },
    {
      name: 'a new secret where the secret key is in the environment',
      run: () => runCardea(['keys', 'rotate'], { CARDEA_SECRET_KEY: Buffer.alloc(32, 7).toString('base64url') }),
      code: 2,
      says: /comes from CARDEA_SECRET_KEY\. Add a new secret after the others there, restart each node, and continue with the steps of "A new secret key" in docs\/settings\.md\./,
    },
    {
      name: 'a short passphrase',
      run: () => {
        writeFileSync(join(place, 'short'), 'short\n');
        return backup(join(place, 'y.cardea'), '--passphrase-file', join(place, 'short'));
      },
      code: 2,
      says: /At least 12 are required/,
    },
    {
      name: 'the passphrase of another backup',
      run: () => {
        writeFileSync(join(place, 'other'), 'another long passphrase\n');
        return restore([file, '--verify', '--passphrase-file', join(place, 'other')], place);
      },
      code: 1,
      says: /The passphrase for the secrets in .* is wrong/,
    },
    {
      name: 'a restore into the folder of an installation',
      run: () => restore([file, '--passphrase-file', passphraseFile()], server.folder),
      code: 1,
      says: /already contains the file cardea\.db/,
    },
    {
      name: 'a file of another kind',
      run: () => restore([passphraseFile(), '--verify'], place),
      code: 1,
      says: /cannot be used as a backup: /,
    },
    {
      name: 'a file of another kind with a hash: its hash is compared before SQLite opens it',
      run: () => restore([passphraseFile(), '--verify', '--sha256', hashOf(file)], place),
      code: 1,
      says: /cannot be used as a backup: its SHA-256 hash is [0-9a-f]{64}, not /,
    },
    {
      name: 'a folder with a hash',
      run: () => restore([place, '--verify', '--sha256', hashOf(file)], place),
      code: 1,
      says: /cannot be used as a backup: it is a folder/,
    },
    {
      name: 'a missing file with a hash',
      run: () => restore([join(place, 'none.cardea'), '--verify', '--sha256', hashOf(file)], place),
      code: 1,
      says: /cannot be used as a backup: there is no such file/,
    },
    {
      name: 'a hash that is cut off',
      run: () => restore([file, '--verify', '--sha256', hashOf(file).slice(1)], place),
      code: 2,
      says: /--sha256: A SHA-256 hash has 64 hexadecimal digits/,
    },
    {
      name: 'a file that is missing',
      run: () => restore([join(place, 'none.cardea'), '--verify'], place),
      code: 1,
      says: /cannot be used as a backup: there is no such file/,
    },
    {
      name: 'a backup that was cut off',
      run: () => {
        const cut = join(place, 'cut.cardea');
        writeFileSync(cut, readFileSync(file).subarray(0, 40_960));
        chmodSync(cut, 0o600);
        return restore([cut, '--verify'], place);
      },
      code: 1,
      says: /cannot be used as a backup: /,
    },
  ];
  for (const { name, run, code, says } of mistakes)
    test(`${name} is refused in words`, async () => {
      const { code: exit, err } = await run();
      assert.equal(exit, code, err);
      assert.match(err, says);
    });

  test('leaves no unfinished file behind', () => {
    assert.deepEqual(
      readdirSync(place).filter((name) => name.includes('partial')),
      [],
    );
  });
});
