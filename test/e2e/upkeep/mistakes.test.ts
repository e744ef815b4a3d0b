import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { openSealing } from '#keys/sealing.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { openStorage } from '#storage/storage.ts';
import { databasesUnderTest } from '../../contract/databases.ts';
import { recordAt } from '../../contract/record-at.ts';
import { freePort } from '../../free-port.ts';
import { noSettings, RunningServer, runCardea } from '../server.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-mistakes-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const environment = noSettings();
const cardea = (...words: string[]) => runCardea(words, environment);

describe('a data folder without an installation', () => {
  const commands = [
    ['tenant', 'list'],
    ['ca', 'list'],
    ['user', 'add', 'ana@example.org'],
    ['backup', join(folder, 'x.cardea')],
    ['keys', 'status'],
    ['keys', 'rotate'],
    ['keys', 'retire'],
    ['keys', 'reset', '--confirm'],
    ['import', 'entra', folder],
    ['migrate'],
    ['migrate', '--plan'],
  ];
  /** One for each way to open an installation. */
  const openers = commands.filter(
    ([word, second]) => ['tenant', 'migrate'].includes(word!) || ['status', 'rotate', 'reset'].includes(second!),
  );
  const postgres = databasesUnderTest()[1]!;
  after(() => postgres.end());
  const inPostgres = { skip: postgres.missing ?? false };
  let url = '';
  before(async () => {
    const place = postgres.missing === undefined ? await postgres.emptyPlace() : undefined;
    if (place?.kind === 'postgres') url = place.url;
  });
  /** The tables in that database. */
  async function tablesThere(): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(`select tablename from pg_tables where schemaname = 'public'`);
    await client.end();
    return rows;
  }

  for (const words of openers)
    test(
      `is refused by cardea ${words.slice(0, 2).join(' ')} where the database is an empty one of PostgreSQL`,
      inPostgres,
      async () => {
        const unmade = join(folder, 'unmade-postgres');
        const { code, err } = await cardea(...words, '--data', unmade, '--database', url);
        assert.equal(code, 1);
        assert.match(err, /The PostgreSQL database of the setting databaseUrl does not contain an installation\./);
        assert.ok(!existsSync(unmade));
        assert.deepEqual(await tablesThere(), []);
      },
    );

  test('is found usable by config check, which makes no table in PostgreSQL', inPostgres, async () => {
    const { out, err } = await cardea('config', 'check', '--data', join(folder, 'unmade-postgres'), '--database', url);
    assert.equal(`${out}${err}`, 'The settings can be used.\n');
    assert.deepEqual(await tablesThere(), []);
    assert.ok(!existsSync(join(folder, 'unmade-postgres')));
  });

  for (const words of openers)
    test(`is refused by cardea ${words.slice(0, 2).join(' ')} where cardea.db has no byte`, async () => {
      const zero = join(folder, `zero-${words.join('-').replaceAll('/', '')}`);
      mkdirSync(zero);
      writeFileSync(join(zero, 'cardea.db'), '');
      const { code, err } = await cardea(...words, '--data', zero);
      assert.equal(code, 1);
      assert.match(err, /zero.* is that of an installation, and its database cardea\.db is empty\./);
      assert.deepEqual(readdirSync(zero), ['cardea.db']);
      assert.equal(statSync(join(zero, 'cardea.db')).size, 0);
    });

  for (const words of [...openers, ['serve'], ['tenant', 'add', 'lost.example']])
    test(`is refused by cardea ${words.slice(0, 2).join(' ')} where cardea.db was removed`, async () => {
      const lost = join(folder, `lost-${words.join('-').replaceAll('/', '')}`);
      mkdirSync(join(lost, 'crls'), { recursive: true });
      writeFileSync(join(lost, 'secret.key'), `${Buffer.alloc(32, 1).toString('base64url')}\n`, { mode: 0o600 });
      const { code, err } = await cardea(...words, '--data', lost);
      assert.equal(code, 1);
      assert.match(
        err,
        /lost.* is that of an installation, and its database cardea\.db is missing\.\n.*set databaseUrl/,
      );
      assert.deepEqual(readdirSync(lost).sort(), ['crls', 'secret.key']);
    });

  test('is not made in the data folder where the address of the database is empty', async () => {
    const unmade = join(folder, 'empty-url');
    for (const words of [
      ['tenant', 'list'],
      ['tenant', 'add', 'empty.example'],
      ['config', 'check'],
      ['demo'],
      ['serve'],
    ])
      for (const [more, variables] of [
        [['--database', ''], {}],
        [[], { CARDEA_DATABASE_URL: '' }],
      ] as const) {
        const { err } = await runCardea([...words, '--data', unmade, ...more], { ...environment, ...variables });
        assert.match(err, /the setting databaseUrl is not valid: it must not be empty; remove it to use the default/);
        assert.ok(!existsSync(unmade));
      }
  });

  for (const words of commands)
    test(`is refused by cardea ${words.slice(0, 2).join(' ')}, which creates nothing`, async () => {
      const empty = join(folder, 'empty');
      const { code, err } = await cardea(...words, '--data', empty);
      assert.equal(code, 1);
      assert.match(
        err,
        /The data folder .*empty does not contain an installation\.\nSpecify the folder of the installation with --data/,
      );
      assert.ok(!existsSync(empty));
    });

  test('gets one by tenant add', async () => {
    const { code } = await cardea('tenant', 'add', 'example.org', '--data', join(folder, 'new'));
    assert.equal(code, 0);
    assert.equal((await cardea('tenant', 'list', '--data', join(folder, 'new'))).code, 0);
  });
});

