import { purgeDeleted, removeGroup, restoreGroup } from '#admin/directory/deletion.ts';
import { addGroup, everyGroup, groupNamed, ownersOf } from '#admin/directory/groups.ts';
import { userOf } from '#admin/directory/users.ts';
import { mailNicknameOf } from '#core/directory/mail-nickname.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import type { Group, GroupMember } from '#model/group.ts';
import { actor } from '../../actor.ts';
import { answer, type Command, ofTenant, text, texts } from '../../command.ts';
import { permanently, restorationRows } from '../directory/user-remove.ts';
import { changeOf, safety, type TenantPorts, tenantPorts } from '../trust/trust-edit.ts';
import { memberNamed } from './members.ts';

export const groupList: Command = {
  usage: 'group list',
  summary: 'Lists the groups of a tenant.',
  takes: [0, 0],
  readsOnly: true,
  options: ofTenant,
  async run(call) {
    const groups: Group[] = [];
    for await (const group of everyGroup(await tenantPorts(call))) groups.push(group);
    answer(call, groups, [
      ['group', 'id', 'kind'],
      ...groups.map((group) => [group.displayName, group.id, kindOf(group)]),
    ]);
    return 0;
  },
};

export const groupShow: Command = {
  usage: 'group show GROUP',
  summary: 'Shows a group, by id or name, with its owners and direct members.',
  takes: [1, 1],
  readsOnly: true,
  options: ofTenant,
  async run(call) {
    const ports = await tenantPorts(call);
    const group = orThrow(await groupNamed(call.positionals[0]!, ports));
    const [owners, members] = await Promise.all([
      namesOf(
        ownersOf(group).map((id) => ({ kind: 'user', id })),
        ports,
      ),
      namesOf(await ports.groups.members(group.id), ports),
    ]);
    answer(call, { ...group, owners, members }, [
      ['part', 'value', 'id'],
      ['group', group.displayName, group.id],
      ['kind', kindOf(group), ''],
      ...owners.map(({ name, id }) => ['owner', name, id]),
      ...members.map(({ kind, name, id }) => [`member (${kind})`, name, id]),
    ]);
    return 0;
  },
};

export const groupCreate: Command = {
  usage: 'group create NAME',
  summary: 'Creates a security group.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    description: { type: 'string', value: 'TEXT', help: 'Description.' },
    'mail-nickname': { type: 'string', value: 'TEXT', help: 'Mail nickname (default: the name without spaces).' },
    'role-assignable': {
      type: 'boolean',
      help: 'Allow directory roles to be assigned to the group. This cannot be changed later.',
    },
    member: { type: 'string', multiple: true, value: 'MEMBER', help: 'First member: a user or a group.' },
    owner: { type: 'string', multiple: true, value: 'UPN', help: 'Owner: a user.' },
    ...safety,
  },
  async run(call) {
    const displayName = call.positionals[0]!;
    const mailNickname = text(call, 'mail-nickname') ?? nicknameOf(displayName);
    const description = text(call, 'description');
    const work = async (inside: TenantPorts) => {
      const owners = await Promise.all(
        (texts(call, 'owner') ?? []).map(async (owner) => orThrow(await userOf(owner, inside))),
      );
      const members = await Promise.all((texts(call, 'member') ?? []).map((member) => memberNamed(member, inside)));
      const profile = {
        ...(description === undefined ? {} : { description }),
        mailNickname,
        mailEnabled: false,
        securityEnabled: true,
        ...(call.values['role-assignable'] === true ? { isAssignableToRole: true } : {}),
        ownerIds: owners.map(({ id }) => id),
      };
      const group: Group = { id: crypto.randomUUID(), displayName, profile };
      orThrow(await addGroup(group, members, { actor, ports: inside }));
      return success(group);
    };
    return changeOf(call, await tenantPorts(call), work, (group) =>
      answer(call, group, [
        ['group', 'id', 'kind'],
        [group.displayName, group.id, kindOf(group)],
      ]),
    );
  },
};

export const groupDelete: Command = {
  usage: 'group delete GROUP',
  summary: 'Deletes a group. It can be restored for 30 days, unless you specify --permanently.',
  takes: [1, 1],
  options: { ...ofTenant, ...permanently, ...safety },
  async run(call) {
    const isPermanent = call.values.permanently === true;
    const work = async (inside: TenantPorts) => {
      const { id, displayName } = orThrow(await groupNamed(call.positionals[0]!, inside));
      orThrow(await removeGroup(id, { actor, ports: inside }));
      if (isPermanent) await purgeDeleted({ kind: 'group', id }, { actor, ports: inside });
      return success({ id, displayName, permanently: isPermanent });
    };
    return changeOf(call, await tenantPorts(call), work, (removal) =>
      answer(call, removal, [
        ['group', 'id', 'deleted'],
        [removal.displayName, removal.id, isPermanent ? 'permanently' : 'for thirty days'],
      ]),
    );
  },
};

export const groupRestore: Command = {
  usage: 'group restore ID',
  summary: 'Restores a deleted group, by id, and lists what was restored and what was not.',
  takes: [1, 1],
  options: { ...ofTenant, ...safety },
  async run(call) {
    const work = async (inside: TenantPorts) => {
      const { group, restoration } = orThrow(await restoreGroup(call.positionals[0]!, { actor, ports: inside }));
      return success({ id: group.id, displayName: group.displayName, ...restoration });
    };
    return changeOf(call, await tenantPorts(call), work, (result) => answer(call, result, restorationRows(result)));
  },
};

const kindOf = ({ profile }: Group): string =>
  profile?.isAssignableToRole === true
    ? 'role-assignable'
    : profile?.onPremisesSyncEnabled === true
      ? 'synchronised'
      : 'security';

/** @throws commandMisused where no character of the name is allowed in a mail nickname; an empty name is refused as such */
function nicknameOf(displayName: string): string {
  const nickname = mailNicknameOf(displayName);
  if (nickname === '' && displayName.trim() !== '')
    throw fault('commandMisused', { problem: '--mail-nickname is required for this name.' });
  return nickname;
}

/** The objects with the name that an administrator knows each by. */
const namesOf = (members: readonly GroupMember[], { users, groups }: TenantPorts) =>
  Promise.all(
    members.map(async ({ kind, id }) => {
      const name = kind === 'user' ? (await users.find(id))?.userPrincipalName : (await groups.find(id))?.displayName;
      return { kind, id, name: name ?? '(gone)' };
    }),
  );
