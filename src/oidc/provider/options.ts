import type { IncomingMessage } from 'node:http';
import type { DeviceFacts } from '#core/access/device/device-facts.ts';
import type { ClientAppType, NamedLocation } from '#core/access/policy.ts';
import type { Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import type { Ruling } from '#core/trace/ruling.ts';
import type { Verdict } from '#core/verdict.ts';
import type { Application } from '#model/application.ts';
import type { Tenant } from '#model/tenant.ts';
import type { SharedLimits } from '#net/limits/shared-limits.ts';
import type { Brand } from '#pages/page.ts';
import type { Applications, OidcRecords } from '#ports/applications.ts';
import type { Clock } from '#ports/clock.ts';
import type { Directory } from '#ports/directory.ts';
import type { FlowSealing } from '#ports/flows.ts';
import type { SigningKeys } from '#ports/keys.ts';
import type { Ports } from '#ports/ports.ts';
import type { LiveSignIns, Sessions } from '#ports/sessions.ts';
import type { Tenants } from '#ports/tenants.ts';
import type { ApplicationCertificateVerdict } from '#signin/applications/with-application-certificate.ts';
import type { ApplicationSignIn } from '#signin/applications/with-client-credentials.ts';
import type { Broker } from '#signin/device/broker.ts';
import type { SignInRequest } from '#signin/request.ts';
import type { ClaimsRequest } from '#signin/tokens/claims-request.ts';

/** What the OpenID provider of one tenant stands on. */
export interface TenantContext {
  readonly tenant: Tenant;
  readonly directory: Pick<Directory, 'user'>;
  readonly applications: Pick<Applications, 'find' | 'findByIdentifierUri'>;
  readonly oidcRecords: OidcRecords;
  readonly signingKeys: SigningKeys;
  readonly sessions: Sessions;
  readonly policy: { namedLocations(): Promise<readonly NamedLocation[]> };
  readonly live: Pick<LiveSignIns, 'endSession' | 'takeNotices' | 'dropNotice'>;
  readonly clock: Clock;
  /** How the tenant's pages look now. */
  brand(): Promise<Brand>;
  /** What was granted to applications; without it nothing was. */
  readonly grants?: Grants;
  /** What tokens say of their user because of an application's settings; without it nothing. */
  /** Directory extensions that the application's settings name. */
  extensionClaims?(
    request: Pick<ClaimsRequest, 'application' | 'token' | 'user'>,
  ): Promise<Readonly<Record<string, unknown>>>;
  userClaims?(request: Omit<ClaimsRequest, 'tenant' | 'origin'>): Promise<Record<string, unknown>>;
  /** Who holds which directory role; without it no user holds any. */
  readonly roles?: { templateIdsOf(user: Pick<User, 'id' | 'groupIds'>): Promise<readonly string[]> };
}

/** Permissions of Graph that an administrator, or a person for themselves, granted to an application. */
export interface Grants {
  /** Delegated permissions this application holds for this user, AllPrincipals and Principal together. */
  scopesFor(clientAppId: string, userId: string): Promise<readonly string[]>;
}

/** A live session of the login host asks for one more application (ARCHITECTURE.md, “One sign-in”, line 10). */
export interface SessionCheck {
  readonly tenantId: string;
  readonly sessionUid: string;
  readonly userId: string;
  readonly application: Pick<Application, 'appId' | 'displayName'>;
  /** appId of the resource the tokens will be for. */
  readonly resourceId: string;
  readonly clientAppType: ClientAppType;
  readonly ipAddress: string;
  readonly userAgent: string;
  readonly username: string;
  readonly correlationId: string;
  /** Authentication contexts a claims challenge asks for. */
  readonly authenticationContexts: readonly string[];
  /** Whether what the application asks for is consented to. */
  readonly consent: Ruling<void>;
  /** What this very request has just proven on the sign-in pages; empty when an older session is used again. */
  readonly justProven: readonly Proof[];
  /** Whether the session begins with this very request: nothing was proven in it before. */
  readonly isNewSession?: boolean;
  /** `sid` of the tokens of the session. */
  readonly sessionId: string | undefined;
  /** `uti` of the access token that is made in this very request. */
  readonly uniqueTokenIdentifier?: string;
  /** The registered device that proved itself in this very request. */
  readonly device?: DeviceFacts;
  readonly incomingTokenType?: 'primaryRefreshToken';
}

/** What is known of an application that signs in as itself. */
export type ApplicationCheck = Omit<
  SessionCheck,
  | 'sessionUid'
  | 'userId'
  | 'username'
  | 'isNewSession'
  | 'authenticationContexts'
  | 'consent'
  | 'justProven'
  | 'sessionId'
>;

/** An application shows a client certificate. */
export interface CertificateCheck {
  readonly tenantId: string;
  readonly application: Application;
  /** DER. */
  readonly leaf: Uint8Array;
  readonly signInRequest: Omit<SignInRequest, 'username'>;
}

export interface OidcOptions {
  /** `https://localhost:8443`: the login host as browsers name it. The Host header of a request is never believed. */
  readonly publicOrigin: string;
  /** The host that asks for a client certificate (`mtls_endpoint_aliases`); without it there are no aliases. */
  readonly mutualTlsOrigin?: string;
  /** Further host names of Graph, with a port or without. */
  readonly graphHosts?: readonly string[];
  /** Keys that sign cookies, the same on every node; the first signs. Made from the installation's secret. */
  readonly cookieKeys: readonly string[];
  readonly tenants: Tenants;
  readonly clock: Clock;
  forTenant(tenantId: string): Promise<TenantContext | undefined>;
  /** The tenant that keeps the record of the provider with this id. */
  recordTenant(model: string, id: string): Promise<string | undefined>;
  /** What tells where a user name of this tenant signs in. */
  realmPorts(tenantId: string): Promise<Pick<Ports, 'tenant' | 'directory' | 'federations'>>;
  /** Where the tenant's people show a certificate; undefined where its method is off. */
  certAuthUrl(tenantId: string): Promise<string | undefined>;
  /** Asks policy once more. Anything but a grant sends the person back to the sign-in pages with its reason. */
  checkSession(sessionCheck: SessionCheck): Promise<Verdict>;
  /** An application gets a token for itself: writes the entry. Rejects when it cannot, and then there is no token. */
  noteApplication(
    applicationCheck: ApplicationCheck & Pick<ApplicationSignIn, 'credential' | 'certificateTrace'>,
  ): Promise<void>;
  /**
   * The client certificate of a connection, or what a configured proxy forwarded; undefined where there is none.
   * @throws forwardedCertificateForeign, forwardedCertificateUnreadable
   */
  certificateOf?(req: IncomingMessage): { readonly leaf: Uint8Array } | undefined;
  /** Whether a client certificate proves the application; a refusal has its entry in the sign-in log. */
  evaluateCertificate?(certificateCheck: CertificateCheck): Promise<ApplicationCertificateVerdict>;
  /** A replay of a refresh token has ended the grant of this user: writes the entry. */
  noteReplay(applicationCheck: ApplicationCheck & { readonly userId: string }): Promise<void>;
  /** Seals the state of sign-ins of clients that show no pages; without it there are none. */
  readonly flowSealing?: FlowSealing;
  /** Sign-ins of devices; without it there are none. */
  readonly broker?: Broker;
  /** `set-cookie` lines that end what applications of this very host keep of a browser: who signs out is out of all of them. */
  endProductSessions?(cookies: string): readonly string[];
  /** Where other processes of this server keep the same limits. */
  readonly sharedLimits?: SharedLimits | undefined;
  /** Sends back-channel logout notices, under the address policy. */
  readonly fetch: typeof globalThis.fetch;
  /** What the provider has to tell the operator. Never shown outside. */
  log(event: OidcEvent): void;
}
export interface OidcEvent {
  readonly event: 'fault' | 'refused' | 'granted' | 'notTold';
  readonly tenantId: string | undefined;
  readonly correlationId: string;
  readonly detail: string;
  readonly fault?: unknown;
}

/** The provider of one tenant: what the server offers it, and the tenant. */
export interface ProviderContext {
  readonly options: OidcOptions;
  readonly context: TenantContext;
}
