import { z } from 'zod';
import { changeTenant } from '#admin/safety/guard.ts';
import { orThrow, type Ruling, success } from '#core/trace/ruling.ts';
import type { PreparedCrl } from '#ports/revocation.ts';
import { longest, queryIn, readFields, text } from '#schema/form.ts';
import type { Answer, Call } from '../call.ts';
import { conflictOf, requireState } from '../etag.ts';
import type { Route } from '../route.ts';

/** `?force=true`: the caller has seen what holds a change back, and wants it anyway. */
export const isForced = ({ request }: Call): boolean =>
  readFields(forceQuery, queryIn(request.search))?.force === 'true';

const forceQuery = z.object({ force: text(longest.word) });

/**
 * Makes a change as one guarded transaction (`changeTenant`). `work` gets the call on the stores of the transaction; its caller
 * was read there again, so that a right that was taken away meanwhile is not used, and so was the object whose state the
 * caller names. Refuses as `changeTenant`. @throws graphVersionConflict, as `Call.within`
 */
export function changeGuarded<T>(
  call: Call,
  work: (inside: Call) => Promise<Ruling<T>>,
  preparedCrls: readonly PreparedCrl[] = [],
): Promise<Ruling<T>> {
  const options = { at: call.ports.clock.now(), isForced: isForced(call), preparedCrls };
  const change = async (ports: Call['ports']) => {
    const inside = await call.within(call, ports);
    await requireState(inside);
    return work(inside);
  };
  return namingConflicts(call, () => changeTenant(call.ports, options, change));
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
export async function answerGuarded(call: Call, { answer, prepare }: Route): Promise<Answer> {
  const prepared = { ...call, prepared: (await prepare?.(call)) ?? {} };
  return orThrow(await changeGuarded(prepared, async (inside) => success(await answer(inside))));
}
