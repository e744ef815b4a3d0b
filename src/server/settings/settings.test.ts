import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { messageOf } from '#core/trace/fault.ts';
import * as der from '#pki/build/der-writer.ts';
import { keyPurposes } from '#pki/build/fields/extensions.ts';
import { ipAddress } from '#pki/build/fields/general-names.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { driverParameters } from '#storage/database/postgres/postgres-servers.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { readConfig, variableOf } from '../config.ts';
import { openTargets } from '../events/open-targets.ts';
import { mostWorkers } from '../process/cores.ts';
import { proxiesOf } from '../proxies/certificate-proxies.ts';
import { tracingSettings } from '../tracing/settings.ts';
import { clockFindings, startFindings } from './findings.ts';
import { settingsInForce, unknownVariables } from './in-force.ts';
import { secretFrom } from './secrets/custody.ts';
import { secretKeyVariables } from './secrets/secret-key.ts';
import { tokenPinVariables } from './secrets/signing-token.ts';
import { settingNames } from './shape.ts';
import { tlsFindings } from './tls-findings.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-settings-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const day = 24 * 60 * 60_000;

const originProblems: Readonly<Record<string, string>> = {
  certauthOrigin: 'it must differ from loginOrigin by host name or port',
  deviceRegistrationOrigin: 'it must differ from loginOrigin by host name',
  loginOrigin:
    'its host name leads to the pages of certificates: it is below that of certauthOrigin, or begins with enterpriseregistration',
};

test('origins that lead to different pages are accepted', () => {
  for (const set of [
    { certauthOrigin: 'https://login.test:8444' },
    { certauthOrigin: 'https://test:8444' },
    { certauthOrigin: 'https://certauth.test' },
    { certauthOrigin: 'https://certauth.test', deviceRegistrationOrigin: 'https://certauth.test' },
    { deviceRegistrationOrigin: 'https://device.test' },
  ])
    assert.equal(
      readConfig({ loginOrigin: 'https://login.test', ...set }, {}, folder).loginOrigin,
      'https://login.test',
    );
});

