import { graphAppId } from '#core/directory/well-known-applications.ts';
import { directoryRole } from '#core/roles/directory-roles.ts';
import type {
  RelatedObject,
  RelatedObjects,
  Restoration,
  RestoredPart,
  StoredObject,
} from '#model/directory-object.ts';
import type { Group } from '#model/group.ts';
import type { PartyProperty } from '#ports/objects.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { type UserAssignment, userAssignmentKind } from '../applications/app-assignments.ts';
import { type ApplicationOwner, applicationOwnerKind } from '../applications/owners.ts';
import { type PermissionGrant, permissionGrantKind } from '../applications/permission-grants.ts';
import type { AdminContext } from '../context.ts';
import { type RoleAssignment, roleAssignmentKind } from './role-assignments.ts';

export type RelatedPorts = Pick<AdminPorts, 'objects' | 'users' | 'groups' | 'applications'>;

/** A kind of object that names others: which ids it names, how the audit log calls its end and its return. */
interface Relation {
  readonly kind: string;
  readonly part: string;
  readonly end: string;
  readonly begin: string;
  /** By which parties beside the owner its objects are found. */
  readonly others: readonly PartyProperty[];
  parties(document: unknown): readonly (string | null)[];
  label(document: unknown): string;
}
const relations: readonly Relation[] = [
  {
    kind: roleAssignmentKind,
    part: 'roleAssignment',
    end: 'Remove member from role',
    begin: 'Add member to role',
    others: [],
    parties: (document) => [(document as RoleAssignment).principalId],
    label(document) {
      const { roleDefinitionId } = document as RoleAssignment;
      return directoryRole(roleDefinitionId)?.displayName ?? roleDefinitionId;
    },
  },
  {
    kind: permissionGrantKind,
    part: 'oauth2PermissionGrant',
    end: 'Remove delegated permission grant',
    begin: 'Add delegated permission grant',
    others: [
      { kind: permissionGrantKind, property: 'principalId' },
      { kind: permissionGrantKind, property: 'resourceId' },
    ],
    parties(document) {
      const { clientId, principalId, resourceId } = document as PermissionGrant;
      return [clientId, principalId, resourceId === graphAppId ? null : resourceId];
    },
    label: (document) => (document as PermissionGrant).scope,
  },
  {
    kind: applicationOwnerKind,
    part: 'owner',
    end: 'Remove owner from application',
    begin: 'Add owner to application',
    others: [{ kind: applicationOwnerKind, property: 'ownerId' }],
    parties(document) {
      const { appId, ownerId } = document as ApplicationOwner;
      return [appId, ownerId];
    },
    label: (document) => (document as ApplicationOwner).ownerId,
  },
  {
    kind: userAssignmentKind,
    part: 'appRoleAssignment',
    end: 'Remove app role assignment from user',
    begin: 'Add app role assignment grant to user',
    others: [{ kind: userAssignmentKind, property: 'resourceId' }],
    parties(document) {
      const { principalId, resourceId } = document as UserAssignment;
      return [principalId, resourceId];
    },
    label: (document) => (document as UserAssignment).resourceId,
  },
];

/**
 * Ends every role assignment, permission grant and ownership of a user, group or application that is about to be deleted,
 * each with its audit row, and answers them so that they are kept with it.
 */
export async function takeRelated(
  id: string,
  { actor, ports }: AdminContext<RelatedPorts>,
): Promise<Pick<RelatedObjects, 'objects' | 'ownedGroupIds'>> {
  const objects: RelatedObject[] = [];
  for (const relation of relations) {
    for (const object of await relatedTo(id, relation, ports)) {
      await ports.objects.remove(relation.kind, object.id, { activity: relation.end, actor });
      const { kind, owner, document } = object;
      objects.push({ kind, id: object.id, owner, document });
    }
  }
  return { objects, ownedGroupIds: await leaveOwnership(id, { actor, ports }) };
}

/** Those that it owns, and those that name it otherwise: each by an index. */
async function relatedTo(id: string, { kind, others, parties }: Relation, { objects }: RelatedPorts) {
  const relatedObjects = new Map<string, StoredObject<unknown>>();
  const note = (stored: readonly StoredObject<unknown>[]) => {
    for (const object of stored) if (parties(object.document).includes(id)) relatedObjects.set(object.id, object);
  };
  note(await objects.list(kind, id));
  for (const other of others) note(await objects.ofParty({ ...other, id }));
  return relatedObjects.values();
}

