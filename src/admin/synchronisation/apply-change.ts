import type { Target, TargetComputer, TargetGroup, TargetUser } from '#core/synchronisation/target.ts';
import { CardeaError, wordsOf } from '#core/trace/fault.ts';
import type { Device } from '#model/device.ts';
import type { ProvisioningError, SynchronisedObject } from '#model/synchronisation.ts';
import { addDevice, changeDevice, removeDevice } from '../devices/devices.ts';
import { removeGroup, removeUser, restoreGroup, restoreUser } from '../directory/deletion.ts';
import { addDirectoryUser, changeDirectoryUser } from '../directory/directory-users.ts';
import { addGroup, changeGroup } from '../directory/groups.ts';
import { checkNamesIn } from '../entered.ts';
import type { GuardPorts } from '../safety/guard.ts';
import type { PlannedChange } from './planned-change.ts';
import { synchronisationActor as actor } from './settings.ts';

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
  try {
    // A restoration is several writes: a savepoint, so that one that is refused leaves nothing. Other changes are one write.
    const objectId =
      change.action === 'restore'
        ? await ports.inTransaction((stores) => write(change, problems, context, { ...ports, ...stores }))
        : await write(change, problems, context, ports);
    // The members of a group are written later; until then it counts as unwritten.
    const digest = target.kind === 'group' ? '' : change.digest;
    return { ...written, objectId, digest, joinsDue: isNew ? written.joinsDue : (knownObject?.joinsDue ?? false) };
  } catch (thrown) {
    if (!(thrown instanceof CardeaError)) throw thrown;
    const problem = {
      category: 'Other',
      propertyCausingError: thrown.because.code,
      value: wordsOf(thrown.because),
    } as const;
    const refusal = { ...problem, occurredDateTime: context.at.toISOString() };
    const objectId = 'objectId' in change ? change.objectId : undefined;
    return { ...written, objectId, digest: '', joinsDue: false, problems: [...problems, refusal] };
  }
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
): Promise<string> {
  const { target, ...rest } = change as Write;
  const profile = {
    ...target.profile,
    onPremisesLastSyncDateTime: at.toISOString(),
    onPremisesProvisioningErrors: problems,
  };
  const objectId = 'objectId' in rest ? rest.objectId : undefined;
  checkNamesIn(target);
  if (target.kind === 'user') {
    if (rest.action === 'restore') await restoreUser(rest.objectId, { actor, ports });
    return writeUser({ ...target, profile }, objectId, ports);
  }
  if (target.kind === 'computer') return writeComputer(target, objectId, ports);
  if (rest.action === 'restore') await restoreGroup(rest.objectId, { actor, ports });
  return writeGroup({ ...target, profile }, objectId, ports);
}

async function writeUser(target: TargetUser, objectId: string | undefined, ports: GuardPorts): Promise<string> {
  const { userPrincipalName, displayName, accountEnabled, certificateUserIds } = target;
  const values = {
    ...{ userPrincipalName, displayName, accountEnabled, certificateUserIds },
    mail: target.mail ?? null,
    onPremisesUserPrincipalName: target.onPremisesUserPrincipalName ?? null,
    profile: { ...target.profile, onPremisesImmutableId: target.anchor },
  };
  if (objectId === undefined) return (await addDirectoryUser(values, { actor, ports })).user.id;
  await changeDirectoryUser(objectId, values, { actor, ports });
  return objectId;
}

async function writeGroup(target: TargetGroup, objectId: string | undefined, ports: GuardPorts): Promise<string> {
  const { displayName, profile } = target;
  if (objectId !== undefined) {
    const work = (old: { profile?: object }) => ({ ...old, displayName, profile: { ...old.profile, ...profile } });
    await changeGroup(objectId, work as never, { actor, ports });
    return objectId;
  }
  const id = crypto.randomUUID();
  await addGroup({ id, displayName, profile }, [], { actor, ports });
  return id;
}

async function writeComputer(target: TargetComputer, objectId: string | undefined, ports: GuardPorts): Promise<string> {
  const { displayName, accountEnabled, operatingSystem, operatingSystemVersion } = target;
  const change: Partial<Device> = {
    ...{ displayName, accountEnabled, operatingSystem, operatingSystemVersion },
    trustType: 'ServerAd',
    onPremisesSyncEnabled: true,
    onPremisesSecurityIdentifier: target.onPremisesSecurityIdentifier,
    onPremisesCertificates: target.onPremisesCertificates,
  };
  if (objectId !== undefined) {
    await changeDevice(objectId, change, { actor, ports });
    return objectId;
  }
  const document = { ...blankDevice, ...change, deviceId: target.sourceId } as Device;
  return (await addDevice(document, undefined, { activity: 'Add device', actor }, ports)).id;
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
  const { objectId } = knownObject;
  if (objectId === undefined) return forgotten;
  try {
    await ports.inTransaction(async (stores) => {
      const inside = { ...ports, ...stores };
      if (knownObject.kind === 'user') await removeUser(objectId, { at, actor, ports: inside });
      else if (knownObject.kind === 'group') await removeGroup(objectId, { actor, ports: inside });
      else await removeDevice(objectId, { actor, ports: inside });
    });
    return knownObject.kind === 'computer' ? { ...forgotten, objectId: undefined } : forgotten;
  } catch (thrown) {
    if (!(thrown instanceof CardeaError)) throw thrown;
    const { code } = thrown.because;
    if (code === 'nothingFound' || code === 'graphObjectMissing') return forgotten;
    const problem = { category: 'Other', propertyCausingError: code, value: wordsOf(thrown.because) } as const;
    return { ...knownObject, problems: [{ ...problem, occurredDateTime: at.toISOString() }] };
  }
}
