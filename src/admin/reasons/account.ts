import type { Nothing } from '#core/trace/reason.ts';

/** What users do with their own account, and which factors they have. */
export const accountReasons = {
  signInNotTheirs: {
    cites: 'docs/pages.md#my-security-info',
    words: (e: { id: string }) => `the user has no sign-in "${e.id}"`,
    person: 'This sign-in is not in your list. Reload the page and try again.',
  },
  signInReported: {
    cites: 'docs/pages.md#my-security-info',
    words: (e: { id: string }) =>
      `the user reported that the sign-in ${e.id} was not theirs, and was signed out everywhere`,
  },
  currentPasswordWrong: {
    entra: 50126,
    cites: 'docs/pages.md#my-security-info',
    words: (e: { userPrincipalName: string }) => `the current password of ${e.userPrincipalName} is wrong`,
    person: 'Your current password is incorrect.',
  },
  ownPasswordReset: {
    cites: 'docs/spec/graph-for-the-admin-center.md#row-21',
    words: (_: Nothing) => 'Users cannot reset their own password.',
    remedy: 'Change the password with POST /me/changePassword, which requires the current password.',
  },
  passwordUnchanged: {
    cites: 'docs/pages.md#my-security-info',
    words: (_: Nothing) => 'the new password is the same as the current password',
    person: 'The new password is the same as the current one. Choose another password.',
  },
  passwordChanged: {
    cites: 'docs/pages.md#my-security-info',
    words: (e: { userPrincipalName: string }) => `${e.userPrincipalName} changed their password`,
  },
  methodRegistered: {
    cites: 'graph authenticationMethod',
    words: (e: { kind: string }) => `a method was registered: ${e.kind}`,
  },
  methodRemoved: {
    cites: 'graph authenticationMethod',
    words: (e: { id: string }) => `a method was removed: ${e.id}`,
  },
  registrationRefused: {
    entra: 500121,
    cites: 'WebAuthn Level 3 §7.1, RFC 6238 §5.1',
    words: (e: { why: string }) => `the method was not registered: ${e.why}`,
    person: 'This could not be registered. Try again.',
  },
};
