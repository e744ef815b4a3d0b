import {
  type DeviceMembership,
  type DeviceRegistrationPolicy,
  usualRegistrationPolicy,
} from '#core/device/registration/registration-policy.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Objects } from '#ports/objects.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';

const kind = 'deviceRegistrationPolicy';
const id = 'deviceRegistrationPolicy';

/** The quota that Entra writes for no limit (Graph: userDeviceQuota), and how many users and groups a membership may name. */
const limits = { quota: 2_147_483_647, members: 1_000 } as const;

/** The tenant's policy; Entra's defaults where none was written. */
export async function registrationPolicyOf({
  objects,
}: {
  readonly objects: Pick<Objects, 'find'>;
}): Promise<DeviceRegistrationPolicy> {
  const stored = await objects.find<Partial<DeviceRegistrationPolicy>>(kind, id);
  return { ...usualRegistrationPolicy, ...stored?.document };
}

/** Changes what is given and leaves the rest. Refuses with graphPropertyInvalid, graphObjectMissing, graphLimitReached. */
export async function changeRegistrationPolicy(
  change: Partial<DeviceRegistrationPolicy>,
  { actor, ports }: AdminContext<Pick<AdminPorts, 'objects' | 'users' | 'groups'>>,
): Promise<Ruling<DeviceRegistrationPolicy>> {
  const { userDeviceQuota = 0 } = change;
  if (!Number.isInteger(userDeviceQuota) || userDeviceQuota < 0 || userDeviceQuota > limits.quota)
    return refused('graphPropertyInvalid', {
      target: 'userDeviceQuota',
      problem: `it must be a whole number from 0 to ${limits.quota}`,
    });
  for (const membership of [change.allowedToJoin, change.allowedToRegister, change.registeringUsers])
    if (membership) {
      const membershipRuling = await checkMembership(membership, ports);
      if (membershipRuling.outcome !== 'passed') return membershipRuling;
    }
  const auditEntry = { activity: 'Set device registration policies', actor };
  const next = await ports.objects.change<Partial<DeviceRegistrationPolicy>>(
    kind,
    id,
    (old) => ({ ...old, ...change }),
    auditEntry,
  );
  if (!next) await ports.objects.add({ kind, id, owner: undefined, document: change }, auditEntry);
  return success(await registrationPolicyOf(ports));
}

async function checkMembership(
  membership: DeviceMembership,
  { users, groups }: Pick<AdminPorts, 'users' | 'groups'>,
): Promise<Ruling<void>> {
  if (membership.kind !== 'selected') return success();
  if (membership.users.length + membership.groups.length > limits.members)
    return refused('graphLimitReached', { what: 'users and groups', limit: limits.members });
  for (const user of membership.users)
    if (!(await users.find(user))) return refused('graphObjectMissing', { id: user.slice(0, 80) });
  for (const group of membership.groups)
    if (!(await groups.find(group))) return refused('graphObjectMissing', { id: group.slice(0, 80) });
  return success();
}
