import { sql, type Transaction } from 'kysely';
import { certificateUserIdKey } from '#core/binding/identifiers/certificate-user-ids.ts';
import { mailKey, userPrincipalNameKey } from '#core/binding/identifiers/user-principal-name.ts';
import type { DirectoryQuestion, User } from '#core/binding/user.ts';
import { fault } from '#core/trace/fault.ts';
import type { Profile, UserEntry } from '#model/user.ts';
import type { Schema, TenantDatabase } from '#storage/database/schema.ts';
import { isPostgres } from '#storage/database/statements/is-postgres.ts';
import { groupsOf } from '../group-nesting.ts';

export type Columns = Schema['users'];
export type Step = Transaction<Schema>;

/** The users of a tenant. */
export const people = ({ database, tenantId }: TenantDatabase) =>
  database.selectFrom('users').where('tenant_id', '=', tenantId);

/** The users whose name ends in this domain, by the index of migration 030. */
export function peopleIn(store: TenantDatabase, domain: string) {
  const ofName = isPostgres(store.database)
    ? sql<string>`split_part(upn_key, '@', 2)`
    : sql<string>`substr(upn_key, instr(upn_key, '@') + 1)`;
  return people(store).where(ofName, '=', domain.toLowerCase());
}

/** Ids of the users who have a value, compared by the property's normal form; a value without one is no user's. */
export async function idsWith(store: TenantDatabase, { property, value }: DirectoryQuestion): Promise<string[]> {
  if (property === 'certificateUserIds') {
    const rows = await store.database
      .selectFrom('certificate_user_ids')
      .select('user_id')
      .where('tenant_id', '=', store.tenantId)
      .where('value_key', '=', certificateUserIdKey(value))
      .execute();
    return rows.map(({ user_id }) => user_id);
  }
  const key = userPrincipalNameKey(value);
  if (key === undefined) return [];
  const column = property === 'userPrincipalName' ? 'upn_key' : 'on_premises_upn_key';
  return (await people(store).select('id').where(column, '=', key).execute()).map(({ id }) => id);
}

export async function usersOf(store: TenantDatabase, ids: readonly string[]): Promise<readonly User[]> {
  return (await entriesOf(store, ids)).map(({ user }) => user);
}

/** In the order of their ids. Asked in portions: a statement takes only so many values. */
export async function entriesOf(store: TenantDatabase, ids: readonly string[]): Promise<readonly UserEntry[]> {
  const portions = Array.from({ length: Math.ceil(ids.length / 500) }, (_, i) => ids.slice(i * 500, (i + 1) * 500));
  const pages = [];
  for (const portion of portions) pages.push(await portionOf(store, portion));
  return pages.flat();
}

/** The certificate identifiers of users, in their order. */
export async function identifiersOf(
  { database, tenantId }: TenantDatabase,
  userIds: readonly string[],
): Promise<(userId: string) => readonly string[]> {
  const rows = await database
    .selectFrom('certificate_user_ids')
    .select(['user_id', 'value'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', 'in', userIds)
    .orderBy('position')
    .execute();
  const rowsOf = Map.groupBy(rows, ({ user_id }) => user_id);
  return (userId) => (rowsOf.get(userId) ?? []).map(({ value }) => value);
}

async function portionOf(store: TenantDatabase, ids: readonly string[]): Promise<readonly UserEntry[]> {
  const rows = await people(store).selectAll().where('id', 'in', ids).orderBy('id').execute();
  const identifiers = await identifiersOf(store, ids);
  const groups = await groupsOf(store, ids);
  return rows.map((row) =>
    entryOf(row, {
      certificateUserIds: identifiers(row.id),
      groupIds: groups.get(row.id) ?? [],
    }),
  );
}

/** A user as the row and other tables have one. */
export const entryOf = (row: Columns, rest: Pick<User, 'certificateUserIds' | 'groupIds'>): UserEntry => ({
  user: { ...userOf(row), ...rest },
  profile: row.profile === null ? {} : (JSON.parse(row.profile) as Profile),
  createdDateTime: row.created_at === null ? undefined : new Date(row.created_at).toISOString(),
  hasPassword: row.password_hash !== null,
});

export const userOf = (row: Columns): Omit<User, 'certificateUserIds' | 'groupIds'> => ({
  id: row.id,
  userPrincipalName: row.upn,
  onPremisesUserPrincipalName: row.on_premises_upn ?? undefined,
  displayName: row.display_name,
  mail: row.mail ?? undefined,
  accountEnabled: row.account_enabled === 1,
  signInSessionsValidFromDateTime: row.sessions_valid_from ?? undefined,
});

export function columnsOf(
  tenantId: string,
  user: User,
): Omit<Columns, 'password_hash' | 'last_method' | 'profile' | 'created_at' | 'mail_is_shared'> {
  return {
    tenant_id: tenantId,
    id: user.id,
    upn: user.userPrincipalName,
    upn_key: keyOf(user.userPrincipalName),
    on_premises_upn: user.onPremisesUserPrincipalName ?? null,
    on_premises_upn_key:
      user.onPremisesUserPrincipalName === undefined ? null : keyOf(user.onPremisesUserPrincipalName),
    display_name: user.displayName,
    mail: user.mail ?? null,
    mail_key: user.mail ? mailKey(user.mail) : null,
    account_enabled: Number(user.accountEnabled),
    sessions_valid_from: user.signInSessionsValidFromDateTime ?? null,
  };
}

function keyOf(name: string): string {
  const key = userPrincipalNameKey(name);
  if (key === undefined) throw fault('usernameMalformed', { problem: 'it has characters that a name cannot contain' });
  return key;
}

export async function replaceCertificateUserIds(
  { database: step, tenantId }: TenantDatabase<Step>,
  user: User,
): Promise<void> {
  await step
    .deleteFrom('certificate_user_ids')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', user.id)
    .execute();
  for (const [position, value] of user.certificateUserIds.entries()) {
    const row = { tenant_id: tenantId, value_key: certificateUserIdKey(value), user_id: user.id, position, value };
    await step.insertInto('certificate_user_ids').values(row).execute();
  }
}