describe('a wrong setting is described in one sentence that names it', () => {
  const mistakes: readonly { set: Record<string, unknown>; says: string }[] = [
    { set: { port: 'https' }, says: 'the setting port is not valid: it must be a number' },
    // JavaScript would take each of these for 0 or 1.
    ...[null, true, false, []].map((port) => ({
      set: { port },
      says: 'the setting port is not valid: it must be a number',
    })),
    { set: { port: 70000 }, says: 'the setting port is not valid: it must be at most 65535' },
    { set: { signInLogDays: 0 }, says: 'the setting signInLogDays is not valid: it must be at least 1' },
    { set: { signInLogDays: 1.5 }, says: 'the setting signInLogDays is not valid: it must be a whole number' },
    { set: { demo: 'perhaps' }, says: 'the setting demo is not valid: it must be true or false' },
    {
      set: { logLevel: 'loud' },
      says: 'the setting logLevel is not valid: it must be debug, info, warn, error or silent',
    },
    {
      set: { loginOrigin: 'http://login.test' },
      says: 'the setting loginOrigin is not valid: it must be https://host or https://host:port',
    },
    {
      set: { loginOrigin: 'login.test' },
      says: 'the setting loginOrigin is not valid: it must be https://host or https://host:port',
    },
    {
      set: { loginOrigin: 'https://login.test/path' },
      says: 'the setting loginOrigin is not valid: it must be https://host or https://host:port',
    },
    ...['https://10.0.0.1:8443', 'https://[::1]'].map((loginOrigin) => ({
      set: { loginOrigin },
      says: 'the setting loginOrigin is not valid: it must have a host name, because no host is below an IP address; or set certauthOrigin and deviceRegistrationOrigin as well',
    })),
    {
      set: { databaseUrl: 'mysql://db/cardea' },
      says: 'the setting databaseUrl is not valid: it must be a postgres:// address',
    },
    ...[
      'postgres://db/cardea?sslmod=require',
      'postgres://a,b/cardea?sslmode=require&SSLMODE=disable',
      'postgres:///cardea?host=/run&schema=x',
      'postgres://db/cardea?connect_timeout=2',
    ].map((databaseUrl) => ({
      set: { databaseUrl },
      says: `the setting databaseUrl is not valid: it has the parameter ${/sslmod(?==)|SSLMODE|schema|connect_timeout/.exec(databaseUrl)}, which is not one of ${driverParameters.join(', ')}`,
    })),
    ...[
      { set: { workers: 'many' }, problem: `it must be cores, or a whole number from 1 to ${mostWorkers}` },
      { set: { uploadHosts: {} }, problem: 'it must be a list of texts, or one text with commas between its entries' },
      // A part of an address that nothing uses is refused, so that it does not seem to have an effect.
      ...['proxy:3128', 'http://proxy:3128/proxy.pac', 'http://proxy?a', 'http://proxy/#a'].map((outboundProxy) => ({
        set: { outboundProxy },
        problem:
          'it must be http://host:port or https://host:port without a path, with user:password@ before the host if the proxy needs it',
      })),
      ...['http://siem.example', 'https://user:pass@siem.example/events', 'https://siem.example/events#a'].map(
        (eventWebhookUrl) => ({
          set: { eventWebhookUrl },
          problem: 'it must be https://host/path, without a user name and without #',
        }),
      ),
      { set: { eventFileMegabytes: 0 }, problem: 'it must be more than 0' },
      {
        set: { outboundProxy: 'http://u:50%off@proxy' },
        problem: 'in its user name and password, % must be written as %25',
      },
    ].map(({ set, problem }) => ({ set, says: `the setting ${Object.keys(set)[0]} is not valid: ${problem}` })),
    { set: { listen: 5 }, says: 'the setting listen is not valid: it must be text' },
    { set: { loginOrign: 'https://a.test' }, says: 'There is no setting loginOrign; did you mean loginOrigin?' },
    {
      set: { dataFolder: '/elsewhere' },
      says: 'the setting dataFolder is not valid: cardea.json is in the data folder and cannot name another one; set it with --data or CARDEA_DATA',
    },
    // The front chooses the pages by the host name, first of certauth and the names below it, then of registration.
    ...[
      { certauthOrigin: 'https://login.test', setting: 'certauthOrigin' },
      { certauthOrigin: 'https://test', setting: 'loginOrigin' },
      { deviceRegistrationOrigin: 'https://login.test', setting: 'deviceRegistrationOrigin' },
      { deviceRegistrationOrigin: 'https://LOGIN.test:9443', setting: 'deviceRegistrationOrigin' },
      { loginOrigin: 'https://enterpriseregistration.test', setting: 'loginOrigin' },
    ].map(({ setting, ...set }) => ({
      set: { loginOrigin: 'https://login.test', ...set },
      says: `the setting ${setting} is not valid: ${originProblems[setting]}`,
    })),
    { set: { hue: 'red' }, says: 'There is no setting hue.' },
  ];
  for (const { set, says } of mistakes)
    test(says, () => {
      writeFileSync(join(folder, 'cardea.json'), JSON.stringify(set));
      assert.throws(
        () => readConfig({ dataFolder: folder }, {}, '/'),
        ({ message }: Error) => message === says,
      );
      rmSync(join(folder, 'cardea.json'));
    });
});

describe('a file of a setting that does not exist is described in our words', () => {
  const webhook = { eventWebhookUrl: 'https://siem.example' };
  const cases: readonly [string, Record<string, string>][] = [
    ['certificateProxyFile', {}],
    ['eventWebhookSecretFile', webhook],
    ['eventSyslogCaFile', { eventSyslogServer: 'siem.example' }],
  ];
  for (const [setting, further] of cases)
    test(setting, () => {
      const config = readConfig({ ...further, [setting]: '/nope.pem' }, {}, folder);
      const open = () => (setting === 'certificateProxyFile' ? proxiesOf(config) : openTargets(config));
      const message = `the setting ${setting} is not valid: /nope.pem cannot be read: there is no such file or folder`;
      assert.throws(open, { message });
    });
});

