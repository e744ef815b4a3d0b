import type { TlsClientName } from '#core/binding/identifiers/tls-client-name.ts';
import type { Profile } from './user.ts';

/** An application that may ask for sign-ins (Graph: application and servicePrincipal in one). */
export interface Application {
  /** client_id, a GUID. */
  readonly appId: string;
  readonly displayName: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  /** Shown in a frame when its person signs out (OpenID Connect Front-Channel Logout; Graph: `web.logoutUrl`). */
  readonly logoutUrl?: string;
  /** Called when a session ends, by whatever cause (OpenID Connect Back-Channel Logout). Not Entra's. */
  readonly backChannelLogoutUri?: string;
  readonly isPublicClient: boolean;
  /** SHA-256 of each client secret, base64url. */
  readonly secretHashes: readonly string[];
  /** Client secrets with a name and an end, besides those. */
  readonly passwordCredentials?: readonly PasswordCredential[];
  /** Certificates it signs client assertions with. */
  readonly keyCredentials?: readonly KeyCredential[];
  /** The name by which a certificate of a CA proves it in the TLS handshake (RFC 8705 §2.1); absent where none does. */
  readonly tlsClientName?: TlsClientName;
  /** Whether its access tokens, and refresh tokens of a public client, are bound to its client certificate (RFC 8705 §3, §4). */
  readonly hasBoundTokens?: boolean;
  /** `api://…` identifiers for which this application is the resource. */
  readonly identifierUris: readonly string[];
  /** Application permissions granted, as role values, for client credentials. */
  readonly roles: readonly string[];
  /** Where MyApps sends a person; undefined hides it there. */
  readonly homepage: string | undefined;
  /** Those of its redirect URIs that belong to a single-page application: code by CORS, short refresh tokens. */
  readonly spaRedirectUris?: readonly string[];
  /** What Graph knows of it and no sign-in asks. */
  readonly profile?: Profile;
  /** Known to Graph as an application only: its service principal does not exist yet. */
  readonly lacksServicePrincipal?: boolean;
  /** ISO 8601 UTC. */
  readonly createdDateTime?: string;
}

/** A client secret (Graph: passwordCredential). Times are ISO 8601 UTC. */
export interface PasswordCredential {
  /** A GUID. */
  readonly keyId: string;
  readonly displayName: string;
  /** The first characters of the secret, so that people can tell theirs apart. */
  readonly hint: string;
  /** SHA-256, base64url. */
  readonly secretHash: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
}

/** A certificate for client assertions (Graph: keyCredential). Times are ISO 8601 UTC. */
export interface KeyCredential {
  /** A GUID. */
  readonly keyId: string;
  readonly displayName?: string;
  /** DER, base64. */
  readonly certificate: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
}
