import type { Code } from '#core/trace/reasons.ts';

/** Exit codes beside 0 (done) and 1 (failed), with the faults that they mean. Scripts rely on them: none changes its meaning. */
export const exitCodes: readonly {
  readonly exit: number;
  readonly meaning: string;
  readonly codes: readonly Code[];
}[] = [
  { exit: 2, meaning: 'misused', codes: ['commandMisused', 'hintMalformed'] },
  { exit: 3, meaning: 'a sign-in was refused', codes: ['deviceServerRefused', 'deviceRealmFederated'] },
  { exit: 10, meaning: 'the PIN of the card is wrong', codes: ['tokenPinWrong'] },
  { exit: 11, meaning: 'the card is blocked', codes: ['tokenPinLocked'] },
  { exit: 12, meaning: 'no card is in the reader, or it was removed', codes: ['tokenRemoved'] },
  {
    exit: 13,
    meaning: 'the card contains no certificate that can be used',
    codes: ['signInCertificateMissing', 'cardKeyUnsupported'],
  },
  { exit: 14, meaning: 'the server does not answer, or has a fault', codes: ['serverUnreachable', 'serverFailed'] },
  {
    exit: 15,
    meaning: 'the device is not registered, or has no primary refresh token',
    codes: ['deviceNotRegistered', 'primaryRefreshTokenMissing'],
  },
  { exit: 16, meaning: 'the state folder is not private', codes: ['deviceStateExposed'] },
  {
    exit: 17,
    meaning: 'a choice is required, but there is no terminal for the prompt',
    codes: ['signInCertificateChoice', 'hintNeeded', 'activeDirectoryNameMissing'],
  },
  { exit: 18, meaning: 'the disk did not take what was written to the database', codes: ['databaseSyncFailed'] },
];

/** The exit code of a fault. */
export const exitCodeOf = (code: Code): number => exitCodes.find(({ codes }) => codes.includes(code))?.exit ?? 1;

/** `0 done, 1 failed, 2 misused, …`: for the help and the reference. */
export const exitCodeWords: string = [
  '0 done',
  '1 failed',
  ...exitCodes.map(({ exit, meaning }) => `${exit} ${meaning}`),
].join(', ');
