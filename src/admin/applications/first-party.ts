import { securityInfoAppId } from '#core/access/methods/security-info.ts';
import {
  armAppId,
  brokerAppId,
  brokerRedirectUri,
  deviceRegistrationAppId,
  deviceRegistrationUri,
  graphAppId,
  intuneAppId,
  intuneEnrollmentAppId,
  linuxBrokerAppId,
} from '#core/directory/well-known-applications.ts';
import { globalAdministrator, privilegedRoleAdministrator } from '#core/roles/directory-roles.ts';
import { graphPermissions } from '#core/roles/permissions.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { rolesHeldBy } from '#signin/user/roles-held.ts';
import type { AdminContext } from '../context.ts';
import { differences } from '../document/differences.ts';
import { rulingOf } from '../refusals.ts';
import { grantToEverybody, scopesGrantedTo } from './permission-grants.ts';

const empty = {
  postLogoutRedirectUris: [],
  isPublicClient: true,
  secretHashes: [],
  identifierUris: [],
  roles: [],
  homepage: undefined,
};

/** The command line signs in as this native application (RFC 8252 §7.3: any loopback port). */
export const commandLineApplication = native('6f1c9d0e-52c3-4a0e-9b55-0c0ffee5a11d', 'Cardea command line');

/** My Apps, under the application id it has in every Entra tenant. */
export const myAppsId = '2793995e-0a7d-40d7-bd35-6968ba142197';
/** The sample application of the demo. */
export const sampleId = '3d8f2a54-7b1e-4c60-a1d9-5e0c7a2b9f34';

/** The admin center: a page of the login host that uses Graph alone. */
export const adminCenterId = 'b3d0c5a1-6f2e-4c87-9a14-2d7e8f5c9b60';

/** A sample that is a single-page application. */
export const singlePageId = '8b0e61c7-2f43-4d7a-9c1e-6a5d3f20b784';

/** Microsoft's own clients, under the ids they have in every Entra tenant (graph-api §2.3): they sign in unmodified. */
export const azureCliId = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
export const graphPowerShellId = '14d82eec-204b-4c2f-b7e8-296a70dab67e';
const graphExplorerId = 'de8bc8b5-d9f9-48b1-a8ad-b748da725064';
/** The client that registers Windows Hello keys. */
const deviceRegistrationClientId = 'dd762716-544d-4aeb-a526-687b73838a22';
/** The older PowerShell modules, and the default client of roadtx (windows-sign-in §0.4). */
const azureAdPowerShellId = '1b730954-1685-4b74-9bfd-dac224a7b894';
const outOfBand = 'urn:ietf:wg:oauth:2.0:oob';
const brokerRedirects = [brokerRedirectUri, 'ms-aadj-redir://auth/drs', 'msauth://Microsoft.AAD.BrokerPlugin'];
const wellKnownClients: readonly Application[] = [
  { ...native(brokerAppId, 'Microsoft Authentication Broker'), redirectUris: brokerRedirects },
  { ...native(deviceRegistrationClientId, 'Microsoft Device Registration Client'), redirectUris: brokerRedirects },
  {
    ...native(deviceRegistrationAppId, 'Device Registration Service'),
    redirectUris: [],
    identifierUris: [deviceRegistrationUri],
  },
  {
    ...native(linuxBrokerAppId, 'Microsoft Intune Company Portal for Linux'),
    redirectUris: ['companyportal://com.microsoft.CompanyPortal'],
  },
  {
    ...native(azureAdPowerShellId, 'Azure Active Directory PowerShell'),
    redirectUris: ['http://localhost', outOfBand],
  },
  native(azureCliId, 'Microsoft Azure CLI'),
  native(graphPowerShellId, 'Microsoft Graph Command Line Tools'),
  native(graphExplorerId, 'Graph Explorer'),
];

const builtInIds: ReadonlySet<string> = new Set([
  commandLineApplication.appId,
  myAppsId,
  securityInfoAppId,
  sampleId,
  singlePageId,
  adminCenterId,
  ...wellKnownClients.map(({ appId }) => appId),
]);

/**
 * Applications that come with the installation are changed by it alone: a redirect URI or a key added to one of them
 * takes over the tokens of all its users. Refuses with graphBuiltInReadOnly.
 */
export function refuseBuiltIn(appId: string): Ruling<void> {
  const id = appId.toLowerCase();
  if (builtInIds.has(id) || wellKnownApis.includes(id)) return refused('graphBuiltInReadOnly', { name: appId });
  return success();
}

/** Changes an application, unless the installation brings it. Refuses with graphBuiltInReadOnly, nothingFound, and what `work` throws with `orThrow`. */
export async function changeApplication(
  appId: string,
  work: (application: Application) => Application,
  { actor, ports: { applications } }: AdminContext<Pick<AdminPorts, 'applications'>>,
): Promise<Ruling<Application>> {
  const builtInRuling = refuseBuiltIn(appId);
  if (builtInRuling.outcome !== 'passed') return builtInRuling;
  return rulingOf(() => applications.change(appId, work, actor));
}

/**
 * APIs every tenant has without an application of its own: Microsoft Graph, Azure Service Management, Microsoft Intune and
 * its enrollment.
 */
