import type { Code, Reasons } from '#core/trace/reasons.ts';

/** The codes that have a sentence for persons in a table of reasons. */
type MessageCode = { [C in Code]: Reasons[C] extends { userMessage: string } ? C : never }[Code];

/** Codes that a person reads the same sentence of as of another one. */
export const alike = {
  forwardedCertificateUnreadable: 'forwardedCertificateForeign',
  rootNotReached: 'issuerNotTrusted',
  algorithmRefused: 'signatureWrong',
  keyUnsound: 'signatureWrong',
  keyUnreadable: 'signatureWrong',
  issuerNotAuthority: 'signatureWrong',
  leafIsAuthority: 'signatureWrong',
  pathLengthExceeded: 'signatureWrong',
  keyUsageForbids: 'signatureWrong',
  criticalExtensionUnknown: 'signatureWrong',
  policyQualifierUnknown: 'signatureWrong',
  nameNotAllowed: 'signatureWrong',
  policyNotAcceptable: 'signatureWrong',
  policyMappingInvalid: 'signatureWrong',
  crlUnreachable: 'crlDownloadFailed',
  crlNotConfigured: 'crlMissing',
  crlFault: 'signInFault',
  serviceUnavailable: 'signInFault',
  signInLogUnavailable: 'signInFault',
  dataFolderInUse: 'signInFault',
  dataFolderNotWritable: 'signInFault',
  diskFull: 'signInFault',
  databaseSyncFailed: 'signInFault',
  changesTooSlow: 'signInFault',
  databaseDamaged: 'signInFault',
  databaseNewer: 'signInFault',
  databaseOlder: 'signInFault',
  databaseSchemaChanged: 'signInFault',
  signInsBusy: 'signInFault',
  databaseBusy: 'signInFault',
  databaseUnavailable: 'signInFault',
  secretKeyMissing: 'signInFault',
  secretKeyWrong: 'signInFault',
  signingTokenUnavailable: 'signInFault',
  accountUnknown: 'bindingMismatch',
  accountAmbiguous: 'bindingMismatch',
  bindingsTooWeak: 'bindingMismatch',
  bindingAmbiguous: 'bindingMismatch',
  accessControlUnknown: 'accessBlocked',
  methodNotAllowed: 'factorNotAsked',
} as const satisfies Partial<Record<MessageCode, MessageCode>>;

/** The codes that every language has a sentence for. */
export type SentenceCode = Exclude<MessageCode, keyof typeof alike>;
