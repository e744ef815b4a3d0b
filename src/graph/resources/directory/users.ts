import { checkExtensionValues } from '#admin/applications/extension-properties.ts';
import { removeUser } from '#admin/directory/deletion.ts';
import { addDirectoryUser, changeDirectoryUser, type DirectoryUserChange } from '#admin/directory/directory-users.ts';
import { hashPassword } from '#admin/directory/methods/passwords.ts';
import { authorise, mayWriteSynchronised, type Need } from '#core/roles/authorise.ts';
import { operationOf } from '#core/roles/user-operations.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { UserEntry } from '#model/user.ts';
import { pairsIn } from '#schema/form.ts';
import { directoryList } from '../../lists/directory-list.ts';
import { directoryCount, directoryPage } from '../../lists/directory-page.ts';
import { type Path, renamed } from '../../odata/filter.ts';
import { entity, nothing, untyped } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText, type Prepared } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { requireCloudSource } from './synchronised.ts';
import { requireActivitySight, showActivity, withActivity } from './user-activity.ts';
import { userItem, userResource } from './user-item.ts';
import { requireOnUser } from './user-rights.ts';
import { changeOf, changeShape, newShape, withoutExtensions } from './user-shape.ts';
import { isSelf, requireSight, seen } from './user-sight.ts';

/** @throws graphObjectMissing */
export async function userIn(call: Call, key = 'id'): Promise<UserEntry> {
  const target = call.keys[key] === undefined ? call.caller.id : keyText(call, key);
  const user = await call.ports.users.find(target);
  if (!user) throw fault('graphObjectMissing', { id: target.slice(0, 120) });
  return (await call.ports.users.entriesOf([user.id]))[0]!;
}

/** Properties of a single object only (graph-api §1.4). */
const singleOnly = [
  'aboutme',
  'birthday',
  'hiredate',
  'interests',
  'mysite',
  'pastprojects',
  'preferredname',
  'responsibilities',
  'schools',
  'skills',
  'mailboxsettings',
];

/** The binding's own name for the property (UB-24): `certificateUserIds` is `authorizationInfo/certificateUserIds`. */
const withWholePaths = (call: Call): Call =>
  call.query.filter ? { ...call, query: { ...call.query, filter: renamed(call.query.filter, wholePath) } } : call;
const wholePath = (path: Path): Path =>
  path[0]!.toLowerCase() === 'certificateuserids' ? ['authorizationInfo', ...path] : path;

async function list(original: Call) {
  const call = withWholePaths(original);
  requireAdvanced(call);
  const alone = call.query.select?.find((name) => singleOnly.includes(name.toLowerCase()));
  if (alone !== undefined) throw fault('graphSelectNotOfLists', { property: alone });
  requireSight(call, false);
  requireActivitySight(call);
  return showActivity(call, await directoryPage(call, usersOf(call)));
}

const usersOf = (call: Call) =>
  directoryList(call, {
    kind: 'user',
    view: userResource,
    items: (entries) =>
      withActivity(
        call,
        entries.map((entry) => seen(call, entry)),
      ),
  });

/** certificateUserIds are for advanced queries: the header and `$count=true`, where strict (graph-api §1.6). */
function requireAdvanced(call: Call): void {
  const { filter, search, count, skiptoken } = call.query;
  if (!call.strict || skiptoken !== undefined) return;
  const asksAdvanced = /authorizationInfo|certificateUserIds|\bne\b|\bnot\b|endswith/i.test(
    pairsIn(call.request.search)
      .map(([, value]) => value)
      .join(' '),
  );
  const eventual = call.request.header('consistencylevel')?.toLowerCase() === 'eventual';
  if ((filter && asksAdvanced && !(eventual && count)) || (search && !eventual)) {
    const problem = 'this query needs $count=true and the header ConsistencyLevel: eventual';
    throw fault('graphQueryUnsupported', { problem });
  }
}

async function change(whole: Call) {
  const entry = await userIn(whole);
  const { call, extensions } = withoutExtensions(whole);
  const body = await readBody(call, changeShape);
  const change = withExtensions(changeOf(body), extensions);
  const properties = Object.entries(body).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  properties.push(...Object.keys(extensions));
  orThrow(await checkExtensionValues(extensions, call.ports));
  await requireRights(call, entry, properties);
  orThrow(await changeDirectoryUser(entry.user.id, { ...change, ...call.prepared }, call));
  return nothing;
}

const withExtensions = (change: DirectoryUserChange, extensions: Readonly<Record<string, unknown>>) =>
  Object.keys(extensions).length === 0 ? change : { ...change, profile: { ...change.profile, ...extensions } };

