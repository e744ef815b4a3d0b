import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import type { RelatedObjects, Restoration, RestoredPart } from '#model/directory-object.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { planRelated, type RelatedPorts, restoreRelated, takeRelated } from '../directory/related-objects.ts';
import { rulingOf } from '../refusals.ts';
import { refuseBuiltIn } from './first-party.ts';

type Ports = RelatedPorts & Pick<AdminPorts, 'deleted' | 'live'>;

/**
 * Deletes an application and its service principal softly: both can be restored for thirty days. Its role assignments and
 * the permission grants that name it end at once and are kept with it, as are its credentials and application
 * permissions; its refresh tokens end for good. Refuses with graphBuiltInReadOnly, nothingFound.
 */
export async function removeApplication(appId: string, { actor, ports }: AdminContext<Ports>): Promise<Ruling<void>> {
  const builtInRuling = refuseBuiltIn(appId);
  if (builtInRuling.outcome !== 'passed') return builtInRuling;
  const applicationRuling = await applicationOf(appId, ports);
  if (applicationRuling.outcome !== 'passed') return applicationRuling;
  const application = applicationRuling.value;
  const related = await takeAll(application, { actor, ports });
  await ports.applications.softDelete(application.appId, actor, related);
  return success();
}

/** The service principal goes, the application stays; what it was granted ends for good. Refuses as {@link removeApplication}. */
export async function removeServicePrincipal(
  appId: string,
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  const builtInRuling = refuseBuiltIn(appId);
  if (builtInRuling.outcome !== 'passed') return builtInRuling;
  const applicationRuling = await applicationOf(appId, ports);
  if (applicationRuling.outcome !== 'passed') return applicationRuling;
  await takeAll(applicationRuling.value, { actor, ports });
  const withoutPrincipal = (old: Application) => ({ ...old, lacksServicePrincipal: true, roles: [] });
  const ruling = await rulingOf(() => ports.applications.change(appId, withoutPrincipal, actor));
  return ruling.outcome === 'passed' ? success() : ruling;
}

async function takeAll({ appId }: Application, { actor, ports }: AdminContext<Ports>): Promise<RelatedObjects> {
  const grants = await ports.live.endOfApplication(appId);
  return { ...(await takeRelated(appId.toLowerCase(), { actor, ports })), sessions: 0, grants, passes: 0 };
}

async function applicationOf(appId: string, { applications }: Ports): Promise<Ruling<Application>> {
  const application = await applications.find(appId);
  if (!application) return refused('nothingFound', { kind: 'application', wanted: appId });
  return success(application);
}

/** Restores an application with everything whose other end is still there. Refuses with nothingFound, graphObjectConflict. */
export async function restoreApplication(
  appId: string,
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<{ readonly application: Application; readonly restoration: Restoration }>> {
  const builtInRuling = refuseBuiltIn(appId);
  if (builtInRuling.outcome !== 'passed') return builtInRuling; // the deleted object would replace the one that the installation brings
  const id = appId.toLowerCase();
  const object = await ports.deleted.find(id);
  if (object?.kind !== 'application') return refused('nothingFound', { kind: 'deleted application', wanted: appId });
  const deletedApplication = object.document as Application & { readonly related?: RelatedObjects };
  const plan = await planRelated(id, deletedApplication.related, ports);
  const restored = [...plan.restored, ...partsOf(deletedApplication)];
  const restoration = { restored, notRestored: plan.notRestored };
  const applicationRuling = await rulingOf(() => ports.applications.restore(appId, actor, restoration));
  if (applicationRuling.outcome !== 'passed') return applicationRuling;
  const application = applicationRuling.value;
  await restoreRelated(id, plan, { actor, ports });
  return success({ application, restoration });
}

/** What is kept in the application itself. */
function partsOf({ roles, secretHashes, passwordCredentials = [], keyCredentials = [] }: Application): RestoredPart[] {
  const secrets = secretHashes.length + passwordCredentials.length;
  return [
    ...roles.map((role) => ({ kind: 'appRoleAssignment', id: role })),
    ...(secrets > 0 ? [{ kind: 'passwordCredentials', id: `${secrets}` }] : []),
    ...(keyCredentials.length > 0 ? [{ kind: 'keyCredentials', id: `${keyCredentials.length}` }] : []),
  ];
}
