import type { Target, TargetComputer, TargetGroup, TargetUser } from '#core/synchronisation/target.ts';
import { messageOf } from '#core/trace/fault.ts';
import { type Ruling, success } from '#core/trace/ruling.ts';
import type { Device } from '#model/device.ts';
import type { ProvisioningError, SynchronisedObject } from '#model/synchronisation.ts';
import { addDevice, changeDevice, removeDevice } from '../../devices/devices.ts';
import { removeGroup, removeUser, restoreGroup, restoreUser } from '../../directory/deletion.ts';
import { addDirectoryUser, changeDirectoryUser } from '../../directory/directory-users.ts';
import { addGroup, changeGroup } from '../../directory/groups.ts';
import { checkNamesIn } from '../../entered.ts';
import type { GuardPorts } from '../../safety/guard.ts';
import { changeInTransaction } from '../../safety/transaction.ts';
import type { PlannedChange } from '../planned-change.ts';
import { synchronisationActor as actor } from '../settings.ts';

export interface ApplyContext {
  readonly domain: string;
  readonly at: Date;
}

/**
 * Writes one planned change inside the guarded transaction, and returns what is remembered of the object. What the rules of the
 * directory refuse is a problem of the object, not of the run. @throws what the database throws
 */
export async function applyChange(
  change: PlannedChange,
  context: ApplyContext,
  ports: GuardPorts,
): Promise<SynchronisedObject> {
  if (change.action === 'delete') return removed(change.known, context, ports);
  const { target, known: knownObject } = change;
  const problems = problemsOf(target, knownObject, context);
  const written = { ...base(target, context), digest: change.digest, problems, joinsDue: target.kind !== 'computer' };
  if (change.action === 'refuse') return { ...written, objectId: undefined, joinsDue: false };
  const isNew = change.action !== 'update';
  // A restoration is several writes: a savepoint, so that one that is refused leaves nothing. Other changes are one write.
  const ruling =
    change.action === 'restore'
      ? await changeInTransaction(ports, (inside) => write(change, problems, context, inside))
      : await write(change, problems, context, ports);
  if (ruling.outcome === 'passed') {
    // The members of a group are written later; until then it counts as unwritten.
    const digest = target.kind === 'group' ? '' : change.digest;
    const joinsDue = isNew ? written.joinsDue : (knownObject?.joinsDue ?? false);
    return { ...written, objectId: ruling.value, digest, joinsDue };
  }
  const problem = {
    category: 'Other',
    propertyCausingError: ruling.because.code,
    value: messageOf(ruling.because),
  } as const;
  const refusal = { ...problem, occurredDateTime: context.at.toISOString() };
  const objectId = 'objectId' in change ? change.objectId : undefined;
  return { ...written, objectId, digest: '', joinsDue: false, problems: [...problems, refusal] };
}

const base = (target: Target, { domain }: ApplyContext) => ({
  sourceId: target.sourceId,
  domain,
  kind: target.kind,
  isLive: true,
  name: target.kind === 'user' ? (target.onPremisesUserPrincipalName ?? target.userPrincipalName) : target.displayName,
});

/** A problem that was there before keeps its time. */
function problemsOf(
  { problems }: Target,
  knownObject: SynchronisedObject | undefined,
  { at }: ApplyContext,
): readonly ProvisioningError[] {
  return problems.map((problem) => {
    const before = knownObject?.problems.find(
      (one) => one.propertyCausingError === problem.propertyCausingError && one.value === problem.value,
    );
    return { ...problem, occurredDateTime: before?.occurredDateTime ?? at.toISOString() };
  });
}

type Write = Exclude<PlannedChange, { action: 'delete' | 'refuse' }>;

/** Writes the object and returns its id. */
async function write(
  change: PlannedChange,
  problems: readonly ProvisioningError[],
  { at }: ApplyContext,
  ports: GuardPorts,
): Promise<Ruling<string>> {
  const { target, ...rest } = change as Write;
  const profile = {
    ...target.profile,
    onPremisesLastSyncDateTime: at.toISOString(),
    onPremisesProvisioningErrors: problems,
  };
  const objectId = 'objectId' in rest ? rest.objectId : undefined;
  const namesRuling = checkNamesIn(target);
  if (namesRuling.outcome !== 'passed') return namesRuling;
  if (target.kind === 'user') {
    if (rest.action === 'restore') {
      const restorationRuling = await restoreUser(rest.objectId, { actor, ports });
      if (restorationRuling.outcome !== 'passed') return restorationRuling;
    }
    return writeUser({ ...target, profile }, objectId, ports);
  }
  if (target.kind === 'computer') return writeComputer(target, objectId, ports);
  if (rest.action === 'restore') {
    const restorationRuling = await restoreGroup(rest.objectId, { actor, ports });
    if (restorationRuling.outcome !== 'passed') return restorationRuling;
  }
  return writeGroup({ ...target, profile }, objectId, ports);
}

