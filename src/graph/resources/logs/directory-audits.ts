import { readActor } from '#admin/actor.ts';
import { refusalWords } from '#admin/refusals.ts';
import { activitiesWhere, activityOf } from '#core/audit/activities.ts';
import { fault } from '#core/trace/fault.ts';
import type { AuditRecord } from '#model/audit.ts';
import { type LogMark, logPage } from '../../lists/log-page.ts';
import { type Item, mustBeWithin, mustEqual } from '../../odata/evaluate.ts';
import { entity, type GraphResource } from '../../protocol/answers.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { readLogOrder } from './sign-ins.ts';

const view: GraphResource = {
  type: 'directoryAudit',
  set: 'auditLogs/directoryAudits',
  words: { result: ['success', 'failure', 'timeout', 'unknownFutureValue'] },
};

/** A change as Graph shows it (graph-api §12.2). */
export function auditItem(record: AuditRecord, version: Call['version']): Item {
  const { service, category } = activityOf(record.activity);
  return {
    id: record.id,
    category,
    correlationId: record.correlationId,
    result: record.refusal ? 'failure' : 'success',
    resultReason: record.refusal ? refusalWords(record.refusal.because) : '',
    activityDisplayName: record.activity,
    activityDateTime: record.activityDateTime.toISOString(),
    loggedByService: service,
    operationType: operationType(refusedOperation(record) ?? record.activity),
    initiatedBy: initiatedBy(record.actor),
    ...(version === 'beta' ? { userAgent: null } : {}),
    targetResources: targetResources(record),
    additionalDetails: refusalDetails(record),
  };
}

const refusedOperation = ({ refusal, newValue }: AuditRecord) =>
  refusal ? textOf(membersOf(newValue).operation) : null;

/** Beyond Entra: what was refused, by which code, and how often within the hour of the row. */
function refusalDetails(record: AuditRecord): readonly { readonly key: string; readonly value: string }[] {
  const { refusal } = record;
  if (!refusal) return [];
  return [
    { key: 'operation', value: refusedOperation(record) ?? '' },
    { key: 'reasonCode', value: refusal.because.code },
    { key: 'count', value: String(refusal.count) },
    { key: 'lastDateTime', value: refusal.lastDateTime.toISOString() },
  ];
}

const operations: readonly (readonly [string, RegExp])[] = [
  ['Assign', /^(Add member|Add owner|Add app role|Add a group|Consent)/],
  ['Unassign', /^Remove (member|owner|app role|a group)/],
  ['Add', /^(Add|Create|Register|Upload|Import|POST )|Create$|^\S+ add$/],
  ['Delete', /^(Delete|Remove|Hard Delete|Unregister|End)|(Delete|Reset)$|^DELETE |^\S+ remove$/],
  ['Read', /^GET /],
];
const operationType = (activity: string) => operations.find(([, mark]) => mark.test(activity))?.[0] ?? 'Update';

function initiatedBy(actor: string) {
  const read = readActor(actor);
  if (read.kind === 'user') {
    const { id, name, ipAddress } = read;
    return { user: { id, displayName: null, userPrincipalName: name, ipAddress }, app: null };
  }
  const { id, name } = read;
  return {
    user: null,
    app: { appId: id || null, displayName: name, servicePrincipalId: id || null, servicePrincipalName: null },
  };
}

type Members = Readonly<Record<string, unknown>>;
const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
const textOf = (value: unknown) => (typeof value === 'string' ? value : null);

function targetResources(record: AuditRecord): readonly unknown[] {
  const about = { ...membersOf(record.oldValue), ...membersOf(record.newValue) };
  const target = record.refusal ? (textOf(about.targetKind) ?? 'Other') : activityOf(record.activity).target;
  const first = {
    id: record.targetId,
    displayName: textOf(about.displayName),
    type: target,
    userPrincipalName: target === 'User' ? textOf(about.userPrincipalName) : null,
    groupType: target === 'Group' ? 'azureAD' : null,
    modifiedProperties: record.refusal ? [] : modifiedProperties(record),
  };
  const second = otherTarget(record, about);
  return second ? [first, { ...nobody, ...second }] : [first];
}

