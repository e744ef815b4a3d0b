import { readActor } from '#admin/actor.ts';
import { refusalWords } from '#admin/refusals.ts';
import { chosenTenant } from '#admin/tenant/tenants.ts';
import { fault } from '#core/trace/fault.ts';
import type { AuditRecord } from '#model/audit.ts';
import { answer, type Call, type Command, ofTenant, text, texts } from '../../command.ts';

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
    activity: { type: 'string', multiple: true, value: 'NAME', help: 'List this activity only (Add user).' },
    target: { type: 'string', value: 'ID', help: 'List changes of the object with this id only.' },
    since: { type: 'string', value: 'TIME', help: 'List from this time on (2026-11-26 or 2026-11-26T08:00:00Z).' },
    until: { type: 'string', value: 'TIME', help: 'List up to this time.' },
    installation: { type: 'boolean', help: 'List the refusals of commands that named no tenant.' },
  },
  async run(call) {
    const audits = await logOf(call);
    const rows = await audits.list({ top: most, ...filterOf(call) });
    answer(call, rows, [['time', 'actor', 'activity', 'target', 'result', 'count', 'reason'], ...rows.map(cells)]);
    return 0;
  },
};

function filterOf(call: Call) {
  const [activities, targetId] = [texts(call, 'activity'), text(call, 'target')];
  const [from, until] = [timeOf(call, 'since'), timeOf(call, 'until')];
  return {
    ...(call.values.refused === true ? { result: 'failure' as const } : {}),
    ...(activities ? { activities } : {}),
    ...(targetId === undefined ? {} : { targetId }),
    ...(from ? { from } : {}),
    ...(until ? { until } : {}),
  };
}

/** @throws commandMisused */
function timeOf(call: Call, name: string): Date | undefined {
  const value = text(call, name);
  if (value === undefined) return undefined;
  const time = new Date(value);
  if (/^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(time.getTime())) return time;
  const problem = `--${name}: "${value}" is not valid. Specify a date (2026-11-26) or a time (2026-11-26T08:00:00Z).`;
  throw fault('commandMisused', { problem });
}

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
