import { z } from 'zod';
import {
  addDirectoryUser,
  changeDirectoryUser,
  type DirectoryUserChange,
  removeDirectoryUser,
} from '../../../admin/directory-users.ts';
import { rolesOf } from '../../../admin/role-assignments.ts';
import { authorise, mayTouchHolder, type Need } from '../../../core/roles/authorise.ts';
import { CardeaError, fault } from '../../../core/trace/fault.ts';
import type { UserEntry } from '../../../ports.ts';
import { collection, countOf, entity, nothing, type Shown } from '../answers.ts';
import { readBody } from '../body.ts';
import { type Call, keyText } from '../call.ts';
import { needs } from '../needs.ts';
import { type Item, mustEqual, propertiesIn } from '../odata/evaluate.ts';
import type { Route } from '../route.ts';

const own = {
  givenName: null,
  surname: null,
  jobTitle: null,
  mobilePhone: null,
  officeLocation: null,
  preferredLanguage: null,
  mailNickname: null,
  passwordPolicies: null,
  userType: 'Member',
  usageLocation: null,
  employeeId: null,
  employeeType: null,
  department: null,
  companyName: null,
  city: null,
  country: null,
  state: null,
  streetAddress: null,
  postalCode: null,
  faxNumber: null,
  ageGroup: null,
  consentProvidedForMinor: null,
  onPremisesImmutableId: null,
  onPremisesSamAccountName: null,
  onPremisesDomainName: null,
  onPremisesDistinguishedName: null,
  onPremisesSecurityIdentifier: null,
  onPremisesLastSyncDateTime: null,
  onPremisesSyncEnabled: null,
  showInAddressList: null,
  lastPasswordChangeDateTime: null,
} as const;
const ownLists = ['businessPhones', 'otherMails', 'proxyAddresses', 'imAddresses', 'identities'] as const;

/** What clients read and we do not keep: null instead of an error (Terraform asks for all of it). */
const alsoKnown = [
  'assignedLicenses',
  'assignedPlans',
  'creationType',
  'employeeHireDate',
  'employeeLeaveDateTime',
  'employeeOrgData',
  'externalUserState',
  'externalUserStateChangeDateTime',
  'isManagementRestricted',
  'isResourceAccount',
  'legalAgeGroupClassification',
  'manager',
  'onPremisesExtensionAttributes',
  'onPremisesProvisioningErrors',
  'onPremisesObjectIdentifier',
  'provisionedPlans',
  'securityIdentifier',
  'signInActivity',
  'preferredDataLocation',
  'aboutMe',
  'birthday',
  'hireDate',
  'interests',
  'mailboxSettings',
  'mySite',
  'pastProjects',
  'preferredName',
  'responsibilities',
  'schools',
  'skills',
  'extensions',
  'memberOf',
  'customSecurityAttributes',
  'cloudRealtimeCommunicationInfo',
  'licenseAssignmentStates',
  'serviceProvisioningErrors',
  'print',
];
export const shownUser: Shown = {
  type: 'user',
  set: 'users',
  defaults: [
    'businessPhones',
    'displayName',
    'givenName',
    'jobTitle',
    'mail',
    'mobilePhone',
    'officeLocation',
    'preferredLanguage',
    'surname',
    'userPrincipalName',
    'id',
  ],
  alsoKnown,
};

/** A user as Graph shows one; what only `$select` brings is here too. */
export function userItem({ user, profile, createdDateTime, hasPassword }: UserEntry): Item {
  return {
    '@odata.type': '#microsoft.graph.user',
    id: user.id,
    deletedDateTime: null,
    displayName: user.displayName,
    userPrincipalName: user.userPrincipalName,
    mail: user.mail ?? null,
    accountEnabled: user.accountEnabled,
    onPremisesUserPrincipalName: user.onPremisesUserPrincipalName ?? null,
    authorizationInfo: { certificateUserIds: user.certificateUserIds },
    signInSessionsValidFromDateTime: user.signInSessionsValidFromDateTime ?? createdDateTime ?? null,
    refreshTokensValidFromDateTime: user.signInSessionsValidFromDateTime ?? createdDateTime ?? null,
    createdDateTime: createdDateTime ?? null,
    passwordProfile: hasPassword ? (profile.passwordProfile ?? null) : null,
    ...own,
    ...Object.fromEntries(ownLists.map((name) => [name, []])),
    ...profile,
  };
}
/** Every property a user may be asked for. */
export const userProperties: readonly string[] = [
  ...Object.keys(own),
  ...ownLists,
  ...alsoKnown,
  ...(shownUser.defaults ?? []),
  'accountEnabled',
  'authorizationInfo',
  'createdDateTime',
  'onPremisesUserPrincipalName',
];
const plain = (item: Item): Item => {
  const { '@odata.type': _, ...rest } = item;
  return rest;
};

