import { certificateUserIdKey } from '#core/binding/identifiers/certificate-user-ids.ts';
import type { User } from '#core/binding/user.ts';
import type { TenantPolicy } from '#core/policy.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import type { CertificateUse } from '#model/sign-in.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import { proposedIdsOf } from './proposed-ids.ts';
import { type StaleValue, staleValuesOf, type UsersPage, whyStale } from './stale-values.ts';

/** How far back the last use of a binding may lie for the assistant to look at it. */
export const affinityDays = 30;

/** A user whose certificate was last bound by a value that is easy to use again. */
export interface LowAffinityUser {
  readonly user: User;
  readonly use: CertificateUse;
  readonly certificate: Certificate;
  /** The high-affinity value to give the user; undefined where they have one already, or can have no more values. */
  readonly proposed: string | undefined;
  readonly staleValues: readonly StaleValue[];
}

export type AffinityPorts = Pick<Ports, 'signInLog' | 'directory' | 'policies' | 'crls' | 'ocsp'>;

/**
 * A page of the users whose certificate was bound by low affinity, the last use first, with those who need nothing. Only CRLs that are kept are asked about revoked certificates.
 */
export async function lowAffinityPage(
  { top, after }: { readonly top: number; readonly after?: Pick<CertificateUse, 'userId' | 'lastUsed'> },
  context: SignInContext<AffinityPorts>,
): Promise<UsersPage<LowAffinityUser>> {
  const { ports, at } = context;
  const since = new Date(at.getTime() - affinityDays * 86_400_000);
  const uses = await ports.signInLog.reports.lowAffinity({ top, since, ...(after ? { after } : {}) });
  const policy = await ports.policies.current();
  const users: LowAffinityUser[] = [];
  for (const use of uses) {
    const item = await lowAffinityUserOf(use, policy, context);
    if (item) users.push(item);
  }
  return { users, uses, next: uses.length < top ? undefined : uses.at(-1) };
}

async function lowAffinityUserOf(
  use: CertificateUse,
  policy: TenantPolicy,
  context: SignInContext<AffinityPorts>,
): Promise<LowAffinityUser | undefined> {
  const [user, certificate] = [await context.ports.directory.user(use.userId), readCertificate(use.der)];
  if (!user || certificate.outcome !== 'passed') return undefined;
  const isUsable = (await whyStale(certificate.value, policy, context)) === undefined;
  const ids = isUsable ? proposedIdsOf(certificate.value, user, policy.x509.certificateUserBindings) : [];
  const staleValues = await staleValuesOf(user, policy, context);
  return { user, use, certificate: certificate.value, proposed: ids[0], staleValues };
}

/** How a certificate of a user is bound, as one text: `PrincipalName → userPrincipalName`. */
export const describeUseBinding = ({ binding }: CertificateUse): string =>
  binding ? `${binding.field} → ${binding.property}` : '';

/** The user's values with the proposed one; undefined where nothing is to be added. */
export function upgradedIds({
  user,
  proposed,
}: Pick<LowAffinityUser, 'user' | 'proposed'>): readonly string[] | undefined {
  const key = proposed === undefined ? undefined : certificateUserIdKey(proposed);
  if (proposed === undefined || user.certificateUserIds.some((value) => certificateUserIdKey(value) === key))
    return undefined;
  return [...user.certificateUserIds, proposed];
}
