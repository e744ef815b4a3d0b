import type { Directory, UserAdmin } from '#ports/directory.ts';
import type { TenantDatabase, TenantStore } from '#storage/database/schema.ts';
import { hotStatement } from '#storage/database/statements/hot-statement.ts';
import { addUser, changeUser, setPasswordHash } from './user-changes.ts';
import { removeUser, restoreUser } from './user-deletion.ts';
import { entriesOf, idsWith, people, peopleIn, usersOf } from './user-rows.ts';

/** The people of one tenant: asked by a sign-in, changed by an administrator. */
export function openUsers(store: TenantStore): { directory: Directory; users: UserAdmin } {
  return { directory: directoryOf(store), users: { ...listsOf(store), ...changesOf(store) } };
}

type Lists = Pick<UserAdmin, 'list' | 'find' | 'entries' | 'entriesOf' | 'count' | 'countIn' | 'listIn'>;

/** What a sign-in reads, and the method that a user chose last. */
function directoryOf(store: TenantDatabase): Directory {
  const { database, tenantId } = store;
  return {
    async answer(questions) {
      const idsByQuestion = await Promise.all(questions.map((question) => idsWith(store, question)));
      const matching = await usersOf(store, [...new Set(idsByQuestion.flat())]);
      const users = new Map(matching.map((user) => [user.id, user]));
      return questions.map((question, index) => ({
        question,
        users: idsByQuestion[index]!.map((id) => users.get(id)).filter((user) => user !== undefined),
      }));
    },
    user: (id) => userById(store, id),
    passwordHash: (id) => columnOf(store, id, 'password_hash'),
    lastMethod: (id) => columnOf(store, id, 'last_method'),
    async rememberMethod(id, method) {
      const values = { last_method: method };
      await database.updateTable('users').set(values).where('tenant_id', '=', tenantId).where('id', '=', id).execute();
    },
  };
}

function listsOf(store: TenantDatabase): Lists {
  return {
    list: async (query) => usersOf(store, await pageOf(store, query)),
    entries: async (query) => entriesOf(store, await pageOf(store, query)),
    entriesOf: (ids) => entriesOf(store, ids),
    async find(idOrUserPrincipalName) {
      const [id] = await idsWith(store, { property: 'userPrincipalName', value: idOrUserPrincipalName });
      return userById(store, id ?? idOrUserPrincipalName);
    },
    count: () => countOf(people(store)),
    countIn: (domain) => countOf(peopleIn(store, domain)),
    async listIn(domain, top) {
      const rows = await peopleIn(store, domain).select('id').orderBy('id').limit(top).execute();
      return usersOf(
        store,
        rows.map(({ id }) => id),
      );
    },
  };
}

const changesOf = (store: TenantStore): Omit<UserAdmin, keyof Lists> => ({
  add: (user, actor, profile) => addUser(store, user, actor, profile),
  update: async (user, actor) => void (await changeUser(store, user.id, actor, ({ profile }) => ({ user, profile }))),
  change: (userId, actor, work) => changeUser(store, userId, actor, work),
  setPasswordHash: (userId, phc, actor) => setPasswordHash(store, userId, phc, actor),
  remove: (userId, actor, related) => removeUser(store, userId, actor, related),
  restore: (userId, actor, restoration, names) => restoreUser(store, userId, actor, { restoration, names }),
});

const userById = async (store: TenantDatabase, id: string) => (await usersOf(store, [id]))[0];

type UserColumn = 'password_hash' | 'last_method';

const columnOfUser = hotStatement(
  (database, { tenantId, id }: { readonly tenantId: string; readonly id: string }, column: UserColumn) =>
    people({ database, tenantId }).select(column).where('id', '=', id),
);

async function columnOf(
  { database, tenantId }: TenantDatabase,
  id: string,
  column: UserColumn,
): Promise<string | undefined> {
  const { rows } = await columnOfUser(database, { tenantId, id }, column);
  return (rows[0] as Partial<Record<UserColumn, string | null>> | undefined)?.[column] ?? undefined;
}

/** The ids of one page, in their order. */
async function pageOf(
  store: TenantDatabase,
  { top, after }: Parameters<UserAdmin['list']>[0],
): Promise<readonly string[]> {
  let query = people(store).select('id').orderBy('id').limit(top);
  if (after !== undefined) query = query.where('id', '>', after);
  return (await query.execute()).map(({ id }) => id);
}

async function countOf(query: ReturnType<typeof people>): Promise<number> {
  const row = await query.select(({ fn }) => fn.countAll().as('count')).executeTakeFirstOrThrow();
  return Number(row.count);
}
