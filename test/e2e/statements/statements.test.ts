import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { databasesUnderTest } from '../../contract/databases.ts';
import { RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';

/** Statements of one certificate sign-in from authorize to tokens, at most; what begins and ends a transaction is not among them. */
const mostStatements = 21;
/** The same for a user who signs in for the first time since the server started: user, certificate and last method are new to it. */
const mostStatementsOfFirst = 40;
/** The same in a browser that has signed in before and has a session: its session, and what the user can begin with, are read. */
const mostStatementsOfReturning = 34;
/** The same where the session answers. */
const mostStatementsOfSession = 18;
/** Commits that wait for the disk, at most. */
const mostCommits = 4;

const recorder = pathToFileURL(join(import.meta.dirname, 'record-statements.mjs'));
/** Ends a transaction, or is one by itself on PostgreSQL, and its answer waits for the disk. */
const isCommit = (sql: string, isPostgres: boolean): boolean =>
  isPostgres
    ? /^commit\b/.test(sql) || (/\b(insert into|update|delete from) "/.test(sql) && !sql.includes('synchronous_commit'))
    : sql === 'commit';
const isControl = (sql: string): boolean => /^(begin|commit|rollback|start transaction|savepoint|release)\b/i.test(sql);

for (const database of databasesUnderTest()) {
  describe(`the statements of a sign-in, on ${database.name}`, { skip: database.missing ?? false }, () => {
    let server: RunningServer;
    const folder = mkdtempSync(join(tmpdir(), 'cardea-statements-'));
    const file = join(folder, 'statements');
    const built = join(folder, 'built');
    before(async () => {
      writeFileSync(file, '');
      const place = await database.place();
      const environment = {
        NODE_OPTIONS: `--import ${recorder}`,
        CARDEA_TEST_STATEMENTS: file,
        CARDEA_TEST_BUILT: built,
        ...(place.kind === 'postgres'
          ? { CARDEA_DATABASE_URL: place.url, CARDEA_SECRET_KEY: randomBytes(32).toString('base64url') }
          : {}),
      };
      // The checkout: the recorder takes the same Kysely, which the bundle has inside.
      const program = join(import.meta.dirname, '../../../src/main.ts');
      server = await RunningServer.start(environment, { program });
      assert.ok(textsIn(built).length > 10, 'texts that are built are recorded');
    });
    after(async () => {
      await server?.remove();
      database.end();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Without those of nodes that exchange reports, whether someone signs in or not. */
    const textsIn = (path: string): readonly string[] =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as string)
        .filter((text) => !text.includes('node_reports'));

    async function statementsOf(name: string): Promise<readonly string[]> {
      for (const path of [file, built]) writeFileSync(path, '');
      const end = await server.signIn(`${name}@woodgrove.test`, server.card(name));
      assert.equal(end.kind, 'signedIn', JSON.stringify(end));
      return textsIn(file);
    }

    test(`are at most ${mostStatements} from authorize to tokens, and ${mostCommits} commits wait for the disk`, async () => {
      await statementsOf('ana');
      await statementsOf('ana');
      const all = await statementsOf('ana');
      const statements = all.filter((sql) => !isControl(sql));
      const commits = all.filter((sql) => isCommit(sql, database.name === 'PostgreSQL'));
      assert.ok(statements.length > 10, 'statements are recorded');
      assert.ok(statements.length <= mostStatements, `${statements.length} statements:\n${statements.join('\n')}`);
      assert.ok(
        commits.length > 0 && commits.length <= mostCommits,
        `${commits.length} commits:\n${commits.join('\n')}`,
      );
    });

    test('have texts that were built before', async () => {
      await statementsOf('ana');
      assert.deepEqual(textsIn(built), []);
    });

    test(`are at most ${mostStatementsOfReturning} in a browser that returns, ${mostStatementsOfSession} with its session, and have texts that were built before`, async () => {
      const sitting = new Sitting(server, server.card('ana'));
      const signIn = async (parameters: Readonly<Record<string, string>> = {}) => {
        for (const path of [file, built]) writeFileSync(path, '');
        await sitting.open(parameters);
        if (!sitting.isSignedIn) await sitting.withCard('ana@woodgrove.test');
        await sitting.claims();
        return textsIn(file).filter((sql) => !isControl(sql));
      };
      await signIn();
      const kinds = [
        [{ login_hint: 'ana@woodgrove.test', prompt: 'login' }, mostStatementsOfReturning],
        [{}, mostStatementsOfSession],
      ] as const;
      for (const [parameters, most] of kinds) {
        await signIn(parameters);
        const statements = await signIn(parameters);
        assert.ok(statements.length > 5, 'statements are recorded');
        assert.deepEqual(textsIn(built), []);
        assert.deepEqual(
          statements.filter((sql) => sql.includes('"session_proofs"') && sql.includes('not like')),
          [],
          'other sessions of the user, of which there can be many, are not read',
        );
        assert.ok(statements.length <= most, `${statements.length} statements:\n${statements.join('\n')}`);
      }
      sitting.browser.close();
    });

    test(`are at most ${mostStatementsOfFirst} where the user is new to the server`, async () => {
      const statements = (await statementsOf('ben')).filter((sql) => !isControl(sql));
      assert.ok(
        statements.length <= mostStatementsOfFirst,
        `${statements.length} statements:\n${statements.join('\n')}`,
      );
    });
  });
}
