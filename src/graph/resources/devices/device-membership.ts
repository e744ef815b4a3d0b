import { z } from 'zod';
import type { DeviceMembership } from '#core/device/registration/registration-policy.ts';
import { fault } from '#core/trace/fault.ts';

const types = {
  all: '#microsoft.graph.allDeviceRegistrationMembership',
  none: '#microsoft.graph.noDeviceRegistrationMembership',
  selected: '#microsoft.graph.enumeratedDeviceRegistrationMembership',
} as const;

/** Graph: deviceRegistrationMembership. */
export const membershipType = (membership: DeviceMembership): object =>
  membership.kind === 'selected'
    ? { '@odata.type': types.selected, users: membership.users, groups: membership.groups }
    : { '@odata.type': types[membership.kind] };

const guids = z
  .array(z.guid())
  .nullish()
  .transform((ids) => (ids ?? []).map((id) => id.toLowerCase()));
const shape = z.strictObject({ '@odata.type': z.enum(types), users: guids, groups: guids });

/** The kind is the annotation `@odata.type`. Undefined where the body says nothing. @throws graphPropertyInvalid */
export function readMembership(target: string, value: unknown): DeviceMembership | undefined {
  if (value === undefined) return undefined;
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw fault('graphPropertyInvalid', { target, problem: parsed.error.issues[0]?.message ?? '' });
  const { '@odata.type': type, users, groups } = parsed.data;
  if (type === types.selected) return { kind: 'selected', users, groups };
  return { kind: type === types.all ? 'all' : 'none' };
}
