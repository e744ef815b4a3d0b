import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { databasesUnderTest } from '../../contract/databases.ts';
import { until } from '../../until.ts';
import { GraphServer } from '../graph-server.ts';

const postgres = databasesUnderTest()[1]!;

describe('two servers with one database', { skip: postgres.missing ?? false }, () => {
  const servers: GraphServer[] = [];
  before(async () => {
    const place = await postgres.place();
    const environment = {
      CARDEA_DATABASE_URL: place.kind === 'postgres' ? place.url : '',
      CARDEA_SECRET_KEY: randomBytes(32).toString('base64url'),
    };
    servers.push(await GraphServer.start(environment));
    servers.push(await GraphServer.start({ ...environment, CARDEA_LOGIN_ORIGIN: servers[0]!.server.origin }));
  });
  after(async () => {
    for (const server of servers) await server.end();
    postgres.end();
  });

  test('of twenty changes that were made of the same state on both, one is made', async () => {
    const [first] = servers;
    const token = await first!.appToken('Group.ReadWrite.All');
    const host = new URL(first!.server.origin).host;
    const group = { displayName: 'G', mailEnabled: false, mailNickname: 'g', securityEnabled: true };
    const { body, headers } = await first!.call(token, 'POST', '/groups', group);
    const address = `/groups/${body.id}`;
    const etag = { 'if-match': String(headers.etag), host };
    // A change that waits five seconds for its turn is answered 503; a client sends it again.
    const change = (i: number) =>
      until('an answer other than 503', async () => {
        const { status } = await servers[i % 2]!.call(token, 'PATCH', address, { description: `${i}` }, etag);
        return status !== 503 && status;
      });
    const statuses = await Promise.all(Array.from({ length: 20 }, (_, i) => change(i)));
    assert.deepEqual(statuses.toSorted(), [204, ...Array.from({ length: 19 }, () => 412)]);
  });
});
