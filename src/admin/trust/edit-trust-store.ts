import type { TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import type { AdminPorts } from '#ports/ports.ts';

/** What edits of the trust stores need. */
export type TrustPorts = Pick<AdminPorts, 'trustStore'>;

/**
 * Makes one edit, decided on the state that it replaces. The caller makes it within `changeTenant`, which refuses it when no
 * Global Administrator could sign in afterwards. @throws what `decide` throws
 */
export function editTrustStore<T>(
  decide: (now: TrustStoreState) => TrustStoreEdit<T>,
  actor: string,
  { trustStore }: TrustPorts,
): Promise<T> {
  return trustStore.edit(decide, actor);
}
