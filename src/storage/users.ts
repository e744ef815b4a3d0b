import type { Transaction } from 'kysely';
import { certificateUserIdKey } from '../core/binding/certificate-user-ids.ts';
import type { DirectoryQuestion, User } from '../core/binding/user.ts';
import { userPrincipalNameKey } from '../core/binding/user-principal-name.ts';
import { fault } from '../core/trace/fault.ts';
import type { Clock, Directory, UserAdmin } from '../ports.ts';
import { audit } from './audit.ts';
import { groupsOf } from './groups.ts';
import type { Database } from './open.ts';
import type { Schema } from './schema.ts';

type Columns = Schema['users'];
type Step = Transaction<Schema>;

/** The people of one tenant: asked by a sign-in, changed by an administrator. */
export function openUsers(
  database: Database,
  tenantId: string,
  clock: Clock,
): { directory: Directory; users: UserAdmin } {
  const byIds = (ids: readonly string[]) => usersOf(database, tenantId, ids);
  const one = async (id: string) => (await byIds([id]))[0];
  const columnOf = async (id: string, column: 'password_hash' | 'last_method') => {
    const row = await people(database, tenantId).select(column).where('id', '=', id).executeTakeFirst();
    return row?.[column] ?? undefined;
  };
  const set = (id: string, values: Partial<Columns>) =>
    database.updateTable('users').set(values).where('tenant_id', '=', tenantId).where('id', '=', id).execute();

  const find = async (idOrUserPrincipalName: string) => {
    const [id] = await idsWith(database, tenantId, { property: 'userPrincipalName', value: idOrUserPrincipalName });
    return one(id ?? idOrUserPrincipalName);
  };

  /** Writes a user as it shall be, old values gone, with its audit row. */
  const write = async (user: User, actor: string, activity: string, work: (step: Step) => Promise<unknown>) => {
    await refuseTaken(database, tenantId, user);
    await database
      .transaction()
      .execute(async (step) => {
        const [old] = await usersOf(step, tenantId, [user.id]);
        await work(step);
        await replaceCertificateUserIds(step, tenantId, user);
        await audit(step, tenantId, clock.now(), { activity, targetId: user.id, actor, old, new: user });
      })
      .catch(async (problem: unknown) => {
        // Somebody else wrote a name of ours in between: now it shows whose it is.
        await refuseTaken(database, tenantId, user);
        throw problem;
      });
  };
  /** Changes the row of a user there is; a name or a value must not be taken for one there is not. */
  const change = async (step: Step, id: string, values: Partial<Columns>) => {
    const { numUpdatedRows } = await step
      .updateTable('users')
      .set(values)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (!numUpdatedRows) throw fault('nothingFound', { kind: 'user', wanted: id });
  };

  return {
    directory: {
      async answer(questions) {
        const found = await Promise.all(questions.map((question) => idsWith(database, tenantId, question)));
        const users = new Map((await byIds([...new Set(found.flat())])).map((user) => [user.id, user]));
        return questions.map((question, index) => ({
          question,
          users: found[index]!.map((id) => users.get(id)).filter((user) => user !== undefined),
        }));
      },
      user: one,
      passwordHash: (id) => columnOf(id, 'password_hash'),
      lastMethod: (id) => columnOf(id, 'last_method'),
      rememberMethod: async (id, method) => void (await set(id, { last_method: method })),
    },
    users: {
      async list({ top, after }) {
        let query = people(database, tenantId).select('id').orderBy('id').limit(top);
        if (after !== undefined) query = query.where('id', '>', after);
        return byIds((await query.execute()).map(({ id }) => id));
      },
      find,
      add: (user, actor) =>
        write(user, actor, 'Add user', (step) =>
          step
            .insertInto('users')
            .values({ ...columnsOf(tenantId, user), password_hash: null, last_method: null })
            .execute(),
        ),
      update: (user, actor) =>
        write(user, actor, 'Update user', (step) => change(step, user.id, columnsOf(tenantId, user))),
      async setPasswordHash(userId, phc, actor) {
        const activity = phc === undefined ? 'Remove user password' : 'Reset user password';
        await database.transaction().execute(async (step) => {
          await change(step, userId, { password_hash: phc ?? null });
          const nothingShown = { old: undefined, new: undefined };
          await audit(step, tenantId, clock.now(), { activity, targetId: userId, actor, ...nothingShown });
        });
      },
    },
  };
}

