import type { Nothing } from '../reason.ts';

/** Sign-ins of devices: the nonce of a request, and what it is answered with. */
export const primaryRefreshReasons = {
  deviceNonceMissing: {
    entra: 140000,
    cites: 'windows-sign-in §3.1',
    words: (_: Nothing) => 'the request has no nonce',
    remedy: 'Send request_nonce with the nonce that grant_type=srv_challenge returns.',
  },
  deviceNonceInvalid: {
    entra: 140000,
    cites: 'windows-sign-in §3.1',
    words: ({ problem }: { problem: string }) => `the nonce of the request is not accepted: ${problem}`,
    remedy: 'Request a new nonce with grant_type=srv_challenge.',
  },
  deviceUserOther: {
    entra: 50034,
    cites: 'PRT-6',
    words: ({ userPrincipalName }: { userPrincipalName: string }) =>
      `the credential belongs to ${userPrincipalName}, but the primary refresh token belongs to another user`,
    remedy: 'Sign in with a request that the device signs.',
  },
  primaryRefreshTokenIssued: {
    cites: 'PRT-1',
    words: ({ credential, deviceId }: { credential: string; deviceId: string }) =>
      `a primary refresh token was issued to the device ${deviceId} for the credential ${credential}; Conditional Access is evaluated when the token is used`,
  },
  userCertificateGranted: {
    cites: 'windows-sign-in §3.10',
    words: ({ use, deviceId }: { use: string; deviceId: string }) =>
      `the primary refresh token on the device ${deviceId} entitles its user to a certificate for ${use}`,
  },
};
