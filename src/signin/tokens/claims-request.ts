import type { User } from '#core/binding/user.ts';
import type { Application } from '#model/application.ts';
import type { Tenant } from '#model/tenant.ts';
import type { AdminPorts } from '#ports/ports.ts';

/** The stores that claims about a user come from. */
export interface ClaimPorts {
  readonly users: Pick<AdminPorts['users'], 'entriesOf'>;
  readonly groups: Pick<AdminPorts['groups'], 'find' | 'directGroups'>;
  readonly objects: Pick<AdminPorts['objects'], 'list' | 'ofOwners'>;
}

/** Whose token it is, and what is known of the request. */
export interface ClaimsRequest {
  readonly user: User;
  /** The client of an ID token, the resource of an access token: its settings decide. */
  readonly application: Application;
  readonly token: 'idToken' | 'accessToken';
  readonly tenant: Tenant;
  /** `https://login.example.org` */
  readonly origin: string;
  readonly ipAddress: string;
  /** `physicalIds` of the device that signed the request; absent where none did. */
  readonly physicalIds?: readonly string[] | undefined;
  /** Seconds since 1970; absent where the caller says it itself. */
  readonly authTime?: number | undefined;
  /** Groups that fit into the token (200; 6 in one that travels in an address). */
  readonly mostGroups: number;
}
