import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { logOf } from '#server/log.ts';
import { Metrics } from '#server/management/metrics.ts';
import { watchDirectories } from '#server/scheduled/directory-sync.ts';
import { connectionLimits, openConnection } from '#sync/source/connection.ts';
import { SambaDc, sambaMissing, sambaPassword } from './samba.ts';
import { SyncScene } from './sync-scene.ts';

describe('a synchronization that is interrupted', { skip: sambaMissing() }, () => {
  let dc: SambaDc;
  let scene: SyncScene;
  const names = Array.from({ length: 60 }, (_, index) => `user${String(index).padStart(3, '0')}`);

  before(async () => {
    dc = await SambaDc.start();
    scene = await SyncScene.open(dc);
    await scene.configure({ containers: [`CN=Users,${dc.baseDn}`], kinds: ['user'] });
    await dc.change(async (client) => {
      for (const name of names)
        await client.add(`CN=${name},CN=Users,${dc.baseDn}`, { objectClass: 'user', sAMAccountName: name });
    });
  });
  after(async () => {
    await scene?.close();
    await dc?.remove();
  });

  test('changes nothing when the domain controller dies before everything was read', async () => {
    const { synchronisation } = scene.ports;
    const dying = {
      ...scene.ports,
      synchronisation: {
        ...synchronisation,
        // Asked between what the controller says of itself and the first search.
        ofDomain: async (domain: string) => {
          await dc.stop('SIGKILL');
          return synchronisation.ofDomain(domain);
        },
      },
    };
    const { run } = await SyncScene.runOn(dying);
    assert.ok(['syncSearchFailed', 'syncInterrupted'].includes(run.because?.code ?? ''), JSON.stringify(run));
    assert.deepEqual(await scene.userNames(), []);
    assert.equal((await synchronisation.state(dc.domain)).cursor, undefined);
    assert.equal((await synchronisation.state(dc.domain)).lastRun?.because?.code, run.because?.code);
    await dc.run();
  });

  test('changes nothing when the connection ends after any part of the pages', async () => {
    const relay = await Relay.open(dc.address);
    const options = { limits: { ...connectionLimits, pageEntries: 7 } };
    try {
      const domain = { server: `ldaps://${dc.address}:${relay.port}`, containers: [`CN=Users,${dc.baseDn}`] };
      await scene.configure({ ...domain, kinds: ['user'] });
      const { plan, run } = await scene.run({ ...options, isPlan: true });
      assert.deepEqual([run.because, plan?.changes.length], [undefined, names.length]);
      assert.ok(run.counts.ldapRequests > names.length / 7, `${run.counts.ldapRequests} requests`);
      const allOctets = relay.octets;
      for (const share of [0.3, 0.5, 0.7, 0.9]) {
        relay.endAfter(Math.floor(allOctets * share));
        const cut = await scene.run(options);
        assert.ok(cut.run.because, `${share} of ${allOctets} octets`);
        assert.deepEqual(await scene.userNames(), []);
        assert.equal((await scene.ports.synchronisation.state(dc.domain)).cursor, undefined);
      }
    } finally {
      await relay.close();
      await scene.configure({ containers: [`CN=Users,${dc.baseDn}`], kinds: ['user'] });
    }
  });

  test('leaves whole batches when it dies while it writes, and the next run takes it up', async () => {
    const { synchronisation } = scene.ports;
    let batches = 0;
    const dying = {
      ...scene.ports,
      inTransaction: <T>(work: (inside: never) => Promise<T>): Promise<T> => {
        batches += 1;
        if (batches > 2) throw new Error('the database is gone');
        return scene.ports.inTransaction(work as never);
      },
    };
    const { run } = await SyncScene.runOn(dying as typeof scene.ports);
    assert.equal(run.because?.code, 'syncInterrupted');
    const writtenCount = (await scene.userNames()).length;
    assert.ok(writtenCount === 50 || writtenCount === 0, `${writtenCount} users`);
    assert.equal((await synchronisation.ofDomain(dc.domain)).length, writtenCount);
    assert.equal((await synchronisation.state(dc.domain)).cursor, undefined);
    const again = await scene.run();
    assert.deepEqual([again.run.because, again.run.counts.added], [undefined, names.length - writtenCount]);
    assert.equal((await scene.userNames()).length, names.length);
  });

  test('is refused while another server runs one', async () => {
    const until = new Date(Date.now() + 60_000);
    await scene.ports.synchronisation.take('another server', new Date(), until);
    await assert.rejects(scene.run(), { because: { code: 'syncRunning', evidence: {} } });
    await scene.ports.synchronisation.release('another server');
    assert.equal((await scene.run()).run.because, undefined);
  });

  test('reads everything again when the domain controller was restored from a backup', async () => {
    const { synchronisation } = scene.ports;
    const state = await synchronisation.state(dc.domain);
    await synchronisation.saveState(dc.domain, {
      ...state,
      cursor: { ...state.cursor!, invocationId: '00000000-0000-0000-0000-000000000000' },
    });
    const { run } = await scene.run();
    assert.deepEqual([run.kind, run.counts.read, run.counts.unchanged], ['full', names.length, names.length]);
  });

  test('a server runs it when it is due, writes its metrics, and not again before the interval', async () => {
    await scene.configure({ containers: [`CN=Users,${dc.baseDn}`], kinds: ['user'] }, { intervalMinutes: 1 });
    const { synchronisation } = scene.ports;
    const state = await synchronisation.state(dc.domain);
    const endedDateTime = new Date(Date.now() - 61_000).toISOString();
    await synchronisation.saveState(dc.domain, { ...state, lastRun: { ...state.lastRun!, endedDateTime } });
    const metrics = new Metrics({ droppedLogLines: () => 0, version: 'test' });
    const counted = new Promise<void>((done) => {
      const count = metrics.countSyncRun.bind(metrics);
      metrics.countSyncRun = (...run) => done(count(...run));
    });
    const stop = watchDirectories(scene.installation, logOf('silent'), metrics, 20);
    await counted;
    await stop();
    assert.match(
      await metrics.text(),
      /cardea_sync_runs_total\{tenant="[^"]+",domain="woodgrove.test",result="success"\} 1/,
    );
    assert.ok(Date.parse((await synchronisation.state(dc.domain)).lastRun!.endedDateTime) > Date.now() - 60_000);
  });

  const signal = new AbortController().signal;
  const rules = { privateAddresses: 'allow' } as const;
  const attempts = [
    { name: 'a wrong password', change: { password: 'no' }, code: 'syncSignInRefused' },
    { name: 'a certificate of an unknown CA', change: { ca: undefined }, code: 'syncServerUnreachable' },
    {
      name: 'private addresses that are refused',
      change: { rules: { privateAddresses: 'refuse' } },
      code: 'syncServerUnreachable',
    },
    {
      name: 'an address of a metadata service',
      change: { server: 'ldaps://169.254.169.254' },
      code: 'syncServerUnreachable',
    },
  ] as const;
  const options = () => ({
    server: dc.url,
    account: dc.administrator,
    password: sambaPassword,
    ca: dc.ca,
    rules,
    signal,
  });
  for (const { name, change, code } of attempts)
    test(`${name} ends in ${code}`, async () => {
      const problem: unknown = await openConnection({ ...options(), ...change }).catch((thrown: unknown) => thrown);
      assert.equal((problem as { because?: { code: string } }).because?.code, code, String(problem));
      assert.ok(!String(problem).includes(sambaPassword));
    });

  test('StartTLS is used where the address is ldap://', async () => {
    const connection = await openConnection({ ...options(), server: `ldap://${dc.address}` });
    assert.equal(connection.count.requests, 2);
    await connection.close();
    await assert.rejects(
      openConnection({ ...options(), server: `ldap://${dc.address}`, ca: undefined }),
      /syncServer|does not answer/,
    );
  });
});

/** Passes connections on to the LDAPS port of an address, from another port of it, and can end them after some octets. */
class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #most = Number.POSITIVE_INFINITY;
  /** Octets that came back over the last connection. */
  octets = 0;

  private constructor(address: string) {
    this.#server = createServer((client) => {
      const target = connect(636, address);
      this.octets = 0;
      const end = () => {
        client.destroy();
        target.destroy();
      };
      for (const socket of [client, target]) {
        this.#sockets.add(socket);
        socket.on('error', end).on('close', end);
      }
      client.pipe(target);
      target.on('data', (chunk: Buffer) => {
        this.octets += chunk.length;
        if (this.octets > this.#most) end();
        else client.write(chunk);
      });
    });
  }

  static async open(address: string): Promise<Relay> {
    const relay = new Relay(address);
    await new Promise<void>((done) => void relay.#server.listen(0, address, done));
    return relay;
  }
  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }
  endAfter(octets: number): void {
    this.#most = octets;
  }
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => void this.#server.close(done));
  }
}
