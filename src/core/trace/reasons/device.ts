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
    words: ({ bits }: { bits: number }) => `The transport key is RSA of ${bits} bits.`,
  },
  transportKeyUnreadable: {
    cites: 'windows-sign-in §2.3',
    words: ({ problem }: { problem: string }) => `The transport key cannot be read: ${problem}.`,
    remedy: 'Send base64 of a BCRYPT_RSAPUBLIC_BLOB, or of the text of a JWK.',
  },
  transportKeyWeak: {
    cites: 'windows-sign-in §2.3',
    words: ({ bits, exponent }: { bits: number; exponent: string }) =>
      `The transport key is RSA of ${bits} bits with the exponent ${exponent}, which is not accepted.`,
    remedy: 'Make an RSA key of 2048 to 4096 bits with the exponent 65537.',
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
    words: ({ deviceId }: { deviceId: string }) => `The certificate is the one of the device ${deviceId}.`,
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
    words: ({ problem }: { problem: string }) => `The device certificate does not fit: ${problem}.`,
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
  certificateRequestRead: {
    cites: 'RFC 2986 §4',
    words: (_: Nothing) => 'The certification request is signed by the key that it names.',
  },
  certificateRequestUnreadable: {
    cites: 'RFC 2986 §4',
    words: ({ problem }: { problem: string }) => `The certification request cannot be read: ${problem}.`,
    remedy: 'Send base64 of a PKCS #10 request with an RSA key of 2048 to 4096 bits.',
  },
  deviceTokenRefused: {
    cites: 'windows-sign-in §2.1',
    words: ({ problem }: { problem: string }) =>
      `The access token is not accepted for the device registration service: ${problem}.`,
    remedy: 'Request a token for urn:ms-drs:enterpriseregistration.windows.net.',
  },
  deviceTokenAccepted: {
    cites: 'windows-sign-in §2.1',
    words: ({ userId }: { userId: string }) => `The access token names the user ${userId}.`,
  },
  deviceBodyUnreadable: {
    cites: 'windows-sign-in §2.3',
    words: ({ problem }: { problem: string }) => `The registration request cannot be read: ${problem}.`,
  },
  deviceNonceRefused: {
    entra: 140000,
    cites: 'windows-sign-in §2.2',
    words: ({ problem }: { problem: string }) => `The nonce of the certification request is not accepted: ${problem}.`,
    remedy: 'Request a new nonce.',
  },
  joinNotAllowed: {
    cites: 'windows-sign-in §2.1',
    words: ({ operation }: { operation: string }) =>
      `The device registration policy does not allow this user to ${operation} devices.`,
    remedy: 'Change who may join or register devices in the device registration policy.',
  },
  joinNeedsMultiFactor: {
    entra: 50076,
    cites: 'windows-sign-in §2.1',
    words: ({ methods }: { methods: readonly string[] }) =>
      `The device registration policy requires multifactor authentication; the token has ${methods.join(', ') || 'no method'}.`,
    remedy: 'Sign in with multifactor authentication, then join the device again.',
  },
  deviceQuotaReached: {
    cites: 'windows-sign-in §2.1',
    words: ({ quota }: { quota: number }) => `The user has registered ${quota} devices, which is the quota.`,
    remedy: 'Delete devices that are no longer used, or raise the quota in the device registration policy.',
  },
  windowsNotSupported: {
    cites: 'entra-cba §9.3',
    words: ({ version, update }: { version: string; update: string }) =>
      `Windows ${version} does not support smart card sign-in; ${update}.`,
    remedy: 'Install the update, or set unsupportedWindows to warn in the device registration policy.',
  },
  joinTypeUnknown: {
    cites: 'windows-sign-in §2.3',
    words: ({ joinType }: { joinType: number }) => `The join type ${joinType} is not offered at this address.`,
    remedy: 'Send 0 or 8 to join, 4 to register; a hybrid join is a PUT.',
  },
  deviceIdMismatch: {
    entra: 50155,
    cites: 'windows-sign-in §2.7',
    words: ({ deviceId }: { deviceId: string }) => `The device certificate is not the one of ${deviceId}.`,
  },
  deviceCertificateMissing: {
    entra: 50155,
    cites: 'windows-sign-in §2.7',
    words: (_: Nothing) => 'The connection has no device certificate.',
    remedy: 'Connect with the device certificate as TLS client certificate.',
  },
  syncedDeviceMissing: {
    cites: 'windows-sign-in §2.8',
    words: ({ deviceId }: { deviceId: string }) =>
      `The device object by the given id (${deviceId}) is not found among the synchronised devices.`,
    remedy: 'Wait until the computer object has been synchronised.',
  },
  sidProofRefused: {
    cites: 'windows-sign-in §2.8',
    words: ({ problem }: { problem: string }) => `The verification of the target computer's SID failed: ${problem}.`,
  },
  helloTokenRefused: {
    cites: 'windows-sign-in §2.9',
    words: ({ problem }: { problem: string }) => `The key is not registered: ${problem}.`,
    remedy: 'Request a token on the device with fresh multifactor authentication.',
  },
  deviceRegistered: {
    cites: 'windows-sign-in §2.4',
    words: ({ deviceId }: { deviceId: string }) => `The device ${deviceId} is registered.`,
  },
};
