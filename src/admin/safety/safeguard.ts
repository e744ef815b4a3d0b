import type { AuthenticationMethod } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { gotIn } from '#core/outcome.ts';
import type { TenantPolicy } from '#core/policy.ts';
import { fault } from '#core/trace/fault.ts';
import type { Code } from '#core/trace/reasons.ts';
import type { CertificateTried } from '#model/sign-in.ts';
import type { AdminPorts, Ports } from '#ports/ports.ts';
import { availableMethods } from '#signin/factors/available-methods.ts';
import { refusalOfRealm } from '#signin/realm.ts';
import { globalAdministratorsOf } from '../directory/role-assignments.ts';
import { deciding, dryRunLimits, judgeAgain, type PolicyChange } from './dry-run.ts';

/** Looks at a change before it is made, and throws to prevent it. Resolves with the version of policy it was held against. */
export type Safeguard = (change: PolicyChange) => Promise<string>;

type SafeguardPorts = Ports & Pick<AdminPorts, 'objects' | 'users' | 'groups' | 'applications'>;

/** Entries looked at in all; an administrator has a handful of certificates. */
const mostTried = 500;

/**
 * Refuses a change that would shut out the last Global Administrator: when all of this holds,
 *
 * 1. nobody who is enabled and holds the role has a password or a passkey that they may begin a sign-in with;
 * 2. of those, some got in with a certificate that they used in the last thirty days, were they to use it again now;
 * 3. after the change none of them would, with any such certificate.
 *
 * This is asked as a sign-in asks, lists and responders included: a wrong CRL address is how people lock themselves out.
 * Who never showed a certificate here tells nothing (2), so a tenant is set up freely until its first administrator has
 * signed in. `--force` makes the change all the same, by not asking. @throws lastAdministratorShutOut
 */
export function lastAdministratorSafeguard(at: Date, ports: SafeguardPorts): Safeguard {
  return async (change) => {
    const now = await ports.policies.current();
    const administrators = (await globalAdministratorsOf(ports)).filter(({ accountEnabled }) => accountEnabled);
    const then = change(now);
    if (administrators.length > 0 && !(await anyOtherWay(administrators, then, at, ports)))
      await checkCertificates(administrators, [now, then], at, ports);
    return now.version;
  };
}

/** A Temporary Access Pass is none: it ends. */
const otherWays: ReadonlySet<AuthenticationMethod> = new Set(['password', 'fido2']);

/** Has any of them something else to begin a sign-in with, that is still allowed after the change? */
async function anyOtherWay(users: readonly User[], then: TenantPolicy, at: Date, ports: Ports): Promise<boolean> {
  for (const user of users) {
    const available = await availableMethods(user, then, ports, at);
    const elsewhere = await refusalOfRealm(user, 'passwords', ports);
    if (!elsewhere && available.some((method) => otherWays.has(method))) return true;
  }
  return false;
}

async function checkCertificates(
  users: readonly User[],
  [now, then]: readonly [TenantPolicy, TenantPolicy],
  at: Date,
  ports: Ports,
): Promise<void> {
  const since = new Date(at.getTime() - dryRunLimits.milliseconds);
  const userIds = users.map(({ id }) => id);
  const shutOut = new Map<string, Code>();
  for (const port of await ports.signInLog.tried({ since, top: mostTried, userIds })) {
    const user = users.find(({ id }) => id === port.record.userId);
    const verdict = await judgeBoth(port, user, [now, then], at, ports);
    if (verdict === 'in') return;
    if (verdict && user) shutOut.set(user.userPrincipalName, verdict);
  }
  if (shutOut.size === 0) return;
  throw fault('lastAdministratorShutOut', {
    administrators: [...shutOut].map(([userPrincipalName, code]) => ({ userPrincipalName, code })),
  });
}

/** 'in' when they would still get in, the code when no longer, undefined when they do not now. */
async function judgeBoth(
  certificateTried: CertificateTried,
  user: User | undefined,
  [now, then]: readonly [TenantPolicy, TenantPolicy],
  at: Date,
  ports: Ports,
): Promise<'in' | Code | undefined> {
  const after = await judgeAgain(certificateTried, user, at, deciding(then, ports));
  if (gotIn(after)) return 'in';
  const before = await judgeAgain(certificateTried, user, at, deciding(now, ports));
  return gotIn(before) ? after.code : undefined;
}
