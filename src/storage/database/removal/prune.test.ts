import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createQueryId, type KyselyPlugin, type RootOperationNode, sql } from 'kysely';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { openDatabase } from '../open.ts';
import type { Database } from '../schema.ts';
import { isPostgres } from '../statements/is-postgres.ts';
import { prune } from './prune.ts';

const rowCount = 20_000;
const at = new TestClock().at;
const day = 86_400_000;

/** Notes how many rows each statement changed, and the nodes of those that remove rows. */
class Statements implements KyselyPlugin {
  readonly rows: number[] = [];
  readonly nodes: RootOperationNode[] = [];
  transformQuery: KyselyPlugin['transformQuery'] = ({ node }) => {
    this.nodes.push(node);
    return node;
  };
  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => {
    this.rows.push(Number(result.numAffectedRows ?? 0));
    return result;
  };
}

/** How the database finds the rows of the removals from `table`, whatever it knows of their number. */
async function plansOf(direct: Database, nodes: readonly RootOperationNode[], table: string): Promise<string> {
  const executor = direct.getExecutor();
  const statements = new Map(
    nodes.map((node) => executor.compileQuery(node, createQueryId())).map((query) => [query.sql, query] as const),
  );
  const removals = [...statements.values()].filter((query) => query.sql.startsWith(`delete from "${table}"`));
  assert.ok(removals.length > 0, table);
  return direct.connection().execute(async (connection) => {
    if (isPostgres(direct)) await sql`set enable_seqscan = off`.execute(connection);
    const how = isPostgres(direct) ? 'explain' : 'explain query plan';
    const plans: unknown[] = [];
    for (const query of removals)
      plans.push((await connection.executeQuery({ ...query, sql: `${how} ${query.sql}` })).rows);
    return JSON.stringify(plans);
  });
}

for (const database of databasesUnderTest()) {
  describe(`pruning on ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    test(`removes ${2 * rowCount} rows in statements of a few rows, and keeps what is current`, async () => {
      const place = await database.place();
      const storage = await openAt(place);
      const id = crypto.randomUUID();
      const domains = [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true } as const];
      await storage.tenants.add({ id, displayName: id, domains });
      await storage.close();
      const direct = await openDatabase(place);
      const since = at.getTime() - 30 * day;
      await fill(direct, id, { count: rowCount, expiresAt: at.getTime(), createdAt: since - 1 });
      await fill(direct, id, { count: 7, expiresAt: at.getTime() + 1, createdAt: since });
      const statements = new Statements();
      await prune(direct.withPlugin(statements), at, { signInsSince: new Date(since) });
      for (const table of ['flows', 'sign_ins'] as const) {
        const { count } = await direct
          .selectFrom(table)
          .select(sql<number>`count(*)`.as('count'))
          .executeTakeFirstOrThrow();
        assert.equal(Number(count), 7, table);
      }
      for (const table of ['flows', 'sign_ins']) {
        const plans = await plansOf(direct, statements.nodes, table);
        assert.doesNotMatch(
          plans,
          new RegExp(`SCAN ${table}|Seq Scan`),
          'no statement reads the table to find what is old',
        );
      }
      await direct.destroy();
      assert.ok(Math.max(...statements.rows) <= 100, `${Math.max(...statements.rows)} rows`);
    });
  });
}

interface Rows {
  readonly count: number;
  readonly expiresAt: number;
  readonly createdAt: number;
}

/** Flows and entries of the sign-in log, of the size they have. */
async function fill(direct: Database, tenantId: string, { count, expiresAt, createdAt }: Rows): Promise<void> {
  const document = JSON.stringify({ trace: 'x'.repeat(2000) });
  for (let begin = 0; begin < count; begin += 500) {
    const ids = Array.from({ length: Math.min(500, count - begin) }, () => crypto.randomUUID());
    await direct
      .insertInto('flows')
      .values(
        ids.map((id) => ({ tenant_id: tenantId, id, interaction_uid: id, expires_at: expiresAt, document: '{}' })),
      )
      .execute();
    await direct
      .insertInto('sign_ins')
      .values(
        ids.map((id) => ({
          tenant_id: tenantId,
          id,
          correlation_id: id,
          created_at: createdAt,
          user_id: 'ana',
          status: 'success',
          document,
          app_id: 'app',
          upn: 'ana@woodgrove.test',
          error_number: 0,
          is_interactive: 1,
          certificate_sha256: null,
        })),
      )
      .execute();
  }
}
