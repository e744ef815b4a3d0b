import { readActor } from '#admin/actor.ts';
import { refusalWords } from '#admin/refusals.ts';
import { chosenTenant } from '#admin/tenant/tenants.ts';
import { isActivity } from '#core/audit/activities.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { AuditRecord } from '#model/audit.ts';
import { answer, type Call, type Command, choice, ofTenant, text, texts } from '../../command.ts';
import { codeOf, filteredRows, mostListed, period, periodOf, topOf } from './filters.ts';

/** Rows that the command lists unless `--top` says how many. */
const usual = 200;

const results = ['success', 'failure'] as const;

export const auditList: Command = {
  usage: 'audit list',
  summary: `Lists the newest ${usual} changes and refusals of a tenant.`,
  takes: [0, 0],
  readsOnly: true,
  options: {
    ...ofTenant,
    refused: { type: 'boolean', conflicts: ['result'], help: 'List refusals only: --result failure.' },
    result: {
      type: 'string',
      value: 'RESULT',
      choices: results,
      help: 'List only the changes, or only the refusals, which are failures.',
    },
    actor: { type: 'string', value: 'TEXT', help: 'List changes of actors with this text in their name.' },
    reason: { type: 'string', value: 'CODE', help: 'List refusals with this code only (docs/reference/reasons.md).' },
    activity: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      help: 'List this activity only: that of a change (Add user) or of a refusal (user add), as the list shows it.',
    },
    target: { type: 'string', value: 'ID', help: 'List changes of the object with this id only.' },
    'correlation-id': { type: 'string', value: 'ID', help: 'List changes of this request or command only.' },
    ...period,
    top: { type: 'string', value: 'N', help: `Maximum number of rows (default: ${usual}, at most ${mostListed}).` },
    installation: {
      type: 'boolean',
      conflicts: ['tenant'],
      help: 'List the refusals of commands that named no tenant.',
    },
  },
  async run(call) {
    const [top, filter, passes] = [topOf(call, usual), filterOf(call), testOf(call)];
    const audits = await logOf(call);
    const rows = await filteredRows<AuditRecord>(
      top,
      (size, before) => audits.list({ ...filter, top: size, ...(before ? { before } : {}) }),
      passes,
    );
    refuseUnknownActivity(call, rows);
    answer(call, rows, [['time', 'actor', 'activity', 'target', 'result', 'count', 'reason'], ...rows.map(cells)]);
    return 0;
  },
};

/** A name that this version does not write may be that of an older one, or of a refusal, if a row has it. @throws commandMisused */
function refuseUnknownActivity(call: Call, rows: readonly AuditRecord[]): void {
  const unknown = rows.length > 0 ? undefined : texts(call, 'activity')?.find((name) => !isActivity(name));
  if (unknown !== undefined)
    throw fault('commandMisused', {
      problem: `--activity: no change and no refusal has the name "${unknown}".`,
    });
}

/** What the indexes of the log know. */
function filterOf(call: Call) {
  const [names, targetId] = [texts(call, 'activity'), text(call, 'target')];
  const activities = names?.every(isActivity) ? names : undefined;
  const correlationId = text(call, 'correlation-id');
  const result = call.values.refused === true ? 'failure' : choice(call, 'result', results);
  return {
    ...(result ? { result } : text(call, 'reason') === undefined ? {} : { result: 'failure' as const }),
    ...(activities ? { activities } : {}),
    ...(targetId === undefined ? {} : { targetId }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...periodOf(call),
  };
}

/** What is compared row by row. @throws commandMisused */
function testOf(call: Call): (row: AuditRecord) => boolean {
  const [name, code, activities] = [text(call, 'actor')?.toLowerCase(), codeOf(call), texts(call, 'activity')];
  return (row) =>
    (name === undefined || readActor(row.actor).name.toLowerCase().includes(name)) &&
    (activities === undefined || [row.activity, operationOf(row)].some((item) => activities.includes(item))) &&
    (code === undefined || row.refusal?.because.code === code);
}

/** What the list shows as the activity: of a refusal the command or request that was refused. */
function operationOf({ activity, newValue, refusal }: AuditRecord): string {
  const { operation = activity } = (refusal ? (newValue ?? {}) : {}) as { readonly operation?: string };
  return operation;
}

async function logOf(call: Call) {
  const { audits, tenants, adminOf } = await call.open();
  if (call.values.installation === true) return audits;
  const { id } = orThrow(await chosenTenant(text(call, 'tenant'), tenants));
  return (await adminOf(id)).audits;
}

function cells(row: AuditRecord): readonly string[] {
  const { activityDateTime, actor, targetId, refusal } = row;
  const start = [activityDateTime.toISOString(), readActor(actor).name, operationOf(row), targetId];
  return refusal
    ? [...start, 'failure', `${refusal.count}`, refusalWords(refusal.because)]
    : [...start, 'success', '1', ''];
}
