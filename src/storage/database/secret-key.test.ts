import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { openSealing } from '#keys/sealing.ts';
import { databasesUnderTest, emptyFolder, TestClock } from '#test/contract/databases.ts';
import { openStorage } from '../storage.ts';

const [sqlite] = databasesUnderTest();
after(() => sqlite!.end());

test('private keys lie sealed in the file; another secret does not open them', async () => {
  const folder = emptyFolder();
  const clock = new TestClock();
  const storage = await openStorage({ kind: 'sqlite', folder }, clock, openSealing(folder, undefined));
  await storage.forTenant('t').keyStore.add({ kid: 'k', alg: 'RS256', privateJwk: { d: 'a-secret-number' } }, clock.at);
  await storage.close();
  const file = new DatabaseSync(join(folder, 'cardea.db'), { readOnly: true });
  const [row] = file.prepare('select * from signing_keys').all();
  file.close();
  assert.ok(!JSON.stringify(row).includes('a-secret-number'));
  const secret = Buffer.alloc(32, 7).toString('base64url');
  const wrong = await openStorage({ kind: 'sqlite', folder }, clock, openSealing(folder, secret));
  await assert.rejects(wrong.forTenant('t').keyStore.list(), {
    because: { code: 'secretKeyWrong', evidence: { source: 'CARDEA_SECRET_KEY' } },
  });
  await assert.rejects(
    wrong.checkSecretKey(),
    (problem: { because?: { code: string } }) => problem.because?.code === 'secretKeyWrong',
  );
  await wrong.resetSecretKey();
  await wrong.checkSecretKey();
  assert.deepEqual(await wrong.forTenant('t').keyStore.list(), []);
  await wrong.close();
  assert.throws(() => openSealing(folder, 'short'), {
    because: { code: 'secretKeyMalformed', evidence: { source: 'CARDEA_SECRET_KEY' } },
  });
});

test('an installation that has no key yet is not opened with another secret either', async () => {
  const folder = emptyFolder();
  const open = (secret?: string) =>
    openStorage({ kind: 'sqlite', folder }, new TestClock(), openSealing(folder, secret));
  const first = await open();
  await first.checkSecretKey();
  await first.close();
  const second = await open(Buffer.alloc(32, 7).toString('base64url'));
  await assert.rejects(second.checkSecretKey(), {
    because: { code: 'secretKeyWrong', evidence: { source: 'CARDEA_SECRET_KEY' } },
  });
  await second.close();
});
