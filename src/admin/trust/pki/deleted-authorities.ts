import { deletedRetention } from '#core/directory/retention.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import { describeAuthority } from '#core/x509/trust-store.ts';
import type { AuthorityRow, Deleted, PkiContainer, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import type { SignInContext } from '#ports/ports.ts';
import type { AdminContext, TimedContext } from '../../context.ts';
import { editTrustStore, type TrustPorts } from '../edit-trust-store.ts';
import { addIn } from './pki-authorities.ts';
import { containerIn } from './pki-containers.ts';

export interface DeletedTrust {
  readonly containers: readonly (PkiContainer & Deleted)[];
  readonly authorities: readonly (AuthorityRow & Deleted)[];
}

/** What can be restored, the longest deleted first. */
export async function listDeleted({
  ports: { trustStore },
  at,
}: SignInContext<Pick<TrustPorts, 'trustStore'>>): Promise<DeletedTrust> {
  const { deletedContainers, deletedAuthorities } = await trustStore.state();
  const isRestorable = (item: Deleted) => isRetained(item, at);
  return { containers: deletedContainers.filter(isRestorable), authorities: deletedAuthorities.filter(isRestorable) };
}

const isRetained = ({ deletedDateTime }: Deleted, at: Date): boolean =>
  at.getTime() - deletedDateTime.getTime() <= deletedRetention;

/** What came back. */
export type Restored =
  | { readonly kind: 'container'; readonly container: PkiContainer; readonly authorities: readonly AuthorityRow[] }
  | { readonly kind: 'authority'; readonly authority: AuthorityRow };

/**
 * Brings back a CA, or a container with the CAs that were deleted with it. Refuses with nothingFound (also for a CA whose
 * container is deleted), authorityDuplicate, authorityLimitReached, lastAdministratorShutOut.
 */
export function restoreDeleted(id: string, { at, actor, ports }: TimedContext<TrustPorts>): Promise<Ruling<Restored>> {
  return editTrustStore((current) => restoreIn(current, id, at), { actor, ports });
}

function restoreIn(current: TrustStoreState, id: string, at: Date): Ruling<TrustStoreEdit<Restored>> {
  const container = current.deletedContainers.find(
    (deletedContainer) => deletedContainer.id === id && isRetained(deletedContainer, at),
  );
  if (container) return restoreContainer(current, container, at);
  const row = current.deletedAuthorities.find(
    (deletedAuthority) => deletedAuthority.id === id && isRetained(deletedAuthority, at),
  );
  if (!row?.containerId) return refused('nothingFound', { kind: 'deleted CA or PKI', wanted: id });
  const containerRuling = containerIn(current, row.containerId);
  if (containerRuling.outcome !== 'passed') return containerRuling;
  const without = {
    ...current,
    deletedAuthorities: current.deletedAuthorities.filter((deletedAuthority) => deletedAuthority !== row),
  };
  const authority = alive(row);
  const inRuling = addIn(without, [authority], at);
  if (inRuling.outcome !== 'passed') return inRuling;
  const { next } = inRuling.value;
  const change = {
    activity: 'Restore certificate authority',
    targetId: id,
    old: undefined,
    new: describeAuthority(authority),
  };
  return success({ next, changes: [change], result: { kind: 'authority', authority } });
}

function restoreContainer(
  current: TrustStoreState,
  pkiContainer: PkiContainer & Deleted,
  at: Date,
): Ruling<TrustStoreEdit<Restored>> {
  const came = current.deletedAuthorities.filter(
    (row) => row.containerId === pkiContainer.id && row.deletedWithContainer,
  );
  const authorities = came.map(alive);
  const { deletedDateTime: _, ...rest } = pkiContainer;
  const container = { ...rest, lastModifiedDateTime: at };
  const without = {
    ...current,
    containers: [...current.containers, container],
    deletedContainers: current.deletedContainers.filter((deletedContainer) => deletedContainer !== pkiContainer),
    deletedAuthorities: current.deletedAuthorities.filter((row) => !came.includes(row)),
  };
  const inRuling = addIn(without, authorities, at);
  if (inRuling.outcome !== 'passed') return inRuling;
  const { next } = inRuling.value;
  const description = { ...container, certificateAuthorities: authorities.map((row) => row.id) };
  const change = { activity: 'Restore PKI', targetId: pkiContainer.id, old: undefined, new: description };
  return success({ next, changes: [change], result: { kind: 'container', container, authorities } });
}

function alive({ deletedDateTime: _, deletedWithContainer: __, ...row }: AuthorityRow & Deleted): AuthorityRow {
  return row;
}

/** Removes a deleted CA or container for good, a container with its deleted CAs; false when there is none of this id. */
export function purgeDeleted(id: string, { actor, ports }: AdminContext<TrustPorts>): Promise<Ruling<boolean>> {
  return editTrustStore(
    (current) => {
      const isGone = (item: { readonly id: string; readonly containerId?: string }) =>
        item.id === id || item.containerId === id;
      const isContainer = current.deletedContainers.some((deletedContainer) => deletedContainer.id === id);
      const isKnown = isContainer || current.deletedAuthorities.some((deletedAuthority) => deletedAuthority.id === id);
      const activity = isContainer ? 'Hard Delete PKI' : 'Hard Delete certificate authority';
      const next = {
        ...current,
        deletedContainers: current.deletedContainers.filter((deletedContainer) => deletedContainer.id !== id),
        deletedAuthorities: current.deletedAuthorities.filter((deletedAuthority) => !isGone(deletedAuthority)),
      };
      const change = { activity, targetId: id, old: undefined, new: undefined };
      return success({ next, changes: isKnown ? [change] : [], result: isKnown });
    },
    { actor, ports },
  );
}
