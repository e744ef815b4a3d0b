import { mayChangeSynchronised } from '#core/roles/synchronised.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Call } from '../../protocol/call.ts';

/**
 * What Active Directory decides of an object that a synchronization manages is changed there, not here (UB-22).
 * @throws graphUserSynchronised
 */
export async function requireCloudSource(
  call: Call,
  kind: 'user' | 'group',
  id: string,
  properties: readonly string[],
): Promise<void> {
  const ruling = mayChangeSynchronised(call.caller, kind, properties);
  if (ruling.outcome === 'passed') return;
  const synchronised = await call.ports.synchronisation.synchronised([id]);
  if (synchronised.has(id)) orThrow(ruling);
}
