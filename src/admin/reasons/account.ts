import type { Nothing } from '#core/trace/reason.ts';

/** What users do with their own account, and which factors they have. */
export const accountReasons = {
  signInNotTheirs: {
    references: 'docs/pages.md#my-security-info',
    message: (e: { id: string }) => `the user has no sign-in "${e.id}"`,
    userMessage: 'This sign-in is not in your list. Reload the page and try again.',
  },
  signInReported: {
    references: 'docs/pages.md#my-security-info',
    message: (e: { id: string }) =>
      `the user reported that the sign-in ${e.id} was not theirs, and was signed out everywhere`,
  },
  currentPasswordWrong: {
    entra: 50126,
    references: 'docs/pages.md#my-security-info',
    message: (e: { userPrincipalName: string }) => `the current password of ${e.userPrincipalName} is wrong`,
    userMessage: 'Your current password is incorrect.',
  },
  ownPasswordReset: {
    references: 'docs/spec/graph-for-the-admin-center.md#row-21',
    message: (_: Nothing) => 'Users cannot reset their own password.',
    remedy: 'Change the password with POST /me/changePassword, which requires the current password.',
  },
  passwordUnchanged: {
    references: 'docs/pages.md#my-security-info',
    message: (_: Nothing) => 'the new password is the same as the current password',
    userMessage: 'The new password is the same as the current one. Choose another password.',
  },
  passwordChanged: {
    references: 'docs/pages.md#my-security-info',
    message: (e: { userPrincipalName: string }) => `${e.userPrincipalName} changed their password`,
  },
  methodRegistered: {
    references: 'graph authenticationMethod',
    message: (e: { kind: string }) => `a method was registered: ${e.kind}`,
  },
  methodRemoved: {
    references: 'graph authenticationMethod',
    message: (e: { id: string }) => `a method was removed: ${e.id}`,
  },
  registrationRefused: {
    entra: 500121,
    references: 'WebAuthn Level 3 §7.1, RFC 6238 §5.1',
    message: (e: { why: string }) => `the method was not registered: ${e.why}`,
    userMessage: 'This could not be registered. Try again.',
  },
};
