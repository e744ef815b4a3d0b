import type { OidcRecords } from '#ports/applications.ts';
import type { Clock } from '#ports/clock.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';

/** What sign-ins of devices need of one tenant. */
export interface PrtPorts extends Ports {
  readonly oidcRecords: OidcRecords;
}

/** The secret key of the installation, as far as devices need it. */
export interface TokenSealing {
  seal(text: string, label: string): string;
  /** @throws CardeaError for a text that was not sealed with this label */
  open(envelope: string, label: string): string;
}

/** What an operator decides (windows-sign-in §4.7). */
export interface PrtSettings {
  /** Whether the certificate behind a primary refresh token is evaluated again when the token is renewed and used. */
  readonly recheckCertificates: boolean;
  /** From which devices version 1 of the key derivation is accepted; `others` are those that do not run Windows. */
  readonly keyDerivation1: 'none' | 'others' | 'all';
  /** Days after which a renewal brings a new session key; 0 never does. */
  readonly sessionKeyDays: number;
}

export interface PrtContext {
  /** `https://localhost:8443` */
  readonly publicOrigin: string;
  readonly clock: Clock;
  readonly sealing: TokenSealing;
  /** Signs nonces. */
  readonly nonceKey: Uint8Array;
  readonly settings: PrtSettings;
  portsOf(tenantId: string): Promise<PrtPorts>;
}

/** One tenant, at one moment. */
export interface PrtTenant extends PrtContext, SignInContext<PrtPorts> {
  readonly tenantId: string;
}

export async function tenantAt(context: PrtContext, tenantId: string): Promise<PrtTenant> {
  return { ...context, tenantId, ports: await context.portsOf(tenantId), at: context.clock.now() };
}
