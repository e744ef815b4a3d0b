import { lastAdministratorSafeguard } from '#admin/safety/safeguard.ts';
import type { Call, GraphPorts } from './call.ts';

/** `?force=true`: the caller has seen what holds a change back, and wants it all the same. */
export const isForced = ({ request }: Call): boolean => new URLSearchParams(request.search).get('force') === 'true';

/**
 * Ports under which a change that would shut out the last Global Administrator is refused. `?force=true` (beyond Entra;
 * a query option without `$`, which Microsoft ignores) makes it all the same.
 */
export function guarded(
  call: Call,
): GraphPorts & { readonly safeguard?: ReturnType<typeof lastAdministratorSafeguard> } {
  return isForced(call) ? call.ports : { ...call.ports, safeguard: lastAdministratorSafeguard(call.at, call.ports) };
}
