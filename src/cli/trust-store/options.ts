import type { Destination } from '#admin/trust/authorities.ts';
import { fault } from '#core/trace/fault.ts';
import type { AuthorityRow } from '#model/authority.ts';
import { type Call, type Option, text } from '../command.ts';

export const inStore: Record<string, Option> = {
  store: { type: 'string', value: 'STORE', help: 'Trust store: classic or pki.' },
};
export const inContainer: Record<string, Option> = {
  container: { type: 'string', value: 'NAME', help: 'Container of the PKI-based trust store, by name or id.' },
};

/** The store that `--store` names. @throws commandMisused */
export function storeOf(call: Call): AuthorityRow['store'] | undefined {
  const store = text(call, 'store');
  if (store === undefined || store === 'classic' || store === 'pki') return store;
  throw fault('commandMisused', { problem: '--store: specify classic or pki.' });
}

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
