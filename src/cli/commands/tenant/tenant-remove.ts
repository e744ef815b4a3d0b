import { removeTenant, type TenantRemoval, tenantRemoval } from '#admin/tenant/remove-tenant.ts';
import { chosenTenant } from '#admin/tenant/tenants.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, text } from '../../command.ts';

export const tenantRemove: Command = {
  usage: 'tenant remove DOMAIN',
  summary: 'Permanently removes a tenant and all its data. Without --confirm, lists the data and removes nothing.',
  takes: [1, 1],
  tenantOf: ([domain]) => domain,
  options: {
    confirm: {
      type: 'string',
      value: 'DOMAIN',
      help: 'First domain of the tenant, to confirm the removal.',
    },
    'dry-run': { type: 'boolean', help: 'Change nothing. Show what would be lost.' },
  },
  async run(call) {
    const { tenants } = await call.open();
    const tenant = orThrow(await chosenTenant(call.positionals[0]!, tenants));
    const isTrial = call.values['dry-run'] === true;
    const removal = orThrow(
      isTrial
        ? await tenantRemoval(tenant, tenants)
        : await removeTenant(tenant, text(call, 'confirm'), { actor, ports: { tenants } }),
    );
    show(call, removal, !isTrial);
    return 0;
  },
};

function show(call: Call, { id, domain, contents }: TenantRemoval, isRemoved: boolean): void {
  answer(call, { id, domain, contents, removed: isRemoved }, [
    ['what', isRemoved ? 'removed' : 'would be removed'],
    ['tenant', `${domain} (${id})`],
    ...Object.entries(contents).map(([name, count]) => [name, `${count}`]),
  ]);
}
