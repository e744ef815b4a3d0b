import type { FeatureRollout, IdentityProvider } from '#core/binding/realm.ts';
import type { Federations, GroupAdmin } from '#ports/directory.ts';
import type { Objects } from '#ports/objects.ts';

/** What Graph's featureRolloutPolicies and federationConfigurations say of one tenant's federated domains. */
export function openFederations(objects: Objects, groups: Pick<GroupAdmin, 'directGroups'>): Federations {
  return {
    rollouts: async () =>
      (await objects.list<FeatureRollout>('featureRolloutPolicies')).map(({ document }) => document),
    directGroups: (userId) => groups.directGroups({ kind: 'user', id: userId }),
    async identityProviderOf(domain) {
      const [match] = await objects.list<IdentityProvider>('federationConfigurations', domain);
      return match?.document;
    },
  };
}
