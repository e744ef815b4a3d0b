import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { databasesUnderTest } from '../../contract/databases.ts';
import { codeIn, DevicePerson } from '../../device-client/device-person.ts';
import { freePort } from '../../free-port.ts';
import { RunningServer } from '../server.ts';
import { balancerAddress, Haproxy, haproxyMissing } from './haproxy.ts';
import { Pgbouncer, pgbouncerMissing } from './pgbouncer.ts';

const postgres = databasesUnderTest()[1]!;
const skip = postgres.missing ?? haproxyMissing ?? pgbouncerMissing ?? false;

/** HAProxy, two nodes, PgBouncer in transaction mode, PostgreSQL. Nothing leads one user to one node. */
describe('two nodes behind a balancer and a pooler', { skip }, () => {
  let nodes: readonly RunningServer[] = [];
  let haproxy: Haproxy;
  const pgbouncer = new Pgbouncer();
  /** The nodes as their users see them: one server at the address of the balancer. */
  let service: RunningServer;

  before(async () => {
    haproxy = new Haproxy(await freePort());
    const origin = `https://localhost:${haproxy.port}`;
    const place = await postgres.place();
    const environment = {
      CARDEA_DATABASE_URL: await pgbouncer.start(place.kind === 'postgres' ? place.url : ''),
      CARDEA_DATABASE_PREPARED: 'false',
      CARDEA_SECRET_KEY: randomBytes(32).toString('base64url'),
      CARDEA_LOGIN_ORIGIN: origin,
      CARDEA_PROXY_PROTOCOL_FROM: balancerAddress,
    };
    const first = await RunningServer.start(environment);
    const second = await RunningServer.start(environment);
    nodes = [first, second];
    await haproxy.start(nodes.map(({ port }) => port));
    const trust = nodes.map((node) => node.trust).join('');
    service = Object.create(first, { origin: { value: origin }, trust: { value: trust } }) as RunningServer;
  });
  after(async () => {
    for (const node of nodes) await node.remove();
    await haproxy?.remove();
    await pgbouncer.remove();
    postgres.end();
  });
  const card = (name: string) => nodes[0]!.card(name);
  /** Connections of each node while something is done. */
  async function shareOf(work: () => Promise<unknown>): Promise<readonly number[]> {
    const before = await haproxy.connections();
    await work();
    const now = await haproxy.connections();
    return now.map((count, index) => count - before[index]!);
  }

  test('a sign-in goes to both, and its entry has the address of the client', async () => {
    const correlationId = crypto.randomUUID();
    const share = await shareOf(async () => {
      const end = await nodes[0]!.signIn('ana@woodgrove.test', card('ana'), {
        ...{ origin: service.origin, ca: service.trust, correlationId },
      });
      assert.equal(end.kind, 'signedIn', JSON.stringify(end));
    });
    assert.ok(Math.min(...share) > 0, `connections: ${share}`);
    const entries = await nodes[1]!.entries(correlationId);
    assert.deepEqual(
      entries.map(({ status, ipAddress }) => [status, ipAddress]),
      [
        ['interrupted', '127.0.0.1'],
        ['success', '127.0.0.1'],
      ],
    );
  });

  test('thirty sign-ins at once through a pool of three connections', async () => {
    const names = ['ana', 'ben', 'ana', 'ben', 'ana', 'ben'];
    for (let turn = 0; turn < 5; turn++) {
      const ends = await Promise.all(
        names.map((name) =>
          nodes[turn % 2]!.signIn(`${name}@woodgrove.test`, card(name), { origin: service.origin, ca: service.trust }),
        ),
      );
      assert.deepEqual([...new Set(ends.map(({ kind }) => kind))], ['signedIn'], JSON.stringify(ends));
    }
  });

  test('a device joins, signs in, renews its primary refresh token and gets tokens', async () => {
    const person = new DevicePerson(service);
    try {
      const share = await shareOf(async () => {
        const trust = join(person.folder, 'trust.pem');
        writeFileSync(trust, service.trust);
        const joinAnswer = await person.join('laptop', 'ana', '--ca', trust, '--json');
        assert.equal(joinAnswer.code, 0, joinAnswer.err);
        const commands = [
          ['sign-in', '--certificate-file', person.card('ana')],
          ['renew'],
          ['token', '--scope', 'https://graph.microsoft.com/User.Read'],
        ] as const;
        for (const [command, ...words] of commands) {
          const answer = await person.run('laptop', command, ...words, '--ca', trust, '--json');
          assert.equal(answer.code, 0, `${command}: ${codeIn(answer)} ${answer.err}`);
        }
      });
      assert.ok(Math.min(...share) > 0, `connections: ${share}`);
    } finally {
      person.remove();
    }
  });
});
