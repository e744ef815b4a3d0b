import { purgeDeleted, restoreDeleted } from '#admin/trust/pki/deleted-authorities.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { DeletedObject } from '#model/directory-object.ts';
import type { Item } from '../../odata/evaluate.ts';
import type { Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Restorable } from '../directory/restorable.ts';
import { authorityItem, containerItem } from './pki-items.ts';

const common = {
  read: needs.readPki,
  write: needs.writePki,
  async restore(call: Call, { id }: DeletedObject): Promise<Item> {
    const restoration = orThrow(await restoreDeleted(id, call));
    return restoration.kind === 'container'
      ? containerItem(restoration.container)
      : authorityItem(restoration.authority);
  },
  purge: async (call: Call, { id }: DeletedObject) => void orThrow(await purgeDeleted(id, call)),
};

/** Containers and CAs among the deleted items: a container comes back with the CAs that went with it (graph-api §5). */
export const deletedPki: readonly Restorable[] = [
  {
    ...common,
    kind: 'certificateBasedAuthPki',
    type: 'microsoft.graph.certificatebasedauthpki',
    async show(call, { id }) {
      const match = (await call.ports.trustStore.state()).deletedContainers.find(
        (deletedContainer) => deletedContainer.id === id,
      );
      if (!match) throw fault('graphObjectMissing', { id });
      return containerItem(match);
    },
  },
  {
    ...common,
    kind: 'certificateAuthorityDetail',
    type: 'microsoft.graph.certificateauthoritydetail',
    async show(call, { id }) {
      const match = (await call.ports.trustStore.state()).deletedAuthorities.find(
        (deletedAuthority) => deletedAuthority.id === id,
      );
      if (!match) throw fault('graphObjectMissing', { id });
      return authorityItem(match);
    },
  },
];
