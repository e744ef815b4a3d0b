import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { PkiContainer, TrustStoreState } from '#model/authority.ts';
import type { TimedContext } from '../../context.ts';
import { checkDisplayName } from '../../entered.ts';
import { editTrustStore, type TrustPorts } from '../edit-trust-store.ts';

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

/** Refuses with containerNameTooLong. */
export async function addContainer(
  displayName: string | undefined,
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<Ruling<PkiContainer>> {
  const containerRuling = newContainer(displayName, at);
  if (containerRuling.outcome !== 'passed') return containerRuling;
  const container = containerRuling.value;
  return editTrustStore((current) => success({ ...withContainer(current, container), result: container }), {
    actor,
    ports,
  });
}

/** A container before it is kept. Refuses with containerNameTooLong. */
export function newContainer(displayName: string | undefined, at: Date): Ruling<PkiContainer> {
  const containerNameRuling = checkContainerName(displayName);
  if (containerNameRuling.outcome !== 'passed') return containerNameRuling;
  return success({
    id: crypto.randomUUID(),
    displayName,
    status: undefined,
    statusDetails: undefined,
    uploadStartedDateTime: undefined,
    lastModifiedDateTime: at,
    createdDateTime: at,
  });
}

/** The state with one container more, and what the audit log says of it. */
export function withContainer(current: TrustStoreState, container: PkiContainer) {
  const change = { activity: 'Add PKI', targetId: container.id, old: undefined, new: container };
  return { next: { ...current, containers: [...current.containers, container] }, changes: [change] };
}

/** Refuses with nothingFound, containerNameTooLong. */
export async function renameContainer(
  id: string,
  displayName: string | undefined,
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<Ruling<PkiContainer>> {
  const containerNameRuling = checkContainerName(displayName);
  if (containerNameRuling.outcome !== 'passed') return containerNameRuling;
  return editTrustStore(
    (current) => {
      const containerRuling = containerIn(current, id);
      if (containerRuling.outcome !== 'passed') return containerRuling;
      const old = containerRuling.value;
      if (old.displayName === displayName) return success({ next: current, changes: [], result: old });
      const newName = { ...old, displayName, lastModifiedDateTime: at };
      const changes = [{ activity: 'Update PKI', targetId: id, old, new: newName }];
      return success({ next: replaceContainer(current, newName), changes, result: newName });
    },
    { actor, ports },
  );
}

/** Deletes a container and every CA in it, for thirty days (DEL-1, TS-11). Refuses with nothingFound, lastAdministratorShutOut. */
export function deleteContainer(
  id: string,
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<Ruling<PkiContainer>> {
  return editTrustStore(
    (current) => {
      const containerRuling = containerIn(current, id);
      if (containerRuling.outcome !== 'passed') return containerRuling;
      const container = containerRuling.value;
      const inside = current.authorities.filter(({ containerId }) => containerId === id);
      const deletedRows = inside.map((row) => ({ ...row, deletedDateTime: at, deletedWithContainer: true }));
      const next: TrustStoreState = {
        ...current,
        containers: current.containers.filter((item) => item !== container),
        authorities: current.authorities.filter(({ containerId }) => containerId !== id),
        deletedContainers: [...current.deletedContainers, { ...container, deletedDateTime: at }],
        deletedAuthorities: [...current.deletedAuthorities, ...deletedRows],
      };
      const old = { ...container, certificateAuthorities: inside.map((row) => row.id) };
      return success({
        next,
        changes: [{ activity: 'Delete PKI', targetId: id, old, new: undefined }],
        result: container,
      });
    },
    { actor, ports },
  );
}

/** Refuses with nothingFound. */
export function containerIn(current: TrustStoreState, id: string): Ruling<PkiContainer> {
  const match = current.containers.find((container) => container.id === id);
  if (!match) return refused('nothingFound', { kind: 'PKI', wanted: id });
  return success(match);
}

/** The container of this id or name; undefined when there is none. Refuses with containerAmbiguous. */
export function containerNamed(current: TrustStoreState, target: string): Ruling<PkiContainer | undefined> {
  const byId = current.containers.find(({ id }) => id === target);
  const [match, ...more] = byId ? [byId] : current.containers.filter(({ displayName }) => displayName === target);
  if (match && more.length > 0)
    return refused('containerAmbiguous', { wanted: target, containers: [match, ...more].map(({ id }) => id) });
  return success(match);
}

/** The container of this id or name. Refuses with nothingFound, containerAmbiguous. */
export function requireContainer(current: TrustStoreState, target: string): Ruling<PkiContainer> {
  const ruling = containerNamed(current, target);
  if (ruling.outcome !== 'passed') return ruling;
  return ruling.value ? success(ruling.value) : refused('nothingFound', { kind: 'container', wanted: target });
}

/** The state with this container in place of the one with its id. */
export const replaceContainer = (current: TrustStoreState, container: PkiContainer): TrustStoreState => ({
  ...current,
  containers: current.containers.map((item) => (item.id === container.id ? container : item)),
});

/** The container as changed now, for `lastModifiedDateTime`. */
export function touched(current: TrustStoreState, id: string | undefined, at: Date): TrustStoreState {
  const container = current.containers.find((container) => container.id === id);
  return container ? replaceContainer(current, { ...container, lastModifiedDateTime: at }) : current;
}

function checkContainerName(displayName: string | undefined): Ruling<void> {
  const length = displayName?.length ?? 0;
  if (length > longestName) return refused('containerNameTooLong', { length, limit: longestName });
  return checkDisplayName(displayName);
}
