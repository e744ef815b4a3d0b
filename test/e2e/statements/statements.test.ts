import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { databasesUnderTest } from '../../contract/databases.ts';
import { RunningServer } from '../server.ts';

/** Statements of one certificate sign-in from authorize to tokens, at most; what begins and ends a transaction is not among them. */
const mostStatements = 62;

const recorder = pathToFileURL(join(import.meta.dirname, 'record-statements.mjs'));
const isControl = (sql: string): boolean => /^(begin|commit|rollback|start transaction|savepoint|release)\b/i.test(sql);

for (const database of databasesUnderTest()) {
  describe(`the statements of a sign-in, on ${database.name}`, { skip: database.missing ?? false }, () => {
    let server: RunningServer;
    const folder = mkdtempSync(join(tmpdir(), 'cardea-statements-'));
    const file = join(folder, 'statements');
    before(async () => {
      writeFileSync(file, '');
      const place = await database.place();
      server = await RunningServer.start({
        NODE_OPTIONS: `--import ${recorder}`,
        CARDEA_TEST_STATEMENTS: file,
        ...(place.kind === 'postgres'
          ? { CARDEA_DATABASE_URL: place.url, CARDEA_SECRET_KEY: randomBytes(32).toString('base64url') }
          : {}),
      });
    });
    after(async () => {
      await server?.remove();
      database.end();
      rmSync(folder, { recursive: true, force: true });
    });

    async function statementsOf(name: string): Promise<readonly string[]> {
      writeFileSync(file, '');
      const end = await server.signIn(`${name}@woodgrove.test`, server.card(name));
      assert.equal(end.kind, 'signedIn', JSON.stringify(end));
      const lines = readFileSync(file, 'utf8').split('\n');
      return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as string);
    }

    test(`are at most ${mostStatements} from authorize to tokens`, async () => {
      await statementsOf('ana');
      const statements = (await statementsOf('ana')).filter((sql) => !isControl(sql));
      assert.ok(statements.length > 0, 'statements are recorded');
      assert.ok(statements.length <= mostStatements, `${statements.length} statements:\n${statements.join('\n')}`);
    });
  });
}