const text = (longest: number) => z.string().max(longest);
const clearable = (longest: number) => text(longest).nullable().optional();
const passwordProfile = z.strictObject({
  password: z.string().optional(),
  forceChangePasswordNextSignIn: z.boolean().optional(),
  forceChangePasswordNextSignInWithMfa: z.boolean().optional(),
});
const immutableId = z
  .string()
  .max(256)
  .regex(/^[^$_]*$/, '$ and _ are not allowed')
  .nullable()
  .optional();
const changeShape = z.strictObject({
  displayName: text(256).min(1).optional(),
  userPrincipalName: text(1024).optional(),
  accountEnabled: z.boolean().optional(),
  mail: clearable(320),
  mailNickname: text(64).min(1).optional(),
  passwordProfile: passwordProfile.nullable().optional(),
  authorizationInfo: z.strictObject({ certificateUserIds: z.array(z.string()) }).optional(),
  onPremisesUserPrincipalName: clearable(1024),
  onPremisesImmutableId: immutableId,
  userType: z.enum(['Member', 'Guest']).optional(),
  usageLocation: z
    .string()
    .regex(/^[A-Za-z]{2}$/, 'it is a two-letter country code')
    .nullable()
    .optional(),
  passwordPolicies: clearable(120),
  givenName: clearable(64),
  surname: clearable(64),
  jobTitle: clearable(128),
  mobilePhone: clearable(64),
  officeLocation: clearable(128),
  preferredLanguage: clearable(20),
  employeeId: clearable(16),
  employeeType: clearable(64),
  department: clearable(64),
  companyName: clearable(64),
  city: clearable(128),
  country: clearable(128),
  state: clearable(128),
  streetAddress: clearable(1024),
  postalCode: clearable(40),
  faxNumber: clearable(64),
  ageGroup: clearable(20),
  consentProvidedForMinor: clearable(20),
  showInAddressList: z.boolean().nullable().optional(),
  businessPhones: z.array(text(64)).max(1).optional(),
  otherMails: z.array(text(250)).max(250).optional(),
});
const newShape = changeShape.required({
  displayName: true,
  userPrincipalName: true,
  accountEnabled: true,
  mailNickname: true,
});

/** Splits a body into what a sign-in knows, and the rest. */
function changeOf(said: z.infer<typeof changeShape>): DirectoryUserChange {
  const { displayName, userPrincipalName, accountEnabled, mail, onPremisesUserPrincipalName, ...rest } = said;
  const { authorizationInfo, passwordProfile, ...profile } = rest;
  const { password, ...force } = passwordProfile ?? {};
  const forced = Object.keys(force).length > 0 ? { passwordProfile: { password: null, ...force } } : {};
  return {
    ...defined({ displayName, userPrincipalName, accountEnabled, mail, onPremisesUserPrincipalName, password }),
    ...(authorizationInfo ? { certificateUserIds: authorizationInfo.certificateUserIds } : {}),
    ...(Object.keys({ ...profile, ...forced }).length > 0 ? { profile: { ...profile, ...forced } } : {}),
  };
}
const defined = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** @throws graphObjectMissing */
export async function userIn(call: Call, key = 'id'): Promise<UserEntry> {
  const wanted = call.keys[key] === undefined ? call.caller.id : keyText(call, key);
  const user = await call.ports.users.find(wanted);
  if (!user) throw fault('graphObjectMissing', { id: wanted.slice(0, 120) });
  return (await call.ports.users.entriesOf([user.id]))[0]!;
}

