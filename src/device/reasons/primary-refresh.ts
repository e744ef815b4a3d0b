import type { Nothing } from '#core/trace/reason.ts';

/** Sign-ins of devices: request, primary refresh token, and what is made with it. */
export const deviceSignInReasons = {
  deviceRequestReplayed: {
    entra: 140000,
    references: 'windows-sign-in §3.1',
    message: (_: Nothing) =>
      'the signed request was used before; a request for a primary refresh token can be used once',
    remedy: 'Sign a new request with a new nonce.',
  },
  deviceRequestSigned: {
    references: 'PRT-8',
    message: ({ deviceId }: { deviceId: string }) => `the request is signed by the key of the device ${deviceId}`,
  },
  deviceSignatureWrong: {
    entra: 50155,
    references: 'PRT-8',
    message: ({ deviceId }: { deviceId: string }) =>
      `the signature of the request is not an RS256 signature by the key of the device ${deviceId}`,
  },
  deviceKeyChanged: {
    entra: 50155,
    references: 'PRT-7',
    message: ({ deviceId }: { deviceId: string }) =>
      `the device ${deviceId} no longer has the keys with which the primary refresh token was issued`,
    remedy: 'Sign in on the device again.',
  },
  deviceOnlyRegistered: {
    entra: 50155,
    references: 'WIN-3',
    message: ({ deviceId }: { deviceId: string }) =>
      `the device ${deviceId} is registered and not joined, so certificate sign-in is not available on it`,
    remedy: 'Join the device.',
  },
  deviceCredentialMissing: {
    entra: 900144,
    references: 'windows-sign-in §3.2',
    message: ({ problem }: { problem: string }) => `the request has no usable credential: ${problem}`,
    remedy: 'Send a password, a refresh token of the authentication broker, or an assertion.',
  },
  assertionAlgorithmUnfit: {
    entra: 50017,
    references: 'windows-sign-in §3.4',
    message: ({ algorithm }: { algorithm: string }) =>
      `the assertion names the algorithm "${algorithm}", which does not match the key of the certificate`,
    remedy: 'Sign with RS256, PS256, RS384, RS512, ES256 or ES384, depending on the key.',
  },
  assertionSignatureWrong: {
    entra: 50017,
    references: 'windows-sign-in §3.4',
    message: (_: Nothing) => 'the assertion is not signed by the key of its certificate',
  },
  assertionAccepted: {
    references: 'windows-sign-in §3.4',
    message: ({ username, algorithm }: { username: string; algorithm: string }) =>
      `the assertion for ${username || 'no user name'} is signed by the key of its certificate (${algorithm})`,
  },
  assertionOutdated: {
    entra: 700024,
    references: 'windows-sign-in §3.4',
    message: ({ problem }: { problem: string }) => `the assertion is not currently valid: ${problem}`,
    remedy: 'Set the clock of the device, and sign a new assertion.',
  },
  assertionAudienceWrong: {
    entra: 700023,
    references: 'windows-sign-in §3.4',
    message: ({ audience }: { audience: string }) => `the assertion is for "${audience}"`,
  },
  assertionReplayed: {
    entra: 140000,
    references: 'windows-sign-in §3.4',
    message: (_: Nothing) => 'the assertion was used before, and it has no nonce',
    remedy: 'Sign a new assertion.',
  },
  deviceNameMalformed: {
    entra: 50034,
    references: 'WIN-11',
    message: ({ username }: { username: string }) => `"${username}" does not have the form of a user principal name`,
    remedy: 'Type the user name hint as name@domain.',
  },
  deviceNameForeign: {
    entra: 50034,
    references: 'windows-sign-in §3.2',
    message: ({ username, issuer }: { username: string; issuer: string }) =>
      `the request is for "${username}" and its assertion for "${issuer}"`,
  },
  domainHintMissing: {
    entra: 51001,
    references: 'WIN-8',
    message: ({ domain }: { domain: string }) =>
      `"${domain}" is not a verified domain, and the request neither names a tenant nor has a domain hint`,
    remedy: 'Send the request to the address of the tenant, or type a domain hint.',
  },
  helloKeyUnknown: {
    entra: 130004,
    references: 'windows-sign-in §3.3',
    message: ({ keyId }: { keyId: string }) => `the Windows Hello key ${keyId} is not registered for this user`,
    remedy: 'Register Windows Hello for Business again.',
  },
  helloSignatureWrong: {
    entra: 130005,
    references: 'windows-sign-in §3.3',
    message: ({ keyId }: { keyId: string }) => `the assertion is not signed by the Windows Hello key ${keyId}`,
  },
  helloKeyOfAnotherDevice: {
    entra: 130008,
    references: 'windows-sign-in §3.3',
    message: ({ keyId }: { keyId: string }) => `the Windows Hello key ${keyId} was registered on another device`,
  },
  helloKeyAccepted: {
    references: 'windows-sign-in §3.3',
    message: ({ keyId }: { keyId: string }) => `the assertion is signed by the Windows Hello key ${keyId}`,
  },
  brokerTokenUnknown: {
    entra: 70000,
    references: 'windows-sign-in §3.2',
    message: (_: Nothing) => 'the refresh token is not a valid refresh token of the authentication broker',
    remedy: 'Sign in to the authentication broker again.',
  },
  brokerTokenReplayed: {
    entra: 70000,
    references: 'RFC 9700 §4.14.2',
    message: (_: Nothing) =>
      'the refresh token of the authentication broker was used before, at another time or from another address; its grant has ended',
    remedy: 'Sign in to the authentication broker again.',
  },
  brokerTokenAccepted: {
    references: 'windows-sign-in §3.2',
    message: ({ methods }: { methods: readonly string[] }) =>
      `the user proved ${methods.join(' and ')} for the refresh token of the authentication broker`,
  },
  refreshTokenOfAnotherDevice: {
    entra: 50155,
    references: 'windows-sign-in §9',
    message: ({ deviceId }: { deviceId: string }) =>
      `the refresh token was issued on a device other than ${deviceId || 'the device that sends it'}`,
    remedy: 'Sign in on this device.',
  },
  primaryRefreshTokenAccepted: {
    references: 'PRT-7',
    message: ({ credential, deviceId }: { credential: string; deviceId: string }) =>
      `the primary refresh token of the device ${deviceId} is valid; its credential is ${credential}`,
  },
  primaryRefreshTokenUnknown: {
    entra: 70000,
    references: 'windows-sign-in §3.13',
    message: (_: Nothing) => 'the primary refresh token does not belong to this tenant',
    remedy: 'Sign in on the device again.',
  },
  primaryRefreshTokenExpired: {
    entra: 700082,
    references: 'PRT-2',
    message: ({ expired }: { expired: string }) => `the primary refresh token expired at ${expired}`,
    remedy: 'Sign in on the device again.',
  },
  primaryRefreshTokenEnded: {
    entra: 50132,
    references: 'PRT-7',
    message: ({ deviceId }: { deviceId: string }) => `the primary refresh token of the device ${deviceId} was ended`,
    remedy: 'Sign in on the device again.',
  },
  primaryRefreshTokenOutdated: {
    entra: 50133,
    references: 'PRT-7',
    message: (_: Nothing) => 'the password was changed after the primary refresh token was issued for it',
    remedy: 'Sign in with the new password.',
  },
  sessionKeySignatureWrong: {
    entra: 140001,
    references: 'windows-sign-in §3.7',
    message: (_: Nothing) => 'the request is not signed by the session key of its primary refresh token',
  },
  keyDerivationOutdated: {
    entra: 5000611,
    references: 'windows-sign-in §3.7',
    message: ({ problem }: { problem: string }) =>
      `version 1 of the key derivation is not accepted from this device: ${problem}`,
    remedy: 'Update the device, or set primaryRefreshTokenKeyDerivation1 to "all".',
  },
  certificateUseRefused: {
    entra: 900144,
    references: 'windows-sign-in §3.11',
    message: ({ problem }: { problem: string }) => `the request for a certificate is not accepted: ${problem}`,
    remedy: 'Send valid values of cert_token_use, csr_type and csr.',
  },
  certificateIssued: {
    references: 'windows-sign-in §3.11',
    message: ({ notAfter }: { notAfter: string }) => `a certificate was issued that is valid until ${notAfter}`,
  },
};
