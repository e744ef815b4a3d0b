import type { User } from '#core/binding/user.ts';
import { CardeaError } from '#core/trace/fault.ts';
import type { RelatedObjects, Restoration } from '#model/directory-object.ts';
import type { UserEntry } from '#model/user.ts';
import type { RestoredNames } from '#ports/directory.ts';
import type { TenantDatabase, TenantStore } from '#storage/database/schema.ts';
import { endedBy, restoreDeleted, softDelete } from '../deleted.ts';
import { putMemberships, takeMemberships } from '../groups.ts';
import { inStep, noteChange, type StepContext } from '../step.ts';
import { auditView, insertUser, trackUser, writeUser } from './user-changes.ts';
import { refuseMailTaken } from './user-names.ts';
import { type Columns, entriesOf, people, userOf } from './user-rows.ts';

/** A deleted user as it is stored: the row, and what other tables had of the user. */
interface DeletedUser {
  readonly row: Columns;
  readonly certificateUserIds: readonly string[];
  readonly groups: readonly string[];
  readonly related?: RelatedObjects;
}

/** Soft-deletes a user. @returns false when there is no such user */
export const removeUser = (
  store: TenantStore,
  userId: string,
  actor: string,
  related: RelatedObjects | undefined,
): Promise<boolean> =>
  inStep(store, async (context) => {
    const row = await people(context).selectAll().where('id', '=', userId).executeTakeFirst();
    if (!row) return false;
    const [entry] = await entriesOf(context, [userId]);
    const groups = await takeMemberships(context, { kind: 'user', id: userId });
    const { certificateUserIds } = entry!.user;
    const document: DeletedUser = { row, certificateUserIds, groups, ...(related ? { related } : {}) };
    await softDelete(context, context.at, { kind: 'user', id: userId, document });
    await deleteRows(context, userId);
    await trackUser(context, entry, undefined);
    const old = { ...auditView(entry!), ...endedBy(related) };
    await noteChange(context, { activity: 'Delete user', targetId: userId, actor, old });
    return true;
  });

async function deleteRows({ database, tenantId }: StepContext, userId: string): Promise<void> {
  await database.deleteFrom('users').where('tenant_id', '=', tenantId).where('id', '=', userId).execute();
  await database
    .deleteFrom('certificate_user_ids')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute();
}

/** Restores a deleted user. @throws nothingFound, and what adding a user throws */
export const restoreUser = (
  store: TenantStore,
  userId: string,
  actor: string,
  { restoration, names }: { readonly restoration: Restoration | undefined; readonly names: RestoredNames | undefined },
): Promise<UserEntry> =>
  writeUser(store, undefined, async (context, want) => {
    const deletedUser = (await restoreDeleted(context, 'user', userId)) as DeletedUser;
    const { row, certificateUserIds, groups } = deletedUser;
    const before: User = { ...userOf(row), certificateUserIds, groupIds: [] };
    const renamed = { ...before, userPrincipalName: names?.userPrincipalName ?? before.userPrincipalName };
    want(renamed);
    const user = names?.leavesTakenMail ? await withoutTakenMail(context, renamed) : renamed;
    want(user);
    await insertUser(context, user, row);
    await putMemberships(context, { kind: 'user', id: userId }, groups);
    const [entry] = await entriesOf(context, [userId]);
    const view = { ...auditView(entry!), ...restoration };
    const { userPrincipalName, mail } = before;
    const isChanged = userPrincipalName !== user.userPrincipalName || mail !== user.mail;
    const old = isChanged ? { old: { userPrincipalName, mail } } : {};
    await noteChange(context, { activity: 'Restore user', targetId: userId, actor, ...old, new: view });
    return entry!;
  });

/** The user without an address that is another user's. @throws mailTaken where the user principal name itself is one */
async function withoutTakenMail(store: TenantDatabase, user: User): Promise<User> {
  try {
    await refuseMailTaken(store, user);
    return user;
  } catch (thrown) {
    if (user.mail === undefined || !(thrown instanceof CardeaError)) throw thrown;
    return { ...user, mail: undefined };
  }
}
