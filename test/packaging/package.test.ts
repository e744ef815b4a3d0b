import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { freePort } from '../free-port.ts';
import { buildImage, imageObstacle } from './image.ts';
import { flags, installPackage, runningServer, servePackage, sizeOf } from './installed.ts';
import { isInstalled } from './tools.ts';

/** Bytes that the production packages may take on disk. */
const mostBytes = 150 * 1024 * 1024;

const installed = installPackage();
const skip = 'why' in installed ? installed.why : false;

if (!('why' in installed)) after(() => installed.remove());

describe('the package that npm packs', { skip }, () => {
  if ('why' in installed) return;

  test('has JavaScript with source maps, and no TypeScript', () => {
    const { files } = installed;
    assert.deepEqual(
      files.filter((path) => /\.tsx?$/.test(path)),
      [],
    );
    const parts = files.filter((path) => /^dist\/[^/]+\.js$/.test(path));
    assert.ok(parts.includes('dist/main.js') && parts.includes('dist/index-thread.js'));
    // A part that only passes on what another one exports has no lines of its own.
    const isPassedOn = /^export \{[^}]*\} from "[^"]+";\s*$/;
    const place = join(installed.folder, 'node_modules', 'cardea');
    for (const path of parts.filter((path) => !isPassedOn.test(readFileSync(join(place, path), 'utf8'))))
      assert.ok(files.includes(`${path}.map`), path);
    for (const path of ['LICENSE', 'README.md', 'CHANGELOG.md', 'dist/web/dist/index.html'])
      assert.ok(files.includes(path), path);
  });

  test('imports by name only the packages that it depends on', () => {
    const place = join(installed.folder, 'node_modules', 'cardea');
    const { dependencies } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
    const parts = readdirSync(join(place, 'dist')).filter((name) => name.endsWith('.js'));
    const names = parts.flatMap((name) =>
      [
        ...readFileSync(join(place, 'dist', name), 'utf8').matchAll(
          /^(?:import|export)\b[^;]*? from "([^".][^"]*)";$/gm,
        ),
      ]
        .map(([, from]) => from!)
        .filter((from) => !from.startsWith('node:'))
        .map((from) =>
          from
            .split('/')
            .slice(0, from.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
    );
    assert.ok(names.length > 10);
    assert.deepEqual(
      [...new Set(names)].filter((name) => dependencies[name] === undefined),
      [],
    );
  });

  test('takes at most 150 MB with its production dependencies', () => {
    const bytes = sizeOf(join(installed.folder, 'node_modules'));
    assert.ok(bytes <= mostBytes, `${Math.round(bytes / 1024 / 1024)} MB`);
  });

  test('runs from the folder of its packages, globally and by npx', () => {
    const version = /^cardea \d+\.\d+\.\d+\n$/;
    assert.match(installed.cardea(['--version']).out, version);
    const globally = spawnSync(join(installed.prefix, 'bin', 'cardea'), ['--version'], { encoding: 'utf8' });
    assert.match(globally.stdout, version, globally.stderr);
    const args = [`--package=${installed.tarball}`, '--', 'cardea', '--version'];
    const byNpx = installed.npm(['exec', '--yes', ...flags, ...args]);
    assert.match(byNpx.out, version, byNpx.err);
    // What npx installs is below the cache of npm, which is that of this test: that of the user is left as it was.
    const npx = join(installed.folder, 'npm-cache', '_npx');
    const isHere = (place: string) => existsSync(join(npx, place, 'node_modules', 'cardea', 'package.json'));
    assert.ok(readdirSync(npx).some(isHere));
  });

  test('reads a command line without the libraries of the database, of LDAP, of YAML and of pages', () => {
    const entry = join(installed.folder, 'node_modules', 'cardea', 'bin', 'cardea.mjs');
    const hook = join(import.meta.dirname, 'loaded-packages.mjs');
    const reading = spawnSync(process.execPath, ['--import', hook, entry, '--help'], { encoding: 'utf8' });
    assert.match(reading.stdout, /^ {2}ca list /m);
    const loaded = JSON.parse(reading.stderr) as readonly string[];
    assert.ok(loaded.includes('commander'));
    const heavy = ['kysely', 'pg', 'ldapts', 'yaml', 'parse5', 'tough-cookie', 'hono', 'oidc-provider', 'undici'];
    assert.deepEqual(
      [...heavy, '@node-rs/argon2'].filter((name) => loaded.includes(name)),
      [],
    );
  });

  test('names its own command, which npx would look for in a registry', () => {
    const { code, out } = installed.cardea(['demo', '--data', join(installed.folder, 'demo-data')]);
    assert.equal(code, 0);
    assert.match(out, /Without a browser: cardea sign-in --user ana@/);
  });

  test('serves the demo, signs a card in, and shows the admin center and the sample page', async () => {
    const server = await servePackage(installed);
    try {
      const card = join('data', 'demo', 'cards', 'ana.p12');
      const words = ['--user', 'ana@woodgrove.test', '--card', card, '--url', server.origin];
      const signIn = installed.cardea(['sign-in', ...words, '--json']);
      assert.equal(signIn.code, 0, signIn.err + signIn.out);
      assert.match(signIn.out, /"upn": "ana@woodgrove\.test"/);
      const listing = installed.cardea(['tenant', 'list', '--json']);
      assert.match(listing.out, /woodgrove\.test/);
      // Documents are read in a thread, which finds the library of YAML by the place of the package.
      writeFileSync(join(installed.folder, 'policy.yaml'), installed.cardea(['policy', 'get', '--yaml']).out);
      const applied = installed.cardea(['policy', 'apply', join(installed.folder, 'policy.yaml')]);
      assert.equal(applied.code, 0, applied.err);
      for (const path of ['/admin/', '/spa/msal-browser.js', '/spa/app.js', '/assets/cardea.css'])
        assert.equal(await statusOf(server.origin + path), 200, path);
    } finally {
      assert.equal(await server.stop(), 0);
    }
  });
});

