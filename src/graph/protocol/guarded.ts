import type { DryRun } from '#admin/safety/dry-run.ts';
import { changeTenant, rehearseTenant } from '#admin/safety/guard.ts';
import type { Outcome } from '#core/outcome.ts';
import { contextOf } from './answers.ts';
import type { Answer, Call } from './call.ts';
import type { Route } from './route.ts';

/** `?force=true`: the caller has seen what holds a change back, and wants it all the same. */
export const isForced = ({ request }: Call): boolean => new URLSearchParams(request.search).get('force') === 'true';

/** Runs an operation that changes something as one guarded transaction (`changeTenant`). */
export function answerGuarded(call: Call, { answer }: Route): Promise<Answer> {
  const options = { at: call.at, isForced: isForced(call) };
  return changeTenant(call.ports, options, async (ports) => answer({ ...call, ports }));
}

/** Beyond Entra: what the operation would do to the sign-ins of the last thirty days. Nothing is changed. */
export async function answerDryRun(call: Call, { answer }: Pick<Route, 'answer'>): Promise<Answer> {
  const { found } = await rehearseTenant(call.ports, call.at, async (ports) => answer({ ...call, ports }));
  return dryRunAnswer(call, found);
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
