import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Place } from '#storage/database/open.ts';
import { databasesUnderTest } from '../../contract/databases.ts';
import { RunningServer, runCardea } from '../server.ts';

const postgres = databasesUnderTest()[1]!;
const guide = readFileSync(join(import.meta.dirname, '../../../docs/admin/backup.md'), 'utf8');

/** The one command of the guide that begins with the name of a program. */
const commandOf = (program: string): string => {
  const [command, ...others] = [...guide.matchAll(/`([^`\n]+)`/g)]
    .map(([, text]) => text!)
    .filter((text) => text.startsWith(`${program} `));
  assert.ok(command !== undefined && others.length === 0, program);
  return command;
};
const urlOf = (place: Place): string => (place.kind === 'postgres' ? place.url : '');

describe('a backup of an installation on PostgreSQL, by the commands of docs/admin/backup.md', {
  skip: postgres.missing ?? false,
}, () => {
  let server: RunningServer;
  const folder = mkdtempSync(join(tmpdir(), 'cardea-backup-'));
  const environment = { CARDEA_DATABASE_URL: '' };
  before(async () => {
    environment.CARDEA_DATABASE_URL = urlOf(await postgres.emptyPlace());
    server = await RunningServer.start(environment);
  });
  after(async () => {
    await server?.remove();
    postgres.end();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a command of the guide in the folder, as an administrator types it. */
  const run = (command: string) => {
    const programs = globSync('/usr/lib/postgresql/*/bin').sort().at(-1);
    const env = { ...process.env, PATH: `${programs}:${process.env.PATH}`, ...environment };
    return promisify(execFile)('sh', ['-c', command], { cwd: folder, env });
  };

  test('is made while users sign in, and lets them sign in on another server with the secrets of the first one', async () => {
    const passphrase = join(folder, 'passphrase.txt');
    writeFileSync(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
    const secrets = join(folder, 'monday.cardea');
    const load = Array.from({ length: 6 }, () => server.signIn('ana@woodgrove.test', server.card('ana')));
    await run(commandOf('pg_dump'));
    for (const { kind } of await Promise.all(load)) assert.equal(kind, 'signedIn');
    const backup = await server.cardea('backup', secrets, '--passphrase-file', passphrase);
    assert.equal(backup.code, 0, backup.err);
    await server.stop('SIGKILL');
    environment.CARDEA_DATABASE_URL = urlOf(await postgres.emptyPlace());
    await run(commandOf('pg_restore'));
    const data = join(folder, 'elsewhere');
    const restore = await runCardea(['restore', secrets, '--passphrase-file', passphrase, '--data', data]);
    assert.equal(restore.code, 0, restore.err);
    await server.run({ folder: data }); // at the addresses of before, which cards and CRLs name
    const correlationId = crypto.randomUUID();
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'), { correlationId });
    assert.equal(end.kind, 'signedIn', JSON.stringify(end));
    assert.equal((await server.entries(correlationId)).at(-1)?.status, 'success');
  });
});
