import type { Nothing } from '#core/trace/reason.ts';

const page = 'docs/admin/linux-workstations.md';

/** A Linux workstation: `cardea device pam`, which PAM asks, and the host of browsers. */
export const workstationCommandReasons = {
  workstationSettingsUnusable: {
    references: page,
    message: ({ path, problem }: { path: string; problem: string }) => `${path} cannot be used: ${problem}.`,
    remedy:
      'Make root the owner of the file, remove the write permission of other accounts, and use only the settings of docs/admin/linux-workstations.md.',
  },
  workstationNeedsMultiFactor: {
    references: page,
    message: ({ user }: { user: string }) => `${user} signed in, but without multifactor authentication.`,
    remedy: 'Add a rule that makes the certificate multifactor, or remove requireMultiFactor.',
  },
  pinMissing: {
    references: page,
    message: (_: Nothing) => 'No PIN was typed, or it is longer than the PIN of a card.',
    remedy: 'Type the PIN of the card at the prompt, and use expose_authtok with pam_exec.',
  },
  browserRequestRefused: {
    references: page,
    message: ({ problem }: { problem: string }) => `The request of the browser was refused: ${problem}.`,
    remedy: 'The native messaging host works only for the sign-in pages of the tenant that the device has joined.',
  },
};
