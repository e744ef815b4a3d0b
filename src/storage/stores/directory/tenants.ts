import { fault } from '#core/trace/fault.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Clock } from '#ports/clock.ts';
import type { Tenants } from '#ports/tenants.ts';
import { audit } from '../../database/audit.ts';
import { clearRemovedTenants, contentsOf, removeTenant } from '../../database/remove-tenant.ts';
import type { Database } from '../../database/schema.ts';

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function openTenants(database: Database, clock: Clock): Tenants {
  const byId = async (id: string): Promise<Tenant | undefined> => {
    const row = await database.selectFrom('tenants').selectAll().where('id', '=', id).executeTakeFirst();
    return row && { id: row.id, displayName: row.display_name, domains: await domainsOf(database, row.id) };
  };
  return {
    async find(idOrDomain) {
      const target = idOrDomain.toLowerCase();
      if (guid.test(target)) return byId(target);
      const owner = await database
        .selectFrom('domains')
        .select('tenant_id')
        .where('id', '=', target)
        .where('is_verified', '=', 1)
        .executeTakeFirst();
      return owner && byId(owner.tenant_id);
    },
    async list() {
      const rows = await database.selectFrom('tenants').select('id').orderBy('created_at').orderBy('id').execute();
      return (await Promise.all(rows.map(({ id }) => byId(id)))).filter((tenant) => tenant !== undefined);
    },
    async add(tenant, actor) {
      await database.transaction().execute(async (step) => {
        const created_at = clock.now().getTime();
        await step
          .insertInto('tenants')
          .values({ id: tenant.id, display_name: tenant.displayName, created_at })
          .execute();
        for (const [position, domain] of tenant.domains.entries()) {
          const row = { id: domain.id, tenant_id: tenant.id, position, is_verified: Number(domain.isVerified) };
          await step
            .insertInto('domains')
            .values({ ...row, authentication_type: domain.authenticationType })
            .execute();
        }
        if (actor === undefined) return;
        const change = { activity: 'Add tenant', targetId: tenant.id, actor };
        await audit(step, tenant.id, clock.now(), { ...change, old: undefined, new: tenant });
      });
    },
    async setAuthenticationType(tenantId, domain, authenticationType, actor) {
      return database.transaction().execute(async (step) => {
        const old = (await domainsOf(step, tenantId)).find(({ id }) => id === domain.toLowerCase());
        if (!old) return false;
        await step
          .updateTable('domains')
          .set({ authentication_type: authenticationType })
          .where('tenant_id', '=', tenantId)
          .where('id', '=', old.id)
          .execute();
        const change = { activity: 'Set domain authentication', targetId: old.id, actor };
        await audit(step, tenantId, clock.now(), { ...change, old, new: { ...old, authenticationType } });
        return true;
      });
    },
    async verifyDomain(tenantId, domain, actor) {
      const id = domain.toLowerCase();
      await database.transaction().execute(async (step) => {
        const position = (await domainsOf(step, tenantId)).length;
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
        const [old, now] = [false, true].map((isVerified) => ({ id, isVerified }));
        await audit(step, tenantId, clock.now(), { activity: 'Verify domain', targetId: id, actor, old, new: now });
      });
    },
    async setDisplayName(tenantId, displayName, actor) {
      return database.transaction().execute(async (step) => {
        const row = await step
          .selectFrom('tenants')
          .select('display_name')
          .where('id', '=', tenantId)
          .executeTakeFirst();
        if (!row) return false;
        await step.updateTable('tenants').set({ display_name: displayName }).where('id', '=', tenantId).execute();
        const change = { activity: 'Set Company Information', targetId: tenantId, actor };
        await audit(step, tenantId, clock.now(), {
          ...change,
          old: { displayName: row.display_name },
          new: { displayName },
        });
        return true;
      });
    },
    async removeDomain(tenantId, domain, actor) {
      return database.transaction().execute(async (step) => {
        const old = (await domainsOf(step, tenantId)).find(({ id }) => id === domain.toLowerCase());
        if (!old) return false;
        await step.deleteFrom('domains').where('tenant_id', '=', tenantId).where('id', '=', old.id).execute();
        const change = { activity: 'Remove verified domain', targetId: old.id, actor, old, new: undefined };
        await audit(step, tenantId, clock.now(), change);
        return true;
      });
    },
    async setDefaultDomain(tenantId, domain, actor) {
      return database.transaction().execute(async (step) => {
        const domains = await domainsOf(step, tenantId);
        const first = domains.find(({ id }) => id === domain.toLowerCase());
        if (!first) return false;
        for (const [position, { id }] of [first, ...domains.filter((domain) => domain !== first)].entries()) {
          await step
            .updateTable('domains')
            .set({ position })
            .where('tenant_id', '=', tenantId)
            .where('id', '=', id)
            .execute();
        }
        const [old, now] = [domains[0] === first, true].map((isDefault) => ({ id: first.id, isDefault }));
        await audit(step, tenantId, clock.now(), {
          activity: 'Update domain',
          targetId: first.id,
          actor,
          old,
          new: now,
        });
        return true;
      });
    },
    contents: (tenantId) => contentsOf(database, tenantId),
    async remove(tenantId, actor) {
      const tenant = await byId(tenantId);
      if (!tenant || !(await removeTenant(database, tenant, actor, clock.now()))) return false;
      await clearRemovedTenants(database, clock.now());
      return true;
    },
  };
}

async function domainsOf(database: Database, tenantId: string): Promise<Tenant['domains']> {
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