const wellKnownApis = [graphAppId, armAppId, intuneAppId, intuneEnrollmentAppId];

/** Whether a policy may name it though no tenant registered it. */
export const isKnownApplication = (appId: string): boolean => wellKnownApis.includes(appId.toLowerCase());

/**
 * What is granted from the start. Microsoft gives the Azure CLI no policy scopes, so `az rest` fails there; here it has
 * them. A directory role is needed anyway (graph-api §2.1).
 */
const firstGrants: Readonly<Record<string, readonly string[]>> = {
  [azureCliId]: [
    'Directory.AccessAsUser.All',
    'User.ReadWrite.All',
    'Group.ReadWrite.All',
    'Application.ReadWrite.All',
    'AuditLog.Read.All',
    'Policy.ReadWrite.AuthenticationMethod',
    'Organization.ReadWrite.All',
    'PublicKeyInfrastructure.ReadWrite.All',
  ],
};

/** The applications every tenant has; `origin` is the login host's. */
export function firstPartyApplications(origin: string): readonly Application[] {
  return [
    commandLineApplication,
    portal(myAppsId, 'My Apps', origin, '/myapps'),
    { ...portal(securityInfoAppId, 'My security info', origin, '/security-info'), homepage: `${origin}/security-info` },
    adminCenter(origin),
    sampleApplication(origin),
    singlePageApplication(origin),
    ...wellKnownClients,
  ];
}

/** Microsoft's tools that ask at every sign-in for what they are about to use (dynamic consent). */
const tools = new Set([graphPowerShellId, graphExplorerId]);

/**
 * Delegated permissions of Graph that an application may use for a person: what was granted; and all there are in the admin
 * center, and when an administrator who could grant them asks by one of {@link tools}. What a person may do with them is
 * decided by their directory roles at each call.
 */
export async function scopesFor(
  appId: string,
  userId: string,
  ports: Pick<AdminPorts, 'objects' | 'groups' | 'users'>,
): Promise<readonly string[]> {
  if (appId.toLowerCase() === adminCenterId) return allDelegated();
  const grant = await scopesGrantedTo(appId, userId, ports);
  const user = tools.has(appId.toLowerCase()) ? await ports.users.find(userId) : undefined;
  const roles = user ? await rolesHeldBy(user.id, ports) : [];
  if (!roles.some((role) => grantingRoles.has(role))) return grant;
  return allDelegated();
}

const allDelegated = (): readonly string[] =>
  graphPermissions.flatMap(({ value, delegatedId }) => (delegatedId === undefined ? [] : [value]));

/** Global, Privileged Role, Application and Cloud Application Administrator. */
const grantingRoles: ReadonlySet<string> = new Set([
  globalAdministrator,
  privilegedRoleAdministrator,
  '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
  '158c047a-c907-4556-b7ef-446551a6b5f7',
]);

/**
 * Gives a tenant those it lacks, each with its first grants: what was revoked later stays revoked. One that differs from
 * what the installation brings is set back: the login host has another name, or an administrator changed the application.
 */
export async function introduceFirstParty(
  applications: readonly Application[],
  ports: Pick<AdminPorts, 'applications' | 'objects'>,
): Promise<void> {
  for (const application of applications) {
    const existing = await ports.applications.find(application.appId);
    if (existing) await setBack(existing, application, ports);
    else {
      await ports.applications.put(application);
      const scopes = firstGrants[application.appId];
      if (scopes) await grantToEverybody(application.appId, scopes, { actor: 'cardea', ports });
    }
  }
}

async function setBack(
  { createdDateTime: _, ...existing }: Application,
  application: Application,
  { applications }: Pick<AdminPorts, 'applications'>,
): Promise<void> {
  if (differences(existing, application).length === 0) return;
  const work = ({ createdDateTime }: Application): Application =>
    createdDateTime === undefined ? application : { ...application, createdDateTime };
  await applications.change(application.appId, work, 'cardea');
}

/** Shown on My Apps, so that there is something to open. */
export function sampleApplication(origin: string): Application {
  return { ...portal(sampleId, 'Sample application', origin, '/sample'), homepage: `${origin}/sample` };
}

function adminCenter(origin: string): Application {
  const page = `${origin}/admin/`;
  return {
    ...empty,
    appId: adminCenterId,
    displayName: 'Admin center',
    redirectUris: [page],
    spaRedirectUris: [page],
    postLogoutRedirectUris: [page],
    homepage: page,
  };
}

/** A sample as well, which keeps its tokens in the browser. */
export function singlePageApplication(origin: string): Application {
  const page = `${origin}/spa`;
  return {
    ...empty,
    appId: singlePageId,
    displayName: 'Single-page application',
    redirectUris: [page],
    spaRedirectUris: [page],
    postLogoutRedirectUris: [page],
    homepage: page,
  };
}

function native(appId: string, displayName: string): Application {
  return { ...empty, appId, displayName, redirectUris: ['http://localhost'] };
}

function portal(appId: string, displayName: string, origin: string, base: string): Application {
  return {
    ...empty,
    appId,
    displayName,
    redirectUris: [`${origin}${base}/callback`],
    postLogoutRedirectUris: [`${origin}${base}/signed-out`],
  };
}
