import { chosenTenant } from '#admin/tenant/tenants.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { actor } from '../../actor.ts';
import type { Command } from '../../command.ts';

export const tenantRotateKey: Command = {
  usage: 'tenant rotate-key [DOMAIN]',
  summary:
    'Creates a signing key for the tokens of a tenant. The key is used five minutes after its publication in the JWK set, or with --now (for a compromised key) within one minute. Tokens signed with an earlier key stay valid.',
  takes: [0, 1],
  tenantOf: ([domain]) => domain,
  options: { now: { type: 'boolean', help: 'The current key is compromised: sign with the new key at once.' } },
  async run(call) {
    const { tenants, rotateKey, adminOf } = await call.open();
    const tenant = orThrow(await chosenTenant(call.positionals[0], tenants));
    const isImmediate = call.values.now === true;
    const kid = await rotateKey(tenant.id, isImmediate ? 'now' : 'published');
    const { audits } = await adminOf(tenant.id);
    await audits.note({
      activity: 'Rotate signing key',
      actor,
      targetId: tenant.id,
      old: undefined,
      new: { kid, now: isImmediate },
    });
    call.output.say(call.values.json ? `${JSON.stringify({ kid })}\n` : text(kid, isImmediate));
    return 0;
  },
};

const text = (kid: string, isImmediate: boolean): string =>
  isImmediate
    ? `The tenant signs with the key ${kid} within a minute on every node. An application that keeps the JWK set for longer refuses its tokens until it reads the set again.\n`
    : `The key ${kid} is in the JWK set now. The tenant signs with it in five minutes.\n`;
