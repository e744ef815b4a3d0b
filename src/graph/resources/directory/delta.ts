import type { GroupMember } from '#model/group.ts';
import type { DirectoryChange, ListMark } from '#ports/directory/lists.ts';
import { type DeltaOf, deltaPage } from '../../lists/delta.ts';
import type { Item } from '../../odata/evaluate.ts';
import { everything } from '../../odata/plan.ts';
import { untyped } from '../../protocol/answers.ts';
import type { Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { groupItem, groupResource } from '../groups/group-item.ts';
import { userResource } from './user-item.ts';
import { requireSight, seen } from './user-sight.ts';

function usersOf(call: Call): DeltaOf {
  const { lists } = call.ports;
  return {
    kind: 'user',
    view: userResource,
    async first(options) {
      const { rows, next } = await lists.read('user', [everything('user')], options);
      return { items: rows.map(({ object }) => seen(call, object)), next };
    },
    find: async (ids) => (await lists.find('user', ids)).map((entry) => seen(call, entry)),
  };
}

/** Members of a group in one answer: the rest of a large group comes with the next pages. */
const membersAtOnce = 500;

/** Members come with a group unless `$select` leaves them out. */
const wantsMembers = ({ query: { select } }: Call) =>
  select === undefined || select.some((name) => name.toLowerCase() === 'members');

function groupsOf(call: Call): DeltaOf {
  const { lists } = call.ports;
  return {
    kind: 'group',
    view: groupResource,
    async first({ top, after }) {
      const items: Item[] = [];
      let left = membersAtOnce;
      let mark = after;
      // A group whose members did not all fit comes again, with the next of them.
      for (let count = 0; count < top && left > 0; count++) {
        const { group, rest } = await nextGroup(call, mark);
        if (!group) return { items, next: undefined };
        const from: ListMark | undefined = rest ? { range: 0, key: group.id, id: rest } : undefined;
        const slice = wantsMembers(call) ? await lists.members([group.id], { top: left, after: from }) : undefined;
        const members = slice?.rows.map(({ object }) => memberItem(object)) ?? [];
        items.push({ ...untyped(groupItem(group)), ...(members.length > 0 ? { 'members@delta': members } : {}) });
        left -= members.length;
        mark = { range: 0, key: group.id, id: slice?.next?.id ?? '' };
      }
      return { items, next: mark };
    },
    find: async (ids) => (await lists.find('group', ids)).map(groupItem).map(untyped),
    parts: (changes): Item => (wantsMembers(call) ? { 'members@delta': changes.map(changeItem) } : {}),
  };
}

/** The group that a page continues with: the same one after `mark.id` of its members, else the next one. */
async function nextGroup({ ports: { lists } }: Call, mark: ListMark | undefined) {
  if (mark && mark.id !== '') {
    const [group] = await lists.find('group', [mark.key]);
    if (group) return { group, rest: mark.id };
  }
  const after = mark && { range: 0, key: mark.key, id: mark.key };
  const { rows } = await lists.read('group', [everything('group')], { top: 1, after });
  return { group: rows[0]?.object, rest: undefined };
}

const memberItem = ({ kind, id }: GroupMember): Item => ({ '@odata.type': `#microsoft.graph.${kind}`, id });
const changeItem = ({ member, isRemoved }: DirectoryChange): Item => ({
  ...memberItem(member!),
  ...(isRemoved ? { '@removed': { reason: 'deleted' } } : {}),
});

const spellings = ['delta', 'delta()'];

/** What changed since the caller asked last (graph-api §6.3). */
export const deltaRoutes: readonly Route[] = spellings.flatMap((name): readonly Route[] => [
  {
    method: 'GET',
    path: `users/${name}`,
    need: needs.readUsers,
    answer: (call) => {
      requireSight(call, false);
      return deltaPage(call, usersOf(call));
    },
  },
  {
    method: 'GET',
    path: `groups/${name}`,
    need: needs.readGroups,
    answer: (call) => deltaPage(call, groupsOf(call)),
  },
]);
