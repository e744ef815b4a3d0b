import type { Proof } from '#core/access/proof.ts';

/** How a device relates to the organization (Graph: `trustType`): joined, hybrid joined, or registered by its user. */
export type TrustType = 'AzureAd' | 'ServerAd' | 'Workplace';

/** A computer or phone of the directory (Graph: device); its owner is the user who registered it. */
export interface Device {
  /** A GUID, distinct from the object's id; the common name of the device certificate. */
  readonly deviceId: string;
  readonly displayName: string;
  readonly accountEnabled: boolean;
  readonly operatingSystem: string;
  readonly operatingSystemVersion: string;
  readonly trustType: TrustType | null;
  readonly profileType: string | null;
  /** null where no administrator or management service has set it. */
  readonly isCompliant: boolean | null;
  readonly isManaged: boolean | null;
  /** ISO 8601 UTC. */
  readonly registrationDateTime: string | null;
  readonly approximateLastSignInDateTime: string | null;
  readonly alternativeSecurityIds: readonly AlternativeSecurityId[];
  readonly physicalIds: readonly string[];
  readonly systemLabels: readonly string[];
  readonly deviceOwnership: string | null;
  readonly enrollmentType: string | null;
  readonly onPremisesSyncEnabled: boolean | null;
  readonly mdmAppId: string | null;
  /** Of a device that a synchronization manages. */
  readonly onPremisesSecurityIdentifier?: string | null;
  /** `userCertificate` of the computer object, base64 of DER: proves a hybrid join (windows-sign-in §2.8). Not shown. */
  readonly onPremisesCertificates?: readonly string[];
  /** `extensionAttribute1` to `extensionAttribute15`: conditions of policies name them. */
  readonly extensionAttributes?: Readonly<Record<string, string | null>>;
}
export interface AlternativeSecurityId {
  readonly type: number;
  readonly identityProvider: string | null;
  /** Base64. */
  readonly key: string;
}
/** The kind of directory object that a {@link Device} is stored as. */
export const deviceKind = 'devices';

/** The keys by which a device proves itself, and how it was registered (windows-sign-in §2.3 to §2.6). */
export interface DeviceRegistration {
  readonly deviceId: string;
  /** Id of the directory object. */
  readonly objectId: string;
  /** The certificate that this installation issued to the device. DER. */
  readonly certificate: Uint8Array;
  /** SHA-256 of the certificate, upper-case hexadecimal. */
  readonly thumbprint: string;
  /** Public key to which session keys are encrypted. DER, SubjectPublicKeyInfo. */
  readonly transportKey: Uint8Array;
  /** `JoinType` of the request: 0 and 8 joined, 4 registered, 6 hybrid joined. */
  readonly joinType: number;
  /** `amr` of the token that the device was registered with (`RegistrationAuthMethods`). */
  readonly authenticationMethods: readonly string[];
  readonly registeredDateTime: Date;
  readonly expiresDateTime: Date;
}

/** A Windows Hello key of a user (MS-KPP). */
export interface UserKey {
  /** Base64 of SHA-256 of the key's RSA1 blob: the `kid` of assertions. */
  readonly keyId: string;
  readonly userId: string;
  readonly deviceId: string;
  /** DER, SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly createdDateTime: Date;
}

/** The certification authority that issues a tenant's device certificates. */
export interface DeviceAuthority {
  readonly id: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** PKCS #8, DER. Sealed in the database. */
  readonly privateKey: Uint8Array;
  readonly createdDateTime: Date;
}

/** The kind of credential that a primary refresh token was issued for; a device has one token of each kind (PRT-6). */
export type CredentialKind = 'certificate' | 'password' | 'windowsHelloForBusiness' | 'refreshToken';

/** A primary refresh token as the server remembers it. The token itself is sealed and is not stored. */
export interface PrimaryRefreshToken {
  readonly id: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly credential: CredentialKind;
  /** The name by which proofs know the certificate: see `certificateKeyOf`. Absent for other credentials. */
  readonly certificateKey?: string;
  /** What the user proved, and when. */
  readonly proofs: readonly Proof[];
  readonly issuedDateTime: Date;
  readonly expiresDateTime: Date;
}
