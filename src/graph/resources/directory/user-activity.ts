import { authorise } from '#core/roles/authorise.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { SignInActivity } from '#model/sign-in.ts';
import { type Item, propertiesIn } from '../../odata/evaluate.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';

/** Graph's names, and ours of what they are. */
const names = {
  lastSignIn: 'interactive',
  lastNonInteractiveSignIn: 'silent',
  lastSuccessfulSignIn: 'success',
} as const satisfies Readonly<Record<string, keyof SignInActivity>>;

/** graph-api §6.1. Null where the user never signed in. */
function activityItem(activity: SignInActivity | undefined): Item | null {
  if (!activity) return null;
  const pairs = Object.entries(names).flatMap(([name, activityKind]) => [
    [`${name}DateTime`, activity[activityKind]?.at.toISOString() ?? null],
    [`${name}RequestId`, activity[activityKind]?.id ?? null],
  ]);
  return Object.fromEntries(pairs) as Item;
}

const isActivity = (path: string) => /^signInActivity(\/|$)/i.test(path);

/** Does the answer show when users signed in? */
const isSelected = ({ query }: Call): boolean => query.select?.some(isActivity) ?? false;

/** Does the query look at when every user signed in? */
const isCompared = ({ query: { filter, orderby } }: Call): boolean =>
  (filter ? propertiesIn(filter) : []).some(isActivity) || orderby.some(({ property }) => isActivity(property));

/** When users signed in is for callers who may read the log, also where they may read users. @throws graphScopeMissing, graphRoleMissing */
export function requireActivitySight(call: Call): void {
  if (!isSelected(call) && !isCompared(call)) return;
  orThrow(authorise(call.caller, needs.readSignIns));
}

const portion = 500;

/** The users with when they signed in, where the query compares or sorts by it. */
export async function withActivity(call: Call, items: readonly Item[]): Promise<readonly Item[]> {
  return isCompared(call) ? addActivity(call, items) : items;
}

async function addActivity({ ports }: Call, items: readonly Item[]): Promise<readonly Item[]> {
  const result: Item[] = [];
  for (let from = 0; from < items.length; from += portion) {
    const part = items.slice(from, from + portion);
    const activity = await ports.signInLog.reports.activityOf(part.map(({ id }) => String(id)));
    result.push(...part.map((item) => ({ ...item, signInActivity: activityItem(activity.get(String(item.id))) })));
  }
  return result;
}

/** The page of an answer, or its one user, with when they signed in, where that is selected. */
export async function showActivity(call: Call, answer: Answer): Promise<Answer> {
  if (!isSelected(call)) return answer;
  const body = answer.body as Item;
  if (!Array.isArray(body.value)) return { ...answer, body: (await addActivity(call, [body]))[0]! };
  return { ...answer, body: { ...body, value: await addActivity(call, body.value as Item[]) } };
}
