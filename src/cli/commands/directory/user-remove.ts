import { deletedUserNamed, purgeDeleted, removeUser, restoreUser } from '#admin/directory/deletion.ts';
import { userOf } from '#admin/directory/users.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import type { Restoration } from '#model/directory-object.ts';
import { actor } from '../../actor.ts';
import { answer, type Command, type Option, ofTenant, text } from '../../command.ts';
import { changeOf, safety, type TenantPorts, tenantPorts } from '../trust/trust-edit.ts';

/** Of `user remove` and `app remove`. */
export const permanently: Record<string, Option> = {
  permanently: { type: 'boolean', help: 'Delete permanently, without the 30 days in which a restore is possible.' },
};

export const userRemove: Command = {
  usage: 'user remove UPN',
  summary:
    'Deletes a user and ends their sessions at once. The user can be restored for 30 days, unless you specify --permanently.',
  takes: [1, 1],
  options: { ...ofTenant, ...permanently, ...safety },
  async run(call) {
    const ports = await tenantPorts(call);
    const isPermanent = call.values.permanently === true;
    const work = async (inside: TenantPorts) => {
      const { id, userPrincipalName } = orThrow(await userOf(call.positionals[0]!, inside));
      orThrow(await removeUser(id, { at: ports.clock.now(), actor, ports: inside }));
      if (isPermanent) await purgeDeleted({ kind: 'user', id }, { actor, ports: inside });
      return success({ id, userPrincipalName, permanently: isPermanent });
    };
    return changeOf(call, ports, work, (removal) =>
      answer(call, removal, [
        ['user', 'id', 'deleted'],
        [removal.userPrincipalName, removal.id, isPermanent ? 'permanently' : 'for thirty days'],
      ]),
    );
  },
};

export const userRestore: Command = {
  usage: 'user restore UPN',
  summary: 'Restores a deleted user, by user principal name or id, and lists what was restored and what was not.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    upn: { type: 'string', value: 'UPN', help: 'New user principal name, if another user has the old one.' },
    'leave-taken-mail': { type: 'boolean', help: 'Restore without the mail address, if another user has it.' },
    ...safety,
  },
  async run(call) {
    const work = async (inside: TenantPorts) => {
      const id = orThrow(await deletedUserNamed(call.positionals[0]!, inside));
      const names = { userPrincipalName: text(call, 'upn'), leavesTakenMail: call.values['leave-taken-mail'] === true };
      const { entry, restoration } = orThrow(await restoreUser(id, { actor, ports: inside }, names));
      return success({ id, userPrincipalName: entry.user.userPrincipalName, ...restoration });
    };
    return changeOf(call, await tenantPorts(call), work, (result) => answer(call, result, restorationRows(result)));
  },
};

/** A row for each part of what was restored, with the reason of what did not come back. */
export const restorationRows = ({ restored, notRestored }: Restoration): readonly (readonly string[])[] => [
  ['part', 'id', 'result'],
  ...restored.map(({ kind, id }) => [kind, id, 'restored']),
  ...notRestored.map(({ kind, id, reason }) => [kind, id, `not restored: ${reason ?? ''}`]),
];
