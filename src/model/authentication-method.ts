/** A way to prove one's identity, beside certificate and password, that a user registered or an administrator issued (Graph: authenticationMethod). */
export type RegisteredMethod = SoftwareOathMethod | PasskeyMethod | TemporaryAccessPassMethod;

/** What a report on registration tells apart. */
export type RegisteredKind = RegisteredMethod['kind'] | 'windowsHelloForBusiness';

interface MethodCommon {
  /** A GUID. */
  readonly id: string;
  readonly userId: string;
  /** What the person calls it. */
  readonly displayName: string;
  readonly createdDateTime: Date;
}

export interface SoftwareOathMethod extends MethodCommon {
  readonly kind: 'softwareOath';
  /** base64url. */
  readonly secret: string;
}

export interface PasskeyMethod extends MethodCommon {
  readonly kind: 'fido2';
  /** base64url, as browsers have it. */
  readonly credentialId: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  readonly aaguid: string;
  readonly transports: readonly string[];
}

export interface TemporaryAccessPassMethod extends MethodCommon {
  readonly kind: 'temporaryAccessPass';
  /** A PHC string: the pass is shown once, when it is issued. */
  readonly passHash: string;
  readonly startDateTime: Date;
  readonly lifetimeInMinutes: number;
  readonly isUsableOnce: boolean;
}
