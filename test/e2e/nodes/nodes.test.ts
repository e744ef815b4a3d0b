import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { databasesUnderTest } from '../../contract/databases.ts';
import { codeIn, DevicePerson } from '../../device-client/device-person.ts';
import { freePort } from '../../free-port.ts';
import { until } from '../../until.ts';
import { ask } from '../attacks/ask.ts';
import { RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';
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
    const place = await postgres.emptyPlace();
    const environment = {
      CARDEA_DATABASE_URL: await pgbouncer.start(place.kind === 'postgres' ? place.url : ''),
      CARDEA_DATABASE_PREPARED: 'false',
      CARDEA_SECRET_KEY: randomBytes(32).toString('base64url'),
      CARDEA_LOGIN_ORIGIN: origin,
      CARDEA_PROXY_PROTOCOL_FROM: balancerAddress,
    };
    const managementPorts = [await freePort(), await freePort()];
    const [first, second] = [
      await RunningServer.start({ ...environment, CARDEA_MANAGEMENT_PORT: `${managementPorts[0]}` }),
      await RunningServer.start({ ...environment, CARDEA_MANAGEMENT_PORT: `${managementPorts[1]}` }),
    ];
    nodes = [first, second];
    await haproxy.start(nodes.map(({ port }, index) => ({ port, managementPort: managementPorts[index]! })));
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
    const counts = await haproxy.connections();
    return counts.map((count, index) => count - before[index]!);
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

  /** What a user may do, as whichever node answers decides it: both are asked. */
  async function endsOf(name: string): Promise<readonly string[]> {
    const ends = await Promise.all(
      [0, 1].map(() =>
        nodes[0]!.signIn(`${name}@woodgrove.test`, card(name), { origin: service.origin, ca: service.trust }),
      ),
    );
    return ends.map((end) => (end.kind === 'refused' ? end.code : end.kind));
  }
  let blockedId = '';
  const changes: readonly {
    readonly name: string;
    readonly change: () => readonly string[];
    readonly undo: () => readonly string[];
    readonly end: string;
  }[] = [
    {
      name: 'a user who is disabled',
      change: () => ['user', 'set', 'ben@woodgrove.test', '--disable'],
      undo: () => ['user', 'set', 'ben@woodgrove.test', '--enable'],
      end: 'AADSTS50057',
    },
    {
      name: 'a certificate that is blocked',
      change: () => ['block', 'add', join(nodes[0]!.folder, 'demo', 'cards', 'ben.p12')],
      undo: () => ['block', 'remove', blockedId],
      end: 'AADSTS500171',
    },
  ];
  for (const { name, change, undo, end } of changes)
    test(`${name} on one node is felt by the next request on both`, async () => {
      const [firstNode, otherNode] = nodes;
      const changed = await firstNode!.cardea(...change());
      assert.equal(changed.code, 0, changed.err);
      blockedId =
        /"(?:thumbprint|sha256Thumbprint|certificate)": "([^"]+)"/.exec(
          (await firstNode!.cardea('block', 'list', '--json')).out,
        )?.[1] ?? '';
      assert.deepEqual([...new Set(await endsOf('ben'))], [end]);
      const undone = await otherNode!.cardea(...undo());
      assert.equal(undone.code, 0, undone.err);
      assert.deepEqual([...new Set(await endsOf('ben'))], ['signedIn']);
    });

  test('a sign-out of a user on one node ends the refresh token on the other', async () => {
    const sitting = new Sitting(service, card('ana'));
    await sitting.open({ scope: 'openid offline_access' });
    await sitting.withCard('ana@woodgrove.test');
    assert.ok(sitting.isSignedIn, `${sitting.page?.url} ${sitting.page?.body}`);
    const { tokens } = await sitting.claims();
    assert.equal((await nodes[0]!.cardea('user', 'sign-out', 'ana@woodgrove.test')).code, 0);
    for (const node of nodes) {
      const form = { grant_type: 'refresh_token', client_id: commandLineApplication.appId };
      const url = new URL('/woodgrove.test/oauth2/v2.0/token', `https://localhost:${node.port}`);
      const headers = { host: new URL(service.origin).host };
      const { status, body } = await ask(node, url, {
        form: { ...form, refresh_token: String(tokens.refresh_token) },
        headers,
      });
      assert.deepEqual([status, /invalid_grant/.test(body)], [400, true], body);
    }
  });

  test('wrong passwords are counted together: ten on both nodes lock the name on each', async () => {
    const password = 'Right-Pass-1';
    const file = join(nodes[0]!.folder, 'password');
    writeFileSync(file, `${password}\n`);
    const name = 'pia@woodgrove.test';
    const output = await nodes[0]!.cardea('user', 'add', name, '--name', 'Pia', '--password-file', file);
    assert.equal(output.code, 0, output.err);
    const attempt = async (typed: string) => {
      const sitting = new Sitting(service);
      await sitting.open();
      await sitting.withPassword(name, typed);
      return sitting;
    };
    assert.ok((await attempt(password)).isSignedIn);
    const share = await shareOf(async () => {
      for (let turn = 0; turn < 10; turn++) await attempt(`Wrong-Pass-${turn}`);
    });
    assert.ok(Math.min(...share) >= 5, `connections: ${share}`);
    for (let turn = 0; turn < 2; turn++) assert.ok(!(await attempt(password)).isSignedIn);
  });

  test('without PostgreSQL the nodes answer 503 through the balancer, and sign-ins continue soon after it has started again', async () => {
    const signIn = () =>
      nodes[0]!.signIn('ana@woodgrove.test', card('ana'), { origin: service.origin, ca: service.trust });
    postgres.server!.kill();
    await until('the balancer to find no node ready', () => haproxy.isUnready());
    assert.match(JSON.stringify(await signIn()), /90033|temporarily|unavailable|503/i);
    await postgres.server!.start();
    const start = performance.now();
    await until('a sign-in', async () => (await signIn()).kind === 'signedIn');
    const seconds = (performance.now() - start) / 1000;
    assert.ok(seconds < 10, `${seconds.toFixed(1)} s`);
  });

  test('sign-ins continue after a node has stopped', async () => {
    await nodes[1]!.stop();
    for (let turn = 0; turn < 2; turn++) {
      const target = { origin: service.origin, ca: service.trust };
      assert.equal((await nodes[0]!.signIn('ana@woodgrove.test', card('ana'), target)).kind, 'signedIn');
    }
  });
});
