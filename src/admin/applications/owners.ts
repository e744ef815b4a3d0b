import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { refuseBuiltIn } from './first-party.ts';

/** A user who is named as owner of an application. The name gives no rights: directory roles do. */
export interface ApplicationOwner {
  readonly appId: string;
  readonly ownerId: string;
}
export const applicationOwnerKind = 'applicationOwners';
const mostOwners = 100;

type Ports = Pick<AdminPorts, 'objects' | 'users'>;
/** One row an application and owner. */
export const applicationOwnerId = ({ appId, ownerId }: ApplicationOwner): string => `${appId}_${ownerId}`;

/** Ids of the owners, the first one first. */
export async function ownersOf(appId: string, { objects }: Pick<Ports, 'objects'>): Promise<readonly string[]> {
  const owners = await objects.list<ApplicationOwner>(applicationOwnerKind, appId.toLowerCase());
  return owners.map(({ document }) => document.ownerId);
}

/** Refuses with graphBuiltInReadOnly, graphObjectMissing, graphReferenceExists, graphLimitReached. */
export async function addOwner(
  appId: string,
  ownerId: string,
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  const builtInRuling = refuseBuiltIn(appId);
  if (builtInRuling.outcome !== 'passed') return builtInRuling;
  const document: ApplicationOwner = { appId: appId.toLowerCase(), ownerId: ownerId.toLowerCase() };
  if ((await ports.users.find(document.ownerId))?.id !== document.ownerId)
    return refused('graphObjectMissing', { id: ownerId.slice(0, 80) });
  const owners = await ownersOf(appId, ports);
  if (owners.includes(document.ownerId)) return refused('graphReferenceExists', { property: 'owners' });
  if (owners.length >= mostOwners) return refused('graphLimitReached', { what: 'owners', limit: mostOwners });
  const object = { kind: applicationOwnerKind, id: applicationOwnerId(document), owner: document.appId, document };
  await ports.objects.add(object, { activity: 'Add owner to application', actor });
  return success();
}

/** Refuses with graphBuiltInReadOnly, graphReferenceMissing. */
export async function removeOwner(
  appId: string,
  ownerId: string,
  { actor, ports: { objects } }: AdminContext<Pick<Ports, 'objects'>>,
): Promise<Ruling<void>> {
  const builtInRuling = refuseBuiltIn(appId);
  if (builtInRuling.outcome !== 'passed') return builtInRuling;
  const id = applicationOwnerId({ appId: appId.toLowerCase(), ownerId: ownerId.toLowerCase() });
  const isRemoved = await objects.remove(applicationOwnerKind, id, {
    activity: 'Remove owner from application',
    actor,
  });
  if (!isRemoved) return refused('graphReferenceMissing', { property: 'owners' });
  return success();
}
