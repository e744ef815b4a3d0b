import { graphAppId } from '#core/directory/well-known-applications.ts';
import { graphPermissions } from '#core/roles/permissions.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';

/** Delegated permissions an application may use (Graph: oAuth2PermissionGrant). A service principal's id is its appId. */
export interface PermissionGrant {
  readonly clientId: string;
  readonly consentType: 'AllPrincipals' | 'Principal';
  /** The user it is for; null for all users. */
  readonly principalId: string | null;
  readonly resourceId: string;
  /** Names, separated by blanks. */
  readonly scope: string;
}
/** Kept as objects of this kind; the owner is the client. */
export const permissionGrantKind = 'oauth2PermissionGrants';

type GrantPorts = Pick<AdminPorts, 'objects' | 'applications' | 'users'>;
type Stored = StoredObject<PermissionGrant>;

/**
 * Grants delegated permissions of a resource to an application (graph-api §8). One grant for each client, resource and user, or
 * client and resource for all users. Refuses with graphObjectMissing, graphPropertyInvalid, graphObjectConflict.
 */
export async function addPermissionGrant(
  request: PermissionGrant,
  { actor, ports }: AdminContext<GrantPorts>,
): Promise<Ruling<Stored>> {
  const scopeRuling = checkScope(request.resourceId, request.scope);
  if (scopeRuling.outcome !== 'passed') return scopeRuling;
  const document: PermissionGrant = {
    ...request,
    clientId: request.clientId.toLowerCase(),
    principalId: request.principalId?.toLowerCase() ?? null,
    resourceId: request.resourceId.toLowerCase(),
    scope: scopeRuling.value,
  };
  const partiesRuling = await checkParties(document, ports);
  if (partiesRuling.outcome !== 'passed') return partiesRuling;
  const { clientId } = document;
  const grants = await ports.objects.list<PermissionGrant>(permissionGrantKind, clientId);
  if (grants.some((grant) => isForSame(grant.document, document)))
    return refused('graphObjectConflict', { target: 'clientId', value: clientId });
  const object = { kind: permissionGrantKind, id: crypto.randomUUID(), owner: clientId, document };
  return success(await ports.objects.add(object, { activity: 'Add delegated permission grant', actor }));
}

const isForSame = (grant: PermissionGrant, second: PermissionGrant) =>
  grant.resourceId === second.resourceId &&
  grant.consentType === second.consentType &&
  grant.principalId === second.principalId;

/** Replaces the permissions of a grant. Refuses with graphObjectMissing, graphPropertyInvalid. */
export async function changePermissionGrant(
  id: string,
  permissions: string,
  { actor, ports: { objects } }: AdminContext<Pick<GrantPorts, 'objects'>>,
): Promise<Ruling<void>> {
  const permissionGrantRuling = await permissionGrantOf(id, { objects });
  if (permissionGrantRuling.outcome !== 'passed') return permissionGrantRuling;
  const { document } = permissionGrantRuling.value;
  const scopeRuling = checkScope(document.resourceId, permissions);
  if (scopeRuling.outcome !== 'passed') return scopeRuling;
  const scope = scopeRuling.value;
  const auditEntry = { activity: 'Update delegated permission grant', actor };
  await objects.change<PermissionGrant>(permissionGrantKind, id, (old) => ({ ...old, scope }), auditEntry);
  return success();
}

/** Refuses with graphObjectMissing. */
export async function removePermissionGrant(
  id: string,
  { actor, ports: { objects } }: AdminContext<Pick<GrantPorts, 'objects'>>,
): Promise<Ruling<void>> {
  const permissionGrantRuling = await permissionGrantOf(id, { objects });
  if (permissionGrantRuling.outcome !== 'passed') return permissionGrantRuling;
  await objects.remove(permissionGrantKind, id, { activity: 'Remove delegated permission grant', actor });
  return success();
}

/** Refuses with graphObjectMissing. */
export async function permissionGrantOf(id: string, { objects }: Pick<GrantPorts, 'objects'>): Promise<Ruling<Stored>> {
  const match = await objects.find<PermissionGrant>(permissionGrantKind, id);
  if (!match) return refused('graphObjectMissing', { id: id.slice(0, 80) });
  return success(match);
}

/** Permissions of Graph must be in its list of delegated permissions; another API names its own. */
function checkScope(resourceId: string, text: string): Ruling<string> {
  const names = text.split(' ').filter((name) => name !== '');
  const unknown = resourceId.toLowerCase() === graphAppId ? names.find((name) => !isDelegated(name)) : undefined;
  if (unknown !== undefined) {
    const problem = `Microsoft Graph has no delegated permission "${unknown.slice(0, 80)}" here`;
    return refused('graphPropertyInvalid', { target: 'scope', problem });
  }
  return success(names.join(' '));
}

async function checkParties(
  { clientId, consentType, principalId, resourceId }: PermissionGrant,
  { applications, users }: GrantPorts,
): Promise<Ruling<void>> {
  const missing = (id: string) => refused('graphObjectMissing', { id });
  if (!(await applications.find(clientId))) return missing(clientId);
  if (resourceId !== graphAppId && !(await applications.find(resourceId))) return missing(resourceId);
  if ((consentType === 'Principal') !== (principalId !== null)) {
    const problem = 'it must name the user for Principal, and be null for AllPrincipals';
    return refused('graphPropertyInvalid', { target: 'principalId', problem });
  }
  if (principalId !== null && (await users.find(principalId))?.id !== principalId) return missing(principalId);
  return success();
}

const isDelegated = (scope: string): boolean =>
  graphPermissions.some(({ value, delegatedId }) => value === scope && delegatedId !== undefined);

/** Delegated permissions of Graph that this application holds for this user. */
export async function scopesGrantedTo(
  appId: string,
  userId: string,
  { objects }: Pick<AdminPorts, 'objects'>,
): Promise<readonly string[]> {
  const grants = await objects.list<PermissionGrant>(permissionGrantKind, appId.toLowerCase());
  const grantsOfUser = grants.filter(
    ({ document: { resourceId, consentType, principalId } }) =>
      resourceId.toLowerCase() === graphAppId && (consentType === 'AllPrincipals' || principalId === userId),
  );
  return [...new Set(grantsOfUser.flatMap(({ document: { scope } }) => scope.split(' ').filter(Boolean)))];
}

/** Grants permissions of Graph to an application for all users of the tenant. */
export async function grantToEverybody(
  appId: string,
  scopes: readonly string[],
  { actor, ports: { objects } }: AdminContext<Pick<AdminPorts, 'objects'>>,
): Promise<void> {
  const clientId = appId.toLowerCase();
  const document: PermissionGrant = {
    clientId,
    consentType: 'AllPrincipals',
    principalId: null,
    resourceId: graphAppId,
    scope: scopes.join(' '),
  };
  const object = { kind: permissionGrantKind, id: crypto.randomUUID(), owner: clientId, document };
  await objects.add(object, { activity: 'Add delegated permission grant', actor });
}

/** Refuses with permissionUnknown the first of these that Graph does not delegate. */
export function requireDelegated(scopes: readonly string[]): Ruling<void> {
  const value = scopes.find((scope) => !isDelegated(scope));
  if (value !== undefined) return refused('permissionUnknown', { value });
  return success();
}
