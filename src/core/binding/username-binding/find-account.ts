import { hexOf, plainHex } from '../../hex.ts';
import { firstRefusal, passed, type Ruling, refused, success } from '../../trace/ruling.ts';
import { rateCertificate } from '../authentication-binding/rate-certificate.ts';
import type { RatedPath } from '../authentication-binding/rating.ts';
import type { CertificateAuthorityScope, MethodTarget, X509CertificateConfiguration } from '../policy.ts';
import type { DirectoryAnswer, User } from '../user.ts';
import { acceptUnambiguous, usernameQuestions } from './bind-user.ts';
import { type Candidate, candidatesOf, usableBindings, usersNamed } from './candidates.ts';

interface AccountMatch {
  readonly user: User;
  readonly foundBy: 'userPrincipalName' | 'onPremisesUserPrincipalName' | 'certificate';
}

/**
 * Who wants to sign in, and may they use this certificate at all? (Appendix B, steps 3 and 8–10.) The typed name finds
 * the user (UB-4, D-13); only where the tenant allows it may the certificate do so, and only if it names exactly one.
 * Refuses with `certificateMethodDisabled`, `accountUnknown`,
 * `accountAmbiguous`, `bindingAmbiguous`, `accountDisabled`, `accountNotInScope` or `authorityNotForUser`.
 */
export function findAccount(
  answers: readonly DirectoryAnswer[],
  hint: string,
  path: RatedPath,
  configuration: X509CertificateConfiguration,
): Ruling<User> {
  if (configuration.state !== 'enabled') return refused('certificateMethodDisabled', { state: configuration.state });
  const match = findUser(hint, path, configuration, answers);
  if (match.outcome !== 'passed') return match;
  const { user, foundBy } = match.value;
  if (!user.accountEnabled) return refused('accountDisabled', { userPrincipalName: user.userPrincipalName });
  const authorities = scopesOn(path, configuration.certificateAuthorityScopes);
  const scope = firstRefusal(
    acceptMethodScope(user, configuration),
    acceptAuthorityScope(user, authorities, configuration.beyondEntra?.certificateAuthorityScoping ?? 'every'),
  );
  if (scope.outcome !== 'passed') return scope;
  return passed(user, 'accountAccepted', {
    userPrincipalName: user.userPrincipalName,
    foundBy,
    scopedAuthorities: authorities.map((authority) => plainHex(authority.subjectKeyIdentifier)),
  });
}

/** The one user a sign-in is about, whether or not {@link findAccount} lets it continue; undefined when none or several are. */
export function accountNamed(
  answers: readonly DirectoryAnswer[],
  hint: string,
  path: RatedPath,
  configuration: X509CertificateConfiguration,
): User | undefined {
  const match = findUser(hint, path, configuration, answers);
  return match.outcome === 'passed' ? match.value.user : undefined;
}

function findUser(
  hint: string,
  path: RatedPath,
  configuration: X509CertificateConfiguration,
  answers: readonly DirectoryAnswer[],
): Ruling<AccountMatch> {
  if (hint !== '' || !configuration.beyondEntra?.certificateMayNameUser)
    return findByName(hint, configuration, answers);
  return findByCertificate(path, configuration, answers);
}

function findByName(
  hint: string,
  { beyondEntra }: X509CertificateConfiguration,
  answers: readonly DirectoryAnswer[],
): Ruling<AccountMatch> {
  for (const question of usernameQuestions(hint, beyondEntra)) {
    const [user, ...furtherUsers] = usersNamed(answers, [question]);
    if (furtherUsers.length > 0) return refused('accountAmbiguous', { username: hint, found: furtherUsers.length + 1 });
    if (user && question.property !== 'certificateUserIds') return success({ user, foundBy: question.property });
  }
  return refused('accountUnknown', { username: hint });
}

