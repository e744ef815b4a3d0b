import type { User } from '../../binding/user.ts';
import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import { windowsSupport } from './windows-builds.ts';

/** Who may do something (Graph: deviceRegistrationMembership). */
export type DeviceMembership =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'selected'; readonly users: readonly string[]; readonly groups: readonly string[] };

/** A tenant's rules for registering devices (Graph: deviceRegistrationPolicy). */
export interface DeviceRegistrationPolicy {
  /** How many devices one user may have registered at a time. */
  readonly userDeviceQuota: number;
  /** Whether the access token must show multifactor authentication. */
  readonly multiFactorAuthConfiguration: 'required' | 'notRequired';
  readonly allowedToRegister: DeviceMembership;
  readonly allowedToJoin: DeviceMembership;
  /** Whether Global Administrators administer joined devices locally. */
  readonly enableGlobalAdmins: boolean;
  /** Which users administer locally the devices that they join. */
  readonly registeringUsers: DeviceMembership;
  /** What happens to a device whose Windows does not support smart card sign-in (entra-cba §9.3). Not part of Graph. */
  readonly unsupportedWindows: 'warn' | 'refuse';
}

/** Entra's defaults (windows-sign-in §4.7). */
export const usualRegistrationPolicy: DeviceRegistrationPolicy = {
  userDeviceQuota: 50,
  multiFactorAuthConfiguration: 'notRequired',
  allowedToRegister: { kind: 'all' },
  allowedToJoin: { kind: 'all' },
  enableGlobalAdmins: true,
  registeringUsers: { kind: 'all' },
  unsupportedWindows: 'warn',
};

/** Whether the membership includes the user, directly or by a group. */
export function isMemberOf(membership: DeviceMembership, user: Pick<User, 'id' | 'groupIds'>): boolean {
  if (membership.kind !== 'selected') return membership.kind === 'all';
  return membership.users.includes(user.id) || membership.groups.some((id) => user.groupIds.includes(id));
}

/** A request to join or register, as far as the policy evaluates it. */
export interface JoinAttempt {
  readonly user: Pick<User, 'id' | 'groupIds'>;
  readonly operation: 'join' | 'register';
  /** `amr` of the access token. */
  readonly methods: readonly string[];
  readonly deviceType: string;
  readonly osVersion: string;
}

/** Refuses with `joinNotAllowed`, `joinNeedsMultiFactor` or `windowsNotSupported`. The quota is evaluated with the write. */
export function evaluateJoin(attempt: JoinAttempt, policy: DeviceRegistrationPolicy): Ruling<true> {
  const { user, operation, methods } = attempt;
  const membership = operation === 'join' ? policy.allowedToJoin : policy.allowedToRegister;
  if (!isMemberOf(membership, user)) return refused('joinNotAllowed', { operation });
  if (policy.multiFactorAuthConfiguration === 'required' && !methods.some((method) => /^(?:ngc)?mfa$/.test(method)))
    return refused('joinNeedsMultiFactor', { methods });
  if (policy.unsupportedWindows === 'refuse') {
    const update = updateNeeded(attempt.deviceType, attempt.osVersion);
    if (update !== undefined) return refused('windowsNotSupported', { version: attempt.osVersion, update });
  }
  return passed(true, 'deviceRequestRead', {});
}

/** What a Windows device needs before it supports smart card sign-in; undefined for other systems and for supported ones. */
export function updateNeeded(deviceType: string, osVersion: string): string | undefined {
  if (!/^windows/i.test(deviceType)) return undefined;
  const support = windowsSupport(osVersion);
  switch (support.kind) {
    case 'supported':
      return undefined;
    case 'updateNeeded':
      return `${support.release.update} brings it (build ${support.release.supportedFrom.join('.')})`;
    case 'unsupported':
      return 'no update brings it to this release';
    default:
      return 'the reported version is not one of Windows 10 or later';
  }
}
