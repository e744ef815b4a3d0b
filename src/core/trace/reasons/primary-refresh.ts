import type { Nothing } from '../reason.ts';

/** Sign-ins of devices: the nonce of a request, and what it is answered with. */
export const primaryRefreshReasons = {
  deviceNonceMissing: {
    entra: 140000,
    references: 'windows-sign-in §3.1',
    message: (_: Nothing) => 'the request has no nonce',
    remedy: 'Send request_nonce with the nonce that grant_type=srv_challenge returns.',
  },
  deviceNonceInvalid: {
    entra: 140000,
    references: 'windows-sign-in §3.1',
    message: ({ problem }: { problem: string }) => `the nonce of the request is not accepted: ${problem}`,
    remedy: 'Request a new nonce with grant_type=srv_challenge.',
  },
  deviceUserOther: {
    entra: 50034,
    references: 'PRT-6',
    message: ({ userPrincipalName }: { userPrincipalName: string }) =>
      `the credential belongs to ${userPrincipalName}, but the primary refresh token belongs to another user`,
    remedy: 'Sign in with a request that the device signs.',
  },
  primaryRefreshTokenIssued: {
    references: 'PRT-1',
    message: ({ credential, deviceId }: { credential: string; deviceId: string }) =>
      `a primary refresh token was issued to the device ${deviceId} for the credential ${credential}; Conditional Access is evaluated when the token is used`,
  },
  userCertificateGranted: {
    references: 'windows-sign-in §3.10',
    message: ({ use, deviceId }: { use: string; deviceId: string }) =>
      `the primary refresh token on the device ${deviceId} entitles its user to a certificate for ${use}`,
  },
};
