import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pg from 'pg';
import { hostOf, serversOf, urlForDriver } from './postgres-servers.ts';

const cases: readonly (readonly [url: string, ...servers: string[]])[] = [
  ['postgres://db/cardea', 'postgres://db/cardea'],
  ['postgres://u:p@db1,db2/cardea', 'postgres://u:p@db1/cardea', 'postgres://u:p@db2/cardea'],
  [
    'postgresql://u:a%2Cb@db1:5432,db2:5433/cardea?sslmode=verify-full',
    'postgresql://u:a%2Cb@db1:5432/cardea?sslmode=verify-full',
    'postgresql://u:a%2Cb@db2:5433/cardea?sslmode=verify-full',
  ],
  ['postgres://u:a,b@db1/cardea', 'postgres://u:a,b@db1/cardea'],
  ['postgres://[::1]:5432,[::2]:5432/c', 'postgres://[::1]:5432/c', 'postgres://[::2]:5432/c'],
  [
    'postgres://u@localhost/c?host=/run/a,/run/b',
    'postgres://u@localhost/c?host=%2Frun%2Fa',
    'postgres://u@localhost/c?host=%2Frun%2Fb',
  ],
  ['postgres://u@localhost/c?host=/run/a', 'postgres://u@localhost/c?host=/run/a'],
  ['not a url', 'not a url'],
];

describe('servers in the URL of a database', () => {
  for (const [url, ...servers] of cases) test(url, () => assert.deepEqual(serversOf(url), servers));
});

describe('the driver prints no warning about', () => {
  for (const mode of ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'])
    test(`sslmode=${mode}, and means the same`, async (t) => {
      const emitWarning = t.mock.method(process, 'emitWarning', () => undefined);
      const url = `postgres://u@db1/cardea?sslmode=${mode}&application_name=cardea`;
      const { ssl } = new pg.Client(urlForDriver(url)) as unknown as { ssl: unknown };
      assert.equal(emitWarning.mock.callCount(), 0);
      assert.deepEqual(ssl, (new pg.Client(url) as unknown as { ssl: unknown }).ssl);
    });
  test('a mode of libpq that is asked for', () => {
    const url = 'postgres://u@db1/cardea?sslmode=require&uselibpqcompat=true';
    assert.equal(urlForDriver(url), url);
  });
});

for (const [url, host] of [
  ['postgres://u:secret@db1:5433/cardea', 'db1:5433'],
  ['postgres://u:secret@/cardea?host=/run/postgresql', '/run/postgresql'],
  ['postgres:///cardea?host=db2', 'db2'],
  ['postgres://', process.env.PGHOST ?? 'localhost'],
] as const)
  test(`messages about ${url} name ${host}`, () => assert.equal(hostOf(url), host));
