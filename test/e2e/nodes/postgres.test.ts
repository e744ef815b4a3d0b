import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { databasesUnderTest } from '../../contract/databases.ts';
import { RunningServer } from '../server.ts';

const postgres = databasesUnderTest()[1]!;

describe('two servers on one PostgreSQL database', { skip: postgres.missing ?? false }, () => {
  const servers: RunningServer[] = [];
  after(async () => {
    for (const server of servers) await server.remove();
    postgres.end();
  });

  test('share tenants, keys and log: what one signs in, the other knows', async () => {
    const place = await postgres.emptyPlace();
    const CARDEA_DATABASE_URL = place.kind === 'postgres' ? place.url : '';
    const environment = { CARDEA_DATABASE_URL, CARDEA_SECRET_KEY: randomBytes(32).toString('base64url') };
    const first = await RunningServer.start(environment);
    servers.push(first);
    const correlationId = crypto.randomUUID();
    const end = await first.signIn('ana@woodgrove.test', first.card('ana'), { correlationId });
    assert.equal(end.kind, 'signedIn', JSON.stringify(end));
    const second = await RunningServer.start(environment);
    servers.push(second);
    assert.deepEqual(
      (await second.entries(correlationId)).map(({ status }) => status),
      ['interrupted', 'success'],
    );
    assert.equal((await second.signIn('ben@woodgrove.test', first.card('ben'))).kind, 'signedIn');
  });

  test('do not start with another secret than the one that sealed the keys', async () => {
    const { CARDEA_DATABASE_URL } = { CARDEA_DATABASE_URL: ((await postgres.emptyPlace()) as { url: string }).url };
    const first = await RunningServer.start({
      CARDEA_DATABASE_URL,
      CARDEA_SECRET_KEY: randomBytes(32).toString('base64url'),
    });
    servers.push(first);
    await first.signIn('ana@woodgrove.test', first.card('ana'));
    const secret = randomBytes(32).toString('base64url');
    await assert.rejects(
      RunningServer.start({ CARDEA_DATABASE_URL, CARDEA_SECRET_KEY: secret }),
      /The secret key from CARDEA_SECRET_KEY does not open the keys in the database\.\n.*All nodes of an installation have the same secret key/,
    );
    const noSecret = { CARDEA_DATABASE_URL, CARDEA_SECRET_KEY: undefined };
    await assert.rejects(
      RunningServer.start(noSecret),
      /The secret key .*secret\.key is missing.*\n.*On a further node of an installation, set CARDEA_SECRET_KEY/,
    );
  });
});
