import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Kysely, Migrator, PostgresDialect } from 'kysely';
import pg from 'pg';
import { openSealing } from '#keys/sealing.ts';
import { readConfig } from '#server/config.ts';
import { findInstallation } from '#server/installation.ts';
import { migrations } from '#storage/migrations/list.ts';
import { databasesUnderTest } from '../contract/databases.ts';
import { noSettings, RunningServer, runCardea } from '../e2e/server.ts';
import { Sitting } from '../e2e/sitting.ts';
import { releases, unpackDataFolder } from './release.ts';

/** A command for each way to open an installation that upgrades none. */
const olderRefused = [
  ['tenant', 'list'],
  ['tenant', 'add', 'another.test'],
  ['demo'],
  ['keys', 'rotate'],
  ['keys', 'reset', '--confirm'],
];
const olderWords =
  /The database is of an earlier version of Cardea: .* Nothing was changed\.\nBack up the database with "cardea backup FILE" or pg_dump, then run "cardea migrate"/;

const postgres = databasesUnderTest()[1]!;

describe('a PostgreSQL database of an earlier version', { skip: postgres.missing ?? false }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-older-'));
  let url = '';
  after(() => {
    postgres.end();
    rmSync(folder, { recursive: true, force: true });
  });
  const cardea = (...words: string[]) => runCardea([...words, '--data', folder, '--database', url], noSettings());
  const applied = async () =>
    (JSON.parse((await cardea('migrate', '--plan', '--json')).out) as Planned[]).filter(
      ({ appliedDateTime }) => appliedDateTime !== undefined,
    ).length;
  before(async () => {
    const place = await postgres.emptyPlace();
    url = place.kind === 'postgres' ? place.url : '';
    const database = new Kysely<unknown>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }),
    });
    const provider = { getMigrations: async () => migrations };
    const { error } = await new Migrator({ db: database, provider }).migrateTo('020-log-reports');
    assert.equal(error, undefined);
    await database.destroy();
    openSealing(folder, undefined);
  });

  test('is checked as it is, its keys are shown, and its secrets backed up: nothing is changed', async () => {
    const count = await applied();
    const passphrase = join(folder, 'passphrase');
    writeFileSync(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
    for (const words of [
      ['config', 'check'],
      ['keys', 'status'],
      ['backup', join(folder, 'monday.cardea'), '--passphrase-file', passphrase],
    ]) {
      const { code, err } = await cardea(...words);
      assert.equal(code, 0, err);
      assert.equal(await applied(), count);
    }
  });

  for (const words of olderRefused)
    test(`is refused by cardea ${words.join(' ')}, which names the next step and changes nothing`, async () => {
      const count = await applied();
      const { code, err } = await cardea(...words);
      assert.equal(code, 1);
      assert.match(err, olderWords);
      assert.equal(await applied(), count);
    });

  test('is upgraded by cardea migrate', async () => {
    assert.equal((await cardea('migrate')).code, 0);
    assert.equal(await applied(), Object.keys(migrations).length);
    assert.equal((await cardea('tenant', 'list')).code, 0);
  });
});

interface Planned {
  readonly name: string;
  readonly appliedDateTime?: string;
}

for (const version of releases)
  describe(`a data folder of version ${version}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-upgrade-'));
    let server: RunningServer;
    before(() => unpackDataFolder(version, folder));
    after(() => server?.remove());
    async function plan(): Promise<readonly Planned[]> {
      const { code, out, err } = await runCardea(['migrate', '--plan', '--json', '--data', folder]);
      assert.equal(code, 0, err);
      return JSON.parse(out) as Planned[];
    }

    test('a plan lists every migration, says which are to come, and changes nothing', async () => {
      const first = await plan();
      assert.deepEqual(
        first.map(({ name }) => name),
        Object.keys(migrations),
      );
      assert.ok(first.some(({ appliedDateTime }) => appliedDateTime !== undefined));
      assert.deepEqual(await plan(), first);
      const table = await runCardea(['migrate', '--plan', '--data', folder]);
      for (const { name, appliedDateTime } of first)
        assert.match(table.out, new RegExp(`${name} .*${appliedDateTime ?? 'to be applied'}`));
    });

    test('is backed up and checked as it is, and its keys are shown: nothing is changed', async () => {
      const file = join(folder, 'cardea.db');
      const before = readFileSync(file);
      const copy = join(folder, 'fixture', 'monday.cardea');
      for (const words of [
        ['config', 'check'],
        ['keys', 'status'],
        ['backup', copy],
      ]) {
        const { code, err } = await runCardea([...words, '--data', folder], noSettings());
        assert.equal(code, 0, err);
        assert.deepEqual(readFileSync(file), before, words.join(' '));
      }
      const trial = await runCardea(['restore', '--verify', copy]);
      assert.equal(trial.code, 0, trial.err);
    });

    for (const words of olderRefused)
      test(`is refused by cardea ${words.join(' ')}, which names the next step and changes nothing`, async () => {
        const before = readFileSync(join(folder, 'cardea.db'));
        const { code, err } = await runCardea([...words, '--data', folder]);
        assert.equal(code, 1);
        assert.match(err, olderWords);
        assert.deepEqual(readFileSync(join(folder, 'cardea.db')), before);
      });

    test('is upgraded by its next start, of which a service manager is notified', async () => {
      assert.equal(await findInstallation(readConfig({ dataFolder: folder }, {}, '/')), 'earlier');
    });

    test('is brought up to this version by a start, and what is in it is there', async () => {
      server = await RunningServer.start({}, { folder });
      const { out } = await server.cardea('user', 'list', '--json');
      const names = (JSON.parse(out) as { userPrincipalName: string }[]).map(
        ({ userPrincipalName }) => userPrincipalName,
      );
      assert.ok(names.includes('ana@woodgrove.test') && names.includes('pia@woodgrove.test'), out);
      assert.match((await server.cardea('app', 'list')).out, /Portal/);
      assert.match((await server.cardea('ca', 'list')).out, /Fixture Root/);
      assert.match((await server.cardea('explain', '--list', '100', '--json')).out, /ana@woodgrove\.test/);
    });

    test('a user signs in with a card, and one with a password', async () => {
      const card = readFileSync(join(folder, 'fixture', 'card.pem'), 'utf8');
      const end = await server.signIn('ana@woodgrove.test', { cert: card, key: card });
      assert.equal(end.kind, 'signedIn', JSON.stringify(end));
      const sitting = new Sitting(server);
      await sitting.open();
      const password = readFileSync(join(folder, 'fixture', 'password'), 'utf8').trim();
      await sitting.withPassword('pia@woodgrove.test', password);
      assert.ok(sitting.isSignedIn, sitting.page?.body);
    });

    test('a plan while a server holds it names the folder; afterwards nothing is to come', async () => {
      const held = await runCardea(['migrate', '--plan', '--json', '--data', folder]);
      assert.match(held.out, /"dataFolderInUse"/);
      await server.stop();
      assert.ok((await plan()).every(({ appliedDateTime }) => appliedDateTime !== undefined));
      assert.equal(await findInstallation(readConfig({ dataFolder: folder }, {}, '/')), 'current');
    });
  });
