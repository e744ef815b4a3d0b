import { isMethodAllowed } from '#core/access/methods/method-state.ts';
import type { AuthenticationMethod } from '#core/access/proof.ts';
import { meetsStrength, multifactorStrength } from '#core/access/strengths.ts';
import type { User } from '#core/binding/user.ts';
import { isInCertificateScope } from '#core/binding/username-binding/find-account.ts';
import { passUsability } from '#core/factors/temporary-access-pass.ts';
import type { TenantPolicy } from '#core/policy.ts';
import type { Methods } from '#ports/methods.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';

type StoredMethod = Awaited<ReturnType<Methods['ofUser']>>[number];

/**
 * What this person could show at this moment: password, certificate, what is registered, and sessions elsewhere (CAP-3).
 *
 * @param requestingSession the session that the sign-in itself began in: a session does not approve its own request
 */
export async function availableMethods(
  user: User,
  policy: TenantPolicy,
  context: SignInContext<Pick<Ports, 'directory' | 'methods' | 'sessions'>>,
  requestingSession?: string,
): Promise<readonly AuthenticationMethod[]> {
  const [methods, sessions] = await Promise.all([
    methodsAtHand(user, policy, context),
    context.ports.sessions.ofUser(user.id),
  ]);
  const rest = sessions.filter(({ sessionUid }) => sessionUid !== requestingSession);
  if (!rest.some(({ proofs }) => meetsStrength(multifactorStrength, proofs))) return methods;
  const approvals = ['deviceBasedPush', 'microsoftAuthenticatorPush'] as const;
  return [...methods, ...approvals.filter((method) => isMethodAllowed(method, user, policy.methods))];
}

/** {@link availableMethods} without sessions elsewhere, which do not begin a sign-in, and of which a user can have many. */
export async function methodsAtHand(
  user: User,
  policy: TenantPolicy,
  { ports, at }: SignInContext<Pick<Ports, 'directory' | 'methods'>>,
): Promise<readonly AuthenticationMethod[]> {
  const [registration, passwordHash] = await Promise.all([
    ports.methods.ofUser(user.id),
    ports.directory.passwordHash(user.id),
  ]);
  const certificate = isInCertificateScope(user, policy.x509);
  const authenticationMethods: readonly AuthenticationMethod[] = [
    ...registration.flatMap((method) => methodOf(method, at) ?? []),
    ...(certificate ? (['x509CertificateMultiFactor', 'x509CertificateSingleFactor'] as const) : []),
    ...(passwordHash === undefined ? [] : (['password'] as const)),
  ];
  return [...new Set(authenticationMethods)].filter((method) => isMethodAllowed(method, user, policy.methods));
}

function methodOf(method: StoredMethod, at: Date): AuthenticationMethod | undefined {
  if (method.kind !== 'temporaryAccessPass') return method.kind;
  if (passUsability({ ...method, isUsed: method.counter > 0 }, at) !== 'enabledByPolicy') return undefined;
  return method.isUsableOnce ? 'temporaryAccessPassOneTime' : 'temporaryAccessPassMultiUse';
}
