import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { pem } from '#pki/build/certificate-builder.ts';
import { databasesUnderTest } from '../../contract/databases.ts';
import { freePort } from '../../free-port.ts';
import { testCa } from '../../pki/test-ca.ts';
import { until } from '../../until.ts';
import { noSettings, RunningServer, runCardea } from '../server.ts';

const postgres = databasesUnderTest()[1]!;
const inPostgres = { skip: postgres.missing ?? false };

/** The listener for those who run the server. */
describe('the management listener', () => {
  let server: RunningServer;
  let port = 0;
  const read = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method });
  const metrics = async (): Promise<string> => (await read('/metrics')).text();
  before(async () => {
    port = await freePort();
    server = await RunningServer.start({ CARDEA_MANAGEMENT_PORT: `${port}` });
  });
  after(async () => {
    await server.remove();
    postgres.end();
  });

  test('says that the process lives and is ready, with each check', async () => {
    assert.equal((await read('/health/live')).status, 200);
    const answer = await read('/health/ready');
    assert.equal(answer.headers.get('content-type'), 'application/health+json');
    const { status, checks } = (await answer.json()) as { status: string; checks: Record<string, { status: string }> };
    assert.deepEqual(Object.keys(checks), ['running', 'database', 'schema', 'keys', 'disk']);
    assert.deepEqual([answer.status, status], [200, 'pass']);
  });

  test('is not ready while a table is missing, and warns of a later version', inPostgres, async () => {
    const place = await postgres.emptyPlace();
    const url = place.kind === 'postgres' ? place.url : '';
    const other = await freePort();
    const node = await RunningServer.start({ CARDEA_MANAGEMENT_PORT: `${other}`, CARDEA_DATABASE_URL: url });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const schema = async () => {
      const answer = await fetch(`http://127.0.0.1:${other}/health/ready`);
      const { checks } = (await answer.json()) as { checks: Record<string, { status: string; problem?: string }> };
      return `${answer.status} ${checks.schema!.status} ${checks.schema!.problem}`;
    };
    const comesTo = (words: RegExp) => until(`${words}`, async () => words.test(await schema()));
    await comesTo(/^200 pass/);
    await client.query('alter table users rename to users_x');
    await comesTo(/^503 fail .*the table users is missing/);
    await client.query('alter table users_x rename to users');
    await client.query(`insert into kysely_migration (name, timestamp) values ('999-later', 'x')`);
    await comesTo(/^200 warn a later version of Cardea has applied the migration 999-later/);
    await client.end();
    await node.remove();
  });

  test(
    'answers while PostgreSQL does not: CAs fail with the problem, and metrics say which check fails',
    inPostgres,
    async () => {
      const place = await postgres.emptyPlace();
      const url = place.kind === 'postgres' ? place.url : '';
      const other = await freePort();
      const node = await RunningServer.start({
        CARDEA_MANAGEMENT_PORT: `${other}`,
        CARDEA_DATABASE_URL: url,
        CARDEA_LOG_LEVEL: 'info', // the log is a target of events, whose outbox is in the database
      });
      const get = async (path: string) => {
        const answer = await fetch(`http://127.0.0.1:${other}${path}`);
        return { status: answer.status, text: await answer.text() };
      };
      const intact = await get('/metrics');
      assert.match(intact.text, /^cardea_health_check_passing\{check="database"\} 1$/m);
      assert.match(intact.text, /^cardea_events_waiting\{target="log"\} \d+$/m);
      postgres.server!.kill();
      try {
        const { status, text } = await get('/metrics');
        assert.equal(status, 200);
        assert.match(text, /^cardea_health_check_passing\{check="database"\} 0$/m);
        assert.match(text, /^cardea_health_check_passing\{check="disk"\} 1$/m);
        assert.match(text, /^cardea_tls_certificate_expiry_timestamp_seconds \d+$/m);
        assert.doesNotMatch(text, /^cardea_events_waiting\{/m);
        const trust = await get('/health/trust');
        assert.equal(trust.status, 503);
        assert.match(trust.text, /^\{"status":"fail","problem":"The PostgreSQL server at [^"]+ cannot be used/);
        assert.notEqual((await node.signIn('ana@woodgrove.test', node.card('ana'))).kind, 'signedIn');
        assert.match(
          (await get('/metrics')).text,
          /^cardea_http_request_duration_seconds_count\{[^}]*status="503"\} [1-9]/m,
        );
      } finally {
        await postgres.server!.start();
      }
      await node.remove();
    },
  );

  test('counts sign-ins by result, reason, method and strength, and names no user', async () => {
    assert.equal((await server.signIn('ana@woodgrove.test', server.card('ana'))).kind, 'signedIn');
    assert.notEqual((await server.signIn('ana@woodgrove.test', server.card('ben'))).kind, 'signedIn');
    const text = await metrics();
    assert.match(
      text,
      /cardea_sign_ins_total\{[^}]*result="success",error_code="0",reason="accessGranted",method="x509CertificateMultiFactor",strength="Phishing-resistant MFA"/,
    );
    assert.equal((await server.signIn('ben@woodgrove.test', server.card('ben'))).kind, 'signedIn');
    assert.match(await metrics(), /method="x509CertificateSingleFactor",strength="One factor"/);
    assert.match(text, /cardea_sign_ins_total\{[^}]*result="failure",error_code="\d{5}"/);
    assert.doesNotMatch(text, /ana@|mallory@|woodgrove/i);
  });

  test('measures requests and the event loop', async () => {
    const text = await metrics();
    assert.match(text, /cardea_http_request_duration_seconds_count\{endpoint="certauth",status="303"\} [1-9]/);
    assert.match(text, /nodejs_eventloop_lag_p99_seconds [\d.e-]+/);
    assert.match(text, /cardea_build_info\{version="\d+\.\d+\.\d+"\} 1/);
  });

  test('tells how every CA and CRL stands, on a page and in metrics', async () => {
    const answer = await read('/health/trust');
    const { status, authorities } = (await answer.json()) as {
      status: string;
      authorities: { authority: string; subject: string; crls: { entries: number }[] }[];
    };
    assert.deepEqual([answer.status, ['pass', 'warn'].includes(status), authorities.length], [200, true, 3]);
    const issuing = authorities.find(({ subject }) => subject.includes('CN=Woodgrove Issuing CA 1'))!;
    assert.ok(issuing.crls[0]!.entries > 0, 'a sign-in has fetched the list');
    const text = await metrics();
    const end = new RegExp(
      `^cardea_authority_expiry_timestamp_seconds\\{[^}]*authority="${issuing.authority}"\\} (\\d+)$`,
      'm',
    );
    assert.ok(Number(end.exec(text)?.[1]) > Date.now() / 1000);
    assert.match(
      text,
      new RegExp(`^cardea_crl_entries\\{[^}]*authority="${issuing.authority}",list="0"\\} [1-9]`, 'm'),
    );
    assert.match(text, /^cardea_authority_critical\{[^}]*\} 0$/m);
    assert.match(text, /^cardea_crl_age_seconds\{[^}]*\} \d+$/m);
  });

  test('shows a change of the trust store in the next answer', async () => {
    const count = async () =>
      ((await (await read('/health/trust')).json()) as { authorities: unknown[] }).authorities.length;
    const before = await count();
    const file = join(server.folder, 'another.pem');
    writeFileSync(file, pem('CERTIFICATE', testCa('CN=Another Root').der));
    const { err } = await server.cardea('ca', 'add', file);
    assert.deepEqual([await count(), err.includes('cannot')], [before + 1, false]);
  });

  for (const [method, path, status] of [
    ['GET', '/', 404],
    ['GET', '/health', 404],
    ['POST', '/metrics', 405],
    ['HEAD', '/health/ready', 200],
    ['GET', '/health/ready?verbose', 200],
  ] as const)
    test(`${method} ${path} answers ${status}`, async () => assert.equal((await read(path, method)).status, status));

  test('config check can be run while the server has the data folder', async () => {
    const { code, out, err } = await runCardea(['config', 'check', '--data', server.folder], noSettings());
    assert.deepEqual([code, out, err], [0, 'The settings can be used.\n', '']);
  });

  test('a database that is gone makes it not ready, and it still lives', async () => {
    const file = join(server.folder, 'cardea.db');
    rmSync(file);
    writeFileSync(file, '');
    const answer = await read('/health/ready');
    const { checks } = (await answer.json()) as { checks: Record<string, { status: string; problem?: string }> };
    assert.equal(answer.status, 503);
    assert.match(checks.database!.problem!, /removed or replaced/);
    assert.equal((await read('/health/live')).status, 200);
  });
});

test('a port that another program has stops the start, with the number of the port', async (t) => {
  const occupant = createServer().listen(0, '127.0.0.1');
  t.after(() => occupant.close());
  await once(occupant, 'listening');
  const { port } = occupant.address() as { port: number };
  await assert.rejects(
    RunningServer.start({ CARDEA_MANAGEMENT_PORT: `${port}` }),
    new RegExp(`cannot listen on the port ${port}`),
  );
});
