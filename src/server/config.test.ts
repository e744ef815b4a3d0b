import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { urlToHttpOptions } from 'node:url';
import pg from 'pg';
import type { CardeaError } from '#core/trace/fault.ts';
import { AddressSet } from '#net/limits/address-set.ts';
import { outboundProxy } from '#net/outbound/proxy.ts';
import { serversOf } from '#storage/database/postgres/postgres-servers.ts';
import { type Config, readConfig } from './config.ts';
import { settingNames, settingsShape } from './settings/shape.ts';

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

test('cardea.json can be as Notepad and PowerShell write it', () => {
  const text = JSON.stringify({ deviceAuthorityName: 'Gerätezertifikate' });
  const files = [
    Buffer.from(text),
    Buffer.from(`\ufeff${text}`),
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
  ];
  for (const bytes of files) {
    writeFileSync(join(folder, 'cardea.json'), bytes);
    assert.equal(readConfig({ dataFolder: folder }, {}, '/').deviceAuthorityName, 'Gerätezertifikate');
  }
  rmSync(join(folder, 'cardea.json'));
});

describe('a number that overflows a timer, a time or a number of octets is refused', () => {
  const numbers = Object.entries(settingsShape.parse({})).filter(([, value]) => typeof value === 'number');
  for (const [name] of numbers)
    test(name, () =>
      assert.throws(() => readConfig({ [name]: Number.MAX_SAFE_INTEGER }, {}, folder), {
        message: new RegExp(`^the setting ${name} is not valid: it must be (at most \\d{2,10}$|cores)`),
      }),
    );

  for (const name of ['crlBackgroundSeconds', 'crlInteractiveSeconds', 'continuousAccessSeconds'])
    test(`${name} is a day at most`, () =>
      assert.throws(() => readConfig({ [name]: 86_401 }, {}, folder), {
        message: `the setting ${name} is not valid: it must be at most 86400`,
      }));
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

test('cardea.json may name its schema, for an editor', () => {
  writeFileSync(join(folder, 'cardea.json'), JSON.stringify({ $schema: './cardea.schema.json', port: 5 }));
  assert.equal(readConfig({ dataFolder: folder }, {}, '/').port, 5);
  rmSync(join(folder, 'cardea.json'));
});

/** What no setting means, or few: texts that are nearly right, and values of each other kind. */
const oddValues: readonly unknown[] = [
  ...[
    '',
    ' ',
    'many',
    'x y',
    '%',
    'socks5://proxy:1',
    'proxy:3128',
    'https://',
    '[zz]',
    'a\0b',
    '1e999',
    'x'.repeat(300),
  ],
  ...[
    'http://u:50%off@proxy:3128',
    'https://u:50%off@proxy',
    'https://h:99999/',
    'postgres://',
    'postgres://h:99999/x',
  ],
  ...['postgres://@a:b:c/', 'postgres://cardea:p@ss:w/o@h/x', 'postgres://cardea:12/o@h/x', 'postgres://u:%ff@h/x'],
  ...[5, -1, 0, 1.5, null, true, {}, [], [5], [''], ['x y']],
];

/** What it says of an empty text, whatever the setting is. */
const noValue = /^it must not be empty; remove it to use the default$/;

/** What a message about a setting says of the right form, by the kind of its default. */
const formOf = (usual: unknown): RegExp => {
  if (typeof usual === 'boolean') return /^it must be true or false$/;
  if (typeof usual === 'number') return /^it must be (cores, or )?(a (whole )?number|at least|at most|more than)/;
  if (Array.isArray(usual)) return /^it must be a list of texts|^each entry must be/;
  return /^(?!.*(true or false|a number$)).*must/;
};

describe('a value that a setting cannot have', () => {
  const usual: Readonly<Record<string, unknown>> = settingsShape.parse({});
  for (const setting of settingNames.filter((name) => name !== 'dataFolder'))
    test(`${setting}: the message names the setting and the form`, () => {
      for (const value of oddValues) {
        writeFileSync(join(folder, 'cardea.json'), JSON.stringify({ [setting]: value }));
        try {
          openAddresses(readConfig({ dataFolder: folder }, {}, '/'));
        } catch (problem) {
          const { because } = problem as CardeaError;
          assert.equal(because?.code, 'settingInvalid', `${JSON.stringify(value)}: ${problem}`);
          const { setting: named, problem: words } = because.evidence as { setting: string; problem: string };
          // Some settings are needed together.
          if (/must be set together|it must have a host name/.test(words)) continue;
          assert.equal(named.split('.')[0], setting);
          const form = typeof value === 'string' && value.trim() === '' ? noValue : formOf(usual[setting]);
          assert.match(words, form, `${JSON.stringify(value)}: ${words}`);
          assert.doesNotMatch(words, /invalid|expected|received/i);
        }
      }
      rmSync(join(folder, 'cardea.json'));
    });
});

test('a text with the character NUL is refused in every setting, each path too', () => {
  for (const setting of settingNames.filter((name) => name !== 'dataFolder')) {
    writeFileSync(join(folder, 'cardea.json'), JSON.stringify({ [setting]: '/a\0b' }));
    assert.throws(
      () => readConfig({ dataFolder: folder }, {}, '/'),
      ({ because }: CardeaError) => {
        const { setting: place } = because.evidence as { setting: string };
        return because.code === 'settingInvalid' && place.split('.')[0] === setting;
      },
      setting,
    );
  }
  rmSync(join(folder, 'cardea.json'));
});

/** Reads the addresses of settings as a start does. */
function openAddresses(config: Config): void {
  const { eventWebhookUrl, eventSyslogServer, databaseUrl, outboundProxy: proxy } = config;
  if (proxy !== undefined) outboundProxy(proxy, config.outboundProxyExceptions);
  if (eventWebhookUrl !== undefined) urlToHttpOptions(new URL(eventWebhookUrl));
  if (eventSyslogServer !== undefined) new URL(`tls://${eventSyslogServer}`);
  for (const url of databaseUrl ? serversOf(databaseUrl) : []) new pg.Client(url);
  for (const networks of [config.trustedProxies, config.proxyProtocolFrom]) new AddressSet(networks);
}