describe('the Debian package', { skip: skip || (isInstalled('dpkg-deb') ? false : 'dpkg-deb is missing') }, () => {
  if ('why' in installed) return;

  test('is built by dpkg-deb, brings a unit, a user and a file of settings, and its programs run', () => {
    const { folder, tarball } = installed;
    const script = join(import.meta.dirname, '..', '..', 'packaging', 'debian', 'build.ts');
    const building = spawnSync(process.execPath, [script, tarball, folder], { encoding: 'utf8' });
    assert.equal(building.status, 0, building.stderr);
    const file = building.stdout.trim();
    const deb = (...words: string[]) => spawnSync('dpkg-deb', words, { encoding: 'utf8', maxBuffer: 1 << 26 });
    assert.match(deb('--field', file, 'Package', 'Version').stdout, /Package: cardea\nVersion: \d/);
    const list = deb('--contents', file).stdout;
    for (const path of [
      ...[
        'usr/lib/systemd/system/cardea.service',
        'usr/lib/sysusers.d/cardea.conf',
        'etc/cardea/cardea.env',
        'usr/bin/cardea',
        'usr/share/bash-completion/completions/cardea',
        'usr/share/zsh/vendor-completions/_cardea',
        'usr/share/man/man1/cardea.1.gz',
      ],
    ])
      assert.match(list, new RegExp(`^-\\S+ root/root .* \\./${path}$`, 'm'), path);
    const place = join(folder, 'extracted');
    assert.equal(deb('--extract', file, place).status, 0);
    for (const script of ['postinst', 'prerm', 'postrm']) {
      const { stdout } = deb('--info', file, script);
      assert.equal(spawnSync('sh', ['-n'], { input: stdout }).status, 0, script);
    }
    const manual = gunzipSync(readFileSync(join(place, 'usr/share/man/man1/cardea.1.gz'))).toString();
    assert.match(manual, /^\.SS group member add GROUP MEMBER$/m);
    const completion = readFileSync(join(place, 'usr/share/bash-completion/completions/cardea'), 'utf8');
    assert.equal(spawnSync('bash', ['-n'], { input: completion }).status, 0);
    const programs = join(place, 'usr', 'lib', 'cardea');
    const entry = join(programs, 'node_modules', 'cardea', 'bin', 'cardea.mjs');
    const version = spawnSync(join(programs, 'node'), [entry, '--version'], { encoding: 'utf8' });
    assert.match(version.stdout, /^cardea \d/, version.stderr);
  });

  test('its purge removes logs and empty folders, and keeps the data and keys of TLS that an administrator put there', () => {
    const script = join(import.meta.dirname, '..', '..', 'packaging', 'debian', 'postrm');
    for (const isEmpty of [true, false]) {
      const root: string = mkdtempSync(join(installed.folder, 'purged-'));
      const logs = join(root, 'var', 'log', 'cardea');
      const files = [join(root, 'etc', 'cardea', 'tls.key'), join(root, 'var', 'lib', 'cardea', 'secret.key')];
      for (const folder of [logs, ...files.map(dirname)]) mkdirSync(folder, { recursive: true });
      writeFileSync(join(logs, 'events.jsonl'), '{}');
      for (const file of isEmpty ? [] : files) writeFileSync(file, 'key');
      const environment = { ...process.env, DPKG_ROOT: root };
      const purge = spawnSync('sh', [script, 'purge'], { encoding: 'utf8', env: environment });
      assert.equal(purge.status, 0, purge.stderr);
      assert.ok(!existsSync(logs));
      for (const file of files) assert.deepEqual([existsSync(dirname(file)), existsSync(file)], [!isEmpty, !isEmpty]);
    }
  });

  test('its installation makes the data folder, so that commands of the service work before its first start, and those of root are refused', {
    skip: cannotLayer() || (isInstalled('systemd-sysusers') ? false : 'systemd-sysusers is missing'),
  }, () => {
    const places = [join(installed.folder, 'extracted'), mkdtempSync(join(installed.folder, 'changed-'))];
    const script = join(import.meta.dirname, '..', '..', 'packaging', 'debian', 'postinst');
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', '--', 'sh', '-c', runInstalled, 'sh', ...places, script],
      {
        encoding: 'utf8',
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
      },
    );
    assert.equal(stdout, '700 cardea cardea\nThe settings can be used.\n', stderr);
    assert.match(stderr, /\/var\/lib\/cardea belongs to the user cardea, and this command runs as root\./);
  });

  test('its command has the settings that systemd reads for the service', { skip: cannotLayer() }, () => {
    const place = join(installed.folder, 'extracted');
    const values = {
      CARDEA_DATABASE_URL: 'postgres://db.example/e1?application_name=cardea&sslmode=disable',
      CARDEA_DEVICE_AUTHORITY_NAME: 'My Org; $HOME `id`',
      CARDEA_TRUSTED_PROXIES: '10.1.0.1, 10.1.0.2',
      CARDEA_LISTEN: '127.0.0.2',
    };
    const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(place, 'etc', 'cardea', 'cardea.env'), ['# Settings\n', ...lines].join(''));
    const show = (environment: NodeJS.ProcessEnv) => {
      const { stdout, stderr } = spawnSync('unshare', ['--mount', '--', 'sh', '-c', runLayered, 'sh', place], {
        encoding: 'utf8',
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: place, ...environment },
      });
      assert.ok(stdout.startsWith('['), stdout + stderr);
      const settings = JSON.parse(stdout) as readonly { readonly name: string; readonly value: unknown }[];
      return (...names: string[]) => names.map((name) => settings.find((setting) => setting.name === name)?.value);
    };
    const names = ['databaseUrl', 'deviceAuthorityName', 'trustedProxies', 'listen', 'dataFolder'];
    const url = values.CARDEA_DATABASE_URL;
    const expected = [url, 'My Org; $HOME `id`', ['10.1.0.1', '10.1.0.2'], '127.0.0.2', '/var/lib/cardea'];
    assert.deepEqual(show({})(...names), expected);
    assert.deepEqual(show({ CARDEA_LISTEN: '127.0.0.3' })('listen'), ['127.0.0.3'], 'the caller is nearer');
  });
});

