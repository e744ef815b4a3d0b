import type { User } from '#core/binding/user.ts';
import { mailKey } from '#core/binding/user-principal-name.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import type { RelatedObjects } from '#model/directory-object.ts';
import type { Profile, UserEntry } from '#model/user.ts';
import type { Clock } from '#ports/clock.ts';
import type { Directory, UserAdmin } from '#ports/directory.ts';
import { audit, type Change } from '../../database/audit.ts';
import { lockTenant } from '../../database/edits.ts';
import type { Database } from '../../database/schema.ts';
import { trackChange } from '../directory-index/track-change.ts';
import { endedBy, restoreDeleted, softDelete } from './deleted.ts';
import { putMemberships, takeMemberships } from './groups.ts';
import { refuseMailTaken, refuseTaken } from './user-names.ts';
import {
  type Columns,
  columnsOf,
  entriesOf,
  idsWith,
  people,
  peopleIn,
  replaceCertificateUserIds,
  type Step,
  userOf,
  usersOf,
} from './user-rows.ts';

/** The people of one tenant: asked by a sign-in, changed by an administrator. */
export function openUsers(
  database: Database,
  tenantId: string,
  clock: Clock,
): { directory: Directory; users: UserAdmin } {
  const byIds = (ids: readonly string[]) => usersOf(database, tenantId, ids);
  const item = async (id: string) => (await byIds([id]))[0];
  const columnOf = async (id: string, column: 'password_hash' | 'last_method') => {
    const row = await people(database, tenantId).select(column).where('id', '=', id).executeTakeFirst();
    return row?.[column] ?? undefined;
  };
  const find = async (idOrUserPrincipalName: string) => {
    const [id] = await idsWith(database, tenantId, { property: 'userPrincipalName', value: idOrUserPrincipalName });
    return item(id ?? idOrUserPrincipalName);
  };

  /**
   * Runs a change of a user in one transaction; a name or value that is taken says so. Changes of the tenant wait for each
   * other: an index keeps names apart and addresses apart, and none keeps an address of one user apart from the name of
   * another.
   */
  const write = async <T>(user: () => User | undefined, work: (step: Step) => Promise<T>): Promise<T> => {
    const refuse = async () => {
      const output = user();
      if (output) await refuseTaken(database, tenantId, output);
    };
    await refuse();
    return database
      .transaction()
      .execute(async (step) => {
        await lockTenant(step, tenantId);
        return work(step);
      })
      .catch(async (problem: unknown) => {
        // Another writer took one of the names in between: now it shows which.
        await refuse();
        const output = user();
        if (output && !(problem instanceof CardeaError)) await refuseMailTaken(database, tenantId, output);
        throw problem;
      });
  };
  /** Changes the row of a user there is; a name or a value must not be taken for one there is not. */
  const set = async (step: Step, id: string, values: Partial<Columns>) => {
    const { numUpdatedRows } = await step
      .updateTable('users')
      .set(values)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (!numUpdatedRows) throw fault('nothingFound', { kind: 'user', wanted: id });
  };
  /** Reads under the row's lock: an update that changes nothing takes it on either database. */
  const lock = async (step: Step, id: string): Promise<UserEntry> => {
    await set(step, id, { id });
    return (await entriesOf(step, tenantId, [id]))[0]!;
  };
  const note = (step: Step, change: Change) => audit(step, tenantId, clock.now(), change);

  const context = (step: Step) => ({ step, tenantId, at: clock.now() });
  const track = (step: Step, before: Omit<UserEntry, 'hasPassword'> | undefined, after: typeof before) => {
    const itemOf = (object: typeof before) => object && ({ kind: 'user', id: object.user.id, object } as const);
    return trackChange(context(step), itemOf(before), itemOf(after));
  };

  const change: UserAdmin['change'] = async (userId, actor, work) => {
    let wanted: User | undefined;
    return write(
      () => wanted,
      async (step) => {
        const old = await lock(step, userId);
        const { user, profile } = work(old);
        wanted = user;
        if (user.mail !== old.user.mail || user.userPrincipalName !== old.user.userPrincipalName)
          await refuseMailTaken(step, tenantId, user);
        const profileText = Object.keys(profile).length === 0 ? null : JSON.stringify(profile);
        const isNewMail = mailKey(user.mail ?? '') !== mailKey(old.user.mail ?? '');
        const holds = isNewMail ? { mail_is_shared: 0 } : {};
        await set(step, userId, { ...columnsOf(tenantId, user), ...holds, profile: profileText });
        await replaceCertificateUserIds(step, tenantId, user);
        await track(step, old, { ...old, user, profile });
        await note(step, {
          activity: 'Update user',
          targetId: userId,
          actor,
          old: view(old),
          new: view({ ...old, user, profile }),
        });
        if (user.accountEnabled !== old.user.accountEnabled) {
          const [was, is] = [old.user, user].map(({ accountEnabled }) => ({ accountEnabled }));
          await note(step, {
            activity: user.accountEnabled ? 'Enable account' : 'Disable account',
            targetId: userId,
            actor,
            old: was,
            new: is,
          });
        }
        return { ...old, user: { ...user, groupIds: old.user.groupIds }, profile };
      },
    );
  };
  const insert = async (step: Step, user: User, rest: Pick<Columns, 'profile' | 'created_at' | 'password_hash'>) => {
    await refuseMailTaken(step, tenantId, user);
    await step
      .insertInto('users')
      .values({ ...rest, ...columnsOf(tenantId, user), mail_is_shared: 0, last_method: null })
      .execute();
    await replaceCertificateUserIds(step, tenantId, user);
    const profile = rest.profile === null ? {} : (JSON.parse(rest.profile) as Profile);
    const createdDateTime = rest.created_at === null ? undefined : new Date(rest.created_at).toISOString();
    await track(step, undefined, { user, profile, createdDateTime });
  };

  return {
    directory: {
      async answer(questions) {
        const match = await Promise.all(questions.map((question) => idsWith(database, tenantId, question)));
        const users = new Map((await byIds([...new Set(match.flat())])).map((user) => [user.id, user]));
        return questions.map((question, index) => ({
          question,
          users: match[index]!.map((id) => users.get(id)).filter((user) => user !== undefined),
        }));
      },
      user: item,
      passwordHash: (id) => columnOf(id, 'password_hash'),
      lastMethod: (id) => columnOf(id, 'last_method'),
      async rememberMethod(id, method) {
        const values = { last_method: method };
        await database
          .updateTable('users')
          .set(values)
          .where('tenant_id', '=', tenantId)
          .where('id', '=', id)
          .execute();
      },
    },
    users: {
      async list({ top, after }) {
        let query = people(database, tenantId).select('id').orderBy('id').limit(top);
        if (after !== undefined) query = query.where('id', '>', after);
        return byIds((await query.execute()).map(({ id }) => id));
      },
      find,
      async entries({ top, after }) {
        let query = people(database, tenantId).select('id').orderBy('id').limit(top);
        if (after !== undefined) query = query.where('id', '>', after);
        return entriesOf(
          database,
          tenantId,
          (await query.execute()).map(({ id }) => id),
        );
      },
      entriesOf: (ids) => entriesOf(database, tenantId, ids),
      async count() {
        const row = await people(database, tenantId)
          .select(({ fn }) => fn.countAll().as('count'))
          .executeTakeFirstOrThrow();
        return Number(row.count);
      },
      async listIn(domain, top) {
        const query = peopleIn(database, tenantId, domain).select('id').orderBy('id').limit(top);
        return byIds((await query.execute()).map(({ id }) => id));
      },
      async countIn(domain) {
        const row = await peopleIn(database, tenantId, domain)
          .select(({ fn }) => fn.countAll().as('count'))
          .executeTakeFirstOrThrow();
        return Number(row.count);
      },
      add: (user, actor, profile) =>
        write(
          () => user,
          async (step) => {
            const profileText = profile === undefined ? null : JSON.stringify(profile);
            await insert(step, user, {
              profile: profileText,
              created_at: clock.now().getTime(),
              password_hash: null,
            });
            await note(step, { activity: 'Add user', targetId: user.id, actor, new: { ...profile, ...user } });
          },
        ),
      update: async (user, actor) => void (await change(user.id, actor, ({ profile }) => ({ user, profile }))),
      change,
      async setPasswordHash(userId, phc, actor) {
        const activity = phc === undefined ? 'Remove user password' : 'Reset password';
        await database.transaction().execute(async (step) => {
          await set(step, userId, { password_hash: phc ?? null });
          // PRT-7: what a device got for the old password ends with it.
          await step
            .deleteFrom('primary_refresh_tokens')
            .where('tenant_id', '=', tenantId)
            .where('user_id', '=', userId)
            .where('credential', '=', 'password')
            .execute();
          await note(step, { activity, targetId: userId, actor });
        });
      },
      remove: (userId, actor, related) =>
        database.transaction().execute(async (step) => {
          const row = await people(step, tenantId).selectAll().where('id', '=', userId).executeTakeFirst();
          if (!row) return false;
          const [entry] = await entriesOf(step, tenantId, [userId]);
          const groups = await takeMemberships(context(step), { kind: 'user', id: userId });
          const { certificateUserIds } = entry!.user;
          const document: Buried = { row, certificateUserIds, groups, ...(related ? { related } : {}) };
          await softDelete(step, tenantId, clock.now(), { kind: 'user', id: userId, document });
          for (const table of ['users', 'certificate_user_ids'] as const) {
            const column = table === 'users' ? 'id' : 'user_id';
            await step.deleteFrom(table).where('tenant_id', '=', tenantId).where(column, '=', userId).execute();
          }
          await track(step, entry, undefined);
          await note(step, {
            activity: 'Delete user',
            targetId: userId,
            actor,
            old: { ...view(entry!), ...endedBy(related) },
          });
          return true;
        }),
      async restore(userId, actor, restoration) {
        let wanted: User | undefined;
        return write(
          () => wanted,
          async (step) => {
            const { row, certificateUserIds, groups } = (await restoreDeleted(
              step,
              tenantId,
              'user',
              userId,
            )) as Buried;
            wanted = { ...userOf(row), certificateUserIds, groupIds: [] };
            await insert(step, wanted, row);
            await putMemberships(context(step), { kind: 'user', id: userId }, groups);
            const [entry] = await entriesOf(step, tenantId, [userId]);
            await note(step, {
              activity: 'Restore user',
              targetId: userId,
              actor,
              new: { ...view(entry!), ...restoration },
            });
            return entry!;
          },
        );
      },
    },
  };
}

/** A deleted user as it is written down: the row, and what stood in other tables. */
interface Buried {
  readonly row: Columns;
  readonly certificateUserIds: readonly string[];
  readonly groups: readonly string[];
  readonly related?: RelatedObjects;
}

/** What an audit row says of a user. */
const view = ({ user: { groupIds: _, ...user }, profile }: UserEntry) => ({ ...profile, ...user });
