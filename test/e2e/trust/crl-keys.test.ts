import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Authority } from '#pki/build/authority.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import type { Issued } from '#pki/build/issued.ts';
import { testCa } from '../../pki/test-ca.ts';
import { RunningServer } from '../server.ts';

/** AD CS keeps the name of a CA when it renews the key, and publishes one CRL for each key (CRL-14). */
describe('a CA with two keys of one name', () => {
  const root = testCa('Renewal Root');
  const oldKey = root.issueCa('Renewed CA');
  const newKey = root.issueCa('Renewed CA');
  const current = () => ({ thisUpdate: new Date(Date.now() - 60_000), nextUpdate: new Date(Date.now() + 3_600_000) });
  const files = new Map<string, Uint8Array>();
  let number = 1n;
  let server: RunningServer;
  let web: Server;
  let origin = '';

  before(async () => {
    server = await RunningServer.start();
    web = createServer(({ url = '' }, response) => {
      const file = files.get(url);
      response.writeHead(file ? 200 : 404).end(file);
    });
    await new Promise<void>((ready) => web.listen(0, '127.0.0.1', ready));
    origin = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    await run('ca', 'add', file('root.pem', root.pem));
    await run('ca', 'add', file('old.pem', oldKey.pem), '--crl-url', `${origin}/old.crl`);
    await run('ca', 'add', file('new.pem', newKey.pem), '--crl-url', `${origin}/new.crl`);
  });
  after(async () => {
    web.close();
    await server.remove();
  });
  /** Each test has a current CRL of the old key, and a card of its own of the new key that the new key's CRL revokes. */
  let card: Issued;
  beforeEach(() => {
    number += 10n;
    card = newKey.issueUserCertificate({ upn: 'ana@woodgrove.test' });
    files.clear();
    files.set('/old.crl', oldKey.crl({ ...current(), number }));
  });

  const revoking = (ca: Authority, more = {}) => ca.crl({ ...current(), number, entries: [ca.revoke(card)], ...more });
  function file(name: string, content: string | Uint8Array): string {
    writeFileSync(`${server.folder}/${name}`, content);
    return `${server.folder}/${name}`;
  }
  async function run(...words: string[]): Promise<string> {
    const { code, out, err } = await server.cardea(...words);
    assert.equal(code, 0, err);
    return out;
  }
  async function signIn({ pem, privateKeyPem }: Issued): Promise<string> {
    const end = await server.signIn('ana@woodgrove.test', { cert: pem, key: privateKeyPem });
    return end.kind === 'signedIn' ? 'signed in' : end.code;
  }
  const refresh = () => server.cardea('crl', 'refresh');

  test('a dry run of an import says whose CRL it is and which sign-ins it ends, and changes nothing', async () => {
    files.set('/new.crl', newKey.crl({ ...current(), number: number - 1n }));
    await refresh();
    assert.equal(await signIn(card), 'signed in');
    const path = file('revoking.crl', revoking(newKey));
    const { result, dryRun } = JSON.parse(await run('crl', 'import', path, '--dry-run', '--json'));
    assert.deepEqual(
      [result.length, result[0].url, result[0].type, result[0].number, result[0].currentNumber, result[0].entries],
      [1, `${origin}/new.crl`, 'base', `${number}`, `${number - 1n}`, 1],
    );
    assert.match(result[0].issuer, /Renewed CA/);
    assert.deepEqual(
      dryRun.changes.map((change: Record<string, { kind: string; code?: string }>) => [
        change.userPrincipalName,
        change.before!.kind,
        change.after!.kind,
        change.after!.code,
      ]),
      [['ana@woodgrove.test', 'granted', 'refused', 'certificateRevoked']],
    );
    assert.match(
      await run('crl', 'import', path, '--dry-run'),
      /Nothing was changed \(--dry-run\)\. .*1 would have a different/,
    );
    assert.equal(await signIn(card), 'signed in', 'nothing was changed');
    await run('crl', 'import', path, '--force');
    assert.notEqual(await signIn(card), 'signed in');
    const older = file('older.crl', newKey.crl({ ...current(), number: number - 1n }));
    const { code, err } = await server.cardea('crl', 'import', older, '--dry-run');
    assert.equal(code, 1);
    assert.match(err, /number/i);
  });

  test('a card that its own key’s CRL revokes is refused; its neighbour and cards of the other key sign in', async () => {
    files.set('/new.crl', revoking(newKey));
    await refresh();
    assert.deepEqual(
      [
        await signIn(card),
        await signIn(newKey.issueUserCertificate({ upn: 'ana@woodgrove.test' })),
        await signIn(oldKey.issueUserCertificate({ upn: 'ana@woodgrove.test' })),
      ],
      ['AADSTS500171', 'signed in', 'signed in'],
    );
  });

  test('an imported CRL is stored at the CA that has its key', async () => {
    const refusal = await server.cardea('crl', 'import', file('stranger.crl', testCa('Renewed CA').crl(current())));
    assert.notEqual(refusal.code, 0);
    assert.match(
      refusal.err,
      /stranger\.crl is a CRL of CN=Renewed CA with the key [0-9A-F]{40}; the trust store has no CA with this name/,
    );
    const states = JSON.parse(await run('crl', 'import', file('new.crl', revoking(newKey)), '--json')) as [
      { url: string },
    ];
    assert.equal(states[0].url, `${origin}/new.crl`);
    const rest = oldKey.crl({ ...current(), number: number + 1n });
    const old = JSON.parse(await run('crl', 'import', file('old.crl', rest), '--json')) as [{ url: string }];
    assert.equal(old[0].url, `${origin}/old.crl`);
    assert.equal(await signIn(card), 'AADSTS500171');
  });

  test('PEM and an archive of CRLs are imported at once; a file that is not a CRL is named for what it is', async () => {
    const next = number + 2n;
    const text =
      pem('X509 CRL', oldKey.crl({ ...current(), number: next })) + pem('X509 CRL', revoking(newKey, { number: next }));
    const both = JSON.parse(await run('crl', 'import', file('both.pem', Buffer.from(text)), '--json')) as {
      number: string;
    }[];
    assert.deepEqual(
      both.map((state) => state.number),
      [`${next}`, `${next}`],
    );
    const later = next + 1n;
    file('one.crl', revoking(newKey, { number: later }));
    file('readme.txt', Buffer.from('what this is'));
    file('other.crl', testCa('Stranger').crl(current()));
    const tar = spawnSync('tar', ['-cf', 'lists.tar', 'one.crl', 'readme.txt', 'other.crl'], { cwd: server.folder });
    assert.equal(tar.status, 0);
    assert.equal(spawnSync('tar', ['-cf', 'none.tar', 'readme.txt', 'other.crl'], { cwd: server.folder }).status, 0);
    const none = await server.cardea('crl', 'import', `${server.folder}/none.tar`);
    assert.match(none.err, /other\.crl is a CRL of CN=Stranger/, 'the CRL is named, and not the text before it');
    const { code, out, err } = await server.cardea('crl', 'import', `${server.folder}/lists.tar`, '--json');
    assert.equal(code, 1, 'one CRL of it is of no CA here');
    assert.deepEqual(
      (JSON.parse(out) as { number: string }[]).map((state) => state.number),
      [`${later}`],
    );
    assert.match(err, /readme\.txt is text, not a CRL/);
    assert.match(err, /other\.crl is a CRL of CN=Stranger /);
    const key = file('card.key', Buffer.from(oldKey.privateKeyPem));
    assert.match((await server.cardea('crl', 'import', key)).err, /card\.key is a private key, not a CRL/);
    assert.match((await server.cardea('ca', 'add', key)).err, /card\.key is a private key, not a certificate/);
  });

  const unusable: readonly [string, () => Uint8Array][] = [
    ['is the other key’s', () => oldKey.crl({ ...current(), number: number + 5n })],
    ['has a broken signature', () => revoking(newKey, { number: number + 5n, brokenSignature: true })],
    [
      'is for authorities only',
      () => revoking(newKey, { number: number + 5n, issuingDistributionPoint: { onlyContainsCACerts: true } }),
    ],
    ['has no number', () => revoking(newKey, { number: undefined })],
    [
      'begins tomorrow',
      () =>
        revoking(newKey, {
          number: number + 5n,
          thisUpdate: new Date(Date.now() + 80_000_000),
          nextUpdate: new Date(Date.now() + 90_000_000),
        }),
    ],
  ];
  for (const [problem, crl] of unusable)
    test(`the CRL at the address of the new key ${problem}: the other key’s fresh one does not stand in for it`, async () => {
      files.set('/new.crl', revoking(newKey));
      await refresh();
      files.set('/new.crl', crl());
      await refresh();
      assert.notEqual(await signIn(card), 'signed in');
      assert.equal(await signIn(oldKey.issueUserCertificate({ upn: 'ana@woodgrove.test' })), 'signed in');
    });

  test('an expired CRL is not replaced by the other key’s', async () => {
    const end = { thisUpdate: new Date(Date.now() - 7_200_000), nextUpdate: new Date(Date.now() - 3_600_000) };
    number += 100n;
    files.set('/new.crl', newKey.crl({ ...end, number }));
    await refresh();
    assert.equal(await signIn(card), 'AADSTS500172');
  });
});
