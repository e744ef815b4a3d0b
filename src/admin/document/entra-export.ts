import type { Domain } from '#model/tenant.ts';
import type { TenantDocument } from '#schema/tenant-document.ts';

/** An answer of Graph, as a file. */
export interface ExportedFile {
  readonly name: string;
  readonly content: unknown;
}
/** A person of an export. */
export interface ExportedUser {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly mail: string | undefined;
  readonly onPremisesUserPrincipalName: string | undefined;
  readonly accountEnabled: boolean;
  readonly certificateUserIds: readonly string[];
}
export interface ExportedOrganization {
  readonly id: string;
  readonly displayName: string;
  readonly domains: readonly Domain[];
}
/** Something of an export that is not taken over, and why. */
export interface Ignored {
  readonly file: string;
  readonly what: string;
  readonly why: string;
}
/** What an Entra tenant's export says, in our own form, and what of it says nothing here. */
export interface EntraExport {
  readonly organization: ExportedOrganization | undefined;
  readonly users: readonly ExportedUser[];
  readonly document: TenantDocument;
  readonly read: Readonly<Record<string, number>>;
  readonly ignored: readonly Ignored[];
}
