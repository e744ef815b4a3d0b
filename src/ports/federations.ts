import type { FeatureRollout, IdentityProvider } from '#core/binding/realm.ts';

/** What decides about users of a federated domain: who signs in here all the same, and where the others do (§7.2). */
export interface Federations {
  rollouts(): Promise<readonly FeatureRollout[]>;
  /** Ids of the groups a user is directly in: rollouts know no nesting (REALM-4). */
  directGroups(userId: string): Promise<readonly string[]>;
  /** Undefined when nobody has said where the domain's people go. */
  identityProviderOf(domain: string): Promise<IdentityProvider | undefined>;
}
