import type { AuthenticationMethod } from '../access/proof.ts';

/** What a user prefers as second factor (Graph: signInPreferences). */
export interface SignInPreferences {
  /** Whether the order of the system decides. */
  readonly isSystemPreferredAuthenticationMethodEnabled: boolean;
  /** In Graph's words; null where the user chose none. */
  readonly userPreferredMethodForSecondaryAuthentication: string | null;
}

/** Where preferences are kept among a tenant's objects, under the id of the user. */
export const preferenceKind = 'signInPreferences';
export const usualSignInPreferences: SignInPreferences = {
  isSystemPreferredAuthenticationMethodEnabled: true,
  userPreferredMethodForSecondaryAuthentication: null,
};

/** Graph's words for second factors, and the methods that each stands for. */
export const secondaryMethods: Readonly<Record<string, readonly AuthenticationMethod[]>> = {
  push: ['microsoftAuthenticatorPush', 'deviceBasedPush'],
  oath: ['softwareOath', 'hardwareOath'],
  voiceMobile: ['voice'],
  voiceAlternateMobile: ['voice'],
  voiceOffice: ['voice'],
  sms: ['sms'],
};

/** The methods of this user that come first; undefined where the order of the system decides. */
export function preferredMethods(
  preferences: SignInPreferences | undefined,
): readonly AuthenticationMethod[] | undefined {
  if (!preferences || preferences.isSystemPreferredAuthenticationMethodEnabled) return undefined;
  return secondaryMethods[preferences.userPreferredMethodForSecondaryAuthentication ?? ''];
}
