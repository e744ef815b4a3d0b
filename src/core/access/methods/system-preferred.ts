import type { User } from '../../binding/user.ts';
import type { MethodChoice } from './choose-method.ts';

/** Graph `systemCredentialPreferences` of the authentication methods policy (SPA-1). */
export interface SystemCredentialPreferences {
  /** `enabled` chooses the second factor, `default` ("Microsoft managed") the first one too. */
  readonly state: MethodChoice['systemPreferred'];
  readonly includeTargets: readonly PreferenceTarget[];
  readonly excludeTargets: readonly PreferenceTarget[];
}
export interface PreferenceTarget {
  readonly targetType: 'group';
  /** A group's id, or `all_users`. */
  readonly id: string;
}

/** Where the policy is kept among a tenant's objects, together with the rest of the authentication methods policy. */
export const methodsPolicy = { kind: 'authenticationMethodsPolicies', id: 'authenticationMethodsPolicy' } as const;

/**
 * Where the tenant did not decide: the order of the system for a second factor, the last method for the first. Entra begins with `default`; but
 * a user should find the page of the last sign-in again.
 */
export const usualPreferences: SystemCredentialPreferences = {
  state: 'enabled',
  includeTargets: [{ targetType: 'group', id: 'all_users' }],
  excludeTargets: [],
};

/** What the policy as stored says; a part that is missing or is not understood is as usual. */
export function preferencesIn(document: unknown): SystemCredentialPreferences {
  const preferences = (document as { systemCredentialPreferences?: Partial<SystemCredentialPreferences> } | undefined)
    ?.systemCredentialPreferences;
  const state = states.find((item) => item === preferences?.state) ?? usualPreferences.state;
  return {
    state,
    includeTargets: targetsIn(preferences?.includeTargets) ?? usualPreferences.includeTargets,
    excludeTargets: targetsIn(preferences?.excludeTargets) ?? [],
  };
}

export const states = ['enabled', 'disabled', 'default'] as const;

function targetsIn(preferences: unknown): readonly PreferenceTarget[] | undefined {
  if (!Array.isArray(preferences)) return undefined;
  return preferences.flatMap((target: Partial<PreferenceTarget> | null) =>
    typeof target?.id === 'string' ? [{ targetType: 'group' as const, id: target.id.toLowerCase() }] : [],
  );
}

/** SPA-1 for one person: who is excluded, or not included, chooses by habit. Excluding wins. */
export function preferenceFor(
  { groupIds }: Pick<User, 'groupIds'>,
  { state, includeTargets, excludeTargets }: SystemCredentialPreferences,
): MethodChoice['systemPreferred'] {
  const names = ({ id }: PreferenceTarget) => id === 'all_users' || groupIds.includes(id);
  return includeTargets.some(names) && !excludeTargets.some(names) ? state : 'disabled';
}
