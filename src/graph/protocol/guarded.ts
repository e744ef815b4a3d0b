import type { DryRun } from '#admin/safety/dry-run.ts';
import { changeTenant, rehearseTenant } from '#admin/safety/guard.ts';
import type { Outcome } from '#core/outcome.ts';
import { contextOf } from './answers.ts';
import type { Answer, Call, GraphPorts } from './call.ts';
import { conflictOf, requireState, stateTag } from './etag.ts';
import type { Route } from './route.ts';

/** `?force=true`: the caller has seen what holds a change back, and wants it all the same. */
export const isForced = ({ request }: Call): boolean => new URLSearchParams(request.search).get('force') === 'true';

/**
 * Makes a change as one guarded transaction (`changeTenant`). `work` gets the call on the stores of the transaction; its caller
 * was read there again, so that a right that was taken away meanwhile is not used, and so was the object whose state the
 * caller names. @throws graphVersionConflict, as `changeTenant` and `Call.within`
 */
export function changeGuarded<T>(call: Call, work: (inside: Call) => Promise<T> | T): Promise<T> {
  const options = { at: call.ports.clock.now(), isForced: isForced(call) };
  return namingConflicts(call, () =>
    changeTenant(call.ports, options, async (ports) => {
      const inside = await call.within(call, ports);
      await requireState(inside);
      return work(inside);
    }),
  );
}

/** Compares the state that a caller names where nothing is changed yet. @throws graphVersionConflict */
export const checkState = (call: Call): Promise<void> => namingConflicts(call, () => requireState(call));

/** @throws graphVersionConflict and whatever else `work` throws */
async function namingConflicts<T>({ ports }: Call, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw await conflictOf(thrown, ports.audits);
  }
}

/** Runs an operation that changes something as one guarded transaction. */
export const answerGuarded = async (call: Call, { answer, prepare }: Route): Promise<Answer> =>
  changeGuarded({ ...call, prepared: (await prepare?.(call)) ?? {} }, answer);

/** Beyond Entra: what the operation would do to the sign-ins of the last thirty days. Nothing is changed. */
export async function answerDryRun(
  call: Call,
  { answer, prepare }: Pick<Route, 'answer' | 'prepare'>,
): Promise<Answer> {
  await checkState(call);
  const prepared = { ...call, prepared: (await prepare?.(call)) ?? {} };
  const work = async (ports: GraphPorts) => answer(await call.within(prepared, ports));
  const { found } = await rehearseTenant(call.ports, call.at, work);
  return dryRunAnswer(call, { ...found, version: await stateTag(call, found.version) });
}

/** A dry run as Graph shows it. */
function dryRunAnswer(call: Call, dryRun: DryRun): Answer {
  const description = ({ kind, code, method }: Outcome) => ({
    outcome: kind,
    code: code ?? null,
    method: method ?? null,
  });
  const changes = dryRun.changes.map((change) => ({
    ...change,
    before: description(change.before),
    after: description(change.after),
  }));
  return { status: 200, body: { ...contextOf(call, 'cardea.dryRun'), ...dryRun, changes } };
}
