import type { Nothing } from '../reason.ts';

/** What users do with their own account. */
export const selfServiceReasons = {
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
  sessionNotTheirs: {
    cites: 'docs/pages.md#my-security-info',
    words: (e: { id: string }) => `the user has no active session "${e.id}"`,
    person: 'This session has already ended.',
  },
  currentPasswordWrong: {
    entra: 50126,
    cites: 'docs/pages.md#my-security-info',
    words: (e: { userPrincipalName: string }) => `the current password of ${e.userPrincipalName} is wrong`,
    person: 'Your current password is incorrect.',
  },
  passwordUnchanged: {
    cites: 'docs/pages.md#my-security-info',
    words: (_: Nothing) => 'the new password is the same as the current password',
    person: 'The new password is the same as the current one. Choose another password.',
  },
  passwordsDiffer: {
    cites: 'docs/pages.md#my-security-info',
    words: (_: Nothing) => 'the two entries of the new password differ',
    person: 'The two new passwords are not the same. Type them again.',
  },
  passwordChanged: {
    cites: 'docs/pages.md#my-security-info',
    words: (e: { userPrincipalName: string }) => `${e.userPrincipalName} changed their password`,
  },
};
