import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { testCa } from '../../pki/test-ca.ts';
import { RunningServer } from '../server.ts';

/** Settings of one CA that Entra does not have: further addresses, a time of grace, imported CRLs, a block list. */
describe('revocation beyond Entra, set by command line while the server runs', () => {
  const now = Date.now();
  const day = 86_400_000;
  const root = testCa('Beyond Root');
  const card = root.issueUserCertificate({ upn: 'ana@woodgrove.test' });
  const second = root.issueUserCertificate({ upn: 'ana@woodgrove.test' });
  const crl = (options: object) =>
    root.crl({ thisUpdate: new Date(now - 2 * day), nextUpdate: new Date(now + day), ...options });
  let server: RunningServer;
  let mirror: { close(): unknown; url: string };
  let id = '';
  const signIn = async (which = card) => {
    const end = await server.signIn('ana@woodgrove.test', { cert: which.pem, key: which.privateKeyPem });
    return end.kind === 'signedIn' ? 'signed in' : end.code;
  };
  const set = async (...words: string[]) => {
    const { code, err } = await server.cardea('ca', 'set', id, ...words, '--force');
    assert.equal(code, 0, err);
  };

  before(async () => {
    server = await RunningServer.start();
    writeFileSync(`${server.folder}/root.pem`, root.pem);
    const { out } = await server.cardea(
      'ca',
      'add',
      `${server.folder}/root.pem`,
      '--crl-url',
      'http://127.0.0.1:1/down.crl',
      '--json',
    );
    id = (JSON.parse(out) as [{ id: string }])[0].id;
    mirror = await serve(crl({ number: 7n }));
  });
  after(async () => {
    mirror.close();
    await server.remove();
  });

  test('a CA whose only CRL address is down refuses (CRL-1)', async () => {
    assert.equal(await signIn(), 'AADSTS500173');
  });

  test('an imported CRL serves a network without a way to its address', async () => {
    writeFileSync(
      `${server.folder}/by-hand.crl`,
      crl({ number: 5n, entries: [{ serial: second.serial, revocationDate: new Date(now - day) }] }),
    );
    const { code, err } = await server.cardea('crl', 'import', `${server.folder}/by-hand.crl`, '--ca', id);
    assert.equal(code, 0, err);
    assert.equal(await signIn(), 'signed in');
    assert.equal(await signIn(second), 'AADSTS500171');
    const { out } = await server.cardea('crl', 'list', '--json');
    const row = (JSON.parse(out) as { url: string; source: string; number: string }[]).find(
      ({ url }) => url === 'http://127.0.0.1:1/down.crl',
    );
    assert.deepEqual([row?.source, row?.number], ['import', '5']);
  });

  test('an older CRL that is imported is refused: CRL numbers never go back (CRL-15)', async () => {
    writeFileSync(`${server.folder}/older.crl`, crl({ number: 4n }));
    const { code, err } = await server.cardea('crl', 'import', `${server.folder}/older.crl`, '--ca', id);
    assert.equal(code, 1);
    assert.match(err, /number/i);
  });

  test('a further address is asked when the first does not deliver, and survives a restart', async () => {
    await set(
      '--crl-url',
      'http://127.0.0.1:1/other.crl',
      '--further-crl-url',
      'http://127.0.0.1:1/also-down.crl',
      '--further-crl-url',
      mirror.url,
    );
    assert.equal(await signIn(), 'signed in');
    assert.equal(await signIn(second), 'signed in', 'number 7 no longer lists it');
    await server.stop();
    await server.run();
    assert.equal(await signIn(), 'signed in');
  });

  test('a time of grace lets a CRL be used after its end, for that CA alone, and no longer', async () => {
    const late = await serve(crl({ number: 9n, thisUpdate: new Date(now - 3 * day), nextUpdate: new Date(now - day) }));
    await set('--crl-url', late.url);
    assert.equal(await signIn(), 'AADSTS500172');
    await set('--grace-seconds', `${2 * 86_400}`);
    assert.equal(await signIn(), 'signed in');
    await set('--grace-seconds', '60');
    assert.equal(await signIn(), 'AADSTS500172');
    late.close();
  });

  test('a blocked certificate is refused at once and says so, and is free again when taken off the list', async () => {
    await set('--crl-url', mirror.url, '--grace-seconds', '0');
    assert.equal(await signIn(), 'signed in');
    writeFileSync(`${server.folder}/card.pem`, card.pem);
    const { out } = await server.cardea(
      'block',
      'add',
      `${server.folder}/card.pem`,
      '--note',
      'lost on a train',
      '--json',
    );
    const [{ sha256Thumbprint }] = JSON.parse(out) as [{ sha256Thumbprint: string }];
    assert.equal(await signIn(), 'AADSTS500171');
    assert.equal(await signIn(second), 'signed in');
    const explanation = await server.cardea(
      'explain',
      '--card',
      `${server.folder}/card.pem`,
      '--user',
      'ana@woodgrove.test',
    );
    assert.match(explanation.out, /lost on a train/);
    await server.cardea('block', 'remove', sha256Thumbprint);
    assert.equal(await signIn(), 'signed in');
  });

  test('an empty further address takes the further addresses away', async () => {
    const further = async () => {
      const { out } = await server.cardea('ca', 'list', '--json');
      const rows = JSON.parse(out) as { id: string; revocation?: { furtherCrlUrls?: string[] } }[];
      return rows.find((row) => row.id === id)?.revocation?.furtherCrlUrls;
    };
    await set('--further-crl-url', mirror.url);
    assert.deepEqual(await further(), [mirror.url]);
    await set('--further-crl-url', '');
    assert.equal(await further(), undefined);
  });

  const refusals = [
    { words: ['--grace-seconds', 'soon'], exit: 2, says: /--grace-seconds: "soon" is not valid/ },
    { words: ['--further-crl-url', 'file:///etc/passwd'], exit: 1, says: /neither http, https, ldap nor ldaps/ },
    { words: ['--crl-url', '', '--delta-crl-url', 'http://crl.test/d.crl'], exit: 1, says: /needs a base CRL/ },
  ];
  for (const { words, exit, says } of refusals) {
    test(`a setting that cannot be is refused and changes nothing: ${words.join(' ')}`, async () => {
      const before = await server.cardea('ca', 'list', '--json');
      const { code, err } = await server.cardea('ca', 'set', id, ...words);
      assert.equal(code, exit);
      assert.match(err, says);
      assert.equal((await server.cardea('ca', 'list', '--json')).out, before.out);
    });
  }
});

/** A server of one CRL. */
function serve(crl: Uint8Array): Promise<{ close(): unknown; url: string }> {
  return new Promise((resolve) => {
    const server = createServer((_, res) => res.writeHead(200, { 'content-type': 'application/pkix-crl' }).end(crl));
    server.listen(0, '127.0.0.1', () => {
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.crl`,
        close: () => server.close(),
      });
    });
  });
}
