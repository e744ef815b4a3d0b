import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { runCardea } from '../server.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-mistakes-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** No variable of the developer is one of the server. */
const environment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => name.startsWith('CARDEA_'))
    .map((name) => [name, undefined]),
);
const cardea = (...words: string[]) => runCardea(words, environment);

describe('a data folder without an installation', () => {
  const commands = [
    ['tenant', 'list'],
    ['ca', 'list'],
    ['user', 'add', 'ana@example.org'],
    ['backup', join(folder, 'x.cardea')],
    ['keys', 'reset', '--confirm'],
  ];
  for (const words of commands)
    test(`is refused by cardea ${words.slice(0, 2).join(' ')}, which creates nothing`, async () => {
      const empty = join(folder, 'empty');
      const { code, err } = await cardea(...words, '--data', empty);
      assert.equal(code, 1);
      assert.match(
        err,
        /The data folder .*empty has no installation\.\nName the folder of the installation with --data/,
      );
      assert.ok(!existsSync(empty));
    });

  test('gets one by tenant add', async () => {
    const { code } = await cardea('tenant', 'add', 'example.org', '--data', join(folder, 'new'));
    assert.equal(code, 0);
    assert.equal((await cardea('tenant', 'list', '--data', join(folder, 'new'))).code, 0);
  });
});

describe('cardea config', () => {
  test('check finds settings that can be used', async () => {
    const { code, out, err } = await cardea('config', 'check', '--data', join(folder, 'new'));
    assert.deepEqual([code, out, err], [0, 'The settings can be used.\n', '']);
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

  test('show tells where a value comes from, schema prints a JSON schema with every setting', async () => {
    const show = await cardea('config', 'show', '--port', '9000', '--json', '--data', join(folder, 'new'));
    const settings = JSON.parse(show.out) as readonly { name: string; source: string }[];
    assert.equal(settings.find(({ name }) => name === 'port')?.source, 'command line');
    const { out } = await cardea('config', 'schema');
    const schema = JSON.parse(out) as { properties: Record<string, unknown>; additionalProperties: boolean };
    assert.deepEqual(Object.keys(schema.properties).sort(), settings.map(({ name }) => name).sort());
    assert.equal(schema.additionalProperties, false);
  });
});
