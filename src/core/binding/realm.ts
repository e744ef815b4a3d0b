import { passed, type Ruling, refused, success } from '../trace/ruling.ts';
import { userPrincipalNameKey } from './identifiers/user-principal-name.ts';
import type { User } from './user.ts';

/** A domain of the tenant, as far as the realm needs it. */
export interface RealmDomain {
  readonly id: string;
  readonly authenticationType: 'Managed' | 'Federated';
  readonly isVerified: boolean;
}
/** A staged rollout (Graph `featureRolloutPolicy`). */
export interface FeatureRollout {
  readonly feature:
    | 'certificateBasedAuthentication'
    | 'passwordHashSync'
    | 'passthroughAuthentication'
    | 'multiFactorAuthentication'
    | string;
  readonly isEnabled: boolean;
  readonly isAppliedToOrganization: boolean;
  /** Ids of its groups. */
  readonly appliesTo: readonly string[];
}

/** The identity provider of a federated domain (Graph `internalDomainFederation`), as far as it is needed to go there. */
export interface IdentityProvider {
  readonly issuerUri: string;
  /** Where browsers are sent. */
  readonly passiveSignInUri: string;
  readonly preferredAuthenticationProtocol: 'wsFed' | 'saml';
}

/** Where the person signs in: here, and by what; or at their own identity provider. */
export interface Realm {
  readonly kind: 'managed' | 'federated';
  readonly domain: string;
  readonly certificates: boolean;
  readonly passwords: boolean;
}

/** The domains of a tenant, and which users of them are rolled out. */
export interface RealmPolicy {
  readonly domains: readonly RealmDomain[];
  readonly rollouts: readonly FeatureRollout[];
}

/**
 * §7.2. `user` is the directory's, or undefined when no user has that name: then the domain alone decides, so that an
 * unknown name goes where a known one of its domain would. `groupIds` should be the direct groups: rollouts know no
 * nesting (REALM-4). A request with a domain hint stays federated (REALM-5). Refuses with `domainUnknown`.
 */
export function decideRealm(
  username: string,
  { domains, rollouts }: RealmPolicy,
  user: Pick<User, 'groupIds'> | undefined,
  domainHint = false,
): Ruling<Realm> {
  const suffix = userPrincipalNameKey(username)?.split('@').at(-1) ?? '';
  const domain = domains.find(({ id, isVerified }) => isVerified && id.toLowerCase() === suffix);
  if (!domain) return refused('domainUnknown', { domain: suffix });
  if (domain.authenticationType === 'Managed')
    return decision('managed', domain, { certificates: true, passwords: true }, 'the domain is managed');
  const [certificates, passwords] = [
    covers(rollouts, certificateFeatures, user),
    covers(rollouts, passwordFeatures, user),
  ];
  if (domainHint || !(certificates || passwords)) {
    return decision(
      'federated',
      domain,
      { certificates: false, passwords: false },
      domainHint ? 'the request named the domain' : 'the domain is federated',
    );
  }
  return decision('managed', domain, { certificates, passwords }, 'the user is in staged rollout'); // REALM-3, REALM-7
}

/** REALM-3: without a rollout that checks passwords here, the password of a federated account is worth nothing here. */
export function acceptPasswords(realm: Realm): Ruling<void> {
  return realm.passwords ? success() : refused('realmFederated', { domain: realm.domain });
}

/** REALM-1: a federated account cannot use a certificate here. */
export function acceptCertificates(realm: Realm): Ruling<void> {
  return realm.certificates ? success() : refused('realmFederated', { domain: realm.domain });
}

const certificateFeatures = ['certificateBasedAuthentication'];
/** REALM-3: a password works here only if its hash, or a way to check it, is here too. */
const passwordFeatures = ['passwordHashSync', 'passthroughAuthentication'];

function covers(
  rollouts: readonly FeatureRollout[],
  features: readonly string[],
  user: Pick<User, 'groupIds'> | undefined,
): boolean {
  const open = rollouts.filter(({ feature, isEnabled }) => isEnabled && features.includes(feature));
  return open.some(
    ({ isAppliedToOrganization, appliesTo }) => isAppliedToOrganization || appliesTo.some((id) => isMember(user, id)),
  );
}

function isMember(user: Pick<User, 'groupIds'> | undefined, id: string): boolean {
  return user?.groupIds.some((groupId) => groupId.toLowerCase() === id.toLowerCase()) ?? false;
}

function decision(
  kind: Realm['kind'],
  { id }: RealmDomain,
  { certificates, passwords }: { readonly certificates: boolean; readonly passwords: boolean },
  why: string,
): Ruling<Realm> {
  return passed({ kind, domain: id, certificates, passwords }, 'realmDecided', {
    domain: id,
    realm: kind,
    because: why,
  });
}
