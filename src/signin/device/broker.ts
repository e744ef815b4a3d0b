import type { DeviceFacts } from '#core/access/device/device-facts.ts';
import type { Proof } from '#core/access/proof.ts';
import type { Because } from '#core/trace/reasons.ts';
import type { Ruling } from '#core/trace/ruling.ts';
import type { TokenForm } from './token-form.ts';

/** A primary refresh token that is alive, as what is made with it needs it. */
export interface DeviceSession {
  /** Id of the primary refresh token; the same after each renewal. */
  readonly id: string;
  readonly userId: string;
  /** `amr` of the tokens that are made with it. */
  readonly amr: readonly string[];
  readonly proofs: readonly Proof[];
  readonly device: DeviceFacts;
  /** The session key, sealed, where a browser signed with it. */
  readonly sealedSessionKey?: string;
}

/** A token request of a device, as it came. */
export interface BrokerRequest {
  readonly form: TokenForm;
  /** Of the endpoint: 1 is `/oauth2/token`. */
  readonly version: 1 | 2;
  /** The tenant segment of the path, lower case. */
  readonly tenantName: string;
  readonly ipAddress: string;
  readonly userAgent: string;
  readonly correlationId: string;
}

/** What becomes of a request of a device. */
export type BrokerAnswer =
  | { readonly kind: 'plain'; readonly body: Readonly<Record<string, unknown>> }
  /** A compact JWE. */
  | { readonly kind: 'encrypted'; readonly text: string }
  | { readonly kind: 'refused'; readonly error: string; readonly because: Because }
  | ({ readonly kind: 'deviceToken' } & DeviceTokenRequested)
  | ({ readonly kind: 'redeem' } & BrokerRedemption);

/** A device is to get an access token of its own, without a user (windows-sign-in §3.11). */
export interface DeviceTokenRequested {
  readonly device: DeviceFacts;
  /** Id of the directory object. */
  readonly objectId: string;
  readonly clientId: string;
  readonly resource: string;
}

/** An application is to get its tokens. The OpenID provider makes them. */
export interface BrokerRedemption {
  readonly session: DeviceSession;
  /** `client_id`, `scope` or `resource`, `claims`, `client_info` of the token request. */
  readonly form: TokenForm;
  /** The answer as a compact JWE; undefined where the client wants it plain. */
  readonly encrypt: Encrypt;
}

export type Encrypt = (body: Readonly<Record<string, unknown>>) => string | undefined;

/** What a browser presented as `x-ms-RefreshTokenCredential` or `x-ms-DeviceCredential`. */
export interface BrowserCredentials {
  readonly refreshToken: string | undefined;
  readonly device: string | undefined;
}

/** What becomes of it. `challenge` is a nonce that the client shall sign. */
export type BrowserSignOn =
  | { readonly kind: 'session'; readonly session: DeviceSession }
  | { readonly kind: 'device'; readonly device: DeviceFacts }
  | { readonly kind: 'challenge'; readonly nonce: string }
  | { readonly kind: 'ignored'; readonly because: Because | undefined };

/** Sign-ins of devices (windows-sign-in §3). The OpenID provider hands over what is not OpenID Connect. */
export interface Broker {
  /** The nonce that a token request asks for (`grant_type=srv_challenge`); undefined for every other request. */
  nonceFor(grantType: string | undefined): string | undefined;
  /** Whether a token request is a signed one of a device. */
  isRequest(form: TokenForm): boolean;
  /** The tenant that a signed request at `common` names by its certificate or its primary refresh token; not trusted. */
  tenantIdIn(signedRequest: string): string | undefined;
  answer(request: BrokerRequest, tenantId: string): Promise<BrokerAnswer>;
  /** Whether the primary refresh token is still alive. Refuses with the reason why not. */
  session(id: string, tenantId: string): Promise<Ruling<DeviceSession>>;
  /** Encrypts an answer with a session key of {@link DeviceSession}; undefined where the client wants it plain. */
  encryptFor(sealedSessionKey: string, form: TokenForm, tenantId: string): Encrypt;
  signOn(credentials: BrowserCredentials, tenantId: string): Promise<BrowserSignOn>;
}
