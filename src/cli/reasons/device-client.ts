import type { Nothing } from '#core/trace/reason.ts';

/** The reference client: `cardea device`. Faults of card files are in src/pki/reasons.ts. */
export const deviceCommandReasons = {
  signInCertificateMissing: {
    references: 'windows-sign-in §4.1',
    message: ({ problems }: { problems: readonly string[] }) =>
      problems.length === 0
        ? 'The card contains no certificate.'
        : `No certificate of the card can be used for sign-in. ${problems.join(' ')}`,
    remedy: 'Insert another card, or issue a certificate for sign-in to this card.',
  },
  signInCertificateChoice: {
    references: 'windows-sign-in §4.1',
    message: ({ list }: { list: readonly string[] }) =>
      `The card contains several certificates for sign-in: ${list.join('; ')}.`,
    remedy: 'Choose a certificate by its number with --certificate.',
  },
  tokenRemoved: {
    references: 'PKCS #11 CKR_TOKEN_NOT_PRESENT',
    message: ({ during }: { during: string }) => `There is no card in the reader: ${during}.`,
    remedy: 'Insert the card, leave it in the reader until the command ends, and run the command again.',
  },
  deviceServerRefused: {
    references: 'windows-sign-in §0.6',
    message: (e: { request: string; error: string; description: string; correlationId: string }) =>
      `The server refused ${e.request}: ${e.description} (correlation id ${e.correlationId}).`,
    remedy: 'See docs/reference/reasons.md for the AADSTS number. --verbose shows the whole exchange.',
  },
  deviceAnswerMalformed: {
    references: 'windows-sign-in §3.5',
    message: ({ request, problem }: { request: string; problem: string }) =>
      `The response to ${request} cannot be used: ${problem}.`,
    remedy: 'Check the address of the server. Use --verbose to see its response.',
  },
  deviceRealmFederated: {
    references: 'windows-sign-in §1.3',
    message: ({ domain }: { domain: string }) =>
      `The domain ${domain} is federated, so its users cannot sign in to a device with a certificate here.`,
    remedy: 'Sign in at the identity provider of the domain, or add the user to staged rollout.',
  },
  deviceAlreadyRegistered: {
    references: 'docs/develop/device-client.md',
    message: ({ deviceId, folder }: { deviceId: string; folder: string }) =>
      `The folder ${folder} already contains the registration of the device ${deviceId}.`,
    remedy: 'Run "cardea device leave" first, or specify another folder with --state.',
  },
  deviceNotRegistered: {
    references: 'docs/develop/device-client.md',
    message: ({ folder }: { folder: string }) => `The folder ${folder} does not contain a device registration.`,
    remedy: 'Run "cardea device join" or "cardea device register" first, or specify the folder with --state.',
  },
  primaryRefreshTokenMissing: {
    references: 'PRT-6',
    message: ({ description }: { description: string }) => `The device has no primary refresh token ${description}.`,
    remedy: 'Run "cardea device sign-in" first; "cardea device status" lists the tokens.',
  },
  deviceStateExposed: {
    references: 'docs/develop/device-client.md',
    message: ({ path, problem }: { path: string; problem: string }) => `${path} is not used: ${problem}.`,
    remedy: 'Remove the access of other users: set the mode of the folder to 0700 and of its files to 0600.',
  },
  deviceStateUnusable: {
    references: 'docs/develop/device-client.md',
    message: ({ path, problem }: { path: string; problem: string }) => `${path} cannot be used: ${problem}.`,
    remedy: 'Specify another folder with --state, or join the device again.',
  },
  sessionKeyUnusable: {
    references: 'windows-sign-in §3.6',
    message: (_: Nothing) => 'The session key in the response is not encrypted to the transport key of this device.',
    remedy: 'Leave and join again, because the server has another transport key for this device.',
  },
};
