import type { GuardPorts } from '#admin/safety/guard.ts';
import type { PlannedChange } from '#admin/synchronisation/planned-change.ts';
import type { DirectoryPlan, DirectoryPlanChange } from '#model/synchronisation.ts';
import { type DomainResult, type SyncOptions, synchronise } from './synchronise.ts';

/** Reads Active Directory and answers what a run would do. Nothing is changed. @throws as {@link synchronise} */
export async function directoryPlans(
  ports: GuardPorts,
  options: Omit<SyncOptions, 'isPlan'>,
): Promise<readonly DirectoryPlan[]> {
  return (await synchronise(ports, { ...options, isPlan: true })).map(planOf);
}

const planOf = ({ domain, run, plan }: DomainResult): DirectoryPlan => ({
  domain,
  kind: run.kind,
  read: plan?.read ?? 0,
  unchanged: plan?.unchanged ?? 0,
  because: run.because ?? null,
  changes: plan?.changes.filter((change) => !('frees' in change)).map(changeOf) ?? [],
});

function changeOf(change: PlannedChange): DirectoryPlanChange {
  if (change.action === 'delete') {
    const { kind, name, sourceId, objectId } = change.known;
    return { action: 'delete', kind, name, sourceId, objectId, problems: [] };
  }
  const { target, action } = change;
  const name = target.kind === 'user' ? target.userPrincipalName : target.displayName;
  const objectId = 'objectId' in change ? change.objectId : undefined;
  const match = action === 'takeOver' ? { match: change.match } : {};
  return { action, ...match, kind: target.kind, name, sourceId: target.sourceId, objectId, problems: target.problems };
}
