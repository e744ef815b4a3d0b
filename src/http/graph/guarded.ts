import { lastAdministratorSafeguard } from '../../admin/safeguard.ts';
import type { Call, GraphPorts } from './call.ts';

/**
 * Ports under which a change that would shut out the last Global Administrator is refused. `?force=true` (beyond Entra;
 * a query option without `$`, which Microsoft ignores) makes it all the same.
 */
export function guarded(
  call: Call,
): GraphPorts & { readonly safeguard?: ReturnType<typeof lastAdministratorSafeguard> } {
  const isForced = new URLSearchParams(call.request.search).get('force') === 'true';
  return isForced ? call.ports : { ...call.ports, safeguard: lastAdministratorSafeguard(call.at, call.ports) };
}
