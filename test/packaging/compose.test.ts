import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { databasesUnderTest } from '../contract/databases.ts';
import { noSettings, runCardea } from '../e2e/server.ts';

const container = resolve(import.meta.dirname, '..', '..', 'packaging', 'container');
const file = join(container, 'compose.yaml');
const containerfile = readFileSync(join(container, 'Containerfile'), 'utf8');
/** compose-go, the library of Docker Compose, as a program: `.ci/run` builds test/packaging/compose. */
const compose = process.env.CARDEA_COMPOSE ?? '';
const skip = existsSync(compose) ? false : 'compose-go is missing: .ci/run builds it';
const postgres = databasesUnderTest()[1]!;

/** What a .env file has at least. */
const variables = {
  CARDEA_LOGIN_ORIGIN: 'https://login.example.org',
  CARDEA_SECRET_KEY: 'c2VjcmV0LWtleS1vZi0zMi1ieXRlcy1mb3ItYS10ZXN',
  POSTGRES_PASSWORD: 'letters4711',
};

interface Healthcheck {
  readonly test: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly start_period?: string;
  readonly retries: number;
}
interface Service {
  readonly image: string;
  readonly user?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly healthcheck?: Healthcheck;
  readonly ports?: readonly { readonly target: number; readonly published: string }[];
  readonly volumes: readonly { readonly type: string; readonly target: string; readonly read_only?: boolean }[];
  readonly [key: string]: unknown;
}
type Services = Readonly<Record<'cardea' | 'database', Service>>;

const readCompose = (values: Readonly<Record<string, string>>) =>
  spawnSync(compose, [file, ...Object.entries(values).map(([name, value]) => `${name}=${value}`)], {
    encoding: 'utf8',
    env: {},
  });

/** What the Containerfile says of the container, the words of one instruction of its last stage. */
const instruction = (name: string): string =>
  new RegExp(`^${name} ((?:.*\\\\\\n)*.*)$`, 'm').exec(containerfile.slice(containerfile.lastIndexOf('\nFROM ')))![1]!;

