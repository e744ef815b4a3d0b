import { ExpressionProblem } from '#core/synchronisation/expression/node.ts';
import { parseExpression } from '#core/synchronisation/expression/parse.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { type SynchronisationSettings, synchronisationShape } from '#schema/directory-synchronisation.ts';
import { parse } from '#schema/read.ts';
import { actorText } from '../actor.ts';
import type { AdminContext } from '../context.ts';
import { checkReachable } from '../entered.ts';

/** The kind of directory object that the settings are stored as; there is one a tenant. */
const settingsKind = 'directorySynchronization';
const settingsId = 'activeDirectory';

/** Who the audit log names for what a synchronization writes: the application of Entra Connect. */
export const synchronisationActor = actorText({
  kind: 'app',
  id: 'cb1056e2-e479-49de-ae31-7812af012ed8',
  name: 'Directory Synchronization Account',
});

type Ports = Pick<AdminPorts, 'objects'>;

/** Reads a configuration as an administrator writes it. Refuses with syncSettingsInvalid. */
export function readSynchronisation(document: unknown): Ruling<SynchronisationSettings> {
  const read = parse(synchronisationShape, document);
  if ('issue' in read) {
    const where = read.issue.path.join('.') || 'the document';
    return refused('syncSettingsInvalid', { where, problem: read.issue.problem });
  }
  const names = read.value.domains.map(({ domain }) => domain);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    return refused('syncSettingsInvalid', { where: 'domains', problem: `${twice} occurs twice` });
  for (const { server } of read.value.domains) {
    const reachableRuling = checkReachable('server', server.replace(/^ldaps?/i, 'https'));
    if (reachableRuling.outcome !== 'passed') return reachableRuling;
  }
  const expressionRuling = checkExpression(read.value.certificateUserIds);
  if (expressionRuling.outcome !== 'passed') return expressionRuling;
  return success(read.value);
}

function checkExpression(text: string | undefined): Ruling<void> {
  try {
    if (text !== undefined) parseExpression(text);
  } catch (problem) {
    if (!(problem instanceof ExpressionProblem)) throw problem;
    return refused('syncSettingsInvalid', { where: 'certificateUserIds', problem: problem.message });
  }
  return success();
}

/** Replaces the configuration. Refuses with syncSettingsInvalid, addressNeverReached. */
export async function configureSynchronisation(
  document: unknown,
  { actor, ports: { objects } }: AdminContext<Ports>,
): Promise<Ruling<SynchronisationSettings>> {
  const synchronisationRuling = readSynchronisation(document);
  if (synchronisationRuling.outcome !== 'passed') return synchronisationRuling;
  const settings = synchronisationRuling.value;
  const audit = { activity: 'Update directory synchronization', actor };
  const change = await objects.change<SynchronisationSettings>(settingsKind, settingsId, () => settings, audit);
  if (!change) await objects.add({ kind: settingsKind, id: settingsId, owner: undefined, document: settings }, audit);
  return success(settings);
}

/** Ends the synchronization: objects stay as they are. False when none is configured. */
export const removeSynchronisation = ({ actor, ports: { objects } }: AdminContext<Ports>): Promise<boolean> =>
  objects.remove(settingsKind, settingsId, { activity: 'Remove directory synchronization', actor });

/** Undefined where no synchronization is configured. */
export async function synchronisationSettings({
  objects,
}: {
  readonly objects: Pick<AdminPorts['objects'], 'find'>;
}): Promise<SynchronisationSettings | undefined> {
  return (await objects.find<SynchronisationSettings>(settingsKind, settingsId))?.document;
}