describe('the TLS certificate of an operator', () => {
  const at = new Date('2026-11-26T12:00:00Z');
  const hosts = ['login.example.org', 'certauth.login.example.org'];
  const certificate = makeTlsCertificate({ hosts, at, from: undefined });
  const files = { tlsCertificateFile: '/tls/chain.pem', tlsKeyFile: '/tls/key.pem' };
  const config = readConfig({ ...files, loginOrigin: 'https://login.example.org' }, {}, folder);
  const chain = certificate.server.pem + certificate.root.pem;
  const codesAt = (time: Date, pem = chain, settings = config) =>
    tlsFindings(settings, pem, time).map(({ code }) => code);

  test('that names both hosts, is valid and is followed by its issuer is found good', () => {
    assert.deepEqual(codesAt(at), []);
    assert.deepEqual(codesAt(at, certificate.server.pem), [], 'a root need not be sent');
  });

  test('that does not name a host is described with the host and its setting', () => {
    const other = readConfig({ ...files, loginOrigin: 'https://sso.example.org' }, {}, folder);
    assert.deepEqual(tlsFindings(other, chain, at).map(messageOf), [
      'The certificate in /tls/chain.pem (tlsCertificateFile) does not name sso.example.org, the host of loginOrigin.',
      'The certificate in /tls/chain.pem (tlsCertificateFile) does not name certauth.sso.example.org, the host of certauthOrigin.',
    ]);
  });

  test('that ended, ends within a fortnight, or begins later is described', () => {
    const end = certificate.notAfter.getTime();
    assert.deepEqual(codesAt(new Date(end + 1000)), ['tlsCertificateExpired']);
    assert.deepEqual(codesAt(new Date(end - 13 * day)), ['tlsCertificateExpiring']);
    assert.deepEqual(codesAt(new Date(end - 15 * day)), []);
    assert.deepEqual(codesAt(new Date(at.getTime() - 2 * day)), ['tlsCertificateEarly']);
  });

  test('that is followed by a certificate which did not issue it is described', () => {
    const stranger = makeTlsCertificate({ hosts, at, from: undefined });
    assert.deepEqual(codesAt(at, certificate.server.pem + stranger.root.pem), ['tlsChainIncomplete']);
  });

  test('that names the hosts in its subject alone is described, as browsers look at the alternative names', () => {
    const alone = readConfig(
      { ...files, loginOrigin: 'https://login.test', certauthOrigin: 'https://login.test:9443' },
      {},
      folder,
    );
    const { pem } = testCa('Root').issueUserCertificate({ subject: 'CN=login.test', extendedKeyUsage: null });
    assert.deepEqual(codesAt(new Date(), pem, alone), ['tlsNameMissing', 'tlsNameMissing']);
  });

  for (const host of ['192.0.2.7', '[2001:db8::7]'])
    test(`that names the address ${host} of an origin is found good, and another one is described`, () => {
      const origins = { loginOrigin: `https://${host}`, certauthOrigin: `https://${host}:9443` };
      const settings = readConfig(
        { ...files, ...origins, deviceRegistrationOrigin: 'https://devices.test' },
        {},
        folder,
      );
      const issue = (address: string) =>
        testCa('Root').issueUserCertificate({ subject: 'CN=x', names: [ipAddress(address)], extendedKeyUsage: null })
          .pem;
      assert.deepEqual(codesAt(new Date(), issue(host.replaceAll(/[[\]]/g, '')), settings), []);
      assert.deepEqual(codesAt(new Date(), issue('192.0.2.8'), settings), ['tlsNameMissing', 'tlsNameMissing']);
    });

  test('that is for clients alone is described', () => {
    const issue = (extendedKeyUsage: readonly string[] | null) =>
      testCa('Root').issueUserCertificate({ subject: 'CN=x', dns: hosts, extendedKeyUsage }).pem;
    assert.deepEqual(codesAt(new Date(), issue([keyPurposes.clientAuth])), ['tlsUsageMissing']);
    for (const usages of [null, [keyPurposes.any], [keyPurposes.clientAuth, keyPurposes.serverAuth]])
      assert.deepEqual(codesAt(new Date(), issue(usages)), []);
  });

  test('that is followed by a CA which has expired is described, and not for a root, which browsers have', () => {
    const time = new Date();
    const before = { notBefore: new Date(time.getTime() - 9 * day), notAfter: new Date(time.getTime() - day) };
    const leaf = { dns: hosts, extendedKeyUsage: null, notBefore: time, notAfter: new Date(time.getTime() + 99 * day) };
    const [root, middle] = [testCa('Root', before), testCa('Root').issueCa('CN=Middle', before)];
    const codesOf = (ca: typeof root) =>
      codesAt(time, ca.issueUserCertificate({ subject: 'CN=x', ...leaf }).pem + ca.pem);
    assert.deepEqual(codesOf(middle), ['tlsChainExpired']);
    assert.deepEqual(codesOf(root), []);
  });

  test('that comes without the intermediate CA, whose address is in it, is described', () => {
    const caIssuers = der.sequence(
      der.oid('1.3.6.1.5.5.7.48.2'),
      der.contextPrimitive(6, Buffer.from('http://ca.test/a.cer')),
    );
    const informationAccess = { oid: '1.3.6.1.5.5.7.1.1', critical: false, value: der.sequence(caIssuers) };
    const middle = testCa('Root').issueCa('CN=Middle');
    const chainCodes = (pem: string) => codesAt(new Date(), pem).filter((code) => code.startsWith('tlsChain'));
    const { pem } = middle.issueUserCertificate({ subject: 'CN=login', extensions: [informationAccess] });
    assert.deepEqual(chainCodes(pem), ['tlsChainIncomplete']);
    assert.deepEqual(chainCodes(pem + middle.pem), []);
  });
});

