import { systemPreferredOf } from '#admin/policies/system-preferred.ts';
import { isMethodAllowed } from '#core/access/methods/method-state.ts';
import type { AuthenticationMethod } from '#core/access/proof.ts';
import type { TenantPolicy } from '#core/policy.ts';
import type { RegisteredKind } from '#model/authentication-method.ts';
import type { CertificateCount } from '#model/sign-in.ts';
import type { UserEntry } from '#model/user.ts';
import { rolesHeldBy } from '#signin/user/roles-held.ts';
import { type LogMark, logPage } from '../../lists/log-page.ts';
import { type Item, mustEqual } from '../../odata/evaluate.ts';
import { contextOf, entity, type GraphResource } from '../../protocol/answers.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { userIn } from '../directory/users.ts';
import { functionPaths } from './period.ts';

const view: GraphResource = {
  type: 'userRegistrationDetails',
  set: 'reports/authenticationMethods/userRegistrationDetails',
  alsoKnown: ['isSsprCapable', 'isSsprEnabled', 'isSsprRegistered', 'defaultMfaMethod'],
};

/** Kinds in the words of the report. */
const words: Readonly<Record<RegisteredKind, string>> = {
  fido2: 'passKeyDeviceBound',
  softwareOath: 'softwareOneTimePasscode',
  temporaryAccessPass: 'temporaryAccessPass',
  windowsHelloForBusiness: 'windowsHelloForBusiness',
};
const methods: Readonly<Record<RegisteredKind, AuthenticationMethod>> = {
  fido2: 'fido2',
  softwareOath: 'softwareOath',
  temporaryAccessPass: 'temporaryAccessPassMultiUse',
  windowsHelloForBusiness: 'windowsHelloForBusiness',
};
const [secondFactors, passwordless] = [
  ['fido2', 'softwareOath', 'windowsHelloForBusiness'],
  ['fido2', 'windowsHelloForBusiness'],
] as const;

interface Registration {
  readonly kinds: readonly RegisteredKind[];
  readonly certificates: CertificateCount | undefined;
  readonly isAdmin: boolean;
  readonly isSystemPreferred: boolean;
}

function details({ user, profile }: UserEntry, registration: Registration, policy: TenantPolicy, at: Date): Item {
  const { kinds, certificates, isAdmin } = registration;
  const has = (kindList: readonly string[]) => kinds.some((kind) => kindList.includes(kind));
  const may = (kindList: readonly string[]) =>
    kinds.some((kind) => kindList.includes(kind) && isMethodAllowed(methods[kind], user, policy.methods));
  const mayUseCertificate = certificates !== undefined && policy.x509.state === 'enabled';
  const isMultiFactor = certificates?.isMultiFactor === true;
  return {
    id: user.id,
    userPrincipalName: user.userPrincipalName,
    userDisplayName: user.displayName,
    userType: profile.userType === 'Guest' ? 'guest' : 'member',
    isAdmin,
    isMfaRegistered: has(secondFactors) || isMultiFactor,
    isMfaCapable: may(secondFactors) || (isMultiFactor && mayUseCertificate),
    isPasswordlessCapable: may(passwordless) || mayUseCertificate,
    isSystemPreferredAuthenticationMethodEnabled: registration.isSystemPreferred,
    methodsRegistered: kinds.map((kind) => words[kind]).toSorted(),
    userPreferredMethodForSecondaryAuthentication: 'none',
    systemPreferredAuthenticationMethods: [],
    certificatesSeen: certificates?.certificates ?? 0,
    lastUpdatedDateTime: at.toISOString(),
  };
}

/** Beyond Entra: `certificatesSeen`, the certificates that the user signed in with as long as the log is kept. */
async function detailsOf(entries: readonly UserEntry[], call: Call): Promise<readonly Item[]> {
  const { ports, at } = call;
  const ids = entries.map(({ user }) => user.id);
  const [preference, kinds, certificates, policy] = await Promise.all([
    systemPreferredOf(ports),
    ports.methods.kindsOf(ids),
    ports.signInLog.reports.certificateCounts(ids),
    ports.policies.current(),
  ]);
  const isSystemPreferred = preference.state !== 'disabled';
  return Promise.all(
    entries.map(async (entry) => {
      const { id } = entry.user;
      const isAdmin = (await rolesHeldBy(id, ports)).length > 0;
      const registrations = { kinds: kinds.get(id) ?? [], certificates: certificates.get(id) };
      return details(entry, { ...registrations, isAdmin, isSystemPreferred }, policy, at);
    }),
  );
}

function list(call: Call): Promise<Answer> {
  const { users } = call.ports;
  const name = mustEqual(call.query.filter, 'id') ?? mustEqual(call.query.filter, 'userPrincipalName');
  const read = async ({ top, after }: { top: number; after: LogMark | undefined }) => {
    if (name === undefined) return detailsOf(await users.entries({ top, ...(after ? { after: after.id } : {}) }), call);
    const user = after ? undefined : await users.find(name);
    return user ? detailsOf(await users.entriesOf([user.id]), call) : [];
  };
  return logPage(call, { time: 'lastUpdatedDateTime', read }, view);
}

async function item(call: Call): Promise<Answer> {
  const [details] = await detailsOf([await userIn(call)], call);
  return entity(call, details!, view);
}

/** How many users have each method; certificates count when one was bound to the user. */
async function byMethod(call: Call): Promise<Answer> {
  const { methods: registrations, signInLog, lists } = call.ports;
  const [counts, withCertificate, totalUserCount] = await Promise.all([
    registrations.usersByKind(),
    signInLog.reports.usersWithCertificate(),
    lists.count('user'),
  ]);
  const userRegistrationMethodCounts = [
    { authenticationMethod: 'password', userCount: counts.password },
    ...Object.entries(words).map(([kind, authenticationMethod]) => ({
      authenticationMethod,
      userCount: counts[kind as RegisteredKind],
    })),
    { authenticationMethod: 'x509Certificate', userCount: withCertificate },
  ];
  const filters = { userTypes: 'all', userRoles: 'all' };
  const body = { ...filters, totalUserCount, userRegistrationMethodCounts };
  return { status: 200, body: { ...contextOf(call, 'microsoft.graph.userRegistrationMethodSummary'), ...body } };
}

const base = 'reports/authenticationmethods';

export const registrationReportRoutes: readonly Route[] = [
  { method: 'GET', path: `${base}/userregistrationdetails`, need: needs.readSignIns, answer: list },
  { method: 'GET', path: `${base}/userregistrationdetails/{id}`, need: needs.readSignIns, answer: item },
  ...[...functionPaths(`${base}/usersregisteredbymethod`), `${base}/usersregisteredbymethod`].map(
    (path): Route => ({ method: 'GET', path, need: needs.readSignIns, answer: byMethod }),
  ),
];
