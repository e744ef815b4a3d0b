/** A service principal as Graph answers it. */
export interface ServicePrincipal {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly homepage: string | null;
  readonly accountEnabled: boolean;
  readonly createdDateTime: string | null;
  readonly servicePrincipalNames: readonly string[];
  readonly replyUrls: readonly string[];
  readonly tags: readonly string[];
  readonly appRoles: readonly { readonly id: string; readonly displayName?: string; readonly value?: string | null }[];
  readonly oauth2PermissionScopes: readonly PermissionScope[];
}

/** An application as Graph answers it. */
export interface Application {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly createdDateTime: string | null;
  readonly identifierUris: readonly string[];
  readonly web: { readonly redirectUris: readonly string[]; readonly homePageUrl: string | null };
  readonly spa: { readonly redirectUris: readonly string[] };
  readonly publicClient: { readonly redirectUris: readonly string[] };
  readonly api: Api;
  readonly optionalClaims: Readonly<Record<string, readonly OptionalClaim[]>> | null;
  readonly requiredResourceAccess: readonly RequiredAccess[];
  readonly passwordCredentials: readonly PasswordCredential[];
  readonly keyCredentials: readonly KeyCredential[];
}

/** What other applications may ask of this one. */
export interface Api {
  readonly oauth2PermissionScopes: readonly PermissionScope[];
}

export interface PermissionScope {
  readonly id: string;
  readonly value: string | null;
  readonly isEnabled?: boolean;
  readonly type?: 'Admin' | 'User';
  readonly adminConsentDisplayName?: string | null;
  readonly adminConsentDescription?: string | null;
}

export interface OptionalClaim {
  readonly name: string;
}

/** Permissions of one API that an application asks for. */
export interface RequiredAccess {
  readonly resourceAppId: string;
  readonly resourceAccess: readonly { readonly id: string; readonly type: 'Scope' | 'Role' }[];
}

/** What a tab of an app registration gets. */
export interface RegistrationProps {
  readonly path: string;
  readonly app: Application;
  readonly etag: string | undefined;
  readonly reload: () => unknown;
}

export interface PasswordCredential {
  readonly keyId: string;
  readonly displayName: string | null;
  readonly hint: string | null;
  readonly startDateTime: string;
  readonly endDateTime: string;
  /** In the answer that makes it, and nowhere else. */
  readonly secretText: string | null;
}

export interface KeyCredential {
  readonly keyId: string;
  readonly displayName: string | null;
  readonly startDateTime: string;
  readonly endDateTime: string;
}

/** Texts of a field with one a line. */
export const linesIn = (text: string): string[] => text.split(/\s+/).filter((line) => line !== '');
