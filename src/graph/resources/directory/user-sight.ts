import { authorise } from '#core/roles/authorise.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { UserEntry } from '#model/user.ts';
import { type Item, propertiesIn } from '../../odata/evaluate.ts';
import type { Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import { untypedUserItem, userResource } from './user-item.ts';

/** What User.ReadBasic.All shows of other people (graph-api §6.1). */
const basic = ['id', 'displayName', 'givenName', 'surname', 'mail', 'userPrincipalName'];
const wholePermissions = needs.readUsers.permissions.filter((name) => name !== 'User.ReadBasic.All');

export const isSelf = ({ caller }: Call, { user }: UserEntry) => caller.kind === 'person' && caller.id === user.id;
const seesWhole = ({ caller }: Call) =>
  authorise(caller, { ...needs.readUsers, permissions: wholePermissions }).outcome === 'passed';
/** Who may read how others' certificates are bound: an application, and roles of the matrix's own column (§2.4). */
const seesBindings = ({ caller }: Call) =>
  authorise(caller, { ...needs.readUsers, area: 'certificateUserIds' }).outcome === 'passed';

/** A user as this caller may see them: what they may not is null. */
export function seen(call: Call, entry: UserEntry): Item {
  const isCaller = isSelf(call, entry);
  const view = untypedUserItem(entry, isCaller || seesBindings(call));
  if (isCaller || seesWhole(call)) return view;
  const isSeen = (name: string) => basic.includes(name) || name.startsWith('@');
  return Object.fromEntries(Object.entries(view).map(([name, value]) => [name, isSeen(name) ? value : null]));
}

/** A user in a list of several types: without `$select`, no more than a list of users shows. */
export function memberSeen(call: Call, entry: UserEntry): Item {
  const item = seen(call, entry);
  const view = call.query.select
    ? item
    : Object.fromEntries((userResource.defaults ?? []).map((name) => [name, item[name] ?? null]));
  return { '@odata.type': '#microsoft.graph.user', ...view };
}

/** What may not be seen may not be asked for either, nor be searched by. @throws graphScopeMissing, graphRoleMissing */
export function requireSight(call: Call, self: boolean): void {
  if (self) return;
  const { select = [], filter, search, orderby } = call.query;
  const request = [
    ...select.map((name) => name.split('/')[0]!),
    ...(filter ? propertiesIn(filter) : []),
    ...(search ?? []).flat().map(({ property }) => property),
    ...orderby.map(({ property }) => property.split('/')[0]!),
  ].map((name) => name.toLowerCase());
  const basicNames = basic.map((name) => name.toLowerCase());
  if (!seesWhole(call) && request.some((name) => !basicNames.includes(name) && name !== '*')) {
    throw fault('graphScopeMissing', { accepted: wholePermissions, held: call.caller.permissions });
  }
  if (request.includes('authorizationinfo') && !seesBindings(call)) {
    orThrow(authorise(call.caller, { ...needs.readUsers, area: 'certificateUserIds' }));
  }
}
