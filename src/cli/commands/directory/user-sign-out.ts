import { revokeSignInSessions } from '#admin/directory/sessions.ts';
import { userOf } from '#admin/directory/users.ts';
import { chosenTenant } from '#admin/tenant/tenants.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { actor } from '../../actor.ts';
import { answer, type Command, ofTenant, text } from '../../command.ts';

export const userSignOut: Command = {
  usage: 'user sign-out UPN',
  summary: 'Revokes all sessions and refresh tokens of a user (Graph: revokeSignInSessions).',
  takes: [1, 1],
  options: ofTenant,
  async run(call) {
    const { tenants, adminOf, clock } = await call.open();
    const tenant = orThrow(await chosenTenant(text(call, 'tenant'), tenants));
    const ports = await adminOf(tenant.id);
    const { id, userPrincipalName } = orThrow(await userOf(call.positionals[0]!, ports));
    const end = orThrow(await revokeSignInSessions(id, { at: clock.now(), actor, ports }));
    answer(call, { userPrincipalName, ...end }, [
      ['user', 'sessions ended', 'grants ended'],
      [userPrincipalName, `${end.sessions}`, `${end.grants}`],
    ]);
    return 0;
  },
};
