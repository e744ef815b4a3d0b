import { certificateUserIdKey, certificateUserIdsOf } from '#core/binding/identifiers/certificate-user-ids.ts';
import type { User } from '#core/binding/user.ts';
import { isOnBlockList } from '#core/crl/blocked.ts';
import type { TenantPolicy } from '#core/policy.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { validatePath } from '#core/x509/path.ts';
import type { CertificateUse, LastUse } from '#model/sign-in.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import { unrevokedPath } from '#signin/certificate/unrevoked-path.ts';
import { withoutNetwork } from '../safety/dry-run.ts';

/** A value of a user that no valid certificate of theirs stands for (UB-26). */
export interface StaleValue {
  readonly value: string;
  readonly why: 'expired' | 'revoked' | 'blocked';
}

/** A user with values of certificates that can no longer sign in, and the newest use of a certificate of theirs. */
export interface StaleValuesUser {
  readonly user: User;
  readonly use: Omit<LastUse, 'hasValues'>;
  readonly staleValues: readonly StaleValue[];
}

/** A page of users by the last use of a certificate. */
export interface UsersPage<T extends StaleValuesUser> {
  readonly users: readonly T[];
  readonly uses: readonly T['use'][];
  readonly next: T['use'] | undefined;
}

/**
 * A page of the users who signed in with certificates, the last use first, with those who have no stale value. `uses` are all
 * that were looked at, with those of users who are passed over; `next` is where the next page begins, undefined on the last
 * one. Only CRLs that are kept are asked about revoked certificates.
 */
export async function staleValuesPage(
  { top, after }: { readonly top: number; readonly after?: Pick<CertificateUse, 'userId' | 'lastUsed'> },
  context: SignInContext<Pick<Ports, 'signInLog' | 'directory' | 'policies' | 'crls' | 'ocsp'>>,
): Promise<UsersPage<StaleValuesUser>> {
  const { ports } = context;
  const { reports } = ports.signInLog;
  const uses = await reports.lastUses({ top, ...(after ? { after } : {}) });
  const policy = await ports.policies.current();
  const users: StaleValuesUser[] = [];
  for (const use of uses) {
    const user = use.hasValues ? await ports.directory.user(use.userId) : undefined;
    if (!user || user.certificateUserIds.length === 0) continue;
    // A user of several certificates is in the list once.
    const [newest] = await reports.certificatesOf(user.id);
    if (newest?.sha1Thumbprint !== use.sha1Thumbprint) continue;
    users.push({ user, use, staleValues: await staleValuesOf(user, policy, context) });
  }
  return { users, uses, next: uses.length < top ? undefined : uses.at(-1) };
}

/**
 * Values of a user that stand for certificates that came in sign-ins and are expired, blocked or revoked, and for no other one. A
 * value of a certificate that never came is not evaluated.
 */
export async function staleValuesOf(
  user: User,
  policy: TenantPolicy,
  context: SignInContext<Pick<Ports, 'signInLog' | 'crls' | 'ocsp'>>,
): Promise<readonly StaleValue[]> {
  if (user.certificateUserIds.length === 0) return [];
  const stale = new Map<string, StaleValue['why']>();
  const valid = new Set<string>();
  for (const { der } of await context.ports.signInLog.reports.certificatesOf(user.id)) {
    const certificate = readCertificate(der);
    if (certificate.outcome !== 'passed') continue;
    const why = await whyStale(certificate.value, policy, context);
    for (const id of certificateUserIdsOf(certificate.value).map(certificateUserIdKey)) {
      if (why === undefined) valid.add(id);
      else stale.set(id, why);
    }
  }
  return user.certificateUserIds.flatMap((value) => {
    const key = certificateUserIdKey(value);
    const why = stale.get(key);
    return why === undefined || valid.has(key) ? [] : [{ value, why }];
  });
}

/** Why a certificate can no longer sign in; undefined where it can, and where that is not known from what is kept. */
export async function whyStale(
  certificate: Certificate,
  { trustStore, revocation }: TenantPolicy,
  { ports, at }: SignInContext<Pick<Ports, 'crls' | 'ocsp'>>,
): Promise<StaleValue['why'] | undefined> {
  if (certificate.notAfter < at) return 'expired';
  if (isOnBlockList(certificate, revocation.blocked ?? [])) return 'blocked';
  const path = validatePath(certificate, trustStore, at);
  if (path.outcome !== 'passed') return undefined;
  const { because } = await unrevokedPath(path.value, { trustStore, revocation, at }, withoutNetwork(ports));
  if (because.code === 'certificateBlocked') return 'blocked';
  return because.code === 'certificateRevoked' || because.code === 'authorityRevoked' ? 'revoked' : undefined;
}