/** What the filter must equal is looked up; otherwise everybody is read. */
async function candidates(call: Call): Promise<readonly UserEntry[]> {
  const { filter } = call.query;
  const { users, directory } = call.ports;
  const id = mustEqual(filter, 'id') ?? mustEqual(filter, 'userPrincipalName');
  if (id !== undefined) {
    const user = await users.find(id);
    return user ? users.entriesOf([user.id]) : [];
  }
  const certificateUserId = mustEqual(filter, 'authorizationInfo', 'certificateUserIds');
  if (certificateUserId !== undefined) {
    const [answer] = await directory.answer([{ property: 'certificateUserIds', value: certificateUserId }]);
    return users.entriesOf(answer!.users.map((user) => user.id));
  }
  return everybody(call);
}

async function everybody({ ports }: Call): Promise<readonly UserEntry[]> {
  const found: UserEntry[] = [];
  for (;;) {
    const after = found.at(-1)?.user.id;
    const page = await ports.users.entries({ top: 500, ...(after === undefined ? {} : { after }) });
    found.push(...page);
    if (page.length < 500) return found;
  }
}

/** What User.ReadBasic.All shows of other people (graph-api §6.1). */
const basic = ['id', 'displayName', 'givenName', 'surname', 'mail', 'userPrincipalName'];
const wholePermissions = needs.readUsers.permissions.filter((name) => name !== 'User.ReadBasic.All');

const isSelf = ({ caller }: Call, { user }: UserEntry) => caller.kind === 'person' && caller.id === user.id;
const seesWhole = ({ caller }: Call) =>
  authorise(caller, { ...needs.readUsers, permissions: wholePermissions }).outcome === 'passed';
/** Who may read how others' certificates are bound: an application, and roles of the matrix's own column (§2.4). */
const seesBindings = ({ caller }: Call) =>
  authorise(caller, { ...needs.readUsers, area: 'certificateUserIds' }).outcome === 'passed';

/** A user as this caller may see them: what they may not is null. */
function seen(call: Call, entry: UserEntry): Item {
  const item = plain(userItem(entry));
  if (isSelf(call, entry)) return item;
  const shown = seesBindings(call) ? item : { ...item, authorizationInfo: null };
  if (seesWhole(call)) return shown;
  return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, basic.includes(name) ? value : null]));
}

/** A user in a list of several types: without `$select`, no more than a list of users shows. */
export function memberSeen(call: Call, entry: UserEntry): Item {
  const item = seen(call, entry);
  const shown = call.query.select
    ? item
    : Object.fromEntries((shownUser.defaults ?? []).map((name) => [name, item[name] ?? null]));
  return { '@odata.type': '#microsoft.graph.user', ...shown };
}

