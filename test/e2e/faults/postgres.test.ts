import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { databasesUnderTest } from '../../contract/databases.ts';
import { GraphServer } from '../../graph/graph-server.ts';
import { until } from '../../until.ts';
import {
  type Answer,
  assertFault,
  assertFaultAndLine,
  type Probe,
  prepareProbes,
  refresh,
  refreshTokenOf,
} from './clients.ts';

const postgres = databasesUnderTest()[1]!;

/** Milliseconds that a request may take where the database hangs: five for one statement or connection, and not two of them. */
const hangLimit = 9_500;

describe('a server whose PostgreSQL fails', { skip: postgres.missing ?? false }, () => {
  let graph: GraphServer;
  let probes: readonly Probe[];
  let url = '';
  before(async () => {
    const place = await postgres.emptyPlace();
    url = place.kind === 'postgres' ? place.url : '';
    graph = await GraphServer.start({
      CARDEA_DATABASE_URL: url,
      CARDEA_SECRET_KEY: randomBytes(32).toString('base64url'),
    });
    probes = await prepareProbes(graph);
  });
  after(async () => {
    await graph?.server.remove();
    postgres.end();
  });

  test('takes no entry of the sign-in log: no factor is granted, and none is called wrong', async () => {
    const direct = new pg.Client(url);
    await direct.connect();
    await direct.query(`create function refuse_entry() returns trigger language plpgsql as
      $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$`);
    await direct.query(
      'create trigger full_log before insert on sign_in_days for each row execute function refuse_entry()',
    );
    try {
      const names = ['certauth', 'token, client credentials'];
      const logged = probes.filter(({ name }) => names.includes(name) || /password|second factor/.test(name));
      assert.equal(logged.length, 6);
      for (const probe of logged) await assertFaultAndLine(graph, probe);
    } finally {
      await direct.query('drop trigger full_log on sign_in_days');
      await direct.end();
    }
  });

  test('hangs: every request is answered as a fault before a second statement has been waited for', async () => {
    postgres.server!.pause();
    try {
      const results = await Promise.all(
        [...Map.groupBy(probes, (probe) => probe.browser ?? probe).values()].map(async (group) => {
          const ends: { name: string; answer: Answer; took: number }[] = [];
          for (const { name, send } of group) {
            const begin = performance.now();
            const answer = await send();
            ends.push({ name, answer, took: Math.round(performance.now() - begin) });
          }
          return ends;
        }),
      ).then((ends) => ends.flat());
      for (const { name, answer } of results) assertFault(name, answer);
      assert.deepEqual(
        results.filter(({ took }) => took > hangLimit).map(({ name, took }) => `${name}: ${took} ms`),
        [],
      );
    } finally {
      postgres.server!.resume();
    }
    await backToWork(graph);
  });

  test('is gone: every request is answered as a fault, each with one error line in the log', async () => {
    postgres.server!.kill();
    try {
      for (const probe of probes) await assertFaultAndLine(graph, probe);
    } finally {
      await postgres.server!.start();
    }
  });

  test('is back: codes, refresh tokens, device codes and sign-ins that were begun continue', async () => {
    await backToWork(graph);
    for (const { name, send, isRight } of probes) {
      const answer = await send();
      assert.ok(isRight(answer), `${name}: ${answer.status} ${answer.body.slice(0, 800)}`);
    }
  });

  test('goes away again and again while clients renew: each answer is tokens or a fault, and each keeps its tokens', async () => {
    let running = true;
    const begun = await Promise.all(Array.from({ length: 4 }, () => refreshTokenOf(graph)));
    const client = async (firstToken: string) => {
      let token = firstToken;
      const otherAnswers: Answer[] = [];
      while (running) {
        const answer = await refresh(graph, token);
        if (answer.status === 200) token = (JSON.parse(answer.body) as { refresh_token: string }).refresh_token;
        else otherAnswers.push(answer);
      }
      return { token, others: otherAnswers };
    };
    const clients = begun.map(client);
    await wait(2_000);
    for (let round = 0; round < 3; round++) {
      postgres.server!.kill();
      await wait(500);
      await postgres.server!.start();
      await wait(1_500);
    }
    running = false;
    const ends = await Promise.all(clients);
    await backToWork(graph);
    const faults = ends.flatMap(({ others: otherAnswers }) => otherAnswers);
    assert.ok(faults.length > 0);
    for (const answer of faults) assertFault('refresh', answer);
    for (const { token } of ends) {
      const { status, body } = await refresh(graph, token);
      assert.equal(status, 200, body);
    }
  });

  test('hangs: SIGTERM ends the server anyway', async () => {
    postgres.server!.pause();
    try {
      const begin = performance.now();
      await graph.server.stop();
      assert.ok(performance.now() - begin < 12_000, `${performance.now() - begin} ms`);
    } finally {
      postgres.server!.resume();
    }
  });
});

/** Waits until the database answers again: connections that hung are replaced. */
async function backToWork(graph: GraphServer): Promise<void> {
  const keys = () => graph.send('GET', '/woodgrove.test/discovery/v2.0/keys', undefined, {});
  await until('the server to come back by itself', async () => (await keys()).status === 200);
}
