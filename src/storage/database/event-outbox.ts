import { sql } from 'kysely';
import type { EventOutbox, OutboxEntry } from '#ports/logs.ts';
import type { Database } from './schema.ts';
import { deleteInBatches } from './statements/delete-in-batches.ts';
import { isPostgres } from './statements/is-postgres.ts';

/** Milliseconds after which a target that no process names any more is forgotten, where several processes share the database. */
const forgottenAfter = 24 * 3600 * 1000;

/** Entries that are counted at most. */
const mostCounted = 100_000;

/** The events of one database that wait to be delivered (migration 028). */
export function openEventOutbox(database: Database): EventOutbox {
  const isShared = isPostgres(database);
  // Migrations 032, 035: nodes of the version before do not take entries of days, which they cannot read.
  const namesOf = (target: string) => (isShared ? [target, `${target}/days`, `${target}/audits`] : [target]);
  return {
    async name(targets, at) {
      for (const name of targets)
        await database
          .insertInto('event_targets')
          .values({ name, holder: null, lease_until: 0, seen_at: at.getTime() })
          .onConflict((on) => on.column('name').doUpdateSet({ seen_at: at.getTime() }))
          .execute();
      const old = await database
        .selectFrom('event_targets')
        .select('name')
        .where('seen_at', '<', at.getTime() - (isShared ? forgottenAfter : 0))
        .where('name', 'not in', [...targets, ''])
        .execute();
      for (const { name } of old) {
        await database.deleteFrom('event_targets').where('name', '=', name).execute();
        for (const target of namesOf(name)) await deleteInBatches(database, 'event_outbox', sql`target = ${target}`);
      }
    },
    async lease(target, holder, at, until) {
      const { numUpdatedRows } = await database
        .updateTable('event_targets')
        .set({ holder, lease_until: until.getTime() })
        .where('name', '=', target)
        .where((is) =>
          is.or([is('holder', '=', holder), is('lease_until', '<', at.getTime()), is('holder', 'is', null)]),
        )
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },
    next: (target, top) => firstEntries(database, namesOf(target), isShared, top),
    async delivered(target, entries) {
      const positions = entries.map(({ position }) => position);
      await database
        .deleteFrom('event_outbox')
        .where('target', 'in', namesOf(target))
        .where('position', 'in', [...positions, -1])
        .execute();
    },
    async backlog() {
      const names = await database.selectFrom('event_targets').select('name').orderBy('name').execute();
      return Promise.all(
        names.map(async ({ name }) => {
          const parts = await Promise.all(namesOf(name).map((target) => backlogOf(database, target)));
          return { target: name, count: sumOf(parts), oldest: oldestOf(parts) };
        }),
      );
    },
  };
}

/** The first `top` entries of a target, in the order of their transactions. */
async function firstEntries(
  database: Database,
  names: readonly string[],
  isShared: boolean,
  top: number,
): Promise<readonly OutboxEntry[]> {
  // Rows of transactions that began later may be visible before those of one that has not ended: they wait for it.
  const isSettled = isShared ? sql<boolean>`tx < txid_snapshot_xmin(txid_current_snapshot())` : sql<boolean>`1 = 1`;
  const rowsFor = (name: string) =>
    database
      .selectFrom('event_outbox')
      .selectAll()
      .where('target', '=', name)
      .where(isSettled)
      .orderBy('tx')
      .orderBy('position')
      .limit(top)
      .execute();
  const parts = await Promise.all(names.map(rowsFor));
  const rows = parts
    .flat()
    .toSorted((first, second) => first.tx - second.tx || Number(first.position) - Number(second.position))
    .slice(0, top);
  return rows.map(({ position, tx, kind, tenant_id, id, at }) => ({
    position: Number(position),
    order: `${digits(Number(tx))}${digits(Number(position))}`,
    kind: kind as OutboxEntry['kind'],
    tenantId: tenant_id,
    id,
    at: new Date(Number(at)),
  }));
}

async function backlogOf(database: Database, target: string) {
  const { rows } = await sql<{ count: number; oldest: number | null }>`select count(*) as count, min(at) as oldest from
    (select at from event_outbox where target = ${target} order by tx, position limit ${mostCounted}) as waiting`.execute(
    database,
  );
  const { count = 0, oldest = null } = rows[0] ?? {};
  return { count: Number(count), oldest: oldest === null ? undefined : Number(oldest) };
}

type Backlog = Awaited<ReturnType<typeof backlogOf>>;

const sumOf = (parts: readonly Backlog[]): number => parts.reduce((sum, { count }) => sum + count, 0);

function oldestOf(parts: readonly Backlog[]): Date | undefined {
  const times = parts.flatMap(({ oldest }) => oldest ?? []);
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

/** Sixteen digits, so that texts compare as the numbers do. */
const digits = (value: number): string => String(value).padStart(16, '0');
