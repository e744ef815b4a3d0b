import type { DryRun } from '#admin/safety/dry-run.ts';
import { changeTenant, rehearseTenant } from '#admin/safety/guard.ts';
import { lastAdministratorSafeguard } from '#admin/safety/safeguard.ts';
import type { Outcome } from '#core/outcome.ts';
import { contextOf } from './answers.ts';
import type { Answer, Call, GraphPorts } from './call.ts';
import type { Route } from './route.ts';

/** `?force=true`: the caller has seen what holds a change back, and wants it all the same. */
export const isForced = ({ request }: Call): boolean => new URLSearchParams(request.search).get('force') === 'true';

/** Runs an operation that changes something as one guarded transaction (`changeTenant`). */
export function answerGuarded(call: Call, { answer }: Route): Promise<Answer> {
  const options = { at: call.at, isForced: isForced(call) };
  return changeTenant(call.ports, options, async (ports) => answer({ ...call, ports, isGuarded: true }));
}

/** Beyond Entra: what the operation would do to the sign-ins of the last thirty days. Nothing is changed. */
export async function answerDryRun(call: Call, { answer }: Route): Promise<Answer> {
  const { found } = await rehearseTenant(call.ports, call.at, async (ports) =>
    answer({ ...call, ports, isGuarded: true }),
  );
  return dryRunAnswer(call, found);
}

/** A dry run as Graph shows it. */
export function dryRunAnswer(call: Call, dryRun: DryRun): Answer {
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

/**
 * For operations outside of the guarded transaction: ports under which a change that would shut out the last Global Administrator is refused. `?force=true` (beyond Entra;
 * a query option without `$`, which Microsoft ignores) makes it all the same.
 */
export function guarded(
  call: Call,
): GraphPorts & { readonly safeguard?: ReturnType<typeof lastAdministratorSafeguard> } {
  return isForced(call) || call.isGuarded
    ? call.ports
    : { ...call.ports, safeguard: lastAdministratorSafeguard(call.at, call.ports) };
}
