import type { Nothing } from '#core/trace/reason.ts';

/** Cards in a reader, and the data folder of the server that receives a command. */
export const commandLineReasons = {
  tokenSoftwareMissing: {
    references: 'PKCS #11',
    message: (e: { file: string; package: string }) =>
      `To use a card in a reader, Cardea needs ${e.file}, which is not installed.`,
    remedy: 'Install the missing software. On Debian: "apt-get install opensc opensc-pkcs11 libengine-pkcs11-openssl".',
  },
  tokenUnreadable: {
    references: 'PKCS #11 §5.5',
    message: ({ problem }: { problem: string }) => `The card cannot be used: ${problem}.`,
    remedy: 'Insert the card. Use "pkcs11-tool -L" and "pkcs11-tool -O" to list the cards and their contents.',
  },
  tokenPinWrong: {
    references: 'PKCS #11 CKR_PIN_INCORRECT',
    message: (_: Nothing) => 'The PIN is wrong.',
    remedy: 'Type the PIN again. A few wrong PINs in a row block the card.',
  },
  tokenPinLocked: {
    references: 'PKCS #11 CKR_PIN_LOCKED',
    message: (_: Nothing) => 'The card is blocked, because a wrong PIN was entered too many times.',
    remedy: 'Ask the issuer of the card to unblock it.',
  },
  commandSocketExposed: {
    references: 'docs/admin/production.md',
    message: ({ folder, problem }: { folder: string; problem: string }) =>
      `The server cannot have the socket on which it receives commands in ${folder}: ${problem}.`,
    remedy:
      'Remove that folder, or use a data folder on a file system that has sockets, with a path of less than 90 characters.',
  },
  signInLogLimited: {
    references: 'docs/settings.md',
    message: (e: { at: string; removedBefore: string }) =>
      `At ${e.at} the sign-in log was larger than signInLogMegabytes: entries from before ${e.removedBefore} were removed, although signInLogDays keeps them.`,
    remedy:
      'Raise signInLogMegabytes or lower signInLogDays. docs/admin/siem.md describes the delivery of events to a system that keeps them.',
  },
};