/** Each property has the needs of the operation that its change is (graph-api §2.4). */
async function requireRights(call: Call, { user, profile }: UserEntry, properties: readonly string[]): Promise<void> {
  await requireOnUser(call, user.id, [...new Set(properties.map(operationOf))]);
  await requireCloudSource(call, 'user', user.id, properties);
  const synchronised = properties.find((name) => operationOf(name) === 'changeBinding');
  if (synchronised === undefined || profile.onPremisesSyncEnabled !== true) return;
  orThrow(mayWriteSynchronised(call.caller, synchronised));
}

async function remove(call: Call) {
  const { user } = await userIn(call);
  await requireOnUser(call, user.id, ['deleteOrRestore']);
  orThrow(await removeUser(user.id, call));
  return nothing;
}

async function add(whole: Call) {
  const { call, extensions } = withoutExtensions(whole);
  const body = await readBody(call, newShape);
  orThrow(await checkExtensionValues(extensions, call.ports));
  // A rule of Graph's request: POST /users requires passwordProfile. A user may well have no password: the command line, an import
  // and the synchronization add users who sign in with a certificate alone.
  if (!body.passwordProfile?.password && domainOf(call, body.userPrincipalName)?.authenticationType !== 'Federated') {
    const problem = 'a password is required, unless the domain is federated';
    throw fault('graphPropertyInvalid', { target: 'passwordProfile', problem });
  }
  const change = withExtensions(changeOf(body), extensions);
  const isBound = Object.entries(body).some(([name, value]) => value != null && operationOf(name) === 'changeBinding');
  if (isBound) {
    orThrow(authorise(call.caller, { ...needs.writeUsers, area: 'certificateUserIds' }));
  }
  const { displayName, userPrincipalName } = body;
  const user = { ...change, ...call.prepared, displayName, userPrincipalName };
  const entry = orThrow(await addDirectoryUser(user, call));
  return entity(call, untyped(userItem(entry)), userResource, 201);
}

/** The hash of the password in the body, made before the transaction. @throws passwordTooWeak */
async function passwordHashOf(call: Call, shape: typeof changeShape | typeof newShape): Promise<Prepared> {
  const password = (await readBody(withoutExtensions(call).call, shape)).passwordProfile?.password;
  return password == null ? {} : { passwordHash: orThrow(await hashPassword(password, call.ports.passwords)) };
}

const domainOf = (call: Call, name: string) =>
  call.ports.tenant.domains.find(({ id }) => id === name.split('@').at(-1)?.toLowerCase());

/** A person may read themselves with User.Read alone. */
export async function needToRead(call: Call): Promise<Need> {
  if (call.keys.id === undefined) return needOfMe(call);
  const key = keyText(call, 'id').toLowerCase();
  const self = call.caller.kind === 'person' ? await call.ports.directory.user(call.caller.id) : undefined;
  const isSelf = self !== undefined && [self.id, self.userPrincipalName.toLowerCase()].includes(key);
  return isSelf ? readSelf : needs.readUsers;
}
const readSelf: Need = {
  area: 'users',
  access: 'read',
  permissions: ['User.Read', ...needs.readUsers.permissions],
  isSelf: true,
};

/** What a change needs is known once its body is read: {@link requireRights}. */
const needToChange: Need = {
  area: 'users',
  access: 'read',
  permissions: [...needs.writeUsers.permissions, 'User.EnableDisableAccount.All', 'User-PasswordProfile.ReadWrite.All'],
};

/** @throws graphPersonNeeded for an application */
function needOfMe({ caller }: Call): Need {
  if (caller.kind === 'application') throw fault('graphPersonNeeded', {});
  return readSelf;
}

async function item(call: Call) {
  const entry = await userIn(call);
  requireSight(call, isSelf(call, entry));
  requireActivitySight(call);
  return showActivity(call, entity(call, seen(call, entry), userResource));
}

export const userRoutes: readonly Route[] = [
  { method: 'GET', path: 'users', need: needs.readUsers, answer: list },
  {
    method: 'GET',
    path: 'users/$count',
    need: needs.readUsers,
    answer: async (original) => {
      const call = withWholePaths(original);
      requireSight(call, false);
      requireActivitySight(call);
      return directoryCount(call, usersOf(call));
    },
  },
  {
    method: 'POST',
    path: 'users',
    need: needs.writeUsers,
    prepare: (call) => passwordHashOf(call, newShape),
    answer: add,
  },
  { method: 'GET', path: 'users/{id}', need: needToRead, answer: item },
  {
    method: 'PATCH',
    path: 'users/{id}',
    need: needToChange,
    prepare: (call) => passwordHashOf(call, changeShape),
    answer: change,
  },
  { method: 'DELETE', path: 'users/{id}', need: needs.deleteUsers, answer: remove },
  { method: 'GET', path: 'me', need: needOfMe, answer: item },
];