describe('an empty value of every setting is refused, whichever source it is of', () => {
  const problemOf = (raw: Record<string, unknown>, environment: NodeJS.ProcessEnv, data = folder): string => {
    try {
      readConfig({ dataFolder: data, ...raw }, environment, '/');
      return 'none';
    } catch (problem) {
      return (problem as Error).message;
    }
  };
  for (const name of settingNames)
    test(name, () => {
      const says = `the setting ${name} is not valid: it must not be empty; remove it to use the default`;
      for (const value of ['', ' ']) {
        assert.equal(problemOf({ [name]: value }, {}), says);
        if (name !== 'dataFolder') assert.equal(problemOf({}, { [variableOf(name)]: value }), says);
      }
      const data = mkdtempSync(join(folder, 'empty-'));
      writeFileSync(join(data, 'cardea.json'), JSON.stringify({ [name]: '' }));
      assert.equal(problemOf({}, {}, data), says);
    });

  for (const name of [...secretKeyVariables, ...tokenPinVariables])
    test(name, () => {
      const read = () => secretFrom(name.replace(/_(?:FILE|COMMAND)$/, ''), { [name]: '' });
      assert.throws(read, ({ message }: Error) =>
        message.startsWith(`the setting ${name} is not valid: it must not be empty`),
      );
    });
});

describe('the variables of OpenTelemetry', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
  for (const name of ['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'])
    test(`${name} is a protocol that the exporter speaks`, () => {
      assert.throws(
        () => tracingSettings({ ...endpoint, [name]: 'grpc' }),
        ({ message }: Error) =>
          message.startsWith(`the setting ${name} is not valid: it must be http/json, or not set`),
      );
      assert.equal(tracingSettings({ [name]: 'grpc' }), undefined, 'nothing is traced');
      for (const value of ['http/json', 'http/protobuf', ''])
        assert.equal(tracingSettings({ ...endpoint, [name]: value })?.url.pathname, '/v1/traces');
    });

  for (const [name, values] of [
    ['OTEL_EXPORTER_OTLP_ENDPOINT', ['https://user:hunter2@collector.test', 'https://hunter2@collector.test']],
    ['OTEL_TRACES_EXPORTER', ['jaeger', 'otlp,console']],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', ['http/xml']],
    ['OTEL_EXPORTER_OTLP_HEADERS', ['Bearer hunter2', 'a=b,hunter2', '=hunter2']],
    ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', ['hunter2']],
    ['OTEL_RESOURCE_ATTRIBUTES', ['hunter2']],
  ] as const)
    for (const value of values)
      test(`${name} is not ${value}, and the message has no part of a value`, () => {
        assert.throws(
          () => tracingSettings({ ...endpoint, [name]: value }),
          ({ message }: Error) =>
            message.startsWith(`the setting ${name} is not valid: it must be`) && !message.includes('hunter2'),
        );
      });

  test('lists can have spaces and a comma at the end', () => {
    const traced = tracingSettings({ ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: ' a = b%20c , d=,' });
    assert.deepEqual(traced?.headers, { a: 'b c', d: '' });
  });

  test('an empty one is not set', () => {
    const traced = tracingSettings({
      ...endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'a=b',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: '',
      OTEL_TRACES_SAMPLER: '',
      OTEL_TRACES_SAMPLER_ARG: '',
    });
    assert.deepEqual([traced?.headers, traced?.ratio], [{ a: 'b' }, 1]);
  });
});

test('clocks may differ by ten seconds', () => {
  assert.deepEqual(clockFindings(9_999), []);
  assert.deepEqual(clockFindings(-12_300).map(messageOf), [
    'The clock of this computer differs from that of the database (databaseUrl) by 12 s.',
  ]);
});

