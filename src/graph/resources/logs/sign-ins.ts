import { fault } from '#core/trace/fault.ts';
import type { SignInCount, SignInQuery } from '#model/sign-in.ts';
import { type LogMark, logPage } from '../../lists/log-page.ts';
import { conditionsIn, type Item, mustBeWithin, mustEqual } from '../../odata/evaluate.ts';
import { checkFilterWords } from '../../odata/filter-words.ts';
import { wordOf } from '../../odata/search.ts';
import { entity, type GraphResource } from '../../protocol/answers.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { countOfFilter, isOfPeople } from './sign-in-filter.ts';
import { itemsOf } from './sign-in-item.ts';
import { signInOf } from './sign-in-trace.ts';

const riskLevels = ['low', 'medium', 'high', 'hidden', 'none', 'unknownFutureValue'];
export const signInResource: GraphResource = {
  type: 'signIn',
  set: 'auditLogs/signIns',
  words: {
    conditionalAccessStatus: ['success', 'failure', 'notApplied', 'unknownFutureValue'],
    signInEventTypes: [
      'interactiveUser',
      'nonInteractiveUser',
      'servicePrincipal',
      'managedIdentity',
      'unknownFutureValue',
    ],
    riskLevelAggregated: riskLevels,
    riskLevelDuringSignIn: riskLevels,
  },
};

/** What of the filter the store can look up. Everything is compared again afterwards. */
function pushedDown(call: Call): Omit<SignInQuery, 'top'> {
  const { filter } = call.query;
  const number = conditionsIn(filter).find(
    ({ operator, path, value }) =>
      operator === 'eq' && path.join('/').toLowerCase() === 'status/errorcode' && value.kind === 'number',
  )?.value;
  return definition({
    userId: mustEqual(filter, 'userId'),
    appId: mustEqual(filter, 'appId'),
    correlationId: mustEqual(filter, 'correlationId'),
    userPrincipalName: mustEqual(filter, 'userPrincipalName'),
    ipAddress: mustEqual(filter, 'ipAddress')?.toLowerCase(),
    sessionId: mustEqual(filter, 'sessionId'),
    errorNumber: number?.kind === 'number' ? number.number : undefined,
    isInteractive: interactivity(call),
    accessResult: accessResults.find((result) => result === mustEqual(filter, 'conditionalAccessStatus')),
    ...mustBeWithin(filter, 'createdDateTime'),
  });
}

const accessResults = ['success', 'failure', 'notApplied'] as const;

const eventTypes: Readonly<Record<string, boolean>> = {
  interactiveUser: true,
  nonInteractiveUser: false,
  servicePrincipal: false,
  managedIdentity: false,
};

/** beta shows interactive sign-ins unless event types are asked for (graph-api §12.1). */
function interactivity(call: Call): boolean | undefined {
  const request = mustEqual(call.query.filter, 'signInEventTypes');
  if (request !== undefined) return eventTypes[request];
  return isOfPeople(call) ? true : undefined;
}

const definition = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** The log has one order. @throws graphQueryUnreadable */
export function readLogOrder({ query: { orderby } }: Call, time: string): { isOldestFirst?: true } {
  const [first, ...more] = orderby;
  if (!first) return {};
  if (more.length > 0 || first.property.toLowerCase() !== time.toLowerCase()) {
    throw fault('graphQueryUnreadable', { option: '$orderby', problem: `the log is ordered by ${time} alone` });
  }
  return first.descending ? {} : { isOldestFirst: true };
}

/** Entries that the call asks for: all of the tenant, or those of one user. */
export async function listSignIns(call: Call, show: typeof itemsOf = itemsOf, of: { readonly userId?: string } = {}) {
  const order = readLogOrder(call, 'createdDateTime');
  const word = wordOf(call.query.search);
  const anyOf = word === undefined ? undefined : await call.ports.signInLog.reports.keysOf(word);
  const request = { ...pushedDown(call), ...of, ...(anyOf ? { anyOf } : {}) };
  const read = async ({ top, after }: { top: number; after: LogMark | undefined }) => {
    const mark = after ? { after: { id: after.id, createdDateTime: after.at } } : {};
    return show(await call.ports.signInLog.list({ ...request, ...order, ...mark, top }), call);
  };
  const isMatch = (item: Item) => anyOf !== undefined || hasWord(item, word ?? '');
  const searching = word === undefined ? {} : { isMatch };
  const count = () => countSignIns(call, of);
  return logPage(call, { time: 'createdDateTime', isOrdered: true, read, count, ...searching }, signInResource);
}

/** A word that stands for too much to be looked up is looked for in the newest entries. */
const hasWord = (item: Item, word: string): boolean =>
  ['userPrincipalName', 'userDisplayName', 'appDisplayName', 'ipAddress'].some((name) =>
    String(item[name] ?? '')
      .toLowerCase()
      .includes(word.toLowerCase()),
  );

/** Entries are counted up to here. */
const countCeiling = 100_000;

/** @throws graphQueryUnsupported */
export async function countSignIns(call: Call, of: { readonly userId?: string } = {}) {
  const count = await call.ports.signInLog.reports.count({ ...requireCountable(call), ...of }, countCeiling);
  return { count, isCeiling: count === countCeiling };
}

/** What indexes can count. @throws graphQueryUnsupported */
export function requireCountable(call: Call): SignInCount {
  const query = call.query.search ? undefined : countOfFilter(call);
  if (query) return query;
  const problem =
    'entries are counted by createdDateTime, status/errorCode, appId, isInteractive and signInEventTypes, and by one userId, userPrincipalName, ipAddress or sessionId: leave out $count or the other conditions';
  throw fault('graphQueryUnsupported', { problem });
}

async function entry(call: Call) {
  const [item] = await itemsOf([await signInOf(call)], call);
  return entity(call, item!, signInResource);
}

async function count(call: Call): Promise<Answer> {
  checkFilterWords(call.query.filter, signInResource.words ?? {});
  const { count } = await countSignIns(call);
  return { status: 200, body: String(count) };
}

/** graph-api §12.1. */
export const signInRoutes: readonly Route[] = [
  { method: 'GET', path: 'auditlogs/signins', need: needs.readSignIns, answer: (call) => listSignIns(call) },
  { method: 'GET', path: 'auditlogs/signins/$count', need: needs.readSignIns, answer: count },
  { method: 'GET', path: 'auditlogs/signins/{id}', need: needs.readSignIns, answer: entry },
];
