import type { Nothing } from '../reason.ts';

/** Registration of devices, and their sign-ins with a primary refresh token. */
export const deviceReasons = {
  deviceRequestRead: {
    cites: 'RFC 7515 §5.2',
    words: (_: Nothing) => 'The signed request is well-formed.',
  },
  deviceRequestMalformed: {
    entra: 9002313,
    cites: 'RFC 7515 §7.1',
    words: ({ problem }: { problem: string }) => `The signed request is malformed: ${problem}.`,
    remedy: 'Send a compact JWS as MS-OAPXBC §3.1.5.1.3 describes.',
  },
  transportKeyRead: {
    cites: 'windows-sign-in §2.3',
    words: ({ bits }: { bits: number }) => `The transport key is an RSA key of ${bits} bits.`,
  },
  transportKeyUnreadable: {
    cites: 'windows-sign-in §2.3',
    words: ({ problem }: { problem: string }) => `The transport key cannot be read: ${problem}.`,
    remedy: 'Send base64 of a BCRYPT_RSAPUBLIC_BLOB, or of the text of a JWK.',
  },
  transportKeyWeak: {
    cites: 'windows-sign-in §2.3',
    words: ({ bits, exponent }: { bits: number; exponent: string }) =>
      `The transport key is an RSA key of ${bits} bits with the exponent ${exponent}, which is not accepted.`,
    remedy: 'Create an RSA key of 2048 to 4096 bits with the exponent 65537.',
  },
  signInNameChosen: {
    cites: 'WIN-5',
    words: ({ name, source }: { name: string; source: string }) => `The device sends the name ${name} (${source}).`,
  },
  hintMalformed: {
    cites: 'WIN-11',
    words: ({ hint }: { hint: string }) =>
      `The user name hint "${hint}" does not have the form of a user principal name.`,
    remedy: 'Type the hint as name@domain.',
  },
  hintNeeded: {
    cites: 'WIN-6',
    words: (_: Nothing) =>
      'The certificate has neither a principal name nor an RFC 822 name in its subject alternative name.',
    remedy: 'Type a user name hint.',
  },
  activeDirectoryNameMissing: {
    cites: 'WIN-7',
    words: (_: Nothing) => 'A hybrid-joined device needs the name that Active Directory returned, or a hint.',
    remedy: 'Sign in to Active Directory first, or type a user name hint.',
  },
  deviceAuthenticated: {
    cites: 'windows-sign-in §2.6',
    words: ({ deviceId }: { deviceId: string }) => `The certificate belongs to the device ${deviceId}.`,
  },
  deviceCertificateUnreadable: {
    entra: 50155,
    cites: 'windows-sign-in §2.5',
    words: ({ problem }: { problem: string }) => `The device certificate cannot be read: ${problem}.`,
    remedy: 'Join the device again.',
  },
  deviceCertificateUntrusted: {
    entra: 50155,
    cites: 'windows-sign-in §2.5',
    words: ({ issuer }: { issuer: string }) =>
      `No device authority of this tenant issued the device certificate; its issuer is ${issuer}.`,
    remedy: 'Join the device to this tenant.',
  },
  deviceCertificateOutdated: {
    entra: 50155,
    cites: 'windows-sign-in §2.5',
    words: ({ notBefore, notAfter }: { notBefore: string; notAfter: string }) =>
      `The device certificate is valid from ${notBefore} to ${notAfter}.`,
    remedy: 'Join the device again, and check its clock.',
  },
  deviceCertificateMisfit: {
    entra: 50155,
    cites: 'windows-sign-in §2.5',
    words: ({ problem }: { problem: string }) => `The device certificate does not match: ${problem}.`,
    remedy: 'Join the device to this tenant.',
  },
  deviceUnknown: {
    entra: 50155,
    cites: 'PRT-7',
    words: ({ deviceId }: { deviceId: string }) =>
      `The device ${deviceId} is not registered with this certificate, or it was deleted.`,
    remedy: 'Join the device again.',
  },
  deviceDisabled: {
    entra: 135011,
    cites: 'PRT-7',
    words: ({ deviceId }: { deviceId: string }) => `The device ${deviceId} is disabled.`,
    remedy: 'Enable the device.',
  },
};