describe('the data folder that a user has it remember', () => {
  const home = join(folder, 'home');
  const dataFolder = join(folder, 'remembered');
  const elsewhere = join(folder, 'elsewhere');
  const runIn = (cwd: string, ...words: string[]) => runCardea(words, { ...environment, XDG_CONFIG_HOME: home }, cwd);
  const tenants = async (cwd: string, ...words: string[]) => {
    const { code, out, err } = await runIn(cwd, 'tenant', 'list', ...words);
    return code === 0 ? out : err;
  };
  before(async () => {
    mkdirSync(join(elsewhere, 'sub'), { recursive: true });
    for (const [name, data] of [
      ['remembered.example', dataFolder],
      ['here.example', join(elsewhere, 'data')],
    ] as const)
      assert.equal((await cardea('tenant', 'add', name, '--data', data)).code, 0);
  });

  test('counts in every folder without an installation of its own, and only until it is forgotten', async () => {
    const outside = join(elsewhere, 'sub');
    assert.match(await tenants(outside), /sub\/data does not contain an installation/);
    assert.equal((await runIn(outside, 'config', 'remember', dataFolder)).code, 0);
    assert.match(await tenants(outside), /remembered\.example/);
    assert.match(await tenants(elsewhere), /here\.example/);
    assert.match(await tenants(outside, '--data', join(elsewhere, 'data')), /here\.example/);
    const output = await runIn(outside, 'config', 'show', '--json');
    const [setting] = JSON.parse(output.out) as readonly { name: string; value: string; source: string }[];
    assert.deepEqual(setting, { name: 'dataFolder', value: dataFolder, source: 'config remember' });
    assert.equal((await runIn(outside, 'config', 'forget')).code, 0);
    assert.match(await tenants(outside), /sub\/data does not contain an installation/);
  });

  test('is not remembered where it has no installation', async () => {
    const { code, err } = await runIn(elsewhere, 'config', 'remember', join(folder, 'none'));
    assert.equal(code, 1);
    assert.match(err, /none does not contain an installation/);
  });
});

test('a file in place of the data folder is one sentence in every command', async () => {
  for (const words of [['user', 'list'], ['tenant', 'add', 'x.example'], ['config', 'show'], ['migrate'], ['serve']]) {
    const { code, err } = await cardea(...words, '--data', import.meta.filename);
    assert.equal(code, 1, err);
    assert.match(
      err,
      /^cardea: The data folder \(dataFolder\) cannot be used: .*mistakes\.test\.ts is not a folder\.\n/,
    );
  }
});

