import { fault } from '#core/trace/fault.ts';
import type { PkiContainer, TrustStoreState } from '#model/authority.ts';
import type { TimedContext } from '../context.ts';
import { checkName } from '../entered.ts';
import { editTrustStore, type TrustPorts } from './edit-trust-store.ts';

/** Graph's limit of a container's displayName (specification §2.2). */
const longestName = 256;

/** The container of CAs that were uploaded without naming one. */
export const usualContainer = 'Trusted CAs';

/** The containers of the PKI-based store, oldest first (graph-api §5). */
export async function listContainers({ trustStore }: Pick<TrustPorts, 'trustStore'>): Promise<readonly PkiContainer[]> {
  return (await trustStore.state()).containers;
}

/** One container by id; undefined when there is none. */
export async function findContainer(
  id: string,
  ports: Pick<TrustPorts, 'trustStore'>,
): Promise<PkiContainer | undefined> {
  return (await listContainers(ports)).find((container) => container.id === id);
}

/** @throws containerNameTooLong */
export async function addContainer(
  displayName: string | undefined,
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<PkiContainer> {
  const container = newContainer(displayName, at);
  return editTrustStore((now) => ({ ...withContainer(now, container), result: container }), { actor, ports });
}

/** A container before it is kept. @throws containerNameTooLong */
export function newContainer(displayName: string | undefined, at: Date): PkiContainer {
  checkContainerName(displayName);
  return {
    id: crypto.randomUUID(),
    displayName,
    status: undefined,
    statusDetails: undefined,
    uploadStartedDateTime: undefined,
    lastModifiedDateTime: at,
    createdDateTime: at,
  };
}

/** The state with one container more, and what the audit log says of it. */
export function withContainer(now: TrustStoreState, container: PkiContainer) {
  const change = { activity: 'Add PKI', targetId: container.id, old: undefined, new: container };
  return { next: { ...now, containers: [...now.containers, container] }, changes: [change] };
}

/** @throws nothingFound, containerNameTooLong */
export async function renameContainer(
  id: string,
  displayName: string | undefined,
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<PkiContainer> {
  checkContainerName(displayName);
  return editTrustStore(
    (now) => {
      const old = containerIn(now, id);
      if (old.displayName === displayName) return { next: now, changes: [], result: old };
      const newName = { ...old, displayName, lastModifiedDateTime: at };
      const changes = [{ activity: 'Update PKI', targetId: id, old, new: newName }];
      return { next: replaceContainer(now, newName), changes, result: newName };
    },
    { actor, ports },
  );
}

/** Deletes a container and every CA in it, for thirty days (DEL-1, TS-11). @throws nothingFound, lastAdministratorShutOut */
export function deleteContainer(id: string, { at, actor, ports }: TimedContext<TrustPorts>): Promise<PkiContainer> {
  return editTrustStore(
    (now) => {
      const container = containerIn(now, id);
      const inside = now.authorities.filter(({ containerId }) => containerId === id);
      const deletedRows = inside.map((row) => ({ ...row, deletedDateTime: at, deletedWithContainer: true }));
      const next: TrustStoreState = {
        ...now,
        containers: now.containers.filter((item) => item !== container),
        authorities: now.authorities.filter(({ containerId }) => containerId !== id),
        deletedContainers: [...now.deletedContainers, { ...container, deletedDateTime: at }],
        deletedAuthorities: [...now.deletedAuthorities, ...deletedRows],
      };
      const old = { ...container, certificateAuthorities: inside.map((row) => row.id) };
      return { next, changes: [{ activity: 'Delete PKI', targetId: id, old, new: undefined }], result: container };
    },
    { actor, ports },
  );
}

/** @throws nothingFound */
export function containerIn(now: TrustStoreState, id: string): PkiContainer {
  const match = now.containers.find((container) => container.id === id);
  if (!match) throw fault('nothingFound', { kind: 'PKI', wanted: id });
  return match;
}

/** The container of this id or name; undefined when there is none. @throws containerAmbiguous */
export function containerNamed(now: TrustStoreState, target: string): PkiContainer | undefined {
  const byId = now.containers.find(({ id }) => id === target);
  const [match, ...more] = byId ? [byId] : now.containers.filter(({ displayName }) => displayName === target);
  if (match && more.length > 0)
    throw fault('containerAmbiguous', { wanted: target, containers: [match, ...more].map(({ id }) => id) });
  return match;
}

/** The state with another container in the place of the one of its id. */
export const replaceContainer = (now: TrustStoreState, container: PkiContainer): TrustStoreState => ({
  ...now,
  containers: now.containers.map((item) => (item.id === container.id ? container : item)),
});

/** The container as changed now, for `lastModifiedDateTime`. */
export function touched(now: TrustStoreState, id: string | undefined, at: Date): TrustStoreState {
  const container = now.containers.find((container) => container.id === id);
  return container ? replaceContainer(now, { ...container, lastModifiedDateTime: at }) : now;
}

function checkContainerName(displayName: string | undefined): void {
  const length = displayName?.length ?? 0;
  if (length > longestName) throw fault('containerNameTooLong', { length, limit: longestName });
  checkName('displayName', displayName);
}
