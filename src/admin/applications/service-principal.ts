import type { GraphPermission } from '#core/roles/permissions.ts';
import { orThrow, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { changeApplication } from './first-party.ts';

type Context = AdminContext<Pick<AdminPorts, 'applications'>>;

/**
 * Adds the service principal to an application that was registered without one. Refuses with servicePrincipalWithoutApplication,
 * graphObjectConflict for an application that has one, graphBuiltInReadOnly.
 */
export async function addServicePrincipal(
  appId: string,
  properties: object,
  { actor, ports }: Context,
): Promise<Ruling<Application>> {
  const work = ({ lacksServicePrincipal, ...old }: Application): Ruling<Application> =>
    lacksServicePrincipal
      ? success({ ...old, profile: { ...old.profile, servicePrincipal: properties } })
      : refused('graphObjectConflict', { target: 'appId', value: appId });
  return changeOf(appId, work, refused('servicePrincipalWithoutApplication', { appId }), { actor, ports });
}

/**
 * Gives an application a permission of Microsoft Graph for itself. Refuses with graphObjectMissing for an application without a
 * service principal, graphObjectConflict for a permission that it has, graphBuiltInReadOnly.
 */
export async function grantApplicationPermission(
  appId: string,
  { value, applicationId }: GraphPermission,
  { actor, ports }: Context,
): Promise<Ruling<Application>> {
  const work = (old: Application): Ruling<Application> => {
    if (old.lacksServicePrincipal) return refused('graphObjectMissing', { id: appId });
    if (old.roles.includes(value))
      return refused('graphObjectConflict', { target: 'appRoleId', value: applicationId ?? value });
    return success({ ...old, roles: [...old.roles, value] });
  };
  return changeOf(appId, work, refused('graphObjectMissing', { id: appId }), { actor, ports });
}

/** Takes a permission of an application away. Refuses with graphObjectMissing, graphBuiltInReadOnly. */
export async function revokeApplicationPermission(
  appId: string,
  { value, applicationId }: GraphPermission,
  { actor, ports }: Context,
): Promise<Ruling<Application>> {
  const missing = refused('graphObjectMissing', { id: `${appId}_${applicationId}`.slice(0, 80) });
  const work = (old: Application): Ruling<Application> =>
    old.roles.includes(value) ? success({ ...old, roles: old.roles.filter((role) => role !== value) }) : missing;
  return changeOf(appId, work, missing, { actor, ports });
}

/** Evaluates the change on the application as it is read, and again under the lock of its row. @param missing where there is no such application */
async function changeOf(
  appId: string,
  work: (old: Application) => Ruling<Application>,
  missing: Ruling<Application>,
  context: Context,
): Promise<Ruling<Application>> {
  const application = await context.ports.applications.find(appId);
  if (!application) return missing;
  const ruling = work(application);
  if (ruling.outcome !== 'passed') return ruling;
  return changeApplication(application.appId, (old) => orThrow(work(old)), context);
}
