import { z } from 'zod';
import { restoreApplication } from '#admin/applications/deletion.ts';
import { purgeDeleted, restoreGroup, restoreUser, rolesComingBack } from '#admin/directory/deletion.ts';
import { applicationObjectId } from '#core/directory/application-object-id.ts';
import { mayTouchHolder } from '#core/roles/authorise.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import type { DeletedObject, Restoration } from '#model/directory-object.ts';
import type { Group } from '#model/group.ts';
import { isRoleAssignable } from '#signin/user/roles-held.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, contextOf, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Answer, type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { requirePrivileged } from '../../protocol/guard/privileged.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { applicationItem } from '../applications/application-item.ts';
import { groupItem } from '../groups/group-item.ts';
import { deletedPki } from '../trust/deleted-pki.ts';
import type { Restorable } from './restorable.ts';
import { userItem } from './user-item.ts';
import { requireOnUser } from './user-rights.ts';

const users: Restorable = {
  kind: 'user',
  type: 'microsoft.graph.user',
  // Everything is shown of them, so more than membership is asked.
  read: { ...needs.readUsers, area: 'userCredentials' },
  write: needs.deleteUsers,
  show(_, { document }) {
    const { row, certificateUserIds } = document as { row: Record<string, unknown>; certificateUserIds: string[] };
    const text = (name: string) => (row[name] as string | null) ?? undefined;
    const user = {
      id: String(row.id),
      userPrincipalName: String(row.upn),
      onPremisesUserPrincipalName: text('on_premises_upn'),
      displayName: String(row.display_name),
      mail: text('mail'),
      accountEnabled: row.account_enabled === 1,
      certificateUserIds,
      signInSessionsValidFromDateTime: text('sessions_valid_from'),
      groupIds: [],
    };
    const createdDateTime = row.created_at === null ? undefined : new Date(Number(row.created_at)).toISOString();
    const profile = JSON.parse(text('profile') ?? '{}') as Record<string, unknown>;
    return userItem({ user, profile, createdDateTime, hasPassword: false });
  },
  async requireRights(call, object) {
    const { id, document } = object;
    await requireOnUser(call, id, ['deleteOrRestore'], (document as { groups?: readonly string[] }).groups);
    orThrow(mayTouchHolder(call.caller, await rolesComingBack(object, call.ports)));
  },
  async restore(call, { id }) {
    const { newUserPrincipalName, autoReconcileProxyConflict } = await namesIn(call);
    const names = {
      userPrincipalName: newUserPrincipalName ?? undefined,
      leavesTakenMail: autoReconcileProxyConflict ?? undefined,
    };
    const { entry, restoration } = orThrow(await restoreUser(id, call, names));
    return { ...userItem(entry), ...annotated(restoration) };
  },
};

const groups: Restorable = {
  kind: 'group',
  type: 'microsoft.graph.group',
  read: needs.readGroups,
  write: needs.writeGroups,
  show: (_, { document }) => groupItem((document as { group: Parameters<typeof groupItem>[0] }).group),
  requireRights(call, { document }) {
    if (isRoleAssignable((document as { group: Group }).group)) requirePrivileged(call);
  },
  async restore(call, { id }) {
    const { group, restoration } = orThrow(await restoreGroup(id, call));
    return { ...groupItem(group), ...annotated(restoration) };
  },
};

const applications: Restorable = {
  kind: 'application',
  type: 'microsoft.graph.application',
  read: needs.readApplications,
  write: needs.writeApplications,
  show: (_, { document }) => applicationItem(document as Application),
  // An administrator who restores an application gives it what it was granted again.
  async requireRights(call, object) {
    const holdsRoles = (await rolesComingBack(object, call.ports)).length > 0;
    if (holdsRoles || (object.document as Application).roles.length > 0) requirePrivileged(call);
  },
  async restore(call, { id }) {
    const { application, restoration } = orThrow(await restoreApplication(id, call));
    return { ...applicationItem(application), ...annotated(restoration) };
  },
  isNamed: ({ document }, id) => applicationObjectId((document as Application).appId) === id,
};

