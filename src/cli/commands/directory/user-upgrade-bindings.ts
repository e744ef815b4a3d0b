import { describeUseBinding, type LowAffinityUser, lowAffinityPage, upgradedIds } from '#admin/account/low-affinity.ts';
import { changeUser, userOf } from '#admin/directory/users.ts';
import { changeTenant } from '#admin/safety/guard.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, ofTenant } from '../../command.ts';
import { safety, type TenantPorts, tenantPorts } from '../trust/trust-edit.ts';

export const userUpgradeBindings: Command = {
  usage: 'user upgrade-bindings [UPN]',
  summary:
    'Lists the users whose certificate was last bound by a low-affinity value, with the high-affinity value that would bind it\nand values of expired, blocked or revoked certificates. With UPN or --all, adds the proposed values.',
  takes: [0, 1],
  tenantOf: ([upn]) => upn?.split('@')[1],
  options: {
    ...ofTenant,
    all: { type: 'boolean', help: 'Add the proposed value of every user in the list.' },
    force: safety.force!,
  },
  async run(call) {
    const [upn] = call.positionals;
    if (upn !== undefined && call.values.all === true)
      throw fault('commandMisused', { problem: 'Specify a user or --all, not both.' });
    const ports = await tenantPorts(call, upn?.split('@')[1]);
    const userId = upn === undefined ? undefined : orThrow(await userOf(upn, ports)).id;
    const users = await itemsFor(ports, userId);
    if (userId !== undefined && users.length === 0)
      throw fault('nothingFound', { kind: 'low-affinity binding of the last thirty days', wanted: upn! });
    const isApproved = userId !== undefined || call.values.all === true;
    const rows = [];
    for (const item of users) {
      const addition = isApproved ? await approve(call, item, ports) : undefined;
      rows.push({ ...row(item), ...(isApproved ? { added: addition ?? null } : {}) });
    }
    const cells = rows.map(({ userPrincipalName, binding, proposed, staleValues }) => [
      userPrincipalName,
      binding,
      proposed ?? '',
      staleValues.map(({ value, why }) => `${value} (${why})`).join(', '),
    ]);
    answer(call, rows, [['user', 'binding', isApproved ? 'added' : 'proposed', 'stale values'], ...cells]);
    return 0;
  },
};

const pageSize = 100;

/** The users who need something, or one of them. */
async function itemsFor(ports: TenantPorts, userId: string | undefined): Promise<readonly LowAffinityUser[]> {
  const users: LowAffinityUser[] = [];
  for (let after: Awaited<ReturnType<typeof lowAffinityPage>>['next']; ; ) {
    const page = await lowAffinityPage(
      { top: pageSize, ...(after ? { after } : {}) },
      { ports, at: ports.clock.now() },
    );
    users.push(
      ...page.users.filter(
        ({ user, proposed, staleValues }) =>
          (proposed !== undefined || staleValues.length > 0) && (userId === undefined || user.id === userId),
      ),
    );
    after = page.next;
    if (!after) return users;
  }
}

const row = ({ user, use, proposed, staleValues }: LowAffinityUser) => ({
  userId: user.id,
  userPrincipalName: user.userPrincipalName,
  binding: describeUseBinding(use),
  proposed: proposed ?? null,
  lastUsed: use.lastUsed.toISOString(),
  staleValues,
});

/** One guarded change a user, on what the user has in its transaction. */
async function approve(call: Call, item: LowAffinityUser, ports: TenantPorts): Promise<string | undefined> {
  const options = { at: ports.clock.now(), isForced: call.values.force === true };
  const work = async (inside: TenantPorts) => {
    const user = orThrow(await userOf(item.user.userPrincipalName, inside));
    const certificateUserIds = upgradedIds({ user, proposed: item.proposed });
    if (!certificateUserIds) return success(undefined);
    orThrow(await changeUser(user.userPrincipalName, { certificateUserIds }, inside.tenant, { actor, ports: inside }));
    return success(item.proposed);
  };
  return orThrow(await changeTenant(ports, options, work));
}
