import type { DeviceAuthority } from '#model/device.ts';
import type { DeviceAuthorities } from '#ports/devices.ts';

/**
 * The authority of the tenant that issues certificates now: the newest one where it may, otherwise a new one. Older ones stay trusted.
 * Where several servers make the first one at the same moment, they all issue with one of them.
 *
 * @param mayIssue whether this authority issues now
 * @param make a new authority, with a key of its own
 */
export async function issuingAuthority(
  authorities: DeviceAuthorities,
  mayIssue: (newest: DeviceAuthority) => boolean,
  make: () => Promise<DeviceAuthority>,
): Promise<DeviceAuthority> {
  const [newest] = await authorities.list();
  if (newest && mayIssue(newest)) return newest;
  return authorities.add(await make(), { onlyFirst: newest === undefined });
}
