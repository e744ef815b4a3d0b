import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs, run } from '../../pki/openssl.ts';
import { testCa } from '../../pki/test-ca.ts';
import { RunningServer } from '../server.ts';

interface Row {
  readonly id: string;
  readonly displayName: string;
  readonly store: string;
  readonly thumbprint: string;
  readonly issuer: string;
  readonly issuerSki: string;
  readonly certificateRevocationListUrl?: string;
}

/** The command line as a person types it, on a running server. */
describe('cardea ca', () => {
  let server: RunningServer;
  const root = testCa('C=US,O=Fabrikam,CN=Fabrikam Root');
  const issuing = root.issueCa('C=US,O=Fabrikam,CN=Fabrikam Issuing');
  const path = (name: string) => join(server.folder, name);
  before(async () => {
    server = await RunningServer.start();
    writeFileSync(path('root.pem'), root.pem);
    writeFileSync(path('both.pem'), root.pem + issuing.pem);
    writeFileSync(path('issuing.cer'), issuing.der);
  });
  after(() => server.remove());

  const json = async <T>(...words: readonly string[]): Promise<T> => {
    const { code, out, err } = await server.cardea(...words, '--json');
    assert.equal(code, 0, err);
    return JSON.parse(out) as T;
  };
  const list = (...words: readonly string[]) => json<readonly Row[]>('ca', 'list', ...words);
  const isUnknown = async (container: string) => {
    const { code, err } = await server.cardea('ca', 'list', '--container', container);
    assert.deepEqual([code, err.includes(`there is no container "${container}"`)], [1, true]);
  };
  const issuingOf = (rows: readonly Row[], n: number) =>
    rows.find(({ displayName }) => displayName.endsWith(`Issuing CA ${n}`))!;

  test('a dry run shows whom a removal would lock out; the removal itself is refused unless forced', async () => {
    const { id } = issuingOf(await list(), 1);
    assert.equal((await server.signIn('ana@woodgrove.test', server.card('ana'))).kind, 'signedIn');
    const dry = await server.cardea('ca', 'remove', id, '--dry-run');
    assert.equal(dry.code, 0, dry.err);
    assert.match(
      dry.out,
      /ana@woodgrove\.test +[0-9A-F]{40} +granted as x509CertificateMultiFactor +refused \(issuerNotTrusted\)/,
    );
    const refusal = await server.cardea('ca', 'remove', id);
    assert.equal(refusal.code, 1);
    assert.match(
      refusal.err,
      /after this change, no Global Administrator could sign in: ana@woodgrove\.test \(issuerNotTrusted\)/,
    );
    assert.equal((await list()).length, 3);
    await json('ca', 'remove', id, '--force');
    assert.equal((await server.signIn('ana@woodgrove.test', server.card('ana'))).kind, 'refused');
    const deletion = await json<{ certificateAuthorities: readonly Row[] }>('ca', 'list', '--deleted');
    assert.deepEqual(
      deletion.certificateAuthorities.map((row) => row.id),
      [id],
    );
    await json('ca', 'restore', id);
    assert.equal((await server.signIn('ana@woodgrove.test', server.card('ana'))).kind, 'signedIn');
  });

  test('the policy is rehearsed the same way', async () => {
    const policy = await json<{ x509Certificate: object }>('policy', 'get');
    const off = { ...policy, x509Certificate: { ...policy.x509Certificate, includeTargets: [] } };
    writeFileSync(path('off.json'), JSON.stringify(off));
    const dry = await server.cardea('policy', 'apply', path('off.json'), '--dry-run');
    assert.match(dry.out, /ana@woodgrove\.test .* refused \(accountNotInScope\)/);
    const refusal = await server.cardea('policy', 'apply', path('off.json'));
    assert.match(refusal.err, /after this change, no Global Administrator could sign in/);
    assert.deepEqual(await json('policy', 'get'), policy);
  });

  test('add, list, set and remove work on the classic store as the trusted-CA cmdlets do (graph-api §15)', async () => {
    const rows = await json<readonly Row[]>('ca', 'add', path('both.pem'), '--store', 'classic');
    assert.deepEqual(
      rows.map(({ store, issuer }) => [store, issuer]),
      [
        ['classic', 'CN=Fabrikam Root, O=Fabrikam, C=US'],
        ['classic', 'CN=Fabrikam Root, O=Fabrikam, C=US'],
      ],
    );
    const [, second] = rows;
    const withColons = second!.issuerSki.toLowerCase().replace(/..(?=.)/g, '$&:');
    for (const ski of [second!.issuerSki, withColons]) {
      const match = await list('--issuer', second!.issuer, '--issuer-ski', ski);
      assert.deepEqual(
        match.map(({ id }) => id),
        [second!.id],
        ski,
      );
    }
    const url = 'http://crl.fabrikam.test/a.crl';
    const [set] = await json<readonly Row[]>('ca', 'set', second!.thumbprint, '--crl-url', url);
    assert.deepEqual([set!.id, set!.certificateRevocationListUrl], [second!.id, url]);
    for (const { thumbprint } of rows) await json('ca', 'remove', thumbprint.toLowerCase());
    assert.deepEqual(await list('--store', 'classic'), []);
  });

  test('a file of several certificates is reported one by one, and all or none of it is an option', async () => {
    const otherCa = root.issueCa('C=US,O=Fabrikam,CN=Fabrikam Other');
    const card = issuing.issueUserCertificate({ upn: 'card@fabrikam.test' });
    const unreadable = '-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n';
    writeFileSync(path('mixed.pem'), root.pem + card.pem + unreadable + otherCa.pem);
    await json('ca', 'add', path('root.pem'), '--container', 'Mixed');
    const refusal = await server.cardea('ca', 'add', path('mixed.pem'), '--container', 'Mixed', '--all-or-none');
    assert.match(refusal.err, /card@fabrikam\.test/);
    assert.equal(refusal.code, 1);
    assert.equal((await list('--container', 'Mixed')).length, 1);
    const url = 'http://crl.fabrikam.test/mixed.crl';
    type Item = { result: string; thumbprint: string; code?: string; certificateRevocationListUrl?: string };
    const words = ['ca', 'add', path('mixed.pem'), '--container', 'Mixed', '--crl-url', url];
    const items = await json<readonly Item[]>(...words);
    assert.deepEqual(
      items.map(({ result, code, certificateRevocationListUrl }) => [result, code ?? certificateRevocationListUrl]),
      [
        ['added', url],
        ['present', undefined],
        ['leftOut', 'authorityNotCa'],
        ['leftOut', 'certificateUnreadable'],
      ],
    );
    const { out } = await server.cardea(...words);
    assert.match(out, /present .*CN=Fabrikam Root/);
    assert.match(out, /left out .*certificate 3: /);
    assert.equal((await list('--container', 'Mixed')).length, 2);
    await json('ca', 'remove', '--container', 'Mixed');
  });

  test('a container is named by what is put into it, and goes and comes back as a whole', async () => {
    await json('ca', 'add', path('root.pem'), '--container', 'Fabrikam');
    await json('ca', 'add', path('issuing.cer'), '--container', 'Fabrikam');
    const ids = (await list('--container', 'Fabrikam')).map(({ id }) => id);
    assert.equal(ids.length, 2);
    const { id } = await json<Row>('ca', 'remove', '--container', 'Fabrikam');
    await isUnknown('Fabrikam');
    await json('ca', 'restore', id);
    assert.deepEqual(
      (await list('--container', 'Fabrikam')).map((row) => row.id),
      ids,
    );
    await json('ca', 'remove', '--container', id);
  });

  test(
    'a .p7b as OpenSSL makes it is uploaded, by file and by a URL that the operator allowed',
    needs('openssl'),
    async () => {
      const result = run(server.folder, 'openssl', 'crl2pkcs7', '-nocrl', '-certfile', 'both.pem', '-out', 'cas.p7b');
      assert.equal(result.status, 0, result.text);
      const dry = await server.cardea('ca', 'upload', path('cas.p7b'), '--container', 'Bulk', '--dry-run');
      assert.match(dry.out, /nothing would differ/);
      await isUnknown('Bulk');
      await json('ca', 'upload', path('cas.p7b'), '--container', 'Bulk');
      assert.equal((await list('--container', 'Bulk')).length, 2);
      const again = await server.cardea('ca', 'upload', path('cas.p7b'), '--container', 'Bulk');
      assert.equal(again.code, 0, again.err);
      assert.equal([...again.out.matchAll(/^present/gm)].length, 2);
      await json('ca', 'remove', '--container', 'Bulk');
      const file = readFileSync(path('cas.p7b'));
      const files = createServer((_, response) => response.end(file)).listen(0, '127.0.0.1');
      await new Promise((listening) => files.once('listening', listening));
      const url = `http://localhost:${(files.address() as AddressInfo).port}/cas.p7b`;
      const sha256 = createHash('sha256').update(file).digest('hex');
      const words = ['ca', 'upload', url, '--sha256', sha256, '--json'];
      const refusal = await server.cardea(...words);
      files.close();
      assert.equal(refusal.code, 1);
      const { error } = JSON.parse(refusal.out) as { error: { code: string; message: string } };
      assert.equal(error.code, 'uploadUrlRefused');
      assert.match(error.message, /the host localhost is not in the setting uploadHosts/);
    },
  );

  test('what an administrator should look at is shown when a CA is added, and in the list', async () => {
    const dates = { notBefore: new Date('2001-01-01'), notAfter: new Date('2002-01-01') };
    const ca = testCa('CN=Long Ago', dates);
    writeFileSync(path('long-ago.pem'), ca.pem);
    const { code, err } = await server.cardea('ca', 'add', path('long-ago.pem'));
    assert.equal(code, 0, err);
    assert.match(
      err,
      /^Warning: CN=Long Ago expired at 2002-01-01T00:00:00\.000Z, so .*`cardea ca remove [0-9a-f-]{36}`/m,
    );
    assert.match(err, /^Warning: CN=Long Ago has no CRL address, so .*`cardea ca set [0-9a-f-]{36} --crl-url URL`/m);
    const { out } = await server.cardea('ca', 'list');
    assert.match(out, /^id +type +name +store +expires +CRL state$/m);
    assert.match(out, /CN=Long Ago .* 2002-01-01 \(expired\) +not checked: no address/);
  });

  const misuses = [
    { words: ['ca', 'remove'], says: /Specify one CA by id or thumbprint, or one container/ },
    { words: ['ca', 'remove', 'x', '--container', 'y'], says: /Specify one CA by id or thumbprint, or one container/ },
    { words: ['ca', 'list', '--store', 'other'], says: /--store: "other" is not valid. Specify classic or pki/ },
    { words: ['ca', 'list', '--container', 'Nobody'], says: /there is no container "Nobody"/ },
    {
      words: ['ca', 'list', '--store', 'classic', '--container', 'x'],
      says: /the classic trust store has no containers/,
    },
    {
      words: ['ca', 'list', '--deleted', '--issuer', 'CN=x'],
      says: /'--deleted' cannot be used with option '--issuer/,
    },
    { words: ['sign-in', 'list', '--reason', 'certificateRevokd'], says: /no reason has the code "certificateRevokd"/ },
    { words: ['sign-in', 'list', '--ip', 'localhost'], says: /--ip: "localhost" is not an IP address/ },
    {
      words: ['audit', 'list', '--activity', 'Ad user'],
      says: /--activity: no change and no refusal has the name "Ad user"/,
    },
    { words: ['sign-in', 'list', '--reason', '500170000'], says: /no reason has the number 500170000/ },
    { words: ['audit', 'list', '--reason', '500171'], says: /no reason has the code "500171"/ },
    { words: ['audit', 'list', '--refused', '--result', 'success'], says: /cannot be used with option '--result/ },
    { words: ['ca', 'list', '--store', 'pki', '--store', 'classic'], says: /--store.*can be specified only once/ },
    ...['', '-5', 'abc', '1e3'].map((value) => ({
      words: ['ca', 'set', 'x', `--grace-seconds=${value}`],
      says: new RegExp(`--grace-seconds: "${value}" is not valid. Specify a whole number\\.`),
    })),
    {
      words: ['user', 'tap', 'x', '--minutes', 'abc'],
      says: /--minutes: "abc" is not valid. Specify a whole number\./,
    },
    { words: ['ca', 'set', 'x', '--ocsp-order', 'second'], says: /--ocsp-order requires --ocsp-url/ },
    { words: ['ca', 'set', 'x', '--ocsp-nonce'], says: /--ocsp-nonce requires --ocsp-url/ },
    { words: ['tenant', 'add', 'x.test', '--name', ' '], says: /displayName is empty/ },
    { words: ['tenant', 'add', `${'x'.repeat(300)}.test`], says: /"x{80}" is not a domain name/ },
    { words: ['ca', 'add', ''], says: /FILE is empty/ },
    { words: ['backup', ''], says: /FILE is empty/ },
    { words: ['import', 'entra', ''], says: /FOLDER\|FILE is empty/ },
    { words: ['ca', 'restore', 'x'], says: /there is no deleted CA or PKI "x"/ },
    { words: ['ca', 'remove', '--container', 'Nobody'], says: /there is no container "Nobody"/ },
  ];
  for (const { words, says } of misuses) {
    test(`cardea ${words.join(' ')} says what is wrong`, async () => {
      const { code, err } = await server.cardea(...words);
      assert.ok(code === 1 || code === 2);
      assert.match(err, says);
    });
  }
});
