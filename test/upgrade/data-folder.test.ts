import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { migrations } from '#storage/migrations/list.ts';
import { RunningServer, runCardea } from '../e2e/server.ts';
import { Sitting } from '../e2e/sitting.ts';
import { releases, unpackDataFolder } from './release.ts';

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
    });
  });
