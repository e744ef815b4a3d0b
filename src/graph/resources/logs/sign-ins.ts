import { fault } from '#core/trace/fault.ts';
import type { SignInQuery } from '#model/sign-in.ts';
import { conditionsIn, mustBeWithin, mustEqual, propertiesIn } from '../../odata/evaluate.ts';
import { entity, type LogMark, logPage, type Shown } from '../../protocol/answers.ts';
import type { Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { itemsOf } from './sign-in-item.ts';
import { signInOf } from './sign-in-trace.ts';

export const shownSignIn: Shown = { type: 'signIn', set: 'auditLogs/signIns' };

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
    errorNumber: number?.kind === 'number' ? number.number : undefined,
    isInteractive: interactivity(call),
    ...mustBeWithin(filter, 'createdDateTime'),
  });
}

const eventTypes: Readonly<Record<string, boolean>> = {
  interactiveUser: true,
  nonInteractiveUser: false,
  servicePrincipal: false,
  managedIdentity: false,
};

/** beta shows interactive sign-ins unless event types are asked for (graph-api §12.1). */
function interactivity({ version, query: { filter } }: Call): boolean | undefined {
  const request = mustEqual(filter, 'signInEventTypes');
  if (request !== undefined) return eventTypes[request];
  const isAsked = filter && propertiesIn(filter).some((name) => /^(signInEventTypes|isInteractive)$/i.test(name));
  return version === 'beta' && !isAsked ? true : undefined;
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
export function listSignIns(call: Call, show: typeof itemsOf = itemsOf, of: { readonly userId?: string } = {}) {
  const order = readLogOrder(call, 'createdDateTime');
  const request = { ...pushedDown(call), ...of };
  const read = async ({ top, after }: { top: number; after: LogMark | undefined }) => {
    const mark = after ? { after: { id: after.id, createdDateTime: after.at } } : {};
    return show(await call.ports.signInLog.list({ ...request, ...order, ...mark, top }), call);
  };
  return logPage(call, { time: 'createdDateTime', read }, shownSignIn);
}

async function entry(call: Call) {
  const [item] = await itemsOf([await signInOf(call)], call);
  return entity(call, item!, shownSignIn);
}

/** graph-api §12.1. */
export const signInRoutes: readonly Route[] = [
  { method: 'GET', path: 'auditlogs/signins', need: needs.readSignIns, answer: (call) => listSignIns(call) },
  { method: 'GET', path: 'auditlogs/signins/{id}', need: needs.readSignIns, answer: entry },
];
