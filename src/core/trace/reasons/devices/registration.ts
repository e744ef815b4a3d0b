import type { Nothing } from '../../reason.ts';

/** Whether a device may be registered, and by which request. */
export const deviceRegistrationReasons = {
  certificateRequestRead: {
    references: 'RFC 2986 §4',
    message: (_: Nothing) => 'The certification request is signed by the key that it names.',
  },
  certificateRequestUnreadable: {
    references: 'RFC 2986 §4',
    message: ({ problem }: { problem: string }) => `The certification request cannot be read: ${problem}.`,
    remedy: 'Send base64 of a PKCS #10 request with an RSA key of 2048 to 4096 bits.',
  },
  deviceTokenRefused: {
    references: 'windows-sign-in §2.1',
    message: ({ problem }: { problem: string }) =>
      `The access token is not accepted for the device registration service: ${problem}.`,
    remedy: 'Request a token for urn:ms-drs:enterpriseregistration.windows.net.',
  },
  joinNotAllowed: {
    references: 'windows-sign-in §2.1',
    message: ({ operation }: { operation: string }) =>
      `The device registration policy does not allow this user to ${operation} devices.`,
    remedy: 'Change who may join or register devices in the device registration policy.',
  },
  joinNeedsMultiFactor: {
    entra: 50076,
    references: 'windows-sign-in §2.1',
    message: ({ methods }: { methods: readonly string[] }) =>
      `The device registration policy requires multifactor authentication; the token has ${methods.join(', ') || 'no method'}.`,
    remedy: 'Sign in with multifactor authentication, then join the device again.',
  },
  windowsNotSupported: {
    references: 'entra-cba §9.3',
    message: ({ version, update }: { version: string; update: string }) =>
      `Windows ${version} does not support smart card sign-in; ${update}.`,
    remedy: 'Install the update, or set unsupportedWindows to warn in the device registration policy.',
  },
  deviceRequestRead: {
    references: 'RFC 7515 §5.2',
    message: (_: Nothing) => 'The signed request is well-formed.',
  },
  deviceRequestMalformed: {
    entra: 9002313,
    references: 'RFC 7515 §7.1',
    message: ({ problem }: { problem: string }) => `The signed request is malformed: ${problem}.`,
    remedy: 'Send a compact JWS as MS-OAPXBC §3.1.5.1.3 describes.',
  },
  transportKeyRead: {
    references: 'windows-sign-in §2.3',
    message: ({ bits }: { bits: number }) => `The transport key is an RSA key of ${bits} bits.`,
  },
  transportKeyUnreadable: {
    references: 'windows-sign-in §2.3',
    message: ({ problem }: { problem: string }) => `The transport key cannot be read: ${problem}.`,
    remedy: 'Send base64 of a BCRYPT_RSAPUBLIC_BLOB, or of the text of a JWK.',
  },
  transportKeyWeak: {
    references: 'windows-sign-in §2.3',
    message: ({ bits, exponent }: { bits: number; exponent: string }) =>
      `The transport key is an RSA key of ${bits} bits with the exponent ${exponent}, which is not accepted.`,
    remedy: 'Create an RSA key of 2048 to 4096 bits with the exponent 65537.',
  },
};
