import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('without a word everything has a default', () => {
  const { loginOrigin, certauthOrigin, port, demo, crlInteractiveMegabytes } = readConfig({}, {}, folder);
  assert.deepEqual(
    { loginOrigin, certauthOrigin, port, demo, crlInteractiveMegabytes },
    {
      loginOrigin: 'https://localhost:8443',
      certauthOrigin: 'https://certauth.localhost:8443',
      port: 8443,
      demo: true,
      crlInteractiveMegabytes: 20,
    },
  );
});

test('the command line beats the environment, and the environment the file', () => {
  writeFileSync(join(folder, 'cardea.json'), JSON.stringify({ port: 1, signInLogDays: 2, logLevel: 'error' }));
  const environment = { CARDEA_PORT: '3', CARDEA_SIGN_IN_LOG_DAYS: '4', CARDEA_DATA: folder };
  const { port, signInLogDays, logLevel } = readConfig({ port: '5' }, environment, '/');
  assert.deepEqual({ port, signInLogDays, logLevel }, { port: 5, signInLogDays: 4, logLevel: 'error' });
  rmSync(join(folder, 'cardea.json'));
});

test('on port 443 the addresses carry no port', () => {
  const { loginOrigin, certauthOrigin } = readConfig({ port: 443 }, {}, folder);
  assert.deepEqual([loginOrigin, certauthOrigin], ['https://localhost', 'https://certauth.localhost']);
});

const refusals = [
  { name: 'a data folder without a name', options: { dataFolder: '' }, file: {}, setting: 'dataFolder' },
  { name: 'an unknown setting', options: {}, file: { prot: 1 }, code: 'settingUnknown', setting: 'prot' },
  { name: 'a limit of nothing', options: {}, file: { crlBackgroundMegabytes: 0 }, setting: 'crlBackgroundMegabytes' },
  {
    name: 'an address with a path',
    options: { loginOrigin: 'https://login.test/path' },
    file: {},
    setting: 'loginOrigin',
  },
  {
    name: 'a certificate without its key',
    options: { tlsCertificateFile: 'a.pem' },
    file: {},
    setting: 'tlsCertificateFile',
  },
  {
    name: 'one origin for both hosts',
    options: { certauthOrigin: 'https://localhost:8443' },
    file: {},
    setting: 'certauthOrigin',
  },
];
for (const { name, options, file, setting, code = 'settingInvalid' } of refusals) {
  test(`${name} is refused and named`, () => {
    writeFileSync(join(folder, 'cardea.json'), JSON.stringify(file));
    assert.throws(
      () => readConfig({ dataFolder: folder, ...options }, {}, '/'),
      ({ because }: { because: { code: string; evidence: { setting: string } } }) =>
        because.code === code && because.evidence.setting === setting,
    );
    rmSync(join(folder, 'cardea.json'));
  });
}

test('a settings file that is not JSON is fileUnreadable', () => {
  writeFileSync(join(folder, 'cardea.json'), '{ port: 1 }');
  assert.throws(
    () => readConfig({ dataFolder: folder }, {}, '/'),
    ({ because }: { because: { code: string } }) => because.code === 'fileUnreadable',
  );
  rmSync(join(folder, 'cardea.json'));
});
