import type { Nothing } from '../reason.ts';

/** Who may do what by Microsoft Graph. */
export const roleReasons = {
  graphCallAllowed: {
    references: 'graph-api §2.1',
    message: (e: { scope: string; by: string }) => `${e.scope} allows it, by ${e.by}`,
  },
  graphScopeMissing: {
    references: 'graph-api §2.1',
    message: (e: { accepted: readonly string[]; held: readonly string[] }) =>
      `the token has ${e.held.join(', ') || 'no permission'}; the request needs one of ${e.accepted.join(', ')}`,
    remedy: 'Request a token with one of these permissions, or have an administrator grant a permission.',
  },
  graphRoleMissing: {
    references: 'graph-api §2.4',
    message: (e: { area: string; access: string; accepted: readonly string[] }) =>
      `no directory role of the caller has ${e.access} access to ${e.area}; roles with this access: ${e.accepted.join(', ') || 'none'}`,
    remedy: 'Have a Privileged Role Administrator assign one of these roles to the caller.',
  },
  graphOwnPassRefused: {
    references: 'graph-api §2.4, MFA-4',
    message: (_: Nothing) => 'Administrators cannot issue a Temporary Access Pass for themselves.',
    remedy: 'Ask another Authentication, Privileged Authentication or Global Administrator to issue it.',
  },
  graphTargetProtected: {
    references: 'graph-api §2.4',
    message: (e: { roles: readonly string[] }) =>
      `the user holds ${e.roles.join(', ')}: only a Global Administrator or a Privileged Authentication Administrator can do this`,
  },
  graphUserSynchronised: {
    references: 'graph-api §6.1',
    message: (e: { property: string }) =>
      `the user is synchronized from another directory, which determines ${e.property}`,
    remedy: 'Change the property in the on-premises directory, or use the synchronization account.',
  },
};
