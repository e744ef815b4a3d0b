import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { noSettings, runCardea } from '../server.ts';

/** A pipe that nothing writes into: to read it would last for ever. */
describe('a pipe in place of a file', {
  skip: process.platform === 'win32' && 'Windows has no pipes in folders',
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-pipes-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);

  const settings: readonly NodeJS.ProcessEnv[] = [
    { CARDEA_SECRET_KEY_FILE: pipe },
    { CARDEA_CERTIFICATE_PROXY_FILE: pipe },
    { CARDEA_TLS_CERTIFICATE_FILE: pipe, CARDEA_TLS_KEY_FILE: pipe },
    { CARDEA_EVENT_WEBHOOK_URL: 'https://siem.example.org/', CARDEA_EVENT_WEBHOOK_SECRET_FILE: pipe },
    { CARDEA_EVENT_SYSLOG_SERVER: 'siem.example.org:6514', CARDEA_EVENT_SYSLOG_CA_FILE: pipe },
    { CARDEA_EVENT_FILE: pipe },
  ];
  for (const setting of settings)
    test(`${Object.keys(setting).at(-1)}: refused in words that name it, before anything is made`, async () => {
      const data = join(folder, 'data');
      for (const words of [['config', 'check'], ['serve']]) {
        const { code, err, out } = await runCardea([...words, '--data', data], { ...noSettings(), ...setting });
        assert.notEqual(code, 0);
        assert.match(err + out, /is a pipe or a device/);
        assert.match(err + out, /_FILE|[fF]ile\b/);
        assert.doesNotMatch(err, /internal error/i);
      }
      assert.ok(!readdirSync(folder).includes('data'));
    });

  for (const name of ['cardea.json', 'secret.key', 'cardea.db'])
    test(`${name} of the data folder: refused in words that name it`, async () => {
      const data = mkdtempSync(join(folder, 'data-'));
      mkdirSync(join(data, 'crls'));
      execFileSync('mkfifo', [join(data, name)]);
      for (const words of [['config', 'check'], ['serve'], ['keys', 'status']]) {
        const { code, err, out } = await runCardea([...words, '--data', data], noSettings());
        assert.notEqual(code, 0);
        assert.match(err + out, new RegExp(`${name.replace('.', '\\.')}.*is a pipe or a device`));
        assert.doesNotMatch(err, /internal error/i);
      }
      rmSync(data, { recursive: true });
    });
});
