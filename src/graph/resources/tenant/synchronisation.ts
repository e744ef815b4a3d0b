import { synchronisationSettings } from '#admin/synchronisation/settings.ts';
import { statusOf } from '#admin/synchronisation/status.ts';
import type { Need } from '#core/roles/authorise.ts';
import { fault, wordsOf } from '#core/trace/fault.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type Shown } from '../../protocol/answers.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import type { Route } from '../../protocol/route.ts';

const view: Shown = { type: 'onPremisesDirectorySynchronization', set: 'directory/onPremisesSynchronization' };

/** It names users, so it is for administrators who read the audit log. */
const need: Need = { area: 'auditLog', access: 'read', permissions: ['AuditLog.Read.All', 'Directory.Read.All'] };

/**
 * The synchronisation of the tenant as Graph shows one, with `status`, which is Cardea's own: each domain with its last run and
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

function runOf({ because, ...run }: NonNullable<Awaited<ReturnType<typeof statusOf>>['domains'][number]['lastRun']>) {
  return { ...run, error: because ? { code: because.code, message: wordsOf(because) } : null };
}

async function item(call: Call) {
  const id = keyText(call, 'id').toLowerCase();
  const found = (await itemsOf(call)).find((one) => one.id === id);
  if (!found) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
  return entity(call, found, view);
}

export const synchronisationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'directory/onpremisessynchronization',
    need,
    answer: async (call) => collection(call, await itemsOf(call), view),
  },
  { method: 'GET', path: 'directory/onpremisessynchronization/{id}', need, answer: item },
];