describe('the Compose file', { skip }, () => {
  if (skip) return;
  const { stdout, stderr, status } = readCompose(variables);
  assert.equal(status, 0, stderr);
  const { services } = JSON.parse(stdout) as { readonly services: Services };
  const { cardea, database } = services;

  for (const name of Object.keys(variables))
    test(`is refused without ${name} in .env, which is named`, () => {
      const { [name]: _, ...rest } = variables as Readonly<Record<string, string>>;
      for (const values of [rest, { ...rest, [name]: '' }]) {
        const { status, stderr } = readCompose(values);
        assert.equal(status, 1);
        assert.match(stderr, new RegExp(`required variable ${name} is missing a value: set it in \\.env`));
      }
    });

  test('has no member that Compose does not know', () => {
    const place = mkdtempSync(join(tmpdir(), 'cardea-compose-'));
    try {
      const misspelled = join(place, 'compose.yaml');
      const text = readFileSync(file, 'utf8');
      assert.match(text, /^ {4}read_only: /m);
      writeFileSync(misspelled, text.replace(/^ {4}read_only: /m, '    readonly: '));
      const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
      const { status, stderr } = spawnSync(compose, [misspelled, ...words], { encoding: 'utf8' });
      assert.equal(status, 1);
      assert.match(stderr, /readonly/);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });

  test('runs Cardea without privileges, on a root file system that is read-only, as the user of the image', () => {
    assert.deepEqual(
      [cardea.user, cardea.read_only, cardea.cap_drop, cardea.security_opt, cardea.privileged, cardea.cap_add],
      [instruction('USER'), true, ['ALL'], ['no-new-privileges:true'], undefined, undefined],
    );
    assert.match(cardea.user!, /^[1-9]\d*:[1-9]\d*$/);
    assert.deepEqual(cardea.tmpfs, ['/tmp']);
  });

  test('gives Cardea one volume, the data folder of the image, and the TLS certificate to read', () => {
    assert.deepEqual(
      cardea.volumes.map(({ type, target, read_only = false }) => [type, target, read_only]),
      [
        ['volume', JSON.parse(instruction('VOLUME'))[0], false],
        ['bind', '/tls', true],
      ],
    );
    assert.match(instruction('ENV'), /CARDEA_DATA=\/data\b/);
  });

  test('builds the image of the Containerfile, and has its health check also where an image does not keep it', () => {
    const { context, dockerfile } = cardea.build!;
    assert.equal(join(context, dockerfile), join(container, 'Containerfile'));
    const [flags, command] = instruction('HEALTHCHECK').split(/\\\n\s*CMD /) as [string, string];
    const options = Object.fromEntries([...flags.matchAll(/--(\S+)=(\S+)/g)].map(([, name, value]) => [name, value]));
    const { test, interval, timeout, start_period, retries } = cardea.healthcheck!;
    assert.deepEqual(test, ['CMD', ...JSON.parse(command)]);
    const times = [options.interval, options.timeout, options['start-period'], options.retries];
    assert.deepEqual([interval, timeout, start_period?.replace('1m0s', '60s'), `${retries}`], times);
  });

  test('starts Cardea when PostgreSQL is healthy, and publishes the port of Cardea alone', () => {
    assert.equal(cardea.depends_on?.database?.condition, 'service_healthy');
    assert.deepEqual(
      database.volumes.map(({ type, target }) => [type, target]),
      [['volume', '/var/lib/postgresql/data']],
    );
    assert.equal(database.ports, undefined);
    const published = ({ ports }: Service) => ports?.map(({ target, published }) => [`${target}`, published]);
    assert.deepEqual(published(cardea), [[instruction('EXPOSE'), '443']]);
    // Health and metrics are reached by containers of the network alone.
    assert.deepEqual([cardea.environment.CARDEA_MANAGEMENT_LISTEN, cardea.ports?.length], ['0.0.0.0', 1]);
    const changedFile = JSON.parse(
      readCompose({ ...variables, CARDEA_PORT: '9443', CARDEA_IMAGE: 'example.org/cardea:1' }).stdout,
    );
    assert.deepEqual(published(changedFile.services.cardea), [[instruction('EXPOSE'), '9443']]);
    assert.equal(changedFile.services.cardea.image, 'example.org/cardea:1');
  });

  describe('with PostgreSQL', { skip: postgres.missing ?? false }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-compose-'));
    const { POSTGRES_USER: user, POSTGRES_DB: name, POSTGRES_PASSWORD: password } = database.environment;
    let drop: (() => Promise<void>) | undefined;
    after(async () => {
      await drop?.();
      postgres.end();
      rmSync(folder, { recursive: true, force: true });
    });

    /** A server with what the image of PostgreSQL makes of its variables. @returns the folder of its socket */
    async function servedDatabase(): Promise<string> {
      const place = await postgres.emptyPlace();
      const url = place.kind === 'postgres' ? place.url : '';
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(`create role "${user}" login password '${password}'`);
      await client.query(`create database "${name}" owner "${user}"`);
      drop = async () => {
        await client.query(`drop database "${name}" with (force)`);
        await client.query(`drop role "${user}"`);
        await client.end();
      };
      return new URL(url).searchParams.get('host')!;
    }

    test('the settings of the container and of the image can be used, and its health check finds PostgreSQL', async () => {
      const socket = await servedDatabase();
      const [, ...check] = database.healthcheck!.test;
      const [program, ...words] = check as [string, ...string[]];
      const health = spawnSync(program, [...words, `--host=${socket}`], { encoding: 'utf8' });
      assert.equal(health.status, 0, health.stdout + health.stderr);

      const certificate = makeTlsCertificate({
        hosts: ['login.example.org', 'certauth.login.example.org'],
        at: new Date(),
        from: undefined,
      });
      mkdirSync(join(folder, 'tls'));
      writeFileSync(join(folder, 'tls', 'fullchain.pem'), certificate.server.pem);
      writeFileSync(join(folder, 'tls', 'key.pem'), certificate.server.privateKeyPem);
      const ofImage = Object.fromEntries(
        [...instruction('ENV').matchAll(/(\w+)=(\S+)/g)].map(([, variable, value]) => [variable, value!]),
      );
      const settings: Readonly<Record<string, string>> = { ...ofImage, ...cardea.environment };
      const url = new URL(settings.CARDEA_DATABASE_URL!);
      assert.deepEqual(
        [url.username, url.password, url.hostname, url.pathname],
        [user, password, 'database', `/${name}`],
      );
      // The network and the file system of the container: the name of the other service, and the places of the volumes.
      const here = Object.fromEntries(
        Object.entries(settings).map(([variable, value]) => [
          variable,
          value.replace(/^\/(?=data$|tls\/)/, `${folder}/`),
        ]),
      );
      const environment = {
        ...noSettings(),
        ...here,
        CARDEA_DATABASE_URL: `${url}?host=${encodeURIComponent(socket)}`,
      };
      assert.deepEqual(await runCardea(['config', 'check'], environment), {
        code: 0,
        out: 'The settings can be used.\n',
        err: '',
      });
      const { out } = await runCardea(['config', 'show', '--json'], environment);
      const rows = JSON.parse(out) as readonly { readonly name: string; readonly value: unknown }[];
      const value = (setting: string) => rows.find((row) => row.name === setting)?.value;
      assert.deepEqual(
        [`${value('port')}`, value('loginOrigin'), value('demo')],
        [instruction('EXPOSE'), 'https://login.example.org', false],
      );
    });
  });
});
