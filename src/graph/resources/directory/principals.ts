import type { Item } from '../../odata/evaluate.ts';
import type { Call } from '../../protocol/call.ts';
import { servicePrincipalItem } from '../applications/application-item.ts';
import { groupItem } from '../groups/group-item.ts';
import { memberSeen } from './user-sight.ts';

/** A user, group or service principal by its object id; undefined when there is none. */
export async function principalItem(call: Call, id: string): Promise<Item | undefined> {
  const { ports } = call;
  const [entry] = await ports.users.entriesOf([id]);
  if (entry) return memberSeen(call, entry);
  const group = await ports.groups.find(id);
  if (group) return groupItem(group);
  const application = await ports.applications.find(id);
  return application && servicePrincipalItem(application, ports.tenant.id);
}
