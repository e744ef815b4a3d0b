import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tenant } from '#model/tenant.ts';
import { openAt, TestClock } from './databases.ts';

/** A domain of a tenant. @param authenticationType of its users */
export const domainOf = (id: string, authenticationType: 'Managed' | 'Federated' = 'Managed') =>
  ({ id, authenticationType, isVerified: true }) as const;

const newFolder = () => mkdtempSync(join(tmpdir(), 'cardea-tenant-'));
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });

/** An empty database with every migration, which each test gets a copy of. */
let empty: Promise<string> | undefined;
async function makeEmpty(): Promise<string> {
  const folder = newFolder();
  process.once('exit', () => remove(folder));
  await (await openAt({ kind: 'sqlite', folder })).close();
  return folder;
}

/** The tenant Woodgrove in an SQLite database of its own, for the tests of one rule. `end` removes it. */
export async function openTenant(domains: Tenant['domains'] = [domainOf('woodgrove.test')]) {
  empty ??= makeEmpty();
  const [folder, clock] = [newFolder(), new TestClock()];
  cpSync(await empty, folder, { recursive: true });
  const storage = await openAt({ kind: 'sqlite', folder }, clock);
  const tenant: Tenant = { id: crypto.randomUUID(), displayName: 'Woodgrove', domains };
  await storage.tenants.add(tenant);
  return {
    clock,
    storage,
    tenant,
    ports: storage.forTenant(tenant.id),
    async end() {
      await storage.close();
      remove(folder);
    },
  };
}
export type OneTenant = Awaited<ReturnType<typeof openTenant>>;