/** What may not be seen may not be asked for either, nor be searched by. @throws graphScopeMissing, graphRoleMissing */
function requireSight(call: Call, self: boolean): void {
  if (self) return;
  const { select = [], filter, search, orderby } = call.query;
  const asked = [
    ...select.map((name) => name.split('/')[0]!),
    ...(filter ? propertiesIn(filter) : []),
    ...(search ?? []).flat().map(({ property }) => property),
    ...orderby.map(({ property }) => property.split('/')[0]!),
  ].map((name) => name.toLowerCase());
  const known = basic.map((name) => name.toLowerCase());
  if (!seesWhole(call) && asked.some((name) => !known.includes(name) && name !== '*')) {
    throw fault('graphScopeMissing', { accepted: wholePermissions, held: call.caller.permissions });
  }
  if (asked.includes('authorizationinfo') && !seesBindings(call)) {
    const ruling = authorise(call.caller, { ...needs.readUsers, area: 'certificateUserIds' });
    if (ruling.outcome !== 'passed') throw new CardeaError(ruling.because);
  }
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

async function list(call: Call) {
  requireAdvanced(call);
  const alone = call.query.select?.find((name) => singleOnly.includes(name.toLowerCase()));
  if (alone !== undefined) throw fault('graphSelectNotOfLists', { property: alone });
  requireSight(call, false);
  return collection(
    call,
    (await candidates(call)).map((entry) => seen(call, entry)),
    shownUser,
  );
}

/** certificateUserIds are for advanced queries: the header and `$count=true`, where strict (graph-api §1.6). */
function requireAdvanced(call: Call): void {
  const { filter, search, count, skiptoken } = call.query;
  if (!call.strict || skiptoken !== undefined) return;
  const asksAdvanced = /authorizationInfo|\bne\b|\bnot\b|endswith/i.test(
    [...new URLSearchParams(call.request.search).values()].join(' '),
  );
  const eventual = call.request.header('consistencylevel')?.toLowerCase() === 'eventual';
  if ((filter && asksAdvanced && !(eventual && count)) || (search && !eventual)) {
    const problem = 'this query needs $count=true and the header ConsistencyLevel: eventual';
    throw fault('graphQueryUnsupported', { problem });
  }
}

async function change(call: Call) {
  const entry = await userIn(call);
  const asked = changeOf(readBody(call, changeShape));
  await requireRights(call, entry, asked);
  await changeDirectoryUser(entry.user.id, asked, call.actor, call.ports);
  return nothing;
}

/** Sensitive properties have needs of their own, and administrators may be touched by their betters only (§2.4). */
async function requireRights(call: Call, { user, profile }: UserEntry, asked: DirectoryUserChange): Promise<void> {
  const require = (need: Need) => {
    const ruling = authorise(call.caller, need);
    if (ruling.outcome !== 'passed') throw new CardeaError(ruling.because);
  };
  const { certificateUserIds, password, accountEnabled, ...rest } = asked;
  const write = needs.writeUsers.permissions;
  if (certificateUserIds !== undefined) {
    require({ area: 'certificateUserIds', access: 'write', permissions: write });
    if (profile.onPremisesSyncEnabled === true)
      throw fault('graphUserSynchronised', { property: 'certificateUserIds' });
  }
  if (password !== undefined)
    require({
      area: 'userCredentials',
      access: 'write',
      permissions: ['User-PasswordProfile.ReadWrite.All', ...write],
    });
  if (accountEnabled !== undefined)
    require({ area: 'userState', access: 'write', permissions: ['User.EnableDisableAccount.All', ...write] });
  if (Object.keys(rest).length > 0) require(needs.writeUsers);
  // Whoever can change the names a certificate is bound by can become that person.
  const isSensitive = [
    'password',
    'accountEnabled',
    'certificateUserIds',
    'userPrincipalName',
    'onPremisesUserPrincipalName',
  ];
  if (isSensitive.some((name) => asked[name as keyof DirectoryUserChange] !== undefined))
    await requireAbove(call, user);
}

async function requireAbove(call: Call, user: UserEntry['user']): Promise<void> {
  if (user.id === call.caller.id) return;
  const ruling = mayTouchHolder(call.caller, await rolesOf(user.id, user.groupIds, call.ports));
  if (ruling.outcome !== 'passed') throw new CardeaError(ruling.because);
}

async function remove(call: Call) {
  const { user } = await userIn(call);
  await requireAbove(call, user);
  await removeDirectoryUser(user.id, call.actor, call.ports);
  return nothing;
}

async function add(call: Call) {
  const said = readBody(call, newShape);
  if (!said.passwordProfile?.password && domainOf(call, said.userPrincipalName)?.authenticationType !== 'Federated') {
    const problem = 'a password is required, unless the domain is federated';
    throw fault('graphPropertyInvalid', { target: 'passwordProfile', problem });
  }
  if (said.authorizationInfo) {
    const ruling = authorise(call.caller, { ...needs.writeUsers, area: 'certificateUserIds' });
    if (ruling.outcome !== 'passed') throw new CardeaError(ruling.because);
  }
  const { displayName, userPrincipalName } = said;
  const entry = await addDirectoryUser({ ...changeOf(said), displayName, userPrincipalName }, call.actor, call.ports);
  return entity(call, plain(userItem(entry)), shownUser, 201);
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

async function one(call: Call) {
  const entry = await userIn(call);
  requireSight(call, isSelf(call, entry));
  return entity(call, seen(call, entry), shownUser);
}

export const userRoutes: readonly Route[] = [
  { method: 'GET', path: 'users', need: needs.readUsers, answer: list },
  {
    method: 'GET',
    path: 'users/$count',
    need: needs.readUsers,
    answer: async (call) => {
      requireSight(call, false);
      return countOf(call, (await candidates(call)).map(userItem));
    },
  },
  { method: 'POST', path: 'users', need: needs.writeUsers, answer: add },
  { method: 'GET', path: 'users/{id}', need: needToRead, answer: one },
  { method: 'PATCH', path: 'users/{id}', need: needToChange, answer: change },
  { method: 'DELETE', path: 'users/{id}', need: needs.deleteUsers, answer: remove },
  { method: 'GET', path: 'me', need: needOfMe, answer: one },
];
