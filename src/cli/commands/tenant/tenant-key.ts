import { chosenTenant } from '#admin/tenant/tenants.ts';
import { actor } from '../../actor.ts';
import type { Command } from '../../command.ts';

export const tenantRotateKey: Command = {
  usage: 'tenant rotate-key [DOMAIN]',
  summary: 'Makes a new key that signs tokens of a tenant from now on; what the older ones signed stays valid.',
  takes: [0, 1],
  options: {},
  async run(call) {
    const { tenants, rotateKey, adminOf } = await call.open();
    const tenant = await chosenTenant(call.positionals[0], tenants);
    const kid = await rotateKey(tenant.id);
    const { audits } = await adminOf(tenant.id);
    await audits.note({ activity: 'Rotate signing key', actor, targetId: tenant.id, old: undefined, new: { kid } });
    call.output.say(call.values.json ? `${JSON.stringify({ kid })}\n` : `The tenant signs with the key ${kid} now.\n`);
    return 0;
  },
};
