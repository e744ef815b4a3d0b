import type { Transaction } from 'kysely';
import { fault } from '#core/trace/fault.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Clock } from '#ports/clock.ts';
import type { Tenants } from '#ports/tenants.ts';
import { audit, type Change } from '../../database/audits/audit.ts';
import { clearRemovedTenants, contentsOf, removeTenant } from '../../database/removal/remove-tenant.ts';
import type { Database, Schema, TenantDatabase } from '../../database/schema.ts';

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Where tenants are stored: what every function here works on. */
interface TenantRows {
  readonly database: Database;
  readonly clock: Clock;
}

/** The tenants of the installation, and their domains. */
export function openTenants(database: Database, clock: Clock): Tenants {
  const rows = { database, clock };
  return {
    find: (idOrDomain) => findTenant(database, idOrDomain),
    async list() {
      const ids = await database.selectFrom('tenants').select('id').orderBy('created_at').orderBy('id').execute();
      const tenants = await Promise.all(ids.map(({ id }) => tenantById(database, id)));
      return tenants.filter((tenant) => tenant !== undefined);
    },
    add: (tenant, actor) => addTenant(rows, tenant, actor),
    setAuthenticationType: (tenantId, domain, type, actor) =>
      setAuthenticationType(rows, { tenantId, domain }, type, actor),
    verifyDomain: (tenantId, domain, actor) => verifyDomain(rows, { tenantId, domain }, actor),
    setDisplayName: (tenantId, displayName, actor) => setDisplayName(rows, tenantId, displayName, actor),
    removeDomain: (tenantId, domain, actor) => removeDomain(rows, { tenantId, domain }, actor),
    setDefaultDomain: (tenantId, domain, actor) => setDefaultDomain(rows, { tenantId, domain }, actor),
    contents: (tenantId) => contentsOf({ database, tenantId }),
    async remove(tenantId, actor) {
      const tenant = await tenantById(database, tenantId);
      if (!tenant || !(await removeTenant(database, tenant, actor, clock.now()))) return false;
      await clearRemovedTenants(database, clock.now());
      return true;
    },
  };
}

async function tenantById(database: Database, id: string): Promise<Tenant | undefined> {
  const row = await database.selectFrom('tenants').selectAll().where('id', '=', id).executeTakeFirst();
  return row && { id: row.id, displayName: row.display_name, domains: await domainsOf({ database, tenantId: row.id }) };
}

async function findTenant(database: Database, idOrDomain: string): Promise<Tenant | undefined> {
  const target = idOrDomain.toLowerCase();
  if (guid.test(target)) return tenantById(database, target);
  const owner = await database
    .selectFrom('domains')
    .select('tenant_id')
    .where('id', '=', target)
    .where('is_verified', '=', 1)
    .executeTakeFirst();
  return owner && tenantById(database, owner.tenant_id);
}

/**
 * Without an actor the installation adds it, and no audit row says so. Labels of sealed texts, tokens and certificates have the
 * id as it is stored, and requests are compared in lower case. @throws TypeError for an id that is not a GUID in lower case
 */
async function addTenant({ database, clock }: TenantRows, tenant: Tenant, actor: string | undefined): Promise<void> {
  if (!guid.test(tenant.id)) throw new TypeError('the id of a tenant is a GUID in lower case');
  await database.transaction().execute(async (step) => {
    const created_at = clock.now().getTime();
    await step.insertInto('tenants').values({ id: tenant.id, display_name: tenant.displayName, created_at }).execute();
    for (const [position, domain] of tenant.domains.entries()) {
      const row = { id: domain.id, tenant_id: tenant.id, position, is_verified: Number(domain.isVerified) };
      await step
        .insertInto('domains')
        .values({ ...row, authentication_type: domain.authenticationType })
        .execute();
    }
    if (actor === undefined) return;
    await audit({ database: step, tenantId: tenant.id }, clock.now(), {
      activity: 'Add tenant',
      targetId: tenant.id,
      actor,
      new: tenant,
    });
  });
}

