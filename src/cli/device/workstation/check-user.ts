import { evaluateAccount, type ServerUser } from '#core/device/workstation/account-map.ts';
import type { LocalAccount } from '#core/device/workstation/local-account.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Workstation } from './workstation.ts';

/** Whether the user whom the server named may use the account now. @throws accountNotMapped, workstationNeedsMultiFactor */
export function checkUser(
  { map, settings }: Workstation,
  account: LocalAccount,
  user: ServerUser & { readonly methods: readonly string[] },
): void {
  orThrow(evaluateAccount(map, user, account));
  if (settings.requireMultiFactor && !user.methods.includes('mfa'))
    throw fault('workstationNeedsMultiFactor', { user: user.userPrincipalName });
}