const people = (database: Database, tenantId: string) => database.selectFrom('users').where('tenant_id', '=', tenantId);

/** Ids of the users who have a value, compared by the property's normal form; a value without one is nobody's. */
async function idsWith(
  database: Database,
  tenantId: string,
  { property, value }: DirectoryQuestion,
): Promise<string[]> {
  if (property === 'certificateUserIds') {
    const rows = await database
      .selectFrom('certificate_user_ids')
      .select('user_id')
      .where('tenant_id', '=', tenantId)
      .where('value_key', '=', certificateUserIdKey(value))
      .execute();
    return rows.map(({ user_id }) => user_id);
  }
  const key = userPrincipalNameKey(value);
  if (key === undefined) return [];
  const column = property === 'userPrincipalName' ? 'upn_key' : 'on_premises_upn_key';
  return (await people(database, tenantId).select('id').where(column, '=', key).execute()).map(({ id }) => id);
}

async function usersOf(database: Database, tenantId: string, ids: readonly string[]): Promise<readonly User[]> {
  if (ids.length === 0) return [];
  const rows = await people(database, tenantId).selectAll().where('id', 'in', ids).orderBy('id').execute();
  const values = await database
    .selectFrom('certificate_user_ids')
    .select(['user_id', 'value'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', 'in', ids)
    .orderBy('position')
    .execute();
  const groups = await groupsOf(database, tenantId, ids);
  return rows.map((row) => ({
    id: row.id,
    userPrincipalName: row.upn,
    onPremisesUserPrincipalName: row.on_premises_upn ?? undefined,
    displayName: row.display_name,
    mail: row.mail ?? undefined,
    accountEnabled: row.account_enabled === 1,
    certificateUserIds: values.filter(({ user_id }) => user_id === row.id).map(({ value }) => value),
    signInSessionsValidFromDateTime: row.sessions_valid_from ?? undefined,
    groupIds: groups.get(row.id) ?? [],
  }));
}

function columnsOf(tenantId: string, user: User): Omit<Columns, 'password_hash' | 'last_method'> {
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
    account_enabled: Number(user.accountEnabled),
    sessions_valid_from: user.signInSessionsValidFromDateTime ?? null,
  };
}

function keyOf(name: string): string {
  const key = userPrincipalNameKey(name);
  if (key === undefined) throw fault('usernameMalformed', { problem: 'it has characters that no name may have' });
  return key;
}

/** UB-16: names and certificateUserIds are unique in the tenant. Says whose value it is that is taken. */
async function refuseTaken(database: Database, tenantId: string, user: User): Promise<void> {
  const others = async (question: DirectoryQuestion) =>
    (await idsWith(database, tenantId, question)).some((id) => id !== user.id);
  const named = { property: 'userPrincipalName', value: user.userPrincipalName } as const;
  if (await others(named)) throw fault('userPrincipalNameTaken', { userPrincipalName: user.userPrincipalName });
  const onPremises = user.onPremisesUserPrincipalName;
  if (onPremises !== undefined && (await others({ property: 'onPremisesUserPrincipalName', value: onPremises }))) {
    throw fault('userPrincipalNameTaken', { userPrincipalName: onPremises });
  }
  for (const value of user.certificateUserIds) {
    if (await others({ property: 'certificateUserIds', value })) throw fault('certificateUserIdTaken', { value });
  }
}

async function replaceCertificateUserIds(step: Step, tenantId: string, user: User): Promise<void> {
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
