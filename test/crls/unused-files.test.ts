import assert from 'node:assert/strict';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import { fileNameOf } from '#crls/index/unused-images.ts';
import { readConfig } from '#server/config.ts';
import { type OpenInstallation, openInstallation } from '#server/installation.ts';
import { housekeeping } from '#server/tasks.ts';
import { emptyFolder } from '#test/contract/databases.ts';

const config = readConfig({ dataFolder: emptyFolder(), demo: false }, {}, '/');
let installation: OpenInstallation;
before(async () => {
  installation = await openInstallation(config, pino({ level: 'silent' }));
});
after(() => installation.close());

test('housekeeping removes a CRL that no CA names from the database, and its file', async () => {
  const folder = join(config.dataFolder, 'crls');
  const at = new Date();
  const age = (days: number) => new Date(at.getTime() - days * 86_400_000);
  const keyOf = (name: string) => `http://crl.test/${name}.crl#${'0'.repeat(32)}`;
  for (const [name, days] of [
    ['removed', 31],
    ['downloaded-lately', 2],
  ] as const) {
    const facts = { url: keyOf(name), fetchedAt: age(days), etag: undefined, lastModified: undefined };
    await installation.storage.crlBytes.write({ ...facts, highestNumber: '7', der: new Uint8Array() });
    const file = join(folder, fileNameOf(keyOf(name)));
    writeFileSync(file, 'CARDEA-CRL-3\n');
    utimesSync(file, age(days), age(days));
  }
  await housekeeping(config, installation, { demo: undefined, onLogSize: () => undefined });
  assert.deepEqual(await installation.storage.crlBytes.keys(), [keyOf('downloaded-lately')]);
  assert.deepEqual(readdirSync(folder), [fileNameOf(keyOf('downloaded-lately'))]);
});
