import type { Nothing } from '../reason.ts';

/** Requests to the device registration service. */
export const deviceRegistrationReasons = {
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
    words: ({ joinType }: { joinType: number }) => `The join type ${joinType} is not supported at this address.`,
    remedy: 'Send 0 or 8 to join, or 4 to register. A hybrid join uses PUT.',
  },
  deviceIdMismatch: {
    entra: 50155,
    cites: 'windows-sign-in §2.7',
    words: ({ deviceId }: { deviceId: string }) => `The device certificate does not belong to ${deviceId}.`,
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
      `The device object by the given id (${deviceId}) is not found among the synchronized devices.`,
    remedy: 'Wait until the computer object has been synchronized.',
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