const setDisplayName = ({ database, clock }: TenantRows, tenantId: string, displayName: string, actor: string) =>
  database.transaction().execute(async (step) => {
    const row = await step.selectFrom('tenants').select('display_name').where('id', '=', tenantId).executeTakeFirst();
    if (!row) return false;
    await step.updateTable('tenants').set({ display_name: displayName }).where('id', '=', tenantId).execute();
    const change = { activity: 'Set Company Information', targetId: tenantId, actor };
    const names = { old: { displayName: row.display_name }, new: { displayName } };
    await audit({ database: step, tenantId }, clock.now(), { ...change, ...names });
    return true;
  });

/** A domain of a tenant. */
interface DomainName {
  readonly tenantId: string;
  readonly domain: string;
}

/** Changes a domain that the tenant has. @returns false when it has no such domain */
const changeDomain = (
  { database, clock }: TenantRows,
  { tenantId, domain }: DomainName,
  work: (step: Transaction<Schema>, old: Tenant['domains'][number], all: Tenant['domains']) => Promise<Change>,
): Promise<boolean> =>
  database.transaction().execute(async (step) => {
    const domains = await domainsOf({ database: step, tenantId });
    const old = domains.find(({ id }) => id === domain.toLowerCase());
    if (!old) return false;
    await audit({ database: step, tenantId }, clock.now(), await work(step, old, domains));
    return true;
  });

const setAuthenticationType = (
  rows: TenantRows,
  name: DomainName,
  authenticationType: 'Managed' | 'Federated',
  actor: string,
) =>
  changeDomain(rows, name, async (step, old) => {
    await step
      .updateTable('domains')
      .set({ authentication_type: authenticationType })
      .where('tenant_id', '=', name.tenantId)
      .where('id', '=', old.id)
      .execute();
    return {
      activity: 'Set domain authentication',
      targetId: old.id,
      actor,
      old,
      new: { ...old, authenticationType },
    };
  });

const removeDomain = (rows: TenantRows, name: DomainName, actor: string) =>
  changeDomain(rows, name, async (step, old) => {
    await step.deleteFrom('domains').where('tenant_id', '=', name.tenantId).where('id', '=', old.id).execute();
    return { activity: 'Remove verified domain', targetId: old.id, actor, old };
  });

const setDefaultDomain = (rows: TenantRows, name: DomainName, actor: string) =>
  changeDomain(rows, name, async (step, first, domains) => {
    for (const [position, { id }] of [first, ...domains.filter((domain) => domain !== first)].entries()) {
      await step
        .updateTable('domains')
        .set({ position })
        .where('tenant_id', '=', name.tenantId)
        .where('id', '=', id)
        .execute();
    }
    const [before, after] = [domains[0] === first, true].map((isDefault) => ({ id: first.id, isDefault }));
    return { activity: 'Update domain', targetId: first.id, actor, old: before, new: after };
  });

/** Adds a domain whose ownership is proven. @throws domainTaken */
async function verifyDomain({ database, clock }: TenantRows, { tenantId, domain }: DomainName, actor: string) {
  const id = domain.toLowerCase();
  await database.transaction().execute(async (step) => {
    const position = (await domainsOf({ database: step, tenantId })).length;
    const { numInsertedOrUpdatedRows } = await step
      .insertInto('domains')
      .values({ id, tenant_id: tenantId, position, authentication_type: 'Managed', is_verified: 1 })
      .onConflict((on) => on.doNothing())
      .executeTakeFirstOrThrow();
    if (!numInsertedOrUpdatedRows) throw fault('domainTaken', { domain: id });
    await step
      .deleteFrom('objects')
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', 'unverifiedDomains')
      .where('id', '=', id)
      .execute();
    const [before, after] = [false, true].map((isVerified) => ({ id, isVerified }));
    await audit({ database: step, tenantId }, clock.now(), {
      activity: 'Verify domain',
      targetId: id,
      actor,
      old: before,
      new: after,
    });
  });
}

async function domainsOf({ database, tenantId }: TenantDatabase): Promise<Tenant['domains']> {
  const rows = await database
    .selectFrom('domains')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('position')
    .execute();
  return rows.map(({ id, authentication_type, is_verified }) => ({
    id,
    authenticationType: authentication_type as 'Managed' | 'Federated',
    isVerified: is_verified === 1,
  }));
}
