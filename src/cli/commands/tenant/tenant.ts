import { introduceFirstParty } from '#admin/applications/first-party.ts';
import { addTenant } from '#admin/tenant/tenants.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, text, texts } from '../../command.ts';

export const tenantAdd: Command = {
  usage: 'tenant add DOMAIN',
  summary: 'Creates a tenant with one or more verified domains.',
  takes: [1, 1],
  creates: true,
  tenantOf: ([domain]) => domain,
  options: {
    name: { type: 'string', value: 'TEXT', help: 'Display name (default: the domain).' },
    domain: { type: 'string', multiple: true, value: 'DOMAIN', help: 'Additional domain.' },
  },
  async run(call) {
    const { tenants, adminOf, firstParty } = await call.open();
    const first = call.positionals[0]!;
    const tenant = orThrow(
      await addTenant(
        { displayName: text(call, 'name') ?? first, domains: [first, ...(texts(call, 'domain') ?? [])] },
        { actor, ports: { tenants } },
      ),
    );
    await introduceFirstParty(firstParty, await adminOf(tenant.id));
    show(call, [tenant]);
    return 0;
  },
};

export const tenantList: Command = {
  usage: 'tenant list',
  summary: 'Lists the tenants.',
  takes: [0, 0],
  readsOnly: true,
  options: {},
  async run(call) {
    const { tenants } = await call.open();
    show(call, await tenants.list());
    return 0;
  },
};

function show(call: Call, tenants: readonly Tenant[]): void {
  const cells = tenants.map(({ id, displayName, domains }) => [
    id,
    displayName,
    domains.map((domain) => domain.id).join(' '),
  ]);
  answer(call, tenants, [['id', 'name', 'domains'], ...cells]);
}
