import type { GroupMember } from '#model/group.ts';
import type { Item } from '../odata/evaluate.ts';
import type { GraphResource } from '../protocol/answers.ts';
import type { Call } from '../protocol/call.ts';
import type { DirectoryList } from './directory-page.ts';

interface MemberListOptions {
  readonly view: GraphResource;
  readonly groupIds: readonly string[];
  /** Only members of this kind. */
  readonly kind: GroupMember['kind'] | undefined;
  /** Members as the caller may see them, each with its id; one that is not there is left out. */
  items(members: readonly GroupMember[]): Promise<readonly Item[]>;
}

/** The members of groups, each once, in the order of the groups and of ids. The first group is itself no member. */
export function memberList(call: Call, { view, groupIds, kind, items }: MemberListOptions): DirectoryList {
  const { lists } = call.ports;
  const { filter, search } = call.query;
  const [groupId = ''] = groupIds;
  return {
    view,
    isMixed: true,
    reader: {
      async read(options) {
        const { rows, next } = await lists.members(groupIds, options);
        const members = rows.filter(
          ({ object }) => object.id !== groupId && (kind === undefined || object.kind === kind),
        );
        const byId = new Map((await items(members.map(({ object }) => object))).map((item) => [item.id, item]));
        return {
          rows: members.flatMap(({ mark, object }) => {
            const item = byId.get(object.id);
            return item === undefined ? [] : [{ mark, item }];
          }),
          next,
        };
      },
    },
    count: async () =>
      filter || search || groupIds.length > 1 ? undefined : { count: await lists.countMembers(groupId, kind) },
  };
}
