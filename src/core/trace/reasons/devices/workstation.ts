import type { Nothing } from '../../reason.ts';

const page = 'docs/admin/linux-workstations.md';

/** A Linux workstation: `cardea device pam`, which PAM asks, and the host of browsers. */
export const workstationReasons = {
  localAccountKnown: {
    cites: page,
    words: ({ account }: { account: string }) => `${account} is an account of this computer.`,
  },
  localAccountNameRefused: {
    cites: page,
    words: (_: Nothing) => 'The name is not one that an account of this computer may have.',
    remedy:
      'Names of accounts have 1 to 32 of the characters a-z, 0-9, "_" and "-", and begin with a letter or with "_".',
  },
  localAccountMissing: {
    cites: page,
    words: ({ account }: { account: string }) => `/etc/passwd has no account ${account}.`,
    remedy: 'Create the account with "adduser --disabled-password".',
  },
  rootAccountRefused: {
    cites: page,
    words: ({ account }: { account: string }) => `A card does not sign in to ${account}: its user id is 0.`,
    remedy:
      'Use sudo from an account of a user. The setting allowRoot allows root, for users that the map names for it.',
  },
  accountMapRead: {
    cites: page,
    words: ({ lines }: { lines: number }) => `The map of users to accounts has ${lines} lines.`,
  },
  accountMapMalformed: {
    cites: page,
    words: ({ line, problem }: { line: number; problem: string }) =>
      `Line ${line} of the map of users to accounts cannot be read: ${problem}.`,
    remedy: 'A line has a user principal name or an object id, white space, and the name of a local account.',
  },
  accountMapped: {
    cites: page,
    words: ({ user, account }: { user: string; account: string }) => `${user} may use the account ${account}.`,
  },
  accountNotMapped: {
    cites: page,
    words: ({ user, account }: { user: string; account: string }) => `${user} may not use the account ${account}.`,
    remedy: 'Add a line to the map of users to accounts, if the user may.',
  },
  workstationSettingsUnusable: {
    cites: page,
    words: ({ path, problem }: { path: string; problem: string }) => `${path} cannot be used: ${problem}.`,
    remedy: 'The file belongs to root, other accounts cannot write to it, and it has the settings of the page.',
  },
  workstationNeedsMultiFactor: {
    cites: page,
    words: ({ user }: { user: string }) => `${user} signed in, but without multifactor authentication.`,
    remedy: 'Make the certificate count as multifactor authentication, or remove requireMultiFactor.',
  },
  pinMissing: {
    cites: page,
    words: (_: Nothing) => 'No PIN was typed, or it is longer than the PIN of a card.',
    remedy: 'Type the PIN of the card at the prompt, and use expose_authtok with pam_exec.',
  },
  offlineSignInGranted: {
    cites: page,
    words: ({ user, last, days }: { user: string; last: string; days: number }) =>
      `${user} signed in without the server, which was last reached at ${last}. ${days} days are allowed.`,
  },
  offlineSignInRefused: {
    cites: page,
    words: ({ problem }: { problem: string }) => `The server cannot be reached, and ${problem}.`,
    remedy: 'Connect the computer to the network of the server.',
  },
  browserRequestRefused: {
    cites: page,
    words: ({ problem }: { problem: string }) => `The request of the browser is refused: ${problem}.`,
    remedy: 'The native messaging host answers for the sign-in pages of the tenant that the device has joined, alone.',
  },
};
