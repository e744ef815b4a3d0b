import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { readDemoFiles } from '#pki/demo/demo-files.ts';
import { databasesUnderTest } from '../../contract/databases.ts';
import { TestServer } from '../../crls/test-server.ts';
import { RunningServer } from '../server.ts';

const postgres = databasesUnderTest()[1]!;

describe('two server processes on one PostgreSQL database', { skip: postgres.missing ?? false }, () => {
  const servers: RunningServer[] = [];
  let crlServer: TestServer | undefined;
  after(async () => {
    for (const server of servers) await server.remove();
    await crlServer?.stop();
    postgres.end();
  });

  test('whose visitors come at the same moment download a CRL once (CRL-8); fetched again it revokes on both', async () => {
    const { url } = (await postgres.emptyPlace()) as { url: string };
    const environment = { CARDEA_DATABASE_URL: url, CARDEA_SECRET_KEY: randomBytes(32).toString('base64url') };
    for (let n = 0; n < 2; n++) servers.push(await RunningServer.start(environment));
    const [first, second] = servers as [RunningServer, RunningServer];
    const card = first.card('ana');
    const { issuer, serialNumber } = new X509Certificate(card.cert);
    const { authorities } = readDemoFiles(join(first.folder, 'demo'))!;
    const authority = Object.values(authorities).find(({ pem }) => new X509Certificate(pem).subject === issuer)!;
    const at = Date.now();
    const dates = { thisUpdate: new Date(at - 60_000), nextUpdate: new Date(at + 3_600_000) };
    const crls = await TestServer.start();
    crlServer = crls;
    const publish = (bytes: Uint8Array) => {
      crls.answer = (_, response) => void pause(1000).then(() => response.end(bytes));
    };
    publish(authority.crl({ ...dates, number: 5000n }));
    const thumbprint = new X509Certificate(authority.pem).fingerprint.replaceAll(':', '');
    const set = await first.cardea('ca', 'set', thumbprint, '--crl-url', crls.url('/a.crl'), '--delta-crl-url', '');
    assert.equal(set.code, 0, set.err);

    const signIn = (server: RunningServer) => server.signIn('ana@woodgrove.test', card);
    const ends = await Promise.all([first, second, first, second].map(signIn));
    assert.deepEqual(new Set(ends.map(({ kind }) => kind)), new Set(['signedIn']), JSON.stringify(ends));
    assert.equal(crls.requests.length, 1);

    const entries = [{ serial: BigInt(`0x${serialNumber}`), revocationDate: new Date(at - 60_000) }];
    publish(authority.crl({ ...dates, number: 5001n, entries }));
    const refresh = await Promise.all(servers.map((server) => server.cardea('crl', 'refresh')));
    assert.deepEqual(
      refresh.map(({ code }) => code),
      [0, 0],
    );
    const later = await Promise.all([first, second].map(signIn));
    assert.deepEqual(new Set(later.map(({ kind }) => kind)), new Set(['refused']), JSON.stringify(later));

    // An import on one server is felt by the next sign-in on the other.
    for (const [number, list, kind] of [
      [5002n, [], 'signedIn'],
      [5003n, entries, 'refused'],
    ] as const) {
      const file = join(first.folder, `${number}.crl`);
      writeFileSync(file, authority.crl({ ...dates, number, entries: list }));
      const { code, err } = await first.cardea('crl', 'import', file, '--force');
      assert.equal(code, 0, err);
      const end = await signIn(second);
      assert.equal(end.kind, kind, JSON.stringify(end));
    }
  });
});