/** Runs a command with the files of an extracted package over those of this computer. */
const runLayered = `set -e
mount --make-rprivate /
for folder in usr etc; do mount -t overlay -o "lowerdir=$1/$folder:/$folder" overlay "/$folder"; done
exec cardea config show --json`;

/** Installs an extracted package over the files of this computer, whose changes go to a second folder, and runs commands of it. */
const runInstalled = `set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir "$1/var"
for folder in usr etc var; do
  mkdir "$2/$folder" "$2/$folder-work"
  mount -t overlay -o "lowerdir=$1/$folder:/$folder,upperdir=$2/$folder,workdir=$2/$folder-work" overlay "/$folder"
done
rm -rf /var/lib/cardea
sh "$3" configure
stat -c '%a %U %G' /var/lib/cardea
setpriv --reuid cardea --regid cardea --clear-groups cardea config check
cardea tenant add example.org || true`;

/** Why no folder can be put over /usr; false where one can. */
function cannotLayer(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux: a mount namespace';
  const script = 'mount --make-rprivate / && mount -t overlay -o lowerdir=/etc:/usr overlay /usr';
  const { status } = spawnSync('unshare', ['--mount', '--', 'sh', '-c', script], { stdio: 'ignore' });
  return status !== 0 && 'this kernel or container mounts no overlay over /usr';
}