test('a start names a variable that does not name a setting, what is wrong with the TLS certificate, and the clock', async () => {
  const at = new Date('2026-11-26T12:00:00Z');
  const file = join(folder, 'start.pem');
  writeFileSync(
    file,
    makeTlsCertificate({ hosts: ['a.example', 'certauth.a.example'], at, from: undefined }).server.pem,
  );
  const settings = { tlsCertificateFile: file, tlsKeyFile: file, loginOrigin: 'https://b.example' };
  const codes = async (offset: number) =>
    (await startFindings(readConfig(settings, {}, folder), at, async () => offset)).map(({ code }) => code);
  const usual = await codes(0); // the tests themselves have variables
  assert.deepEqual(usual.slice(-2), ['tlsNameMissing', 'tlsNameMissing']);
  process.env.CARDEA_LOGIN_ORIGN = 'https://b.example';
  try {
    assert.deepEqual(await codes(60_000), ['settingUnknown', ...usual, 'clockOffset']);
  } finally {
    delete process.env.CARDEA_LOGIN_ORIGN;
  }
});

for (const databaseUrl of [
  'postgres://cardea:secret@db/cardea',
  'postgres://cardea:secret@db1:5432,db2:5432/cardea',
  'postgres://cardea:a@secret@db1,db2/cardea',
  'postgres://db/cardea?user=cardea&password=secret&host=/run/a,/run/b',
  'postgres://db/cardea?user=cardea&password=a@secret',
])
  test(`the password of ${databaseUrl} is not shown`, () => {
    const environment = { CARDEA_DATABASE_URL: databaseUrl };
    const report = settingsInForce(readConfig({}, environment, folder), {}, environment);
    const { value } = report.find(({ name }) => name === 'databaseUrl')!;
    assert.match(String(value), /cardea.*db.*cardea|db.*cardea/);
    assert.doesNotMatch(String(value), /secret/);
  });

for (const url of [
  'postgres://db:12?secret@host/cardea',
  'postgres://db:12?secret&host=x@host/cardea',
  'postgres://host/cardea?secret%0Aline=1',
])
  test(`what may be a password with a question mark that is not encoded, or is no name, is not in the refusal: ${url}`, () => {
    const read = () => readConfig({}, { CARDEA_DATABASE_URL: url }, folder);
    assert.throws(read, (problem: Error) => /%3F/.test(problem.message) && !/secret/.test(problem.message));
  });

test('a long name of a parameter is cut off in the refusal', () => {
  const url = `postgres://host/cardea?${'x'.repeat(61)}=1`;
  assert.throws(() => readConfig({}, { CARDEA_DATABASE_URL: url }, folder), /the parameter x{60}, which/);
});

for (const [name, url, view] of [
  ['eventWebhookUrl', 'https://hooks.example/services/T1/B2/secret', 'https://hooks.example/…'],
  ['eventWebhookUrl', 'https://hooks.example:8443?token=secret', 'https://hooks.example:8443/…'],
  ['outboundProxy', 'http://user:secret@proxy.example:3128', 'http://…@proxy.example:3128'],
  ['outboundProxy', 'http://secret@proxy.example', 'http://…@proxy.example'],
  ['outboundProxy', 'http://proxy.example:3128', 'http://proxy.example:3128'],
  ['outboundProxy', 'https://user:secret@proxy.example/', 'https://…@proxy.example'],
] as const)
  test(`${name} ${url} is shown as ${view}`, () => {
    const report = settingsInForce(readConfig({ [name]: url }, {}, folder), {}, {});
    assert.equal(report.find((setting) => setting.name === name)?.value, view);
  });

test('settings are shown with their source, and the password of the database is not', () => {
  const environment = { CARDEA_DATABASE_URL: 'postgres://cardea:secret@db/cardea' };
  const raw = { port: '5000' };
  const config = readConfig(raw, environment, folder);
  const report = new Map(settingsInForce(config, raw, environment).map((setting) => [setting.name, setting]));
  assert.deepEqual(report.get('port'), { name: 'port', value: 5000, source: 'command line' });
  assert.equal(report.get('databaseUrl')?.source, 'environment');
  assert.doesNotMatch(JSON.stringify([...report.values()]), /secret/);
  assert.equal(report.get('demo')?.source, 'default');
});

test('a variable that is nearly a setting is found', () => {
  const links = {
    CARDEA_SERVICE_HOST: 'x',
    CARDEA_PORT_8443_TCP: 'x',
    CARDEA_PORT_8443_TCP_ADDR: 'x',
    CARDEA_A_SERVICE_PORT_HTTPS: '1',
  };
  const known = { CARDEA_PORT: '1', CARDEA_SECRET_KEY: 'y', CARDEA_DEVICE_STATE: '/x', HOME: '/' };
  const findings = unknownVariables({ CARDEA_LOGIN_ORIGN: 'x', ...known, ...links });
  assert.deepEqual(findings.map(messageOf), [
    'There is no setting CARDEA_LOGIN_ORIGN; did you mean CARDEA_LOGIN_ORIGIN?',
  ]);
});
