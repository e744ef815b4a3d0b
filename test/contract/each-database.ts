import { after, before, describe } from 'node:test';
import type { Place } from '#storage/database/open.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { type DatabaseUnderTest, databasesUnderTest, nodesAt, openAt, TestClock } from './databases.ts';

/** A database that is open for the tests of one `describe`. */
export interface OpenDatabase {
  readonly clock: TestClock;
  readonly database: DatabaseUnderTest;
  place(): Place;
  storage(): Storage;
  /** Closes it, and opens it again at the same place. */
  reopen(): Promise<void>;
}

/** Runs the tests of a subject on each database. */
export function describeOnEachDatabase(subject: string, tests: (open: OpenDatabase) => void): void {
  for (const database of databasesUnderTest()) {
    describe(`${subject} on ${database.name}`, { skip: database.missing ?? false }, () => {
      const clock = new TestClock();
      let place: Place;
      let storage: Storage;
      before(async () => {
        place = await database.place();
        storage = await openAt(place, clock);
      });
      after(async () => {
        await storage?.close();
        database.end();
      });
      const reopen = async () => {
        await storage.close();
        storage = await openAt(place, clock);
      };
      tests({ clock, database, place: () => place, storage: () => storage, reopen });
    });
  }
}

/** The nodes on one database: two on PostgreSQL, one on SQLite. */
export interface OpenNodes {
  readonly clock: TestClock;
  readonly database: DatabaseUnderTest;
  nodes(): readonly [Storage, ...Storage[]];
  /** Closes them, and opens them again at the same place. */
  reopen(): Promise<void>;
}

/** Runs the tests of a subject on each database, with the nodes that share it. */
export function describeOnNodes(subject: string, tests: (open: OpenNodes) => void): void {
  for (const database of databasesUnderTest()) {
    describe(`${subject} on ${database.name}`, { skip: database.missing ?? false }, () => {
      const clock = new TestClock();
      let place: Place;
      let nodes: readonly [Storage, ...Storage[]];
      const close = async () => {
        for (const node of nodes ?? []) await node.close();
      };
      before(async () => {
        place = await database.place();
        nodes = await nodesAt(place, clock);
      });
      after(async () => {
        await close();
        database.end();
      });
      const reopen = async () => {
        await close();
        nodes = await nodesAt(place, clock);
      };
      tests({ clock, database, nodes: () => nodes, reopen });
    });
  }
}

/** The stores of two new tenants. */
export async function twoTenants(storage: Storage): Promise<{
  readonly ids: readonly string[];
  readonly mine: TenantStorage;
  readonly otherTenant: TenantStorage;
}> {
  const ids = [crypto.randomUUID(), crypto.randomUUID()];
  for (const id of ids) {
    const domains = [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true } as const];
    await storage.tenants.add({ id, displayName: id, domains });
  }
  const [mine, otherTenant] = ids.map((id) => storage.forTenant(id)) as [TenantStorage, TenantStorage];
  return { ids, mine, otherTenant };
}