describe('the container image', { skip: skip || imageObstacle() }, () => {
  if ('why' in installed) return;

  test('is built by buildah, is healthy with a read-only root as user 10001, and signs a card in', async () => {
    const image = buildImage(join(installed.folder, 'node_modules'));
    try {
      assert.deepEqual([image.config.User, Object.keys(image.config.Volumes)], ['10001:10001', ['/data']]);
      const volume = join(installed.folder, 'volume');
      mkdirSync(volume);
      const ports = { port: await freePort(), crls: await freePort(), management: await freePort() };
      const environment = {
        CARDEA_DEMO: 'true',
        CARDEA_PORT: `${ports.port}`,
        CARDEA_DEMO_CRL_PORT: `${ports.crls}`,
        CARDEA_MANAGEMENT_PORT: `${ports.management}`,
      };
      const container = (program: readonly string[]) => {
        const [command = '', ...words] = image.command(program, { volume, environment });
        return [command, words] as const;
      };
      const { Entrypoint, Cmd, Healthcheck } = image.config;
      const origin = `https://localhost:${ports.port}`;
      const server = await runningServer(spawn(...container([...Entrypoint, ...Cmd])), origin);
      try {
        const health = spawnSync(...container(Healthcheck.Test.slice(1)), { encoding: 'utf8' });
        assert.equal(health.status, 0, health.stderr + health.stdout);
        const [card, ca] = [join(volume, 'demo', 'cards', 'ana.p12'), join(volume, 'tls', 'root.pem')];
        const words = ['--user', 'ana@woodgrove.test', '--card', card, '--url', origin, '--ca', ca];
        const signIn = installed.cardea(['sign-in', ...words, '--json']);
        assert.equal(signIn.code, 0, signIn.err + signIn.out);
        assert.match(signIn.out, /"upn": "ana@woodgrove\.test"/);
        const write =
          "import { writeFileSync } from 'node:fs'; console.log(process.getuid()); writeFileSync('/opt/x', '')";
        const writing = spawnSync(...container(['node', '--input-type=module', '--eval', write]), { encoding: 'utf8' });
        assert.match(writing.stdout, /^10001$/m);
        assert.match(writing.stderr, /EROFS/);
      } finally {
        assert.equal(await server.stop(), 0);
      }
    } finally {
      image.remove();
    }
  });
});

const statusOf = (url: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const call = request(url, { rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on('error', reject).end();
  });
