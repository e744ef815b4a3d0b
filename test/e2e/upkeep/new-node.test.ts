import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { databasesUnderTest } from '../../contract/databases.ts';
import { noSettings, runCardea } from '../server.ts';

const postgres = databasesUnderTest()[1]!;
const folder = mkdtempSync(join(tmpdir(), 'cardea-new-node-'));
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await postgres.end();
});

describe('a new node of an installation in PostgreSQL', { skip: postgres.missing ?? false }, () => {
  test('has no data folder after config check, nor after commands that read', async () => {
    const place = await postgres.emptyPlace();
    assert.ok(place.kind === 'postgres');
    const settings = {
      ...noSettings(),
      CARDEA_DATABASE_URL: place.url,
      CARDEA_SECRET_KEY: randomBytes(32).toString('base64url'),
    };
    const first = { ...settings, CARDEA_DATA: join(folder, 'first') };
    assert.equal((await runCardea(['tenant', 'add', 'node.example'], first)).code, 0);
    const next = join(folder, 'next');
    const { code, out, err } = await runCardea(['config', 'check'], { ...settings, CARDEA_DATA: next });
    assert.deepEqual([code, out, err], [0, 'The settings can be used.\n', '']);
    for (const words of [
      ['keys', 'status'],
      ['tenant', 'list'],
      ['ca', 'list'],
    ]) {
      const answer = await runCardea(words, { ...settings, CARDEA_DATA: next });
      assert.equal(answer.code, 0, answer.err);
    }
    assert.ok(!existsSync(next));
  });
});