/** The parameters of the action `restore`, which are about users (graph-api §7). There may be no body. */
const namesShape = z.strictObject({
  newUserPrincipalName: z.string().max(1024).nullish(),
  autoReconcileProxyConflict: z.boolean().nullish(),
});
const namesIn = async (call: Call): Promise<z.infer<typeof namesShape>> =>
  call.request.body?.trim() ? await readBody(call, namesShape) : {};

/** @throws graphPropertyInvalid where a name is given to what has none */
async function requireNoName(call: Call): Promise<void> {
  if ((await namesIn(call)).newUserPrincipalName == null) return;
  throw fault('graphPropertyInvalid', {
    target: 'newUserPrincipalName',
    problem: 'only users have a user principal name',
  });
}

/** Beyond Entra: instance annotations, which clients ignore that do not know them. */
const annotated = ({ restored, notRestored }: Restoration) => ({
  '@cardea.restored': restored,
  '@cardea.notRestored': notRestored,
});

const restorables: readonly Restorable[] = [users, groups, applications, ...deletedPki];

const resourceOf = ({ type }: Restorable): GraphResource => ({
  type: type.replace('microsoft.graph.', ''),
  set: 'directoryObjects',
});
async function view(restorable: Restorable, call: Call, object: DeletedObject): Promise<Item> {
  const { id, deletedDateTime } = object;
  const item = { ...(await restorable.show(call, object)), deletedDateTime: deletedDateTime.toISOString() };
  return withTag(item, { id, deletedDateTime });
}

/** @throws graphPathUnknown for a type whose deleted objects are not retained */
function typeIn(call: Call): Restorable {
  const cast = keyText(call, 'id').toLowerCase();
  const restorable = restorables.find(({ type }) => type === cast);
  if (!restorable) throw fault('graphPathUnknown', { segment: keyText(call, 'id').slice(0, 80) });
  return restorable;
}
const isType = (call: Call) => keyText(call, 'id').toLowerCase().startsWith('microsoft.graph.');

/** @throws graphObjectMissing */
async function objectIn(call: Call): Promise<{ one: Restorable; object: DeletedObject }> {
  const id = keyText(call, 'id').toLowerCase();
  const object = await call.ports.deleted.find(id);
  const one = restorables.find(({ kind, isNamed }) => kind === object?.kind && !isNamed);
  if (object && one) return { one, object };
  // Applications have their object id from the id that they are stored by.
  for (const restorable of restorables) {
    const { kind, isNamed } = restorable;
    const match = isNamed && (await call.ports.deleted.list(kind)).find((item) => isNamed(item, id));
    if (match) return { one: restorable, object: match };
  }
  throw fault('graphObjectMissing', { id: id.slice(0, 80) });
}

async function list(call: Call): Promise<Answer> {
  const type = typeIn(call);
  const objects = await call.ports.deleted.list(type.kind);
  return collection(call, await Promise.all(objects.map((object) => view(type, call, object))), resourceOf(type), {
    isMixed: true,
  });
}

async function read(call: Call): Promise<Answer> {
  const { one, object } = await objectIn(call);
  return { status: 200, body: { ...contextOf(call, 'directoryObjects/$entity'), ...(await view(one, call, object)) } };
}

async function restore(call: Call): Promise<Answer> {
  const { one, object } = await objectIn(call);
  await one.requireRights?.(call, object);
  if (one !== users) await requireNoName(call);
  const item = await one.restore(call, object);
  return { status: 200, body: { ...contextOf(call, 'directoryObjects/$entity'), ...item } };
}

async function purge(call: Call): Promise<Answer> {
  const { one, object } = await objectIn(call);
  await one.requireRights?.(call, object);
  if (one.purge) {
    await one.purge(call, object);
    return nothing;
  }
  await purgeDeleted(object, call);
  return nothing;
}

const readNeed = async (call: Call) => (isType(call) ? typeIn(call) : (await objectIn(call)).one).read;
const writeNeed = async (call: Call) => (await objectIn(call)).one.write;

export const deletedItemRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'directory/deleteditems/{id}',
    need: readNeed,
    answer: (call) => (isType(call) ? list(call) : read(call)),
  },
  { method: 'POST', path: 'directory/deleteditems/{id}/restore', need: writeNeed, answer: restore },
  { method: 'DELETE', path: 'directory/deleteditems/{id}', need: writeNeed, answer: purge },
];
