import {
  addGroupMember,
  addGroupOwner,
  groupNamed,
  removeGroupMember,
  removeGroupOwner,
} from '#admin/directory/groups.ts';
import { userOf } from '#admin/directory/users.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import type { Group, GroupMember } from '#model/group.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, ofTenant } from '../../command.ts';
import { changeOf, safety, type TenantPorts, tenantPorts } from '../trust/trust-edit.ts';

/** A user by user principal name or id, else a group by id or name. @throws nothingFound, groupAmbiguous */
export async function memberNamed(name: string, ports: TenantPorts): Promise<GroupMember> {
  const user = await ports.users.find(name);
  return user ? { kind: 'user', id: user.id } : { kind: 'group', id: orThrow(await groupNamed(name, ports)).id };
}

export const groupMemberAdd: Command = {
  usage: 'group member add GROUP MEMBER',
  summary: 'Adds a user or a group to a group.',
  takes: [2, 2],
  options: { ...ofTenant, ...safety },
  run: (call) =>
    change(call, 'member', async (group, inside) => {
      const member = await memberNamed(call.positionals[1]!, inside);
      orThrow(await addGroupMember(group.id, member, { actor, ports: inside }));
      return member.id;
    }),
};

export const groupMemberRemove: Command = {
  usage: 'group member remove GROUP MEMBER',
  summary: 'Removes a user or a group from a group.',
  takes: [2, 2],
  options: { ...ofTenant, ...safety },
  run: (call) =>
    change(call, 'member', async (group, inside) => {
      const { id } = await memberNamed(call.positionals[1]!, inside);
      orThrow(await removeGroupMember(group.id, id, { actor, ports: inside }));
      return id;
    }),
};

export const groupOwnerAdd: Command = {
  usage: 'group owner add GROUP UPN',
  summary: 'Makes a user an owner of a group.',
  takes: [2, 2],
  options: { ...ofTenant, ...safety },
  run: (call) =>
    change(call, 'owner', async (group, inside) => {
      const { id } = orThrow(await userOf(call.positionals[1]!, inside));
      orThrow(await addGroupOwner(group.id, id, { actor, ports: inside }));
      return id;
    }),
};

export const groupOwnerRemove: Command = {
  usage: 'group owner remove GROUP UPN',
  summary: 'Removes a user from the owners of a group.',
  takes: [2, 2],
  options: { ...ofTenant, ...safety },
  run: (call) =>
    change(call, 'owner', async (group, inside) => {
      const { id } = orThrow(await userOf(call.positionals[1]!, inside));
      orThrow(await removeGroupOwner(group.id, id, { actor, ports: inside }));
      return id;
    }),
};

async function change(
  call: Call,
  part: 'member' | 'owner',
  work: (group: Group, inside: TenantPorts) => Promise<string>,
): Promise<number> {
  const guarded = async (inside: TenantPorts) => {
    const group = orThrow(await groupNamed(call.positionals[0]!, inside));
    return success({ group: group.displayName, groupId: group.id, id: await work(group, inside) });
  };
  return changeOf(call, await tenantPorts(call), guarded, (result) =>
    answer(call, result, [
      ['group', part],
      [result.group, result.id],
    ]),
  );
}