test('cardea doctor says that the sign-in log lost entries to its largest size', async () => {
  const data = join(folder, 'limited');
  assert.equal((await cardea('tenant', 'add', 'limited.example', '--data', data)).code, 0);
  assert.doesNotMatch((await cardea('doctor', '--data', data)).err, /signInLogMegabytes/);
  const storage = await openStorage(
    { kind: 'sqlite', folder: data },
    { now: () => new Date() },
    openSealing(data, undefined),
  );
  const [tenant] = await storage.tenants.list();
  const at = Date.now();
  for (const ago of [0, 2 * 86_400_000]) await storage.forTenant(tenant!.id).signInLog.append(recordAt(at - ago));
  const { limit } = await storage.limitLog(1, new Date(at));
  await storage.close();
  const { code, err } = await cardea('doctor', '--data', data);
  assert.equal(code, 0);
  const before = limit!.removedBefore.toISOString();
  assert.match(
    err,
    new RegExp(`larger than signInLogMegabytes: entries from before ${before} were removed.* Raise signInLogMegabytes`),
  );
});

describe('cardea config', () => {
  test('check finds settings that can be used', async () => {
    const { code, out, err } = await cardea('config', 'check', '--data', join(folder, 'new'));
    assert.deepEqual([code, out, err], [0, 'The settings can be used.\n', '']);
  });

  const mistakes = [
    [
      'a secret key of another length',
      { CARDEA_SECRET_KEY: 'short' },
      /secret key in CARDEA_SECRET_KEY is not 32 bytes/,
    ],
    ['a secret key file that is missing', { CARDEA_SECRET_KEY_FILE: '/none' }, /CARDEA_SECRET_KEY_FILE.*no such file/],
    ['a command without a secret key', { CARDEA_SECRET_KEY_COMMAND: 'exit 3' }, /_COMMAND.*ended with the exit code 3/],
    [
      'a data folder that is a file',
      { CARDEA_DATA: import.meta.filename },
      /data folder \(dataFolder\) cannot be used: .*mistakes\.test\.ts is not a folder/,
    ],
    [
      'an address of another computer',
      { CARDEA_LISTEN: '192.0.2.1' },
      /on the port 8443 \(listen, port\): this computer does not have the address/,
    ],
    [
      'a management listener at an address of another computer',
      { CARDEA_MANAGEMENT_LISTEN: '192.0.2.1' },
      /on the port 8481 \(managementListen, managementPort\): this computer does not have the address/,
    ],
    [
      'a socket of proxies in a folder that is missing',
      { CARDEA_CERTIFICATE_PROXY_SOCKET: '/none/proxy.sock' },
      /certificateProxySocket.*the folder \/none cannot be used: there is no such file or folder/,
    ],
    [
      'a socket of proxies in place of a folder',
      { CARDEA_CERTIFICATE_PROXY_SOCKET: tmpdir() },
      /certificateProxySocket.*exists and is not a socket/,
    ],
    [
      'two listeners on one port',
      { CARDEA_MANAGEMENT_PORT: '8443' },
      /managementPort.*it is the port of the setting port/,
    ],
    [
      'a demo on the port of the sign-in pages',
      { CARDEA_DEMO_CRL_PORT: '8443' },
      /demoCrlPort.*the port of the setting port/,
    ],
    [
      'a demo on the port of the management listener',
      { CARDEA_DEMO_CRL_PORT: '8481' },
      /demoCrlPort.*the port of the setting managementPort/,
    ],
    [
      'a management listener on the port of certificates',
      { CARDEA_CERTAUTH_ORIGIN: 'https://localhost:8481' },
      /managementPort.*the port of the setting certauthOrigin/,
    ],
    [
      'a webhook without its secret',
      { CARDEA_EVENT_WEBHOOK_URL: 'https://siem.test' },
      /eventWebhookSecretFile.*a webhook needs a secret/,
    ],
    [
      'a webhook whose secret is missing',
      { CARDEA_EVENT_WEBHOOK_URL: 'https://siem.test', CARDEA_EVENT_WEBHOOK_SECRET_FILE: '/none' },
      /eventWebhookSecretFile.*\/none cannot be read/,
    ],
    [
      'a syslog receiver whose CAs are missing',
      { CARDEA_EVENT_SYSLOG_SERVER: 'siem.test', CARDEA_EVENT_SYSLOG_CA_FILE: '/none' },
      /eventSyslogCaFile.*\/none cannot be read/,
    ],
    ['proxies whose certificates are missing', { CARDEA_CERTIFICATE_PROXY_FILE: '/none' }, /certificateProxyFile/],
    [
      'a file of events that is a folder',
      { CARDEA_EVENT_FILE: tmpdir() },
      /eventFile.*cannot be written: it is a folder/,
    ],
    [
      'a file of events below a file',
      { CARDEA_EVENT_FILE: join(import.meta.filename, 'events') },
      /eventFile.*cannot be written: .* is not a folder/,
    ],
    [
      'an address of a collector without a scheme',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' },
      /OTEL_EXPORTER_OTLP_ENDPOINT.*it must be an http or https address/,
    ],
    [
      'a token whose module is missing',
      { CARDEA_SIGNING_TOKEN_MODULE: '/none.so', CARDEA_SIGNING_TOKEN_LABEL: 'keys', CARDEA_SIGNING_TOKEN_PIN: '1' },
      /keys.*\/none\.so cannot be read: there is no such file/,
    ],
  ] as const;
  /** One for each function that a start calls before it makes anything. */
  const firstStartToo =
    /secret key of another|demo on the port of the sign-in|webhook without|proxies|collector|module|address of another/;
  for (const [name, variables, problem] of mistakes)
    for (const words of firstStartToo.test(name) ? [['config', 'check'], ['serve']] : [['config', 'check']])
      test(`${words.join(' ')} finds ${name} before the first start, and makes nothing`, async () => {
        const settings = { ...environment, CARDEA_DATA: join(folder, 'unmade'), CARDEA_WORKERS: '1', ...variables };
        const { code, out, err } = await runCardea(words, settings);
        assert.equal(code, 1, out);
        assert.match(err, problem);
        assert.ok(!existsSync(join(folder, 'unmade')));
      });

  describe('in an installation without a tenant', () => {
    const empty = () => ({ ...environment, CARDEA_DATA: join(folder, 'without-tenant'), CARDEA_WORKERS: '1' });
    before(async () => {
      const { CARDEA_DATA } = empty();
      mkdirSync(CARDEA_DATA);
      const storage = await openStorage(
        { kind: 'sqlite', folder: CARDEA_DATA },
        { now: () => new Date() },
        openSealing(CARDEA_DATA, undefined),
      );
      await storage.close();
    });

    for (const [name, variables, problem] of mistakes.filter(([label]) =>
      /file of events|token|a demo on|socket of/.test(label),
    ))
      test(`check and serve refuse ${name}`, async () => {
        // Those that are not about ports are found when the server listens.
        const ports = /a demo on/.test(name)
          ? {}
          : { CARDEA_PORT: '0', CARDEA_MANAGEMENT_PORT: '0', CARDEA_DEMO: 'false' };
        for (const words of [['config', 'check'], ['serve']]) {
          const { code, err } = await runCardea(words, { ...empty(), ...ports, ...variables });
          assert.notEqual(code, 0);
          assert.match(err, problem, words.join(' '));
        }
      });

    test('a command names the command that makes a tenant', async () => {
      const { code, err } = await runCardea(['user', 'list'], empty());
      assert.equal(err, 'cardea: this installation has no tenant.\nCreate one with `cardea tenant add DOMAIN`.\n');
      assert.equal(code, 1);
    });

    test('the port of the CRLs of the demo is free where no demo is made', async () => {
      const settings = { ...empty(), CARDEA_DEMO_CRL_PORT: '8443', CARDEA_DEMO: 'false' };
      const { code, out, err } = await runCardea(['config', 'check'], settings);
      assert.deepEqual([code, out, err], [0, 'The settings can be used.\n', '']);
    });
  });

  test('an installation without the demo may use the port of its CRLs, and one with it may not', async () => {
    const data = join(folder, 'no-demo');
    assert.equal((await cardea('tenant', 'add', 'no-demo.example', '--data', data)).code, 0);
    const settings = { ...environment, CARDEA_DATA: data, CARDEA_PORT: '8480' };
    const { code, out, err } = await runCardea(['config', 'check'], settings);
    assert.deepEqual([code, out, err], [0, 'The settings can be used.\n', '']);
    mkdirSync(join(data, 'demo'));
    assert.match((await runCardea(['config', 'check'], settings)).err, /demoCrlPort.*the port of the setting port/);
  });

  test('serve refuses a port that another process uses before anything is made', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const data = join(folder, 'busy-port');
    const { port } = other.address() as AddressInfo;
    const settings = { ...environment, CARDEA_DATA: data, CARDEA_PORT: `${port}`, CARDEA_MANAGEMENT_PORT: '0' };
    const { code, err } = await runCardea(['serve'], settings);
    other.close();
    assert.equal(code, 1);
    assert.match(err, /cannot listen on the port \d+ \(listen, port\): another process/);
    assert.ok(!existsSync(data));
  });

  test('serve refuses the port of the CRLs only for the demo', async () => {
    const data = join(folder, 'serve-demo');
    const port = { CARDEA_PORT: String(await freePort()), CARDEA_MANAGEMENT_PORT: '0', CARDEA_WORKERS: '1' };
    const settings = { ...environment, ...port, CARDEA_DEMO_CRL_PORT: port.CARDEA_PORT, CARDEA_DATA: data };
    const { code, err } = await runCardea(['serve'], settings);
    assert.notEqual(code, 0);
    assert.match(err, /demoCrlPort.*the port of the setting port/);
    assert.ok(!existsSync(join(data, 'demo')));
  });

  test('cardea demo refuses the port of its CRLs before anything is made', async () => {
    const data = join(folder, 'demo-port');
    const { code, err } = await runCardea(['demo'], { ...environment, CARDEA_DATA: data, CARDEA_PORT: '8480' });
    assert.equal(code, 1);
    assert.match(err, /demoCrlPort.*the port of the setting port/);
    assert.ok(!existsSync(data));
  });

  test('check finds the host that the TLS certificate does not name, and ends with 1', async () => {
    const made = makeTlsCertificate({ hosts: ['login.example.org'], at: new Date(), from: undefined });
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(cert, made.server.pem);
    writeFileSync(key, made.server.privateKeyPem);
    const words = ['--login-origin', 'https://login.example.org', '--tls-certificate', cert, '--tls-key', key];
    const { code, out } = await cardea('config', 'check', ...words, '--data', join(folder, 'new'));
    assert.equal(code, 1);
    assert.match(out, /does not name certauth\.login\.example\.org, the host of certauthOrigin\. Get a certificate/);
  });

  test('check and serve name a variable that is nearly a setting', async () => {
    const data = join(folder, 'mistyped');
    const variables: NodeJS.ProcessEnv = { CARDEA_LOGIN_ORIGN: 'https://login.example.org', CARDEA_PROT: '1' };
    const says = /There is no setting CARDEA_LOGIN_ORIGN; did you mean CARDEA_LOGIN_ORIGIN\?/;
    const check = await runCardea(['config', 'check', '--data', data], { ...environment, ...variables });
    assert.equal(check.code, 1);
    assert.match(check.out, says);
    assert.match(check.out, /did you mean CARDEA_PORT\?/);
    assert.equal(check.out.match(/See docs\/settings\.md/g)?.length, 1, check.out);
    const server = await RunningServer.start(variables);
    await server.stop();
    assert.match(server.output, says);
    await server.remove();
  });

  test('check and serve name a secret key that every user of the computer can read', {
    skip: process.getuid === undefined && 'Windows has no permissions of this form',
  }, async () => {
    const server = await RunningServer.start();
    await server.stop();
    assert.doesNotMatch(server.output, /is accessible/);
    chmodSync(join(server.folder, 'secret.key'), 0o644);
    const says =
      /The file \S+secret\.key is accessible to every user of this computer \(mode 644\)\. Give the file mode 600/;
    const check = await runCardea(['config', 'check', '--data', server.folder], environment);
    assert.equal(check.code, 1);
    assert.match(check.out, says);
    await server.run();
    assert.match(server.output, says);
    await server.remove();
  });

  test('show tells where a value comes from, schema prints a JSON schema with every setting', async () => {
    const show = await cardea('config', 'show', '--port', '9000', '--json', '--data', join(folder, 'new'));
    const settings = JSON.parse(show.out) as readonly { name: string; source: string }[];
    assert.equal(settings.find(({ name }) => name === 'port')?.source, 'command line');
    const { out } = await cardea('config', 'schema');
    const schema = JSON.parse(out) as {
      properties: Record<string, { readonly description?: string }>;
      additionalProperties: boolean;
    };
    const inFile = settings.map(({ name }) => name).filter((name) => name !== 'dataFolder');
    assert.deepEqual(Object.keys(schema.properties).sort(), ['$schema', ...inFile].sort());
    for (const [name, { description }] of Object.entries(schema.properties))
      assert.match(description ?? '', /^[A-Z].{15,}\.$/, name);
    assert.equal(schema.additionalProperties, false);
  });
});