function findByCertificate(
  path: RatedPath,
  configuration: X509CertificateConfiguration,
  answers: readonly DirectoryAnswer[],
): Ruling<AccountMatch> {
  const candidates = strongCandidates(path, configuration);
  for (const [binding, group] of Map.groupBy(candidates, (candidate) => candidate.binding)) {
    // Several SAN values of one field may name several users: then none is taken (UB-30).
    const together = {
      binding,
      value: group.map(({ value }) => value).join(', '),
      questions: group.flatMap((c) => c.questions),
    };
    const unambiguous = acceptUnambiguous(together, answers);
    if (unambiguous.outcome !== 'passed') return unambiguous;
    const [user] = usersNamed(answers, together.questions);
    if (user) return success({ user, foundBy: 'certificate' });
  }
  return refused('accountUnknown', { username: '' });
}

/** UB-6 holds here as well: a binding too weak to validate the user does not find one either. */
function strongCandidates(path: RatedPath, configuration: X509CertificateConfiguration): readonly Candidate[] {
  const [leaf] = path.certificates;
  const rating = rateCertificate(path, configuration);
  if (!leaf || rating.outcome !== 'passed') return [];
  const bindings = usableBindings(configuration.certificateUserBindings, rating.value.requiredAffinity);
  return candidatesOf(leaf, bindings, configuration.beyondEntra);
}

/** SCOPE-2, SCOPE-3, SCOPE-7. */
function acceptMethodScope(user: User, { includeTargets, excludeTargets }: X509CertificateConfiguration): Ruling<void> {
  const excludedBy = excludeTargets.filter((target) => isTarget(user, target)).map(({ id }) => id);
  if (excludedBy.length === 0 && includeTargets.some((target) => isTarget(user, target))) return success();
  return refused('accountNotInScope', { userPrincipalName: user.userPrincipalName, excludedBy });
}

/** Is the user deemed capable of certificates, and so of MFA (SCOPE-6)? */
export function isInCertificateScope(user: User, configuration: X509CertificateConfiguration): boolean {
  return configuration.state === 'enabled' && acceptMethodScope(user, configuration).outcome === 'passed';
}

function isTarget(user: Pick<User, 'groupIds'>, { id }: MethodTarget): boolean {
  return (
    id.toLowerCase() === 'all_users' || user.groupIds.some((groupId) => groupId.toLowerCase() === id.toLowerCase())
  );
}

/**
 * The scoping rules of the CAs on the path, issuing CA first (CAS-2), found by subject key identifier (CAS-5). A root
 * above another CA has no effect alone (CAS-3); a root that issues certificates for users itself counts as the issuing CA.
 */
function scopesOn(
  { certificates }: RatedPath,
  scopes: readonly CertificateAuthorityScope[],
): readonly CertificateAuthorityScope[] {
  if (scopes.length === 0) return [];
  const authorities = certificates.slice(1).map((certificate) => certificate.subjectKeyIdentifier);
  const scopesByAuthority = authorities.map((ski) =>
    scopes.filter((scope) => ski && plainHex(scope.subjectKeyIdentifier) === hexOf(ski)),
  );
  const enforcedScopes =
    scopesByAuthority.length > 1 && scopesByAuthority.slice(0, -1).every((rules) => rules.length === 0)
      ? []
      : scopesByAuthority;
  return enforcedScopes.flat();
}

/** CAS-2, D-11. A CA without a rule is unrestricted (CAS-4). */
function acceptAuthorityScope(
  user: User,
  scopes: readonly CertificateAuthorityScope[],
  need: 'every' | 'any',
): Ruling<void> {
  const unmet = scopes.filter((scope) => !scope.includeTargets.some((target) => isTarget(user, target)));
  if (unmet.length === 0 || (need === 'any' && unmet.length < scopes.length)) return success();
  return refused('authorityNotForUser', {
    userPrincipalName: user.userPrincipalName,
    authorities: unmet.map((scope) => plainHex(scope.subjectKeyIdentifier)),
    groups: unmet.flatMap((scope) => scope.includeTargets.map(({ id }) => id)),
  });
}
