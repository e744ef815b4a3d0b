import type { Destination } from '#admin/trust/authorities.ts';
import { fault } from '#core/trace/fault.ts';
import type { AuthorityRow } from '#model/authority.ts';
import { type Call, choice, type Option, text } from '../command.ts';

const stores: readonly AuthorityRow['store'][] = ['classic', 'pki'];

export const inStore: Record<string, Option> = {
  store: { type: 'string', value: 'STORE', choices: stores, help: 'Trust store.' },
};
export const inContainer: Record<string, Option> = {
  container: { type: 'string', value: 'NAME', help: 'Container of the PKI-based trust store, by name or id.' },
};

/** The store that `--store` names. */
export const storeOf = (call: Call): AuthorityRow['store'] | undefined => choice(call, 'store', stores);

/** The container that `--container` names. @throws commandMisused */
export function containerOf(call: Call): string | undefined {
  const container = text(call, 'container');
  if (container !== undefined && storeOf(call) === 'classic')
    throw fault('commandMisused', { problem: '--container: the classic trust store has no containers.' });
  return container;
}

/** Where a new CA goes. @throws commandMisused */
export function destinationOf(call: Call): Destination {
  const container = containerOf(call);
  return storeOf(call) === 'classic' ? { store: 'classic' } : { store: 'pki', container };
}
