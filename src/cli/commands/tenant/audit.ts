import { readActor } from '#admin/actor.ts';
import { refusalWords } from '#admin/refusals.ts';
import { chosenTenant } from '#admin/tenant/tenants.ts';
import type { AuditRecord } from '#model/audit.ts';
import { answer, type Call, type Command, ofTenant, text } from '../../command.ts';

/** Rows that the command shows: the newest. */
const most = 200;

export const auditList: Command = {
  usage: 'audit list',
  summary: `Lists the newest ${most} changes and refusals of a tenant.`,
  takes: [0, 0],
  readsOnly: true,
  options: {
    ...ofTenant,
    refused: { type: 'boolean', help: 'List refusals only.' },
    installation: { type: 'boolean', help: 'List the refusals of commands that named no tenant.' },
  },
  async run(call) {
    const audits = await logOf(call);
    const rows = await audits.list({ top: most, ...(call.values.refused === true ? { result: 'failure' } : {}) });
    answer(call, rows, [['time', 'actor', 'activity', 'target', 'result', 'count', 'reason'], ...rows.map(cells)]);
    return 0;
  },
};

async function logOf(call: Call) {
  const { audits, tenants, adminOf } = await call.open();
  if (call.values.installation === true) return audits;
  const { id } = await chosenTenant(text(call, 'tenant'), tenants);
  return (await adminOf(id)).audits;
}

function cells({ activityDateTime, actor, activity, targetId, newValue, refusal }: AuditRecord): readonly string[] {
  const { name } = readActor(actor);
  const start = [activityDateTime.toISOString(), name];
  if (!refusal) return [...start, activity, targetId, 'success', '1', ''];
  const { operation = activity } = (newValue ?? {}) as { readonly operation?: string };
  return [...start, operation, targetId, 'failure', `${refusal.count}`, refusalWords(refusal.because)];
}
