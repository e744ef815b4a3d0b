import { sql } from 'kysely';
import { type BoundedCache, boundedCache } from '#net/bounded-cache.ts';
import type { Database } from './schema.ts';

/** Rows that one node has. Its next report replaces the oldest one. */
export const slotsOfNode = 16;

/** Milliseconds after which a report is of no use, and after which the rows of a node that has ended are removed. */
const [usefulFor, retention] = [10_000, 60_000];

/** One of so many exchanges removes rows of nodes that have ended. */
const exchangesToPruning = 150;

/** Nodes of which the last report that was read is remembered. Each start of a node is one. */
const mostNodes = 1_000;

/** What the nodes of an installation tell each other (docs/admin/several-nodes.md). */
export interface NodeReports {
  /**
   * Writes what this node has to tell, and reads what the others told since the last time, in one statement. Times are those of the
   * database. A report that was not read for ten seconds is left out.
   */
  exchange(report: string | undefined): Promise<readonly string[]>;
}

interface Row {
  readonly node_id: string;
  readonly number: number;
  readonly report: string;
}

/** Reports as rows of PostgreSQL. They need no session, so that a pooler may give each statement another connection. */
export function openNodeReports(database: Database): NodeReports {
  const nodeId = crypto.randomUUID();
  const read: BoundedCache<number> = boundedCache(mostNodes);
  let [written, exchanges] = [0, 0];
  const databaseTime = sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`;
  const writing = (report: string) => sql`
    with written as (
      insert into node_reports (node_id, slot, number, at, report)
      values (${nodeId}, ${++written % slotsOfNode}, ${written}, ${databaseTime}, ${report})
      on conflict (node_id, slot) do update
        set number = excluded.number, at = excluded.at, report = excluded.report
    )`;
  return {
    async exchange(report) {
      if (++exchanges % exchangesToPruning === 0)
        await sql`delete from node_reports where at < ${databaseTime} - ${retention}`.execute(database);
      const known = JSON.stringify(Object.fromEntries(read.entries()));
      const { rows } = await sql<Row>`
        ${report === undefined ? sql`` : writing(report)}
        select node_id, number, report from node_reports
        where node_id <> ${nodeId} and at > ${databaseTime} - ${usefulFor}
          and number > coalesce((${known}::jsonb ->> node_id)::bigint, 0)
        order by node_id, number`.execute(database);
      for (const { node_id, number } of rows) read.set(node_id, number);
      return rows.map((row) => row.report);
    },
  };
}
