import type { Application } from '#model/application.ts';
import { rolesHeldBy } from '../user/roles-held.ts';
import type { ClaimPorts, ClaimsRequest } from './claims-request.ts';
import { optionalClaim } from './optional-claims.ts';

/** An application, or one of its roles, that is assigned to a user or a group, as it is stored. */
interface Assignment {
  readonly principalId: string;
  readonly resourceId: string;
  readonly appRoleId: string;
}
interface AppRole {
  readonly id?: string;
  readonly value?: string | null;
  readonly isEnabled?: boolean;
}

/** Kinds of `groupMembershipClaims`: one, or several with commas. */
const kindsOf = ({ profile }: Application): ReadonlySet<string> =>
  new Set(String(profile?.groupMembershipClaims ?? '').split(/[\s,]+/));

/**
 * `roles`, `groups` and `wids` of a token. Roles are the app roles that are assigned to the user, or to a group that the user
 * is directly in. More groups than fit are named by a source (`_claim_names`), in an address by `hasgroups`.
 */
export async function groupClaims(request: ClaimsRequest, ports: ClaimPorts): Promise<Record<string, unknown>> {
  const { application, user, token } = request;
  const kinds = kindsOf(application);
  const roles = await appRolesOf(request, ports);
  const ids = await groupsIn(kinds, request, ports);
  const isFull = ids.length > request.mostGroups;
  const groups = isFull ? [] : await namesOf(ids, request, ports);
  const asRoles = optionalClaim(application, token, 'groups')?.additionalProperties?.includes('emit_as_roles') ?? false;
  const wids = token === 'idToken' && ['All', 'DirectoryRole', 'SecurityGroup'].some((kind) => kinds.has(kind));
  const roleTemplateIds = wids ? await rolesHeldBy(user.id, ports) : [];
  const claimedRoles = asRoles && groups.length > 0 ? groups : roles;
  return {
    ...(claimedRoles.length > 0 ? { roles: claimedRoles } : {}),
    ...(groups.length > 0 && !asRoles ? { groups } : {}),
    ...(isFull ? sourceOf(request) : {}),
    ...(roleTemplateIds.length > 0 ? { wids: roleTemplateIds } : {}),
  };
}

function sourceOf({ user, origin, mostGroups }: ClaimsRequest): Record<string, unknown> {
  if (mostGroups < 10) return { hasgroups: true };
  const endpoint = `${origin}/v1.0/users/${user.id}/getMemberObjects`;
  return { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint } } };
}

async function groupsIn(
  kinds: ReadonlySet<string>,
  { user, application }: ClaimsRequest,
  ports: ClaimPorts,
): Promise<readonly string[]> {
  if (kinds.has('All') || kinds.has('SecurityGroup')) return user.groupIds;
  if (!kinds.has('ApplicationGroup')) return [];
  const holders = user.groupIds.map((id) => id.toLowerCase());
  const assignments = await assignmentsOf(application, holders, ports);
  const assignedIds = new Set(assignments.map(({ principalId }) => principalId));
  return user.groupIds.filter((id) => assignedIds.has(id.toLowerCase()));
}

/** Ids, or the names that `additionalProperties` ask for; a group without such a name keeps its id. */
async function namesOf(
  ids: readonly string[],
  { application, token }: ClaimsRequest,
  { groups }: ClaimPorts,
): Promise<readonly string[]> {
  const properties = optionalClaim(application, token, 'groups')?.additionalProperties ?? [];
  const wantsName = properties.includes('cloud_displayname');
  const wantsAccount = properties.includes('sam_account_name');
  if (!wantsName && !wantsAccount) return ids;
  const records = await Promise.all(ids.map((id) => groups.find(id)));
  return records.map((group, i) => {
    const account = wantsAccount ? group?.profile?.onPremisesSamAccountName : undefined;
    return typeof account === 'string' ? account : wantsName ? (group?.displayName ?? ids[i]!) : ids[i]!;
  });
}

async function appRolesOf({ application, user }: ClaimsRequest, ports: ClaimPorts): Promise<readonly string[]> {
  const appRoles = ((application.profile?.appRoles ?? []) as readonly AppRole[]).filter(
    ({ isEnabled }) => isEnabled !== false,
  );
  if (appRoles.length === 0) return [];
  const holders = [user.id, ...(await ports.groups.directGroups({ kind: 'user', id: user.id }))];
  const roleIds = (await assignmentsOf(application, holders, ports)).map(({ appRoleId }) => appRoleId);
  const values = appRoles.flatMap(({ id, value }) =>
    value && roleIds.includes(String(id).toLowerCase()) ? [value] : [],
  );
  return [...new Set(values)];
}

/** Assignments of the application to these users and groups (Graph: appRoleAssignments), whose number does not grow with the tenant. */
async function assignmentsOf(
  { appId }: Application,
  holders: readonly string[],
  { objects }: ClaimPorts,
): Promise<readonly Assignment[]> {
  const assignments = await objects.ofOwners<Assignment>('appRoleAssignments', holders);
  return assignments.map(({ document }) => document).filter(({ resourceId }) => resourceId === appId.toLowerCase());
}
