import type { Nothing } from '#core/trace/reason.ts';

/** Requests to the device registration service. */
export const registrationReasons = {
  deviceBodyUnreadable: {
    references: 'windows-sign-in §2.3',
    message: ({ problem }: { problem: string }) => `The registration request cannot be read: ${problem}.`,
  },
  deviceNonceRefused: {
    entra: 140000,
    references: 'windows-sign-in §2.2',
    message: ({ problem }: { problem: string }) =>
      `The nonce of the certification request is not accepted: ${problem}.`,
    remedy: 'Request a new nonce.',
  },
  joinTypeUnknown: {
    references: 'windows-sign-in §2.3',
    message: ({ joinType }: { joinType: number }) => `The join type ${joinType} is not supported at this address.`,
    remedy: 'Send 0 or 8 to join, or 4 to register. A hybrid join uses PUT.',
  },
  deviceIdMismatch: {
    entra: 50155,
    references: 'windows-sign-in §2.7',
    message: ({ deviceId }: { deviceId: string }) => `The device certificate does not belong to ${deviceId}.`,
  },
  deviceCertificateMissing: {
    entra: 50155,
    references: 'windows-sign-in §2.7',
    message: (_: Nothing) => 'The connection has no device certificate.',
    remedy: 'Connect with the device certificate as TLS client certificate.',
  },
  sidProofRefused: {
    references: 'windows-sign-in §2.8',
    message: ({ problem }: { problem: string }) => `The verification of the target computer's SID failed: ${problem}.`,
  },
  helloTokenRefused: {
    references: 'windows-sign-in §2.9',
    message: ({ problem }: { problem: string }) => `The key is not registered: ${problem}.`,
    remedy: 'Request a token on the device with fresh multifactor authentication.',
  },
};
