import { graphPermissions } from '#core/roles/permissions.ts';
import { fault } from '#core/trace/fault.ts';
import type { AdminPorts } from '#ports/ports.ts';

/** Delegated permissions an application may use (Graph: oAuth2PermissionGrant). A service principal's id is its appId. */
export interface PermissionGrant {
  readonly clientId: string;
  readonly consentType: 'AllPrincipals' | 'Principal';
  /** The user it is for; null for everybody. */
  readonly principalId: string | null;
  readonly resourceId: string;
  /** Names, separated by blanks. */
  readonly scope: string;
}
/** Kept as objects of this kind; the owner is the client. */
export const permissionGrantKind = 'oauth2PermissionGrants';

const microsoftGraph = '00000003-0000-0000-c000-000000000000';

/** Delegated permissions of Graph that this application holds for this user. */
export async function scopesGrantedTo(
  appId: string,
  userId: string,
  { objects }: Pick<AdminPorts, 'objects'>,
): Promise<readonly string[]> {
  const grants = await objects.list<PermissionGrant>(permissionGrantKind, appId.toLowerCase());
  const grantsOfUser = grants.filter(
    ({ document: { resourceId, consentType, principalId } }) =>
      resourceId.toLowerCase() === microsoftGraph && (consentType === 'AllPrincipals' || principalId === userId),
  );
  return [...new Set(grantsOfUser.flatMap(({ document: { scope } }) => scope.split(' ').filter(Boolean)))];
}

/** Grants permissions of Graph to an application for everybody in the tenant. */
export async function grantToEverybody(
  appId: string,
  scopes: readonly string[],
  actor: string,
  { objects }: Pick<AdminPorts, 'objects'>,
): Promise<void> {
  const clientId = appId.toLowerCase();
  const document: PermissionGrant = {
    clientId,
    consentType: 'AllPrincipals',
    principalId: null,
    resourceId: microsoftGraph,
    scope: scopes.join(' '),
  };
  const object = { kind: permissionGrantKind, id: crypto.randomUUID(), owner: clientId, document };
  await objects.add(object, { activity: 'Add delegated permission grant', actor });
}

/** @throws permissionUnknown the first of these that Graph does not delegate */
export function requireDelegated(scopes: readonly string[]): void {
  const isKnown = (scope: string) =>
    graphPermissions.some(({ value, delegatedId }) => value === scope && delegatedId !== undefined);
  const value = scopes.find((scope) => !isKnown(scope));
  if (value !== undefined) throw fault('permissionUnknown', { value });
}