async function writeUser(target: TargetUser, objectId: string | undefined, ports: GuardPorts): Promise<Ruling<string>> {
  const { userPrincipalName, displayName, accountEnabled, certificateUserIds } = target;
  const values = {
    ...{ userPrincipalName, displayName, accountEnabled, certificateUserIds },
    mail: target.mail ?? null,
    onPremisesUserPrincipalName: target.onPremisesUserPrincipalName ?? null,
    profile: { ...target.profile, onPremisesImmutableId: target.anchor },
  };
  if (objectId === undefined) {
    const userRuling = await addDirectoryUser(values, { actor, ports });
    if (userRuling.outcome !== 'passed') return userRuling;
    return success(userRuling.value.user.id);
  }
  const ruling = await changeDirectoryUser(objectId, values, { actor, ports });
  return ruling.outcome === 'passed' ? success(objectId) : ruling;
}

async function writeGroup(
  target: TargetGroup,
  objectId: string | undefined,
  ports: GuardPorts,
): Promise<Ruling<string>> {
  const { displayName, profile } = target;
  if (objectId !== undefined) {
    const work = (old: { profile?: object }) => ({ ...old, displayName, profile: { ...old.profile, ...profile } });
    const ruling = await changeGroup(objectId, work as never, { actor, ports });
    return ruling.outcome === 'passed' ? success(objectId) : ruling;
  }
  const id = crypto.randomUUID();
  const groupRuling = await addGroup({ id, displayName, profile }, [], { actor, ports });
  if (groupRuling.outcome !== 'passed') return groupRuling;
  return success(id);
}

async function writeComputer(
  target: TargetComputer,
  objectId: string | undefined,
  ports: GuardPorts,
): Promise<Ruling<string>> {
  const { displayName, accountEnabled, operatingSystem, operatingSystemVersion } = target;
  const change: Partial<Device> = {
    ...{ displayName, accountEnabled, operatingSystem, operatingSystemVersion },
    trustType: 'ServerAd',
    onPremisesSyncEnabled: true,
    onPremisesSecurityIdentifier: target.onPremisesSecurityIdentifier,
    onPremisesCertificates: target.onPremisesCertificates,
  };
  if (objectId !== undefined) {
    const deviceRuling = await changeDevice(objectId, change, { actor, ports });
    if (deviceRuling.outcome !== 'passed') return deviceRuling;
    return success(objectId);
  }
  const document = { ...blankDevice, ...change, deviceId: target.sourceId } as Device;
  const additionRuling = await addDevice(document, undefined, { activity: 'Add device', actor }, ports);
  if (additionRuling.outcome !== 'passed') return additionRuling;
  return success(additionRuling.value.id);
}

/** A computer that has not registered yet has no registration date: clients call it pending. */
const blankDevice = {
  ...{ profileType: 'RegisteredDevice', isCompliant: null, isManaged: null, registrationDateTime: null },
  ...{ approximateLastSignInDateTime: null, alternativeSecurityIds: [], physicalIds: [], systemLabels: [] },
  ...{ deviceOwnership: null, enrollmentType: null, mdmAppId: null },
};

/** What was deleted here before is only forgotten. */
async function removed(
  knownObject: SynchronisedObject,
  { at }: ApplyContext,
  ports: GuardPorts,
): Promise<SynchronisedObject> {
  const forgotten = { ...knownObject, isLive: false, joinsDue: false, digest: '', problems: [] };
  const { objectId, kind } = knownObject;
  if (objectId === undefined) return forgotten;
  const removal = (inside: GuardPorts) => {
    if (kind === 'user') return removeUser(objectId, { at, actor, ports: inside });
    return (kind === 'group' ? removeGroup : removeDevice)(objectId, { actor, ports: inside });
  };
  const ruling = await changeInTransaction(ports, removal);
  if (ruling.outcome === 'passed') return kind === 'computer' ? { ...forgotten, objectId: undefined } : forgotten;
  const { code } = ruling.because;
  if (code === 'nothingFound' || code === 'graphObjectMissing') return forgotten;
  const problem = { category: 'Other', propertyCausingError: code, value: messageOf(ruling.because) } as const;
  return { ...knownObject, problems: [{ ...problem, occurredDateTime: at.toISOString() }] };
}
