import { mailKey } from '#core/binding/identifiers/user-principal-name.ts';
import type { User } from '#core/binding/user.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import type { Profile, UserEntry } from '#model/user.ts';
import type { UserAdmin } from '#ports/directory.ts';
import { lockTenant } from '#storage/database/audits/edits.ts';
import type { TenantStore } from '#storage/database/schema.ts';
import { trackChange } from '../../directory-index/track-change.ts';
import { contextOf, inStep, noteChange, type StepContext } from '../step.ts';
import { refuseMailTaken, refuseTaken } from './user-names.ts';
import { type Columns, columnsOf, entriesOf, replaceCertificateUserIds } from './user-rows.ts';

/** A user before or after a change. */
type TrackedUser = Omit<UserEntry, 'hasPassword'>;

/** Adds a user. @throws userPrincipalNameTaken, mailTaken, certificateUserIdTaken */
export const addUser = (store: TenantStore, user: User, actor: string, profile: Profile | undefined): Promise<void> =>
  writeUser(store, user, async (context) => {
    const profileText = profile === undefined ? null : JSON.stringify(profile);
    const rest = { profile: profileText, created_at: store.clock.now().getTime(), password_hash: null };
    await insertUser(context, user, rest);
    await noteChange(context, { activity: 'Add user', targetId: user.id, actor, new: { ...profile, ...user } });
  });

/** Reads and writes a user under one lock. @throws as {@link addUser}, and nothingFound */
export const changeUser = (
  store: TenantStore,
  userId: string,
  actor: string,
  work: Parameters<UserAdmin['change']>[2],
): Promise<UserEntry> =>
  writeUser(store, undefined, async (context, want) => {
    const { tenantId } = context;
    const old = await lockUser(context, userId);
    const { user, profile } = work(old);
    want(user);
    if (user.mail !== old.user.mail || user.userPrincipalName !== old.user.userPrincipalName)
      await refuseMailTaken(context, user);
    await updateUser(context, userId, changedColumns(tenantId, old, { user, profile }));
    await replaceCertificateUserIds(context, user);
    await trackUser(context, old, { ...old, user, profile });
    await noteUpdate(context, actor, old, { ...old, user, profile });
    return { ...old, user: { ...user, groupIds: old.user.groupIds }, profile };
  });

function changedColumns(tenantId: string, old: UserEntry, { user, profile }: Pick<UserEntry, 'user' | 'profile'>) {
  const profileText = Object.keys(profile).length === 0 ? null : JSON.stringify(profile);
  const isNewMail = mailKey(user.mail ?? '') !== mailKey(old.user.mail ?? '');
  return { ...columnsOf(tenantId, user), ...(isNewMail ? { mail_is_shared: 0 } : {}), profile: profileText };
}

/** The audit rows of an update. Enabling and disabling an account has a row of its own. */
async function noteUpdate(context: StepContext, actor: string, before: UserEntry, after: UserEntry): Promise<void> {
  const targetId = after.user.id;
  await noteChange(context, {
    activity: 'Update user',
    targetId,
    actor,
    old: auditView(before),
    new: auditView(after),
  });
  const { accountEnabled } = after.user;
  if (accountEnabled === before.user.accountEnabled) return;
  await noteChange(context, {
    activity: accountEnabled ? 'Enable account' : 'Disable account',
    targetId,
    actor,
    old: { accountEnabled: before.user.accountEnabled },
    new: { accountEnabled },
  });
}

/** Sets or removes a password. @throws nothingFound */
export const setPasswordHash = (
  store: TenantStore,
  userId: string,
  phc: string | undefined,
  actor: string,
): Promise<void> =>
  inStep(store, async (context) => {
    const activity = phc === undefined ? 'Remove user password' : 'Reset password';
    await updateUser(context, userId, { password_hash: phc ?? null });
    // PRT-7: what a device got for the old password ends with it.
    await context.database
      .deleteFrom('primary_refresh_tokens')
      .where('tenant_id', '=', context.tenantId)
      .where('user_id', '=', userId)
      .where('credential', '=', 'password')
      .execute();
    await noteChange(context, { activity, targetId: userId, actor });
  });

/**
 * Runs a change of a user in one transaction; a name or value that is taken says so. Changes of the tenant wait for each
 * other: an index keeps names apart and addresses apart, and none keeps an address of one user apart from the name of
 * another.
 * @param user the user as the change leaves it, where that is known before
 * @param work calls `want` with the user where it is not
 */
export async function writeUser<T>(
  store: TenantStore,
  user: User | undefined,
  work: (context: StepContext, want: (user: User) => void) => Promise<T>,
): Promise<T> {
  const { database, tenantId } = store;
  let wanted = user;
  const want = (output: User) => {
    wanted = output;
  };
  const refuse = async () => {
    if (wanted) await refuseTaken(store, wanted);
  };
  await refuse();
  return database
    .transaction()
    .execute(async (step) => {
      await lockTenant({ database: step, tenantId });
      return work(contextOf(store, step), want);
    })
    .catch(async (problem: unknown) => {
      // Another writer took one of the names in between: now it shows which.
      await refuse();
      if (wanted && !(problem instanceof CardeaError)) await refuseMailTaken(store, wanted);
      throw problem;
    });
}

/** Inserts a user's rows. @throws mailTaken */
export async function insertUser(
  context: StepContext,
  user: User,
  rest: Pick<Columns, 'profile' | 'created_at' | 'password_hash'>,
): Promise<void> {
  const { database, tenantId } = context;
  await refuseMailTaken(context, user);
  await database
    .insertInto('users')
    .values({ ...rest, ...columnsOf(tenantId, user), mail_is_shared: 0, last_method: null })
    .execute();
  await replaceCertificateUserIds(context, user);
  const profile = rest.profile === null ? {} : (JSON.parse(rest.profile) as Profile);
  const createdDateTime = rest.created_at === null ? undefined : new Date(rest.created_at).toISOString();
  await trackUser(context, undefined, { user, profile, createdDateTime });
}

/** Changes the row of an existing user. @throws nothingFound */
async function updateUser({ database, tenantId }: StepContext, id: string, values: Partial<Columns>): Promise<void> {
  const { numUpdatedRows } = await database
    .updateTable('users')
    .set(values)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (!numUpdatedRows) throw fault('nothingFound', { kind: 'user', wanted: id });
}

/** Reads a user under the row's lock: an update that changes nothing takes it on either database. @throws nothingFound */
async function lockUser(context: StepContext, id: string): Promise<UserEntry> {
  await updateUser(context, id, { id });
  return (await entriesOf(context, [id]))[0]!;
}

/** Enters a change of a user into the index of lists and among the changes of delta queries. */
export function trackUser(
  context: StepContext,
  before: TrackedUser | undefined,
  after: TrackedUser | undefined,
): Promise<void> {
  const itemOf = (object: TrackedUser | undefined) => object && ({ kind: 'user', id: object.user.id, object } as const);
  return trackChange(context, itemOf(before), itemOf(after));
}

/** What an audit row says of a user. */
export const auditView = ({ user: { groupIds: _, ...user }, profile }: UserEntry) => ({ ...profile, ...user });
