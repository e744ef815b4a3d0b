import type { IncomingMessage } from 'node:http';
import type { Ruling } from '#core/trace/ruling.ts';
import type { OidcRecords } from '#ports/applications.ts';
import type { Clock } from '#ports/clock.ts';
import type { AdminPorts, Ports } from '#ports/ports.ts';
import type { Tenants } from '#ports/tenants.ts';
import type { DeviceAuthorityNames } from './device-authority.ts';
import type { RegistrationNonces } from './nonces.ts';

/** What an access token for the device registration service says (windows-sign-in §2.1). */
export interface DeviceToken {
  readonly tenantId: string;
  readonly userId: string;
  readonly appId: string;
  /** `amr` */
  readonly methods: readonly string[];
  /** `deviceid`: the device that the token was issued on. */
  readonly deviceId: string | undefined;
}

export type RegistrationPorts = Omit<Ports, 'groups' | 'objects'> & AdminPorts & { readonly oidcRecords: OidcRecords };

/** What the device registration service needs of the installation. */
export interface RegistrationContext {
  /** `https://login.example.org` */
  readonly loginOrigin: string;
  /** The origin that addresses in answers have: a host that requests a client certificate. */
  readonly registrationOrigin: string;
  readonly authorityNames: DeviceAuthorityNames;
  readonly clock: Clock;
  readonly tenants: Tenants;
  readonly nonces: RegistrationNonces;
  portsOf(tenantId: string): Promise<RegistrationPorts>;
  /** Whether this is a user's valid token whose audience is this service. Refuses with `deviceTokenRefused`. A bound token needs the connection's certificate. */
  checkToken(token: string, certificateOf: () => Uint8Array | undefined): Promise<Ruling<DeviceToken>>;
  /** The client certificate of the connection, DER. @throws forwardedCertificateForeign, forwardedCertificateUnreadable */
  certificateOf(incoming: IncomingMessage): Uint8Array | undefined;
  onFault(problem: unknown, correlationId: string): void;
}

/** A request whose path is one of the service. */
export interface RegistrationRequest {
  readonly request: Request;
  readonly incoming: IncomingMessage;
  readonly at: Date;
  /** What stood in the path where the route has a group, in lower case. */
  readonly name: string;
  /** Names the answer in its error and in logs. */
  readonly traceId: string;
}
