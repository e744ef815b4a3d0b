import { labelOf } from '../../components/forms/choices.ts';

/** A staged rollout. */
export interface Rollout {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly feature: string;
  readonly isEnabled: boolean;
  readonly isAppliedToOrganization: boolean;
}

/** Features in Entra's words. */
export const features = [
  { id: 'certificateBasedAuthentication', label: 'Certificate-based authentication' },
  { id: 'passwordHashSync', label: 'Password hash sync' },
  { id: 'passthroughAuthentication', label: 'Pass-through authentication' },
  { id: 'seamlessSso', label: 'Seamless single sign-on' },
  { id: 'multiFactorAuthentication', label: 'Azure multifactor authentication' },
  { id: 'emailAsAlternateId', label: 'Email as alternate ID' },
] as const;

/** The name of a feature. */
export const featureOf = ({ feature }: Rollout): string => labelOf(features, feature) ?? feature;

export const rolloutsPath = '/policies/featureRolloutPolicies';
