import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { ServerUser } from './account-map.ts';

/** How long a workstation grants sign-ins without its server. */
export interface OfflinePolicy {
  /** Days since the server last granted a sign-in; 0 allows none. */
  readonly days: number;
  /** Failed tries since then, after which the account waits for the server. */
  readonly tries: number;
}

/** What a sign-in that the server granted leaves behind, for one account. Nothing of it is secret. */
export interface OfflineRecord extends ServerUser {
  /** Authentication methods of that sign-in. */
  readonly methods: readonly string[];
  /** SHA-256 of the certificate that signed in. */
  readonly certificateThumbprint: string;
  /** When the server granted it, and the latest time at which this record was used; ISO 8601. */
  readonly grantedAt: string;
  readonly usedAt: string;
  readonly failures: number;
}

const day = 86_400_000;

/**
 * Whether a sign-in without the server may be tried: it is allowed, the server granted one with the same certificate within
 * the days, the tries are not used up, and the clock has not gone back. Refuses with `offlineSignInRefused`.
 */
export function evaluateOffline(
  policy: OfflinePolicy,
  record: OfflineRecord | undefined,
  certificateThumbprint: string,
  at: Date,
): Ruling<OfflineRecord> {
  const problem = problemOf(policy, record, certificateThumbprint, at);
  if (problem !== undefined || record === undefined)
    return refused('offlineSignInRefused', { problem: problem ?? 'no sign-in was granted before' });
  const { userPrincipalName: user, grantedAt: last } = record;
  return passed(record, 'offlineSignInGranted', { user, last, days: policy.days });
}

function problemOf(
  { days, tries }: OfflinePolicy,
  record: OfflineRecord | undefined,
  certificateThumbprint: string,
  at: Date,
): string | undefined {
  if (days <= 0) return 'sign-ins without the server are not allowed';
  if (record === undefined) return 'it has granted no sign-in to this account on this computer';
  if (record.certificateThumbprint !== certificateThumbprint) return 'its last grant was for another certificate';
  const [now, grantedAt, usedAt] = [at.getTime(), Date.parse(record.grantedAt), Date.parse(record.usedAt)];
  // A record whose times cannot be read allows nothing: every comparison with NaN is false.
  if (!(now >= grantedAt && now >= usedAt)) return 'the clock of this computer has gone back';
  if (!(now - grantedAt <= days * day)) return `its last grant is more than ${days} days ago`;
  if (!(record.failures < tries)) return `${tries} tries without it have failed`;
  return undefined;
}
