import type { Nothing } from '#core/trace/reason.ts';

/** Requests to the device registration service. */
export const registrationReasons = {
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
  sidProofRefused: {
    cites: 'windows-sign-in §2.8',
    words: ({ problem }: { problem: string }) => `The verification of the target computer's SID failed: ${problem}.`,
  },
  helloTokenRefused: {
    cites: 'windows-sign-in §2.9',
    words: ({ problem }: { problem: string }) => `The key is not registered: ${problem}.`,
    remedy: 'Request a token on the device with fresh multifactor authentication.',
  },
};
