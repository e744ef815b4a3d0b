import { synchronisationSettings } from '#admin/synchronisation/settings.ts';
import { statusOf } from '#admin/synchronisation/status.ts';
import type { Need } from '#core/roles/authorise.ts';
import { fault, messageOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, contextOf, entity, type GraphResource } from '../../protocol/answers.ts';
import { type Answer, type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';

const view: GraphResource = { type: 'onPremisesDirectorySynchronization', set: 'directory/onPremisesSynchronization' };

/** It names users, so it is for administrators who read the audit log. */
const need: Need = { area: 'auditLog', access: 'read', permissions: ['AuditLog.Read.All', 'Directory.Read.All'] };

/**
 * The synchronization of the tenant as Graph shows one, with `status`, which is Cardea's own: each domain with its last run and
 * the first hundred objects with problems.
 */
async function itemsOf({ ports }: Call): Promise<readonly Item[]> {
  const settings = await synchronisationSettings(ports);
  if (!settings) return [];
  const { domains, objects, problems } = await statusOf(ports);
  return [
    {
      id: ports.tenant.id,
      configuration: {
        accidentalDeletionPrevention: {
          synchronizationPreventionType: 'enabledForCount',
          alertThreshold: settings.deletionThreshold.objects,
        },
        synchronizationInterval: `PT${settings.intervalMinutes}M`,
      },
      features: { softMatchOnUpnEnabled: settings.softMatch, blockSoftMatchEnabled: !settings.softMatch },
      status: {
        objects,
        domains: domains.map(({ domain, lastSuccessDateTime = null, lastRun }) => ({
          domain,
          lastSuccessDateTime,
          lastRun: lastRun ? runOf(lastRun) : null,
        })),
        problems: problems.map(({ problems: errors, sourceId, ...object }) => ({
          ...object,
          objectGuid: sourceId,
          onPremisesProvisioningErrors: errors,
        })),
      },
    },
  ];
}

/** Objects that a plan lists of each domain. */
const mostPlanned = 500;

/**
 * Beyond Entra: what a run would do now. It reads Active Directory and changes nothing.
 * @throws graphObjectMissing, syncNotConfigured
 */
async function plan(call: Call): Promise<Answer> {
  requireOurs(call);
  const plans = await call.ports.directoryPlans();
  const value = plans.map(({ because, changes, ...rest }) => ({
    ...rest,
    error: because ? errorOf(because) : null,
    changeCount: changes.length,
    changes: changes.slice(0, mostPlanned).map(({ problems, sourceId, objectId = null, ...change }) => ({
      ...change,
      ...{ objectId, objectGuid: sourceId, onPremisesProvisioningErrors: problems },
    })),
  }));
  return { status: 200, body: { ...contextOf(call, 'Collection(cardea.directoryPlan)'), value } };
}

/** @throws graphObjectMissing */
function requireOurs(call: Call): void {
  const id = keyText(call, 'id').toLowerCase();
  if (id !== call.ports.tenant.id) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
}

const errorOf = (because: Because) => ({ code: because.code, message: messageOf(because) });

function runOf({ because, ...run }: NonNullable<Awaited<ReturnType<typeof statusOf>>['domains'][number]['lastRun']>) {
  return { ...run, error: because ? errorOf(because) : null };
}

async function item(call: Call) {
  requireOurs(call);
  const [synchronisation] = await itemsOf(call);
  if (!synchronisation) throw fault('graphObjectMissing', { id: call.ports.tenant.id });
  return entity(call, synchronisation, view);
}

export const synchronisationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'directory/onpremisessynchronization',
    need,
    answer: async (call) => collection(call, await itemsOf(call), view),
  },
  { method: 'GET', path: 'directory/onpremisessynchronization/{id}', need, answer: item },
  {
    method: 'POST',
    path: 'directory/onpremisessynchronization/{id}/plan',
    need: needs.writeDomains,
    answer: plan,
    unguarded: 'reads only',
  },
];