const ownersOf = ({ profile }: Group): readonly string[] => (profile?.ownerIds as string[] | undefined) ?? [];
const withOwners = (group: Group, ownerIds: readonly string[]): Group => ({
  ...group,
  profile: { ...group.profile, ownerIds },
});
const pageSize = 500;

async function leaveOwnership(
  id: string,
  { actor, ports: { groups } }: AdminContext<RelatedPorts>,
): Promise<readonly string[]> {
  const owned: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await groups.list({ top: pageSize, ...(after === undefined ? {} : { after }) });
    owned.push(...page.filter((group) => ownersOf(group).includes(id)).map((group) => group.id));
    if (page.length < pageSize) break;
    after = page.at(-1)!.id;
  }
  for (const groupId of owned)
    await groups.change(groupId, actor, (group) =>
      withOwners(
        group,
        ownersOf(group).filter((owner) => owner !== id),
      ),
    );
  return owned;
}

/** What of the related objects can come back: an object whose other parties are still there. `id` is about to be restored. */
export async function planRelated(
  id: string,
  related: RelatedObjects | undefined,
  ports: RelatedPorts,
): Promise<Restoration & { readonly objects: readonly RelatedObject[]; readonly ownedGroupIds: readonly string[] }> {
  const restored: RestoredPart[] = [];
  const notRestored: RestoredPart[] = [];
  const objects: RelatedObject[] = [];
  const ownedGroupIds: string[] = [];
  for (const object of related?.objects ?? []) {
    const relation = relations.find(({ kind }) => kind === object.kind);
    if (!relation) continue;
    const part = { kind: relation.part, id: relation.label(object.document) };
    const missing = await missingParty(relation.parties(object.document), id, ports);
    if (missing !== undefined) notRestored.push({ ...part, reason: `${missing} no longer exists` });
    else {
      restored.push(part);
      objects.push(object);
    }
  }
  for (const groupId of related?.ownedGroupIds ?? []) {
    const group = await ports.groups.find(groupId);
    const part = { kind: 'groupOwnership', id: group?.displayName ?? groupId };
    if (group) {
      restored.push(part);
      ownedGroupIds.push(groupId);
    } else notRestored.push({ ...part, reason: 'the group no longer exists' });
  }
  return { restored, notRestored: [...notRestored, ...goneForGood(related)], objects, ownedGroupIds };
}

async function missingParty(parties: readonly (string | null)[], id: string, ports: RelatedPorts) {
  for (const party of parties) {
    if (party === null || party === id) continue;
    const isThere =
      (await ports.applications.find(party)) ?? (await ports.groups.find(party)) ?? (await ports.users.find(party));
    if (!isThere) return party;
  }
  return undefined;
}

function goneForGood(related: RelatedObjects | undefined): readonly RestoredPart[] {
  const { sessions = 0, grants = 0, passes = 0 } = related ?? {};
  const ended = (kind: string, count: number, reason: string) => (count > 0 ? [{ kind, id: `${count}`, reason }] : []);
  return [
    ...ended('sessions', sessions, 'the user signs in again'),
    ...ended('refreshTokenGrants', grants, 'the user signs in to the application again'),
    ...ended('temporaryAccessPass', passes, 'a new one is issued'),
  ];
}

/** Brings back what {@link planRelated} planned, once its object is there. */
export async function restoreRelated(
  id: string,
  { objects, ownedGroupIds }: Pick<RelatedObjects, 'objects' | 'ownedGroupIds'>,
  { actor, ports }: AdminContext<RelatedPorts>,
): Promise<void> {
  for (const object of objects) {
    const activity = relations.find(({ kind }) => kind === object.kind)!.begin;
    if (!(await ports.objects.find(object.kind, object.id))) await ports.objects.add(object, { activity, actor });
  }
  for (const groupId of ownedGroupIds)
    await ports.groups.change(groupId, actor, (group) => withOwners(group, [...new Set([...ownersOf(group), id])]));
}
