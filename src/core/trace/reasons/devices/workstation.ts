import type { Nothing } from '../../reason.ts';

const page = 'docs/admin/linux-workstations.md';

/** Which local account of a Linux workstation a user has, and sign-ins there without the server. */
export const workstationReasons = {
  localAccountKnown: {
    references: page,
    message: ({ account }: { account: string }) => `${account} is an account of this computer.`,
  },
  localAccountNameRefused: {
    references: page,
    message: (_: Nothing) => 'The name is not a valid account name of this computer.',
    remedy:
      'An account name has 1 to 32 of the characters a-z, 0-9, "_" and "-", and begins with a letter or with "_".',
  },
  localAccountMissing: {
    references: page,
    message: ({ account }: { account: string }) => `/etc/passwd has no account ${account}.`,
    remedy: 'Create the account with "adduser --disabled-password".',
  },
  rootAccountRefused: {
    references: page,
    message: ({ account }: { account: string }) =>
      `Users cannot sign in to ${account} with a card, because its user id is 0.`,
    remedy:
      'Sign in to another account and use sudo. To allow root for users that the map names for it, set allowRoot.',
  },
  accountMapRead: {
    references: page,
    message: ({ lines }: { lines: number }) => `The map of users to accounts has ${lines} lines.`,
  },
  accountMapMalformed: {
    references: page,
    message: ({ line, problem }: { line: number; problem: string }) =>
      `Line ${line} of the map of users to accounts cannot be read: ${problem}.`,
    remedy: 'Write a user principal name or an object id, white space, and the name of a local account.',
  },
  accountMapped: {
    references: page,
    message: ({ user, account }: { user: string; account: string }) => `${user} can use the account ${account}.`,
  },
  accountNotMapped: {
    references: page,
    message: ({ user, account }: { user: string; account: string }) =>
      `${user} is not allowed to use the account ${account}.`,
    remedy: 'If the user is allowed to, add a line to the map of users to accounts.',
  },
  offlineSignInGranted: {
    references: page,
    message: ({ user, last, days }: { user: string; last: string; days: number }) =>
      `${user} signed in without the server, which was last reached at ${last}. ${days} days are allowed.`,
  },
  offlineSignInRefused: {
    references: page,
    message: ({ problem }: { problem: string }) => `The server cannot be reached, and ${problem}.`,
    remedy: 'Connect the computer to the network of the server.',
  },
};