const nobody = { displayName: null, userPrincipalName: null, groupType: null, modifiedProperties: [] };

/** Who was made or unmade a member: the one thing of two that is not the target. */
function otherTarget({ activity }: AuditRecord, { id, kind, principalId }: Members) {
  if (!/ member /.test(activity)) return undefined;
  if (typeof principalId === 'string') return { id: principalId, type: 'User' };
  return typeof id === 'string' ? { id, type: kind === 'group' ? 'Group' : 'User' } : undefined;
}

/** Values are texts of JSON (graph-api §12.2). */
function modifiedProperties({ activity, oldValue, newValue }: AuditRecord): readonly unknown[] {
  const change = (displayName: string, before: unknown, after: unknown) =>
    JSON.stringify(before) === JSON.stringify(after)
      ? []
      : [{ displayName, oldValue: jsonOf(before), newValue: jsonOf(after) }];
  // Detection rules look for this name and read the whole policy in it.
  if (activity.startsWith('Authentication Methods Policy'))
    return change('AuthenticationMethodsPolicy', oldValue, newValue);
  const [before, after] = [membersOf(oldValue), membersOf(newValue)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.length > 0
    ? names.flatMap((name) => change(name, before[name], after[name]))
    : change('Value', oldValue, newValue);
}
const jsonOf = (value: unknown) => (value === undefined ? null : JSON.stringify(value));

/** Names of activities the filter leaves; undefined when it leaves names that cannot be listed. */
function activitiesInFilter({ query: { filter } }: Call): readonly string[] | undefined {
  const name = mustEqual(filter, 'activityDisplayName');
  if (name !== undefined) return [...(activitiesWhere((activity) => isSameText(activity, name)) ?? []), name];
  const [category, service] = [mustEqual(filter, 'category'), mustEqual(filter, 'loggedByService')];
  if (category === undefined && service === undefined) return undefined;
  return activitiesWhere(
    (_, activity) => isSameText(activity.category, category) && isSameText(activity.service, service),
  );
}

/** Undefined asks for nothing. */
const isSameText = (item: string, second: string | undefined) =>
  second === undefined || item.toLowerCase() === second.toLowerCase();

function list(call: Call) {
  const order = readLogOrder(call, 'activityDateTime');
  const activities = activitiesInFilter(call);
  const resultText = mustEqual(call.query.filter, 'result')?.toLowerCase();
  const result = (['success', 'failure'] as const).find((item) => item === resultText);
  const correlationId = mustEqual(call.query.filter, 'correlationId')?.toLowerCase();
  const request = {
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(activities ? { activities } : {}),
    ...(result ? { result } : {}),
    ...mustBeWithin(call.query.filter, 'activityDateTime'),
  };
  const read = async ({ top, after }: { top: number; after: LogMark | undefined }) => {
    const mark = after ? { before: { id: after.id, activityDateTime: after.at } } : {};
    const records = await call.ports.audits.list({ ...request, ...order, ...mark, top });
    return records.map((record) => auditItem(record, call.version));
  };
  return logPage(call, { time: 'activityDateTime', isOrdered: true, read }, view);
}

/** @throws graphObjectMissing */
async function entry(call: Call) {
  const id = keyText(call, 'id');
  const record = await call.ports.audits.find(id);
  if (!record) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
  return entity(call, auditItem(record, call.version), view);
}

/** graph-api §12.2. */
export const directoryAuditRoutes: readonly Route[] = [
  { method: 'GET', path: 'auditlogs/directoryaudits', need: needs.readAudits, answer: list },
  { method: 'GET', path: 'auditlogs/directoryaudits/{id}', need: needs.readAudits, answer: entry },
];
